"""Calendar-year returns since 1928 of stocks, bonds, bills, home prices and gold: data/annual_returns.csv. No database.

The longest record that Steward shows, beside which the few years of digital assets can be seen for what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sponsors.facts import FactError, Source, check_date, check_keys, check_text, read_yaml, resolve_sources

DATA = Path(__file__).parent / "data"
WINDOWS = ((1928, 2024), (1975, 2024), (2015, 2024))


@dataclass(frozen=True, eq=False)
class AnnualSeries:
    """One class of investment: `returns` (n_years) fractions from `first_year` on, without gaps."""

    key: str
    label: str
    warning: str
    first_year: int
    returns: NDArray[np.float64]

    def between(self, first: int, last: int) -> NDArray[np.float64]:
        return self.returns[first - self.first_year : last - self.first_year + 1]

    def arithmetic_mean(self, first: int, last: int) -> float:
        """Average of single years."""
        return float(self.between(first, last).mean())

    def compound_return(self, first: int, last: int) -> float:
        """Return a year of money left alone (geometric mean)."""
        years = self.between(first, last)
        return float(np.prod(1 + years) ** (1 / len(years)) - 1)

    def growth_of_100(self, first: int, last: int) -> float:
        """Dollars that $100 at the start of `first` had become at the end of `last`."""
        return float(100 * np.prod(1 + self.between(first, last)))


@dataclass(frozen=True)
class LongRecord:
    series: Mapping[str, AnnualSeries]
    sources: tuple[Source, ...]
    as_of: date
    checked_on: date

    def __len__(self) -> int:
        return len(self.series)


@cache
def long_record() -> LongRecord:
    """Every series by key. Raises FactError when the table and its description disagree."""
    about = read_yaml(DATA / "annual_returns.yaml")
    check_keys(about, "annual_returns.yaml", required=("source", "as_of", "checked_on", "series"))
    table = np.genfromtxt(DATA / "annual_returns.csv", delimiter=",", names=True)
    if set(table.dtype.names or ()) - {"year"} != set(about["series"]):
        raise FactError("annual_returns.yaml: describes other series than the table")
    years = table["year"].astype(int)
    if (np.diff(years) != 1).any() or any(not np.isfinite(table[key]).all() for key in about["series"]):
        raise FactError("annual_returns.csv: a year or a figure is missing")
    return LongRecord(
        series={
            key: _series(key, entry, int(years[0]), table[key]) for key, entry in about["series"].items()
        },
        sources=resolve_sources([about["source"]], "annual_returns.yaml"),
        as_of=check_date(about["as_of"], "annual_returns.yaml"),
        checked_on=check_date(about["checked_on"], "annual_returns.yaml"),
    )


def _series(key: str, about: Mapping[str, str], first_year: int, column: NDArray[np.float64]) -> AnnualSeries:
    check_keys(about, f"annual_returns.yaml: {key}", required=("label",), optional=("warning",))
    return AnnualSeries(key, check_text(about["label"], key), about.get("warning", ""), first_year, column)
