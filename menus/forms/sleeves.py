"""The sleeve's terms, one form for each kind: its own fields for the line, for the series, or for both."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from menus.enums import Rebalancing, SleeveKind
from menus.models import Fund, Sleeve
from menus.services.sleeves import LINE_RULES, SERIES_RULES, SleeveTerms
from sponsors.forms.fields import PercentField

USUAL_AGES = (25, 35, 45, 55, 65, 75)
WEIGHT_FIELD = "weight_"


def choices_of(rules: tuple[Rebalancing, ...]) -> list[tuple[str, str]]:
    return [(rule.value, rule.label) for rule in rules]


class SleeveForm(forms.Form):
    """What every kind asks for. Parts add the fields of a door; `start` fills in what the door has today."""

    kind: SleeveKind
    fund = forms.ModelChoiceField(queryset=Fund.objects.none(), label="Crypto fund", empty_label=None)
    cap = PercentField(
        label="Cap, % of an account",
        help_text="The most of an account in digital assets, and the most of it that can be elected. No law sets a "
        "figure; some providers use 5% or 20%.",
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
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.filter(asset_class="digital_assets").order_by(
            "subclass", "name"
        )
        if sleeve:
            self.start(sleeve, "fund", "cap", "reason")

    def start(self, sleeve: Sleeve, *names: str) -> None:
        """Begin with what the sleeve says today."""
        for name in self.fields.keys() & {*names}:
            self.fields[name].initial = getattr(sleeve, name)

    def terms(self) -> SleeveTerms:
        names = ("fund", "cap", "rebalancing", "reason")
        return SleeveTerms(kind=self.kind, **{name: self.cleaned_data[name] for name in names} | self.door())

    def door(self) -> dict[str, Any]:
        """Terms of the door or doors, each part adding its own."""
        return {}


class LineDoor(SleeveForm):
    """Fields of a crypto line."""

    target_weight = PercentField(
        label="Expected weight, %",
        required=False,
        help_text="What a participant who takes the line is expected to hold.",
    )
    min_age = forms.IntegerField(label="Open from age", required=False)
    max_age = forms.IntegerField(label="Open up to age", required=False)
    new_money_block = forms.BooleanField(label="Stop new money above the cap", required=False, initial=True)

    def __init__(self, *args: Any, sleeve: Sleeve | None = None, **kwargs: Any):
        super().__init__(*args, sleeve=sleeve, **kwargs)
        if sleeve and sleeve.opens_line:
            self.start(sleeve, "target_weight", "min_age", "max_age", "new_money_block")

    @property
    def age_fields(self) -> list[forms.BoundField]:
        return [self["min_age"], self["max_age"]]

    def door(self) -> dict[str, Any]:
        names = ("target_weight", "min_age", "max_age", "new_money_block")
        return super().door() | {name: self.cleaned_data[name] for name in names}


class SeriesDoor(SleeveForm):
    """Fields of a weight inside the series. Weights by age stand in one small field for each age; an empty one is no
    point of the path."""

    usual_ages: tuple[int, ...] = USUAL_AGES

    weights_by_age = forms.Field(
        required=False, widget=forms.HiddenInput
    )  # carries the refusals about the path
    band = PercentField(
        label="Band, % points on either side",
        required=False,
        help_text="Only for rebalancing when the weight leaves its band.",
    )

    def __init__(self, *args: Any, sleeve: Sleeve | None = None, **kwargs: Any):
        super().__init__(*args, sleeve=sleeve, **kwargs)
        in_series = sleeve if sleeve and sleeve.opens_series else None
        named = _ages_named(self.initial)  # a path handed over stands in place of the stored one
        points = in_series.weights_by_age if in_series and not named else []
        stored = {int(point["age"]): Decimal(point["weight"]) for point in points}
        self.ages = sorted({*self.usual_ages, *stored, *named})
        for age in self.ages:
            name = f"{WEIGHT_FIELD}{age}"
            self.fields[name] = PercentField(label=f"At {age}", required=False, initial=stored.get(age))
        self.fields["rebalancing"].choices = choices_of(SERIES_RULES)
        self.fields["rebalancing"].initial = in_series.series_rule if in_series else Rebalancing.CALENDAR
        if in_series:
            self.start(in_series, "band")

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"{WEIGHT_FIELD}{age}"] for age in self.ages]

    def door(self) -> dict[str, Any]:
        typed = [(age, self.cleaned_data[f"{WEIGHT_FIELD}{age}"]) for age in self.ages]
        points = tuple((age, weight) for age, weight in typed if weight is not None)
        return super().door() | {"weights_by_age": points, "band": self.cleaned_data["band"]}


class CryptoLineForm(LineDoor):
    kind = SleeveKind.CRYPTO_LINE

    def __init__(self, *args: Any, sleeve: Sleeve | None = None, **kwargs: Any):
        super().__init__(*args, sleeve=sleeve, **kwargs)
        rule = self.fields["rebalancing"]
        rule.label, rule.choices = "Holdings above the cap", choices_of(LINE_RULES)
        rule.initial = (sleeve.line_rule if sleeve else None) or Rebalancing.SELL_DOWN


class TargetDateSleeveForm(SeriesDoor):
    kind = SleeveKind.TARGET_DATE


class BothDoorsForm(LineDoor, SeriesDoor):
    kind = SleeveKind.BOTH
    line_rebalancing = forms.ChoiceField(
        label="Holdings of the line above the cap", widget=forms.RadioSelect, choices=choices_of(LINE_RULES)
    )

    def __init__(self, *args: Any, sleeve: Sleeve | None = None, **kwargs: Any):
        super().__init__(*args, sleeve=sleeve, **kwargs)
        self.fields[
            "cap"
        ].help_text = "The most of an account in digital assets, through both doors together."
        self.fields["line_rebalancing"].initial = (
            sleeve.line_rule if sleeve else None
        ) or Rebalancing.SELL_DOWN

    def door(self) -> dict[str, Any]:
        return super().door() | {"line_rebalancing": self.cleaned_data["line_rebalancing"]}


SLEEVE_FORMS: dict[str, type[SleeveForm]] = {
    form.kind.value: form for form in (CryptoLineForm, TargetDateSleeveForm, BothDoorsForm)
}


def _ages_named(initial: Mapping[str, Any]) -> set[int]:
    """Ages for which a start was handed over, as from the lab."""
    names = (name.removeprefix(WEIGHT_FIELD) for name in initial if name.startswith(WEIGHT_FIELD))
    return {int(age) for age in names if age.isdecimal() and len(age) <= 3}
