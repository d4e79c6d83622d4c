"""Fields that several forms share."""

from decimal import Decimal
from typing import Any

from django import forms


class PercentField(forms.DecimalField):
    """Typed and shown as a percentage, cleaned to a fraction: 5 -> Decimal("0.05")."""

    def __init__(self, **options: Any):
        options.setdefault("decimal_places", 2)
        options.setdefault("max_digits", 5)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return format((value * 100).normalize(), "f") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).strip().removesuffix("%").strip() if value is not None else value)

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / 100
