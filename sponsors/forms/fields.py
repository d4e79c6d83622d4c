"""Form fields in the words people type: percent, and the match as the plan document writes it."""

from decimal import Decimal
from typing import Any

from django import forms

from sponsors.match_formula import EXAMPLE, match_parse, match_words
from sponsors.wording import plain


class PercentField(forms.DecimalField):
    """Typed and shown in percent, handed on as a fraction: 6 -> 0.06. What range makes sense, services say."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, max_digits: int = 5, decimal_places: int = 2, **options: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **options)

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).strip().removesuffix("%").strip() if value is not None else None)

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / 100

    def prepare_value(self, value: Any) -> Any:
        return plain(value * 100) if isinstance(value, Decimal) else value


class MatchFormulaField(forms.CharField):
    """The employer match as a sentence; handed on as tiers."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", f"As the plan document says it, such as: {EXAMPLE}. Leave empty for no match."
        )
        super().__init__(required=False, max_length=300, **kwargs)

    def clean(self, value: Any) -> list[dict[str, str]]:
        try:
            return match_parse(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(f"{error} Write it like this: {EXAMPLE}.") from None

    def prepare_value(self, value: Any) -> Any:
        return match_words(value) if isinstance(value, list) else value
