"""The lab's form: both doors of a sleeve on one page, and what is assumed about take-up and market."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from menus.enums import Rebalancing, SleeveKind
from menus.forms.sleeves import WEIGHT_FIELD, BothDoorsForm
from menus.markets import DEFAULT_EDITION, edition_names, market_edition
from menus.models import Sleeve
from menus.panel import behaviour_defaults
from menus.services.lab import LabSetting
from menus.services.sleeves import SleeveTerms
from sponsors.forms.fields import PercentField

# Where a slider stands for nothing typed, where it ends, and its step: percent, or years of age. What is typed may lie
# beyond.
SLIDERS = {
    "cap": "0 25 0.5",
    "target_weight": "0 25 0.25",
    "take_up_rate": "0 100 1",
    "min_age": "16 75 1",
    "max_age": "75 16 1",
    WEIGHT_FIELD: "0 25 0.25",
    "band": "0 10 0.25",
}
# For what the version's own sleeve leaves open: a place to begin, no suggestion.
START = {"kind": SleeveKind.TARGET_DATE, "cap": "5", "target_weight": "2", "market_edition": DEFAULT_EDITION}
START_WEIGHT = "1"


class LabForm(BothDoorsForm):
    """One setting, typed or read from an address. What a closed door would ask for plays no part."""

    usual_ages = (25, 45, 65)
    kind = forms.ChoiceField(label="Doors", choices=SleeveKind.choices, widget=forms.RadioSelect)  # type: ignore[assignment]
    take_up_rate = PercentField(
        label="People who take up the line, %", help_text="Steward assumption: nobody knows beforehand."
    )
    market_edition = forms.ChoiceField(
        label="Market edition",
        help_text="Figures for digital assets depend on it more than on anything else.",
    )
    reason = None  # type: ignore[assignment]
    seen_edits = None  # type: ignore[assignment]

    def __init__(self, data: QueryDict | None = None, *, sleeve: Sleeve | None = None):
        weights = {name: value for name, value in (data or {}).items() if name.startswith(WEIGHT_FIELD)}
        super().__init__(
            data, sleeve=sleeve, initial=weights
        )  # ages of a link, whatever the sleeve's are by now
        self.fields["fund"].to_field_name = "key"
        self.fields["target_weight"].label = "What they put there, %"
        self.fields["target_weight"].help_text = "Of their new money, and of their balance on the first day."
        self.fields["rebalancing"].label = "Rebalancing inside the series"
        self.fields["market_edition"].choices = [
            (name, market_edition(name).label) for name in edition_names()
        ]
        self._begin(sleeve)
        for name in ("min_age", "max_age"):
            self.fields[name].widget.attrs |= {"placeholder": "any"}
        for name, field in self.fields.items():
            if limits := SLIDERS.get(name.rstrip("0123456789")):
                field.widget.attrs |= {"data-slider": limits}

    def _begin(self, sleeve: Sleeve | None) -> None:
        """What stands in the form before anybody types."""
        rate = Decimal(str(behaviour_defaults()["take_up_rate"]))
        begins = START | {"take_up_rate": rate} | ({"kind": sleeve.kind} if sleeve else {})
        if not (sleeve and sleeve.opens_series):
            begins |= {field.name: START_WEIGHT for field in self.weight_fields}
        if sleeve is None:
            begins["fund"] = self.fields["fund"].queryset.exclude(expense_ratio=None).first()
        for name, value in begins.items():
            if self.fields[name].initial is None:
                self.fields[name].initial = value

    @classmethod
    def started(cls, sleeve: Sleeve | None) -> LabForm:
        """The setting that the lab opens with, as if it had been typed."""
        typed = {field.name: field.value() for field in cls(sleeve=sleeve)}
        typed["new_money_block"] = "on" if typed["new_money_block"] else None
        return cls(QueryDict(_query(typed)), sleeve=sleeve)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = SleeveKind(cleaned["kind"]) if cleaned.get("kind") else None
        if kind and kind.opens_line and cleaned.get("target_weight") is None:
            self._say("target_weight", "Say what those who take up the line put there, for example 2.")
        is_threshold = cleaned.get("rebalancing") == Rebalancing.THRESHOLD
        if kind and kind.opens_series and cleaned.get("band") and not is_threshold:
            self._say(
                "band",
                "A band plays its part only where the weight is brought back when it leaves its band. Choose that "
                "rule, or leave the band empty.",
            )
        return cleaned

    def _say(self, field: str, words: str) -> None:
        """At the field, unless something is said there already."""
        if field not in self.errors:
            self.add_error(field, words)

    def setting(self) -> LabSetting:
        given = self.cleaned_data
        return LabSetting(self.terms(), given["take_up_rate"], given["market_edition"])

    def terms(self) -> SleeveTerms:
        given, kind = self.cleaned_data, SleeveKind(self.cleaned_data["kind"])
        rule = given["rebalancing"] if kind.opens_series else given["line_rebalancing"]
        return SleeveTerms(kind=kind, fund=given["fund"], cap=given["cap"], rebalancing=rule, **self.door())

    # ------------------------------------------------------------ addresses
    @property
    def query(self) -> str:
        """The setting as an address keeps it: what was typed, in the form's order, the empty left out."""
        return _query({name: self.data.get(name) for name in self.fields})

    @property
    def terms_query(self) -> str:
        """What the form of a draft's sleeve begins with when it is opened from here: the empty too, or what the draft
        has there would stand in its place."""
        given = self.cleaned_data
        left_out = ("take_up_rate", "market_edition", "weights_by_age")
        typed = {name: self.data.get(name, "") for name in self.fields if name not in left_out}
        typed["fund"] = str(given["fund"].pk)
        if given["kind"] == SleeveKind.CRYPTO_LINE:
            typed["rebalancing"] = typed["line_rebalancing"]
        return urlencode(typed)

    # ------------------------------------------------------------ in the order of the page
    @property
    def line_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("target_weight", "take_up_rate", "min_age", "max_age")]


def _query(typed: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in typed.items() if value not in (None, "")})
