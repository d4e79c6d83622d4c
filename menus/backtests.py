"""What a mix of series would have done over a window of its record: return, volatility, drawdown, share of risk.

History, not a forecast: one path that happened once, without fees, taxes and trading costs beyond those inside the
series. Volatility is the standard deviation of monthly returns times the square root of twelve; drawdowns are at
month-ends. No database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from menus.histories import MonthTable
from sponsors.errors import Refusal

Floats = NDArray[np.float64]
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
FEWEST_MONTHS = 12
SUM_TOLERANCE = 1e-6


class Rebalance(StrEnum):
    """How often the mix goes back to its weights, counted from its first month."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    NONE = "none"

    @property
    def months(self) -> int:
        return {"monthly": 1, "quarterly": 3, "yearly": 12, "none": 0}[self.value]

    @property
    def words(self) -> str:
        return {
            "monthly": "every month",
            "quarterly": "every third month",
            "yearly": "every twelfth month",
            "none": "never: the weights drift with prices",
        }[self.value]


@dataclass(frozen=True)
class Drawdown:
    """The deepest fall from a month-end high: a positive fraction, the months of its high and its low, and the first
    month-end at which the high was reached again (None: not within the window)."""

    depth: float
    high: str
    low: str
    recovered: str | None


@dataclass(frozen=True)
class SeriesFigures:
    """One series of the mix, alone over the window; `risk_share` is its part of the variance of the mix's months."""

    series: str
    weight: float
    annual_return: float
    volatility: float
    risk_share: float


@dataclass(frozen=True, eq=False)
class Backtest:
    """What the mix did; rates are fractions a year. `returns` (n_months) of the mix, month by month."""

    mix: Mapping[str, float]
    rebalance: Rebalance
    first_month: str
    last_month: str
    returns: Floats
    cumulative_return: float
    annual_return: float
    volatility: float
    drawdown: Drawdown
    series: tuple[SeriesFigures, ...]
    table: MonthTable

    @property
    def n_months(self) -> int:
        return len(self.returns)

    @property
    def window(self) -> str:
        return f"{self.first_month} to {self.last_month}, {self.n_months} months"


def backtest(
    table: MonthTable, mix: Mapping[str, float], rebalance: Rebalance, first: str = "", last: str = ""
) -> Backtest:
    """The mix from month `first` to month `last` (the whole common record where they are not given).

    Raises `Refusal`, naming the field, for weights that do not sum to one, unknown series and months without a record.
    """
    mix_check(table, mix)
    window = _window(table, mix, first, last)
    returns = np.stack([window.returns[series] for series in mix], axis=1)
    parts = contributions(returns, np.array(list(mix.values())), rebalance)
    months = parts.sum(axis=1)
    growth = float(np.prod(1 + months))
    return Backtest(
        mix=dict(mix),
        rebalance=rebalance,
        first_month=window.months[0],
        last_month=window.months[-1],
        returns=months,
        cumulative_return=growth - 1,
        annual_return=annual_return(months),
        volatility=volatility(months),
        drawdown=deepest_fall(months, window.months),
        series=_series_figures(mix, returns, parts),
        table=window,
    )


def contributions(returns: Floats, weights: Floats, rebalance: Rebalance) -> Floats:
    """What each series adds to each month's return of the mix (n_months, n_series): weight at the start of the month
    times return. Weights drift with prices between rebalancings."""
    parts, held = np.empty_like(returns), weights
    for month, of_month in enumerate(returns):
        if rebalance.months and month % rebalance.months == 0:
            held = weights
        parts[month] = held * of_month
        held = held * (1 + of_month) / (1 + parts[month].sum())
    return parts


def annual_return(months: Floats) -> float:
    """Compound return a year."""
    return float(np.prod(1 + months) ** (12 / len(months)) - 1)


def volatility(months: Floats) -> float:
    return float(np.std(months, ddof=1) * np.sqrt(12))


def deepest_fall(returns: Floats, months: tuple[str, ...]) -> Drawdown:
    """The deepest drawdown; the month before the first one counts as the first high."""
    names = (_month_before(months[0]), *months)
    wealth = np.concatenate([[1.0], np.cumprod(1 + returns)])
    falls = 1 - wealth / np.maximum.accumulate(wealth)
    low = int(np.argmax(falls))
    high = int(np.argmax(wealth[: low + 1]))
    back = np.flatnonzero(wealth[low:] >= wealth[high])
    recovered = names[low + int(back[0])] if len(back) else None
    return Drawdown(float(falls[low]), names[high], names[low], recovered)


def _month_before(month: str) -> str:
    return str(np.datetime64(month, "M") - 1)


