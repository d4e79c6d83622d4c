"""Search and filters of the fund catalogue."""

from django import forms

from menus.asset_classes import asset_classes
from menus.enums import Vehicle
from menus.selectors import FundFilter
from sponsors.forms.fields import PercentField

STYLES = [("", "Any"), ("index", "Index"), ("active", "Active"), ("passive", "Passive, digital assets")]


class FundFilterForm(forms.Form):
    """Nothing is required; what cannot be read as a filter is said at its field and filters nothing."""

    q = forms.CharField(
        label="Name, ticker or kind",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    asset_class = forms.ChoiceField(required=False)
    vehicle = forms.ChoiceField(
        label="Legal wrapper", required=False, choices=[("", "Any"), *Vehicle.choices]
    )
    style = forms.ChoiceField(required=False, choices=STYLES)
    fee_below = PercentField(label="Fee at most, % a year", required=False, min_value=0)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        classes = [(one.key, one.label) for one in asset_classes().values()]
        self.fields["asset_class"].choices = [("", "Any"), *classes]

    def wanted(self) -> FundFilter:
        """The filter as far as it could be read."""
        self.is_valid()
        typed = self.cleaned_data
        return FundFilter(
            text=typed.get("q", ""),
            asset_class=typed.get("asset_class", ""),
            vehicle=typed.get("vehicle", ""),
            style=typed.get("style", ""),
            fee_below=typed.get("fee_below"),
        )
