"""Monthly return histories and what they say: return, volatility, drawdown, Sharpe, correlation. No database.

`histories()` has one series at a time; a `MonthTable` has several side by side, for who needs the same months of all.

A history belongs to a series (an index fund or a spot price), not to every fund that joins it: whoever prints a figure
says whose record it is. Windows are whole years ending with the newest month; a shorter record gives None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sponsors.facts import FactError, Source, check_date, check_keys, check_text, read_yaml, resolve_sources

DATA = Path(__file__).parent / "data"
WINDOWS = (1, 3, 5, 10)
SINCE_2014 = date(2014, 1, 1)  # bitcoin's earlier months come from one thin market


@dataclass(frozen=True, eq=False)
class History:
    """Monthly total returns of one series: `months` (n) month ends, `returns` (n) decimals, without gaps."""

    key: str
    label: str
    warning: str
    source: str
    months: tuple[date, ...]
    returns: NDArray[np.float64]

    @property
    def first_month(self) -> date:
        return self.months[0]

    @property
    def last_month(self) -> date:
        return self.months[-1]


@dataclass(frozen=True)
class WindowFigures:
    """What one window of a history shows; rates are fractions a year, drawdown is a positive fraction."""

    years: int
    annual_return: float
    volatility: float
    max_drawdown: float
    sharpe: float | None


@dataclass(frozen=True, eq=False)
class MonthTable:
    """Monthly total returns, months x series: `months` ("2014-01") one after the other, `returns` by series with one
    figure for each month, NaN where a series has none. `sha256` names the figures, or the file that they came from."""

    name: str
    label: str
    months: tuple[str, ...]
    returns: Mapping[str, NDArray[np.float64]]
    sources: tuple[Source, ...]
    sha256: str
    as_of: date
    source: str = ""

    @property
    def window(self) -> str:
        """The months it covers, in words."""
        return f"{self.months[0]} to {self.months[-1]}, {len(self.months)} months"

    def record_of(self, series: str) -> tuple[str, str]:
        """First and last month of one series."""
        known = np.flatnonzero(np.isfinite(self.returns[series]))
        return self.months[known[0]], self.months[known[-1]]

    def common(self, series: Iterable[str], first: str = "", last: str = "9999-12") -> MonthTable:
        """The months, from `first` to `last`, in which every one of `series` has a return. May be empty."""
        asked = np.array([first <= month <= last for month in self.months], dtype=bool)
        kept = np.all([np.isfinite(self.returns[one]) for one in series] + [asked], axis=0)
        months = tuple(month for month, keep in zip(self.months, kept, strict=True) if keep)
        return replace(self, months=months, returns={key: row[kept] for key, row in self.returns.items()})


@cache
def built_in_table() -> MonthTable:
    """All series of data/monthly_returns.csv side by side."""
    about = read_yaml(DATA / "monthly_returns.yaml")
    months = sorted({month for history in histories().values() for month in history.months})
    place = {month: row for row, month in enumerate(months)}
    returns = {}
    for key, history in histories().items():
        returns[key] = np.full(len(months), np.nan)
        returns[key][[place[month] for month in history.months]] = history.returns
    return MonthTable(
        name="built-in",
        label="Monthly returns that come with Steward",
        months=tuple(f"{month:%Y-%m}" for month in months),
        returns=returns,
        sources=resolve_sources([about["source"]], "monthly_returns.yaml"),
        sha256=sha256((DATA / "monthly_returns.csv").read_bytes()).hexdigest(),
        as_of=about["as_of"],
    )


@cache
def histories() -> dict[str, History]:
    """Every series by its key. Raises FactError when the table and its description disagree."""
    about = read_yaml(DATA / "monthly_returns.yaml")
    check_keys(about, "monthly_returns.yaml", required=("source", "as_of", "series"))
    (source,) = resolve_sources([about["source"]], "monthly_returns.yaml")
    table = np.genfromtxt(
        DATA / "monthly_returns.csv", delimiter=",", names=True, dtype=None, encoding="utf-8"
    )
    keys = set(table.dtype.names or ()) - {"month_end"}
    if keys != set(about["series"]):
        raise FactError(
            f"monthly_returns.yaml: describes other series than the table: {keys ^ set(about['series'])}"
        )
    months = [date.fromisoformat(str(month)) for month in table["month_end"]]
    if months[-1] != check_date(about["as_of"], "monthly_returns.yaml"):
        raise FactError("monthly_returns.yaml: as_of is not the last month of the table")
    return {
        key: _history(key, about["series"][key], source.title, months, table[key]) for key in about["series"]
    }


def history_of(series_key: str) -> History | None:
    """The history that a fund's series key joins, or None."""
    return histories().get(series_key)


def window_figures(history: History, years: int) -> WindowFigures | None:
    """Figures of the last `years` years; None when the record is shorter."""
    n = years * 12
    if len(history.returns) < n:
        return None
    returns = history.returns[-n:]
    return WindowFigures(
        years=years,
        annual_return=float(np.prod(1 + returns) ** (1 / years) - 1),
        volatility=float(np.std(returns, ddof=1) * np.sqrt(12)),
        max_drawdown=max_drawdown(returns),
        sharpe=_sharpe(history, returns, n),
    )


def max_drawdown(returns: NDArray[np.float64]) -> float:
    """The deepest fall from an earlier month-end high, as a positive fraction."""
    wealth = np.concatenate([[1.0], np.cumprod(1 + returns)])
    return float(np.max(1 - wealth / np.maximum.accumulate(wealth)))


def correlation(one: History, other: History, since: date = SINCE_2014) -> tuple[float, int] | None:
    """Correlation of monthly returns over the months both have since a date, and how many; None under 24 months."""
    by_month = dict(zip(other.months, other.returns, strict=True))
    pairs = [
        (r, by_month[m]) for m, r in zip(one.months, one.returns, strict=True) if m >= since and m in by_month
    ]
    if len(pairs) < 24:
        return None
    return float(np.corrcoef(np.array(pairs).T)[0, 1]), len(pairs)


def _sharpe(history: History, returns: NDArray[np.float64], n: int) -> float | None:
    """Mean monthly return above Treasury bills over its standard deviation, a year; None without bills or risk."""
    cash = histories_cash(history, n)
    if cash is None:
        return None
    excess = returns - cash
    deviation = float(np.std(excess, ddof=1))
    return float(np.mean(excess) / deviation * np.sqrt(12)) if deviation > 0 else None


def histories_cash(history: History, n: int) -> NDArray[np.float64] | None:
    """Treasury-bill returns of the same last `n` months, or None when the bills' record is shorter."""
    cash = history_of("cash")
    if cash is None or history.key == "cash" or cash.months[-n:] != history.months[-n:]:
        return None
    return cash.returns[-n:]


def _history(
    key: str, about: dict[str, str], source: str, months: list[date], column: NDArray[np.float64]
) -> History:
    check_keys(about, f"monthly_returns.yaml: {key}", required=("label",), optional=("warning",))
    known = np.flatnonzero(np.isfinite(column))
    if known[-1] - known[0] + 1 != len(known):
        raise FactError(f"monthly_returns.csv: {key} has a gap between its first and last month")
    span = slice(known[0], known[-1] + 1)
    return History(
        key=key,
        label=check_text(about["label"], key),
        warning=about.get("warning", ""),
        source=source,
        months=tuple(months[span]),
        returns=column[span].astype(np.float64),
    )