def risk_shares(parts: Floats) -> Floats:
    """Part of the variance of the mix that comes with each series (n_series), from what each adds (n_months, n_series):
    its covariance with the mix over the variance of the mix. Sums to one; NaN where the mix never moves."""
    deviations = parts - parts.mean(axis=0)
    total = deviations.sum(axis=1)
    variance = float(total @ total)
    return np.asarray(deviations.T @ total / variance) if variance > 0 else np.full(parts.shape[1], np.nan)


def _series_figures(mix: Mapping[str, float], returns: Floats, parts: Floats) -> tuple[SeriesFigures, ...]:
    shares = risk_shares(parts)
    return tuple(
        SeriesFigures(series, weight, annual_return(column), volatility(column), float(share))
        for (series, weight), column, share in zip(mix.items(), returns.T, shares, strict=True)
    )


# ---------------------------------------------------------------- comparing
@dataclass(frozen=True)
class Beside:
    """One series beside another over a window: ratio of volatilities, correlation of months, number of months."""

    volatility_ratio: float
    correlation: float
    n_months: int


def beside(table: MonthTable, series: str, other: str, first: str = "", last: str = "9999-12") -> Beside:
    """How a series moved beside another."""
    window = table.common([series, other], first, last)
    one, two = window.returns[series], window.returns[other]
    return Beside(volatility(one) / volatility(two), float(np.corrcoef(one, two)[0, 1]), len(window.months))


def ahead(one: Backtest, other: Backtest, n_months: int) -> tuple[int, int]:
    """In how many rolling windows of `n_months` the one ended above the other, and of how many. Both over the same
    months."""
    levels = [np.concatenate([[1.0], np.cumprod(1 + test.returns)]) for test in (one, other)]
    ended = [level[n_months:] / level[:-n_months] for level in levels]
    return int((ended[0] > ended[1]).sum()), len(ended[0])


def with_added(mix: Mapping[str, float], series: str, weight: float) -> dict[str, float]:
    """The mix with a weight of one series taken from all others pro rata."""
    return {key: share * (1 - weight) for key, share in mix.items()} | ({series: weight} if weight else {})


# ---------------------------------------------------------------- refusals
def mix_read(text: str) -> dict[str, float]:
    """`us_large=.6,us_agg=.4` as a mapping; refuses what cannot be read."""
    mix: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.replace("\n", ",").split(","))):
        name, _, weight = (piece.strip() for piece in part.partition("="))
        try:
            value = float(weight.removesuffix("%")) / (100 if weight.endswith("%") else 1)
        except ValueError:
            raise _no(
                f"{part!r} is no series with a weight. Write us_large=0.6, us_agg=0.4.", "mix"
            ) from None
        if name in mix:
            raise _no(f"{name} stands in the mix twice. Give its whole weight once.", "mix")
        mix[name] = value
    return mix


def mix_check(table: MonthTable, mix: Mapping[str, float]) -> None:
    """Refuse a mix whose series are unknown or whose weights are not shares of a whole."""
    if not mix:
        raise _no("The mix is empty. Write us_large=0.6, us_agg=0.4.", "mix")
    if unknown := [series for series in mix if series not in table.returns]:
        known = ", ".join(table.returns)
        raise _no(f"{', '.join(unknown)}: there is no such series. There are {known}.", "mix")
    wrong = [series for series, weight in mix.items() if not 0 <= weight <= 1]
    if wrong:
        given = f"The weight of {wrong[0]} is {mix[wrong[0]]:g}."
        raise _no(f"{given} Weights lie between 0 and 1: sixty percent is 0.6 or 60%.", "mix")
    total = sum(mix.values())
    if abs(total - 1) > SUM_TOLERANCE:
        raise _no(f"The weights sum to {total:.4g}, not to 1. Change them until they do.", "mix")


def _window(table: MonthTable, mix: Mapping[str, float], first: str, last: str) -> MonthTable:
    """The months of the test; refuses months that a series has no record of."""
    for field, month in (("first_month", first), ("last_month", last)):
        if month and not MONTH.fullmatch(month):
            raise _no(f"{month!r} is no month. Write it as 2014-01.", field)
    if first and last and first > last:
        raise _no(f"The window ends ({last}) before it begins ({first}). Change one of them.", "last_month")
    for series in mix:
        _require_record(table, series, first, last)
    window = table.common(list(mix), first, last or "9999-12")
    if len(window.months) < FEWEST_MONTHS:
        raise _no(
            f"The window has {len(window.months)} months. Choose {FEWEST_MONTHS} or more.", "first_month"
        )
    return window


def _require_record(table: MonthTable, series: str, first: str, last: str) -> None:
    begins, ends = table.record_of(series)
    words = f"The record of {series} runs from {begins} to {ends}. Choose months inside it"
    if first and first < begins:
        raise _no(f"{words}: {first} is before it.", "first_month")
    if last and last > ends:
        raise _no(f"{words}: {last} is after it.", "last_month")


def _no(message: str, field: str) -> Refusal:
    return Refusal(message, field=field, code="backtest")
