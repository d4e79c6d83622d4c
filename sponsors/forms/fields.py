"""Form fields in the words people type: percent, and the match as the plan document writes it."""

from decimal import Decimal
from typing import Any

from django import forms

from sponsors.match_formula import EXAMPLE, match_parse, match_words


class PercentField(forms.DecimalField):
    """Typed in percent, handed on as a fraction: 6 -> 0.06."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, *, highest: int = 100, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=highest, max_digits=6, decimal_places=3, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).strip().removesuffix("%") if value is not None else None)

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / 100

    def prepare_value(self, value: Any) -> Any:
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


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
