"""Market paths out of a record: the stationary block bootstrap of a monthly return history (Politis and
Romano, 1994).

A path is a walk through the months of the record: it goes on to the next month, or, with probability 1 /
(mean block length), jumps to a month drawn evenly from all; after the last month comes the first. All assets
of a month are taken together, so what moved together in the record moves together on the path. Each path's
months are drawn evenly from the record, and block lengths are geometric.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .validation import Floats, floats, require

Singles = NDArray[np.float32]
Rows = NDArray[np.int16]
MONTHS = 12
MEAN_BLOCK_MONTHS = 12
FEWEST_MONTHS, MOST_MONTHS = 36, 3_000
LONGEST_BLOCK = 120
MOST_GROWTH = 20.0  # a month of +2,000 %: beyond the wildest month of any asset class on record
DEEPEST_FALL = 1 / (1 + MOST_GROWTH) - 1  # the fall that undoes it


@dataclass(frozen=True, eq=False)
class History:
    """A monthly record without gaps: `returns` (n_months, n_assets) simple returns in the order of the
    market's assets, the months one after the other. `block_months` is the mean length of a block, in months.
    Returns must lie above -100 %: a price of nothing cannot be multiplied back."""

    returns: Floats
    block_months: float = MEAN_BLOCK_MONTHS

    def __post_init__(self) -> None:
        returns = floats(self, "returns", (-1, -1))
        enough = FEWEST_MONTHS <= len(returns) <= MOST_MONTHS
        require(
            enough,
            "returns",
            f"A history of {len(returns):,} months: give {FEWEST_MONTHS} to {MOST_MONTHS:,}, three years at the least.",
        )
        usable = (returns >= DEEPEST_FALL) & (returns <= MOST_GROWTH)
        require(bool(usable.all()), "returns", _jump(returns, usable))
        require(
            1 <= self.block_months <= LONGEST_BLOCK,
            "block_months",
            f"The mean block length must lie between 1 and {LONGEST_BLOCK} months.",
        )

    @property
    def n_months(self) -> int:
        return len(self.returns)

    @cached_property
    def gross(self) -> Singles:
        """1 + return by asset and month, (n_assets, n_months) float32."""
        return np.ascontiguousarray(1 + self.returns.T, dtype=np.float32)


def _jump(returns: Floats, usable: NDArray[np.bool_]) -> str:
    """Which month of which series cannot be, and why; nothing where all can."""
    if bool(usable.all()):
        return ""
    month, series = np.argwhere(~usable)[0].tolist()
    return (
        f"Month {month + 1} of series {series + 1} returns {returns[month, series]:+,.0%}, outside "
        f"{DEEPEST_FALL:.0%} to +{MOST_GROWTH:,.0%}: no asset class ever moved so far in a month. Check the history."
    )


def month_rows(words: Sequence[int], n_paths: int, n_years: int, n_months: int, block: float) -> Rows:
    """Which month of the record each month of each path is: (n_years * 12, n_paths), values 0 to n_months -
    1.

    `words` (seed and edition) name the walk; each year has random numbers of its own, so the first years of a
    longer walk are the same walk, and any worker draws the same.
    """
    rows = np.empty((n_years * MONTHS, n_paths), dtype=np.int16)
    here = np.zeros(n_paths, dtype=np.int16)
    for year in range(n_years):
        rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(list(words), spawn_key=(year + 1,))))
        jumps = rng.random((MONTHS, n_paths), dtype=np.float32) < 1 / block
        starts = rng.integers(0, n_months, size=(MONTHS, n_paths), dtype=np.int16)
        jumps[0] |= year == 0
        for month in range(MONTHS):
            here = np.where(jumps[month], starts[month], (here + 1) % np.int16(n_months))
            rows[year * MONTHS + month] = here
    return rows


def year_levels(history: History, rows: Rows, needed: Collection[int] | None = None) -> Singles:
    """Price of one dollar of each asset at the month-ends 0..12 of a year: (n_assets, 13, n_paths) float32.

    `rows` (12, n_paths) are the year's twelve rows of `month_rows`. Only the assets `needed` are worked out
    (all, if not given); the others stay at zero. Products alone, no exponential: the same bytes on every
    processor.
    """
    n_assets = len(history.gross)
    levels = np.zeros((n_assets, MONTHS + 1, rows.shape[1]), dtype=np.float32)
    for asset in range(n_assets) if needed is None else needed:
        levels[asset, 0] = 1
        for month in range(MONTHS):
            np.multiply(levels[asset, month], history.gross[asset][rows[month]], out=levels[asset, month + 1])
    return levels


@dataclass(frozen=True, eq=False)
class YearMoments:
    """Population moments of a simulated year's simple returns: means, volatilities (n), correlations (n, n)."""

    means: Floats
    volatilities: Floats
    correlations: Floats


def year_moments(history: History) -> YearMoments:
    """What years drawn from the history have on average: exact, no simulation.

    With g a gross monthly return and p = 1 / block, the expected product of k months that begin at month t is
    v_k(t) = g(t) ((1 - p) v_{k-1}(t + 1) + p mean(v_{k-1})); a year is the mean of v_12 over all months.
    Means take g of one asset, second moments the product of two.
    """
    gross = 1 + history.returns
    means = _expected_year(gross, history.block_months)
    seconds = _expected_year(gross[:, :, None] * gross[:, None, :], history.block_months)
    covariance = seconds - np.outer(means, means)
    volatilities = np.sqrt(np.maximum(np.diag(covariance), 0))
    scale = np.where(volatilities > 0, volatilities, 1)
    correlations = covariance / np.outer(scale, scale)
    np.fill_diagonal(correlations, 1)
    return YearMoments(means - 1, volatilities, np.clip((correlations + correlations.T) / 2, -1, 1))


def _expected_year(gross: Floats, block: float) -> Floats:
    """Expected product over twelve months of `gross` (n_months, ...): the recursion of `year_moments`."""
    jump, product = 1 / block, gross
    for _ in range(MONTHS - 1):
        following = np.roll(product, -1, axis=0)
        product = gross * ((1 - jump) * following + jump * product.mean(axis=0))
    return np.asarray(product.mean(axis=0), dtype=np.float64)
