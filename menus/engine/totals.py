"""The plan as a whole, path by path, from sums alone.

Dollars are linear in opening balances and contributions, so people who share a fund can be added up first and
rolled forward once. Accounts under a share rule are not linear; their paths were added in whole cents when
they were projected. The group is closed: everyone counts up to and including their own horizon, nobody joins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chunk import Arrays, ProjectionChunk
from .exact import OWN_ARM
from .factors import Prepared
from .tables import Tables
from .validation import Floats, Integers


@dataclass(frozen=True, eq=False)
class PlanTotals:
    """With the sponsor's sleeve, at year ends (n_years, n_paths): `balance` and `digital` dollars,
    `above_cap` people. Means over paths by year (n_years): `flow` of new money into digital assets, dollars
    `rebalanced`, `sleeve_fees`."""

    balance: Floats
    digital: Floats
    above_cap: NDArray[np.int64]
    flow: Floats
    rebalanced: Floats
    sleeve_fees: Floats


def plan_totals(prepared: Prepared, whole: ProjectionChunk, tables: Tables | None = None) -> PlanTotals:
    """The plan of a finished run; with the `tables` it was computed with, if any."""
    from . import kernels  # compiled code takes half a second to import

    sums, scenario = whole.sums, prepared.scenario
    shape = (scenario.n_years, scenario.n_paths)
    balance, digital = np.zeros((2, *shape))
    flow, rebalanced, fees = np.zeros((3, scenario.n_years))
    totals = PlanTotals(balance, digital, _above_cap(prepared, sums, tables), flow, rebalanced, fees)
    start, end = np.empty((2, *shape))
    for place in np.flatnonzero(sums["opening"].any(axis=1) | sums["paid_in"].any(axis=(1, 2))).tolist():
        slot, years = int(prepared.slots[OWN_ARM, place]), prepared.years[place]
        opening, paid_in = (
            still_there(sums["opening"][place] / 100),
            still_there(sums["paid_in"][place] / 100),
        )
        filled = slice(0, years)
        kernels.track_totals(
            prepared.growth[slot, filled], prepared.annuity[slot, filled], opening[filled], paid_in[filled, filled],
            start[filled], end[filled],
        )  # fmt: skip
        _add_track(prepared, slot, totals, start[filled], end[filled], np.diagonal(paid_in)[filled])
    return _with_ruled(totals, sums)


def still_there(by_horizon: Floats) -> Floats:
    """What belongs to those whose horizon has not passed, by year, from amounts by horizon (n_years, ...)."""
    return np.cumsum(by_horizon[::-1], axis=0)[::-1]


def _add_track(
    prepared: Prepared, slot: int, totals: PlanTotals, start: Floats, end: Floats, bought: Floats
) -> None:
    """One fund: dollars at the start and end of each year (years, n_paths) and new money (years)."""
    years = len(end)
    totals.balance[:years] += end
    totals.flow[:years] += bought * prepared.mean_start_share[slot, :years]
    if not prepared.holds_digital[slot]:
        return
    digital = end * prepared.share[slot, :years]
    totals.digital[:years] += digital
    if prepared.fees[slot]:
        opened = (start * prepared.start_share[slot, :years]).mean(axis=1)
        totals.sleeve_fees[:years] += prepared.fees[slot] * (opened + digital.mean(axis=1)) / 2
    totals.rebalanced[:years] += (end * prepared.moved[slot, :years]).mean(axis=1)


def _with_ruled(totals: PlanTotals, sums: Arrays) -> PlanTotals:
    if "ruled_balance" in sums:
        totals.balance[:] += sums["ruled_balance"] / 100
        totals.digital[:] += sums["ruled_digital"] / 100
    for mean, added in zip(
        (totals.flow, totals.rebalanced, totals.sleeve_fees), sums["ruled_means"], strict=True
    ):
        mean += added / 100
    return totals


def _above_cap(prepared: Prepared, sums: Arrays, tables: Tables | None) -> Integers:
    """People above the cap by year and path: those of one fund all at once, those of a tabulated mix by node."""
    above = sums["above_cap"].copy()
    for place in np.flatnonzero(sums["one_fund"].any(axis=1)).tolist():
        slot = int(prepared.slots[OWN_ARM, place])
        if prepared.holds_digital[slot]:
            there = still_there(sums["one_fund"][place])[: prepared.years[place]]
            above[: len(there)] += there[:, None] * prepared.fund_shares(slot).above[: len(there)]
    if tables is not None:
        tables.add_above(sums["nodes"], above)
    return above
