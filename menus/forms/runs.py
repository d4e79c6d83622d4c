"""Asking for an exposure run."""

from collections.abc import Mapping
from typing import Any

from django import forms

from menus.markets import DEFAULT_EDITION, selectable_names
from menus.models import ProjectionRun
from menus.panel import BEHAVIOUR, behaviour_defaults
from menus.run_selectors import edition_named, runnable_versions
from menus.services.projections import DEFAULT_PATHS, DEFAULT_SEED, LEAST_PATHS, MOST_PATHS
from sponsors.forms.fields import PercentField
from sponsors.models import CensusSnapshot, Plan

PATH_CHOICES = [
    (LEAST_PATHS, "1,000: a first look, coarse"),
    (DEFAULT_PATHS, "10,000: for a review"),
    (MOST_PATHS, "20,000: a third less sampling error, twice the time"),
]
HOUSE = "Steward assumption."


class RunForm(forms.Form):
    """What to project, in which market, and the house assumptions about people."""

    version: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None, label="Menu version", empty_label=None
    )
    snapshot: forms.ModelChoiceField = forms.ModelChoiceField(queryset=None, label="Census", empty_label=None)
    market_edition = forms.ChoiceField(
        label="Market edition",
        widget=forms.RadioSelect,
        help_text="No single expected return for digital assets has any standing: read several editions together.",
    )
    paths = forms.IntegerField(  # a number, so that the service refuses what is no choice in its own words
        label="Market paths",
        localize=False,
        initial=DEFAULT_PATHS,
        widget=forms.Select(choices=PATH_CHOICES),
    )
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=2**53,
        localize=False,
        help_text="Any whole number. The same seed draws the same market paths, so that two menus can be compared.",
    )
    raise_rate = PercentField(label="Yearly raise, %", help_text=HOUSE)
    limit_growth_rate = PercentField(label="Yearly growth of the legal limits, %", help_text=HOUSE)
    retirement_age = forms.IntegerField(label="Retirement age", min_value=50, max_value=75, help_text=HOUSE)
    take_up_rate = PercentField(
        label="People who take up a crypto line, %",
        help_text=f"{HOUSE} Without a line of its own it plays no part.",
    )
    take_up_weight = PercentField(
        label="What they put there, % of new money",
        required=False,
        help_text=f"{HOUSE} Empty: the expected weight that the sleeve states.",
    )
    take_up_moves_balance = forms.BooleanField(
        label="They move the same share of their balance on the first day", required=False, help_text=HOUSE
    )
    payout_rate = PercentField(
        label="Yearly income from the account at retirement, % of the balance",
        help_text=f"{HOUSE} It turns a balance into an income and changes no balance.",
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = runnable_versions(plan)
        self.fields["snapshot"].queryset = CensusSnapshot.objects.filter(plan=plan)
        self.fields["market_edition"].choices = _editions(self.initial.get("market_edition", DEFAULT_EDITION))
        self.fields["market_edition"].initial = DEFAULT_EDITION
        self.fields["paths"].widget.choices = _numbers_of_paths(self.initial.get("paths", DEFAULT_PATHS))
        self.fields["seed"].initial = str(DEFAULT_SEED)
        defaults = behaviour_defaults() | {"take_up_weight": None}
        self.initial = {**_printed(defaults), **self.initial}

    @staticmethod
    def initial_like(run: ProjectionRun) -> dict[str, Any]:
        """What was asked for in an earlier run."""
        asked = ("version", "snapshot", "market_edition", "paths")
        return (
            {name: getattr(run, name) for name in asked} | {"seed": str(run.seed)} | _printed(run.behaviour)
        )

    def request(self) -> dict[str, Any]:
        """Arguments of `projection_request`."""
        given = self.cleaned_data
        asked = ("version", "snapshot", "market_edition", "paths", "seed")
        return {name: given[name] for name in asked} | {
            "behaviour": {name: given[name] for name in BEHAVIOUR}
        }

    @property
    def house_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in BEHAVIOUR]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in BEHAVIOUR]


def _editions(asked: str) -> list[tuple[str, str]]:
    """Every edition with its reason, and the one asked for if its blocks are not the usual ones."""
    names = dict.fromkeys([*selectable_names(), asked])
    found = [edition for name in names if (edition := edition_named(name))]
    return [(one.name, f"{one.label}. {one.why}") for one in found]


def _numbers_of_paths(asked: int) -> list[tuple[int, str]]:
    """The usual numbers, and that of an earlier run if it was another."""
    return sorted(({asked: f"{asked:,}"} | dict(PATH_CHOICES)).items())


def _printed(behaviour: Mapping[str, Any]) -> dict[str, Any]:
    """Rates as the percentages that the fields show."""
    return {
        name: f"{value * 100:.6g}" if isinstance(value, float) else value for name, value in behaviour.items()
    }
