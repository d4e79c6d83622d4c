"""The sleeve's terms, one form for each kind."""

from decimal import Decimal
from typing import Any

from django import forms

from menus.enums import Rebalancing, SleeveKind
from menus.models import Fund, Sleeve
from menus.services.sleeves import REBALANCING_OF_KIND, SleeveTerms
from sponsors.forms.fields import PercentField

USUAL_AGES = (25, 35, 45, 55, 65, 75)


class SleeveForm(forms.Form):
    """What both kinds ask for. Subclasses name their `kind` and add their own fields."""

    kind: SleeveKind
    fund = forms.ModelChoiceField(queryset=Fund.objects.none(), label="Crypto fund", empty_label=None)
    cap = PercentField(
        label="Cap, % of an account",
        help_text="The most of an account in digital assets. No law sets a figure; some providers use 5% or 20%.",
    )
    rebalancing = forms.ChoiceField(label="Rebalancing", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why these figures?",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The review asks for the reasoning; write it down now, while it is fresh.",
    )
    seen_edits = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, sleeve: Sleeve | None = None, **kwargs: Any):
        self.sleeve = sleeve if sleeve and sleeve.kind == self.kind else None
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.filter(asset_class="digital_assets").order_by(
            "subclass", "name"
        )
        self.fields["rebalancing"].choices = [
            (rule.value, rule.label) for rule in REBALANCING_OF_KIND[self.kind]
        ]
        if sleeve:
            self._start_from(sleeve)

    def _start_from(self, sleeve: Sleeve) -> None:
        for name in ("fund", "cap", "reason"):
            self.fields[name].initial = getattr(sleeve, name)
        if self.sleeve:
            self.fields["rebalancing"].initial = sleeve.rebalancing

    def terms(self) -> SleeveTerms:
        names = ("fund", "cap", "rebalancing", "reason")
        shared = {name: self.cleaned_data[name] for name in names}
        return SleeveTerms(kind=self.kind, **{**shared, **self.own_terms()})

    def own_terms(self) -> dict[str, Any]:
        raise NotImplementedError


class CryptoLineForm(SleeveForm):
    kind = SleeveKind.CRYPTO_LINE
    target_weight = PercentField(
        label="Expected weight, %",
        required=False,
        help_text="What a participant who takes the line is expected to hold.",
    )
    new_money_block = forms.BooleanField(label="Stop new money above the cap", required=False, initial=True)
    field_order = ["fund", "cap", "target_weight", "new_money_block", "rebalancing", "reason"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["rebalancing"].label = "Holdings above the cap"
        self.fields["rebalancing"].initial = self.fields["rebalancing"].initial or Rebalancing.SELL_DOWN
        if self.sleeve:
            self.fields["target_weight"].initial = self.sleeve.target_weight
            self.fields["new_money_block"].initial = self.sleeve.new_money_block

    def own_terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("target_weight", "new_money_block")}


class TargetDateSleeveForm(SleeveForm):
    """Weights by age stand in one small field for each age; an empty one is no point of the path."""

    kind = SleeveKind.TARGET_DATE
    weights_by_age = forms.Field(
        required=False, widget=forms.HiddenInput
    )  # carries the refusals about the path
    band = PercentField(
        label="Band, % points on either side",
        required=False,
        help_text="Only for rebalancing when the weight leaves its band.",
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        stored = (
            {int(point["age"]): Decimal(point["weight"]) for point in self.sleeve.weights_by_age}
            if self.sleeve
            else {}
        )
        self.ages = sorted({*USUAL_AGES, *stored})
        for age in self.ages:
            self.fields[f"weight_{age}"] = PercentField(
                label=f"At {age}", required=False, initial=stored.get(age)
            )
        self.fields["rebalancing"].initial = self.fields["rebalancing"].initial or Rebalancing.CALENDAR
        if self.sleeve:
            self.fields["band"].initial = self.sleeve.band

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{age}"] for age in self.ages]

    def own_terms(self) -> dict[str, Any]:
        typed = [(age, self.cleaned_data[f"weight_{age}"]) for age in self.ages]
        points = tuple((age, weight) for age, weight in typed if weight is not None)
        return {"weights_by_age": points, "band": self.cleaned_data["band"]}


SLEEVE_FORMS: dict[str, type[SleeveForm]] = {
    form.kind.value: form for form in (CryptoLineForm, TargetDateSleeveForm)
}
