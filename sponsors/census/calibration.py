"""The published figures that a synthetic census is drawn from, and how a census compares with them. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sponsors.facts import Fact, load_facts

if TYPE_CHECKING:
    import pandas as pd

PARTICIPANT_FACTS = Path(__file__).parents[1] / "data" / "participants.yaml"
# Vanguard's bands by age, and the decades of the EBRI/ICI database: key in the data file -> [from, to) in years.
AGE_BANDS = {
    "under_25": (0, 25),
    "25_34": (25, 35),
    "35_44": (35, 45),
    "45_54": (45, 55),
    "55_64": (55, 65),
    "65_plus": (65, 200),
}
DECADES = {"20s_30s": (20, 40), "40s": (40, 50), "50s": (50, 60), "60s": (60, 70)}
PAY_BANDS = {key: AGE_BANDS[key] for key in ("25_34", "35_44", "45_54", "55_64", "65_plus")}


def participant_facts() -> dict[str, Fact]:
    """Every fact of participants.yaml by key."""
    return dict(load_facts(PARTICIPANT_FACTS))


def in_band(age: np.ndarray, bands: dict[str, tuple[int, int]], key: str) -> np.ndarray:
    low, high = bands[key]
    return (age >= low) & (age < high)


@dataclass(frozen=True)
class Comparison:
    """One figure of a census beside the published one. `is_fitted`: the generator aims at it."""

    measure: str
    census: float
    published: float
    unit: str
    source: str
    is_fitted: bool


class _Table:
    def __init__(self) -> None:
        self.rows: list[Comparison] = []
        self.facts = participant_facts()

    def add(
        self, measure: str, census: float, key: str, group: str | None = None, fitted: bool = True
    ) -> None:
        fact = self.facts[key]
        value: Any = fact.latest.value if group is None else fact.latest.value[group]
        source = f"{fact.sources[0].publisher}: {fact.sources[0].title}, {fact.latest.since:%Y-%m-%d}"
        self.rows.append(Comparison(measure, float(census), float(value), fact.unit, source, fitted))


def compare(people: pd.DataFrame) -> list[Comparison]:
    """`people`: one row each with age, tenure_years, annual_pay, deferral_rate, balance, in_one_target_date_fund
    (bool), has_target_date_fund (bool), own_equity_share (NaN for those in one fund). Empty groups are left out."""
    table = _Table()
    age = people["age"].to_numpy()
    for key, (low, high) in DECADES.items():
        table.add(f"share aged {low} to {high - 1}", in_band(age, DECADES, key).mean(), "age_share", key)
    table.add("median age", np.median(age), "age_median", fitted=False)
    for years in (2, 5):
        share = (people["tenure_years"] <= years).mean()
        table.add(
            f"share with tenure of {years} years or less", share, "tenure_share", f"{years}_years", years == 5
        )
    _compare_by_age(table, people, age)
    table.add("mean balance", people["balance"].mean(), "balance_mean", fitted=False)
    table.add("median balance", people["balance"].median(), "balance_median", fitted=False)
    table.add("mean deferral", people["deferral_rate"].mean(), "deferral_rate_mean", fitted=False)
    single = people["in_one_target_date_fund"].mean()
    table.add("all in one target date fund", single, "single_target_date_share", "all")
    table.add("hold a target date fund", people["has_target_date_fund"].mean(), "target_date_holders")
    for key, low in (("20s", 20), ("60s", 60)):
        own = people.loc[(age >= low) & (age < low + 10), "own_equity_share"].dropna()
        if len(own):
            table.add(f"equity share of own mixes, {key}", own.mean(), "equity_share", key)
    return table.rows


def _compare_by_age(table: _Table, people: pd.DataFrame, age: np.ndarray) -> None:
    for key in AGE_BANDS:
        band = people[in_band(age, AGE_BANDS, key)]
        if band.empty:
            continue
        label = key.replace("_plus", " and over").replace("under_", "under ").replace("_", "-")
        table.add(f"mean balance, {label}", band["balance"].mean(), "balance_mean_by_age", key)
        table.add(f"median balance, {label}", band["balance"].median(), "balance_median_by_age", key)
        table.add(f"mean deferral, {label}", band["deferral_rate"].mean(), "deferral_rate_mean_by_age", key)
        if key in PAY_BANDS:
            table.add(f"median pay, {label}", band["annual_pay"].median(), "annual_pay_median_by_age", key)
