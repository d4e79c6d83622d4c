"""The nodes of a table: what a group of people with one mix has in common, and its figures at every node."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .exact import BATCH_FLOATS, OWN_ARM
from .factors import Prepared
from .measures import (
    FAN,
    PERCENTILES,
    above_level,
    difference_errors,
    quantile_errors,
    quantiles,
    shortfall,
    shortfall_error,
)
from .returns import Singles
from .validation import Floats, Integers

NODES = 65
END_NODES = (
    257  # at the horizon, where a figure stands beside its sampling error and must be far closer than that
)
YEARLY = (
    8  # digital dollars at p5, p50, p95, nothing, shares at the same, nothing: eight numbers fill a register
)
COLUMNS = 3 * len(PERCENTILES) + 2  # percentiles, their errors, shortfall, its error, errors of the effect


@dataclass(frozen=True, eq=False)
class Group:
    """A mix at ages that are on the same tracks: track, opening weight and election of each line by arm
    (n_arms, n_lines)."""

    slots: Integers
    opening: Floats
    election: Floats
    years: int
    horizons: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Composite:
    """Paths of one opening dollar and of one dollar a year (2, n_years, n_paths): all of it, and digital
    assets in it."""

    wealth: Singles
    inside: Singles


def composite(prepared: Prepared, group: Group, arm: int) -> Composite:
    """The unit paths of a group's mix in an arm."""
    from . import table_kernels  # compiled code takes half a second to import

    made = Composite(*np.empty((2, 2, group.years, prepared.scenario.n_paths), np.float32))
    held, paid = prepared.unit_paths
    table_kernels.composite(
        held, paid, prepared.share, prepared.holds_digital, group.slots[arm], group.opening[arm], group.election[arm],
        made.wealth, made.inside,
    )  # fmt: skip
    return made


def known_shares(prepared: Prepared, group: Group) -> Floats | None:
    """Share at p5, p50, p95 by year (n_years, 3) of a mix that is one fund; None of several, where it depends
    on the money."""
    if group.slots.shape[1] > 1:
        return None
    slot = int(group.slots[OWN_ARM, 0])
    fan = (
        prepared.fund_shares(slot).fan if prepared.holds_digital[slot] else np.zeros((group.years, len(FAN)))
    )
    return fan[: group.years]


def mean_factors(prepared: Prepared, group: Group) -> tuple[Floats, Floats]:
    """Mean growth and annuity factors of a group's lines in the sponsor's arm (n_lines, years)."""
    slots = group.slots[OWN_ARM]
    growth, annuity = prepared.mean_factors
    return growth[slots, : group.years], annuity[slots, : group.years]


def paid_norm(group: Group, growth: Floats, annuity: Floats, money: Floats) -> Floats:
    """Normalised dollars by year (n_years) of contributions of `money` (n_years) a year."""
    value, found = np.zeros(len(growth)), []
    for year, dollars in enumerate(money.tolist()):
        value = value * growth[:, year] + dollars * annuity[:, year]
        found.append(float((group.election[OWN_ARM] * value).sum()))
    return np.array(found)


def write_years(
    made: Composite, paid: Singles, paid_inside: Singles, norms: Floats, known: Floats | None, out: Singles
) -> None:
    """Digital dollars and share by year and node into `out` (n_years, n_nodes, YEARLY): `paid`, `paid_inside`
    (n_years, n_paths) are the paths of the contributions, `norms` (n_years, 2); `known` the shares of a mix
    of one fund. As many years at a time as stay in the processor's cache."""
    from . import table_kernels  # compiled code takes half a second to import

    (n_years, n_paths), n_nodes = paid_inside.shape, out.shape[1]
    step = max(1, BATCH_FLOATS // (n_nodes * n_paths))
    room = np.empty((min(step, n_years) * n_nodes, n_paths), np.float32)
    if not made.inside[0, :n_years].any() and not paid_inside.any():
        return
    for start in range(0, n_years, step):
        some = slice(start, min(start + step, n_years))
        rows = room[: (some.stop - start) * n_nodes]
        table_kernels.node_rows(made.inside[0, some], paid_inside[some], norms[some], rows)
        out[some, :, : len(FAN)] = _read_rows(rows, n_nodes)
        if known is not None:
            out[some, :, 4 : 4 + len(FAN)] = known[some, None]
            continue
        parts = made.wealth[0, some], paid[some], made.inside[0, some], paid_inside[some]
        table_kernels.share_rows(*parts, norms[some], rows)
        out[some, :, 4 : 4 + len(FAN)] = _read_rows(rows, n_nodes)


def _read_rows(rows: Singles, n_nodes: int) -> Floats:
    rows.sort(axis=1)
    return quantiles(rows, FAN).reshape(-1, n_nodes, len(FAN))


def write_horizon(parts: list[tuple[Singles, Singles]], norms: Floats, out: Singles) -> None:
    """Balance figures by arm at every node into `out` (n_arms, n_nodes, COLUMNS), of accounts whose opening
    and contributed parts in each arm are `parts` (n_paths)."""
    from . import table_kernels  # compiled code takes half a second to import

    p = len(PERCENTILES)
    for arm, (opening, paid) in enumerate(parts):
        if arm > 0 and np.array_equal(opening, parts[0][0]) and np.array_equal(paid, parts[0][1]):
            out[arm, :, : 2 * p + 2] = out[0, :, : 2 * p + 2]  # the arm leaves these accounts as they are
            continue
        rows = np.empty((out.shape[1], len(opening)), np.float32)
        table_kernels.node_rows(opening[None], paid[None], norms[None], rows)
        ordered, figures = np.sort(rows, axis=1), out[arm]
        figures[:, :p] = quantiles(ordered, PERCENTILES)
        figures[:, p : 2 * p] = quantile_errors(ordered, PERCENTILES)
        figures[:, 2 * p], figures[:, 2 * p + 1] = shortfall(ordered), shortfall_error(ordered)
        if arm == 0:
            base, ordered_base = rows, ordered
        else:
            figures[:, 2 * p + 2 :] = difference_errors(base, rows, ordered_base, ordered)


def write_ever(
    made: Composite,
    paid: Singles,
    paid_inside: Singles,
    horizon: int,
    norms: Floats,
    cap: float,
    out: Singles,
) -> None:
    """Paths ever above the cap up to a horizon, by node into `out` (n_nodes)."""
    from . import table_kernels  # compiled code takes half a second to import

    until, counts = slice(0, horizon), np.zeros(len(out), np.int64)
    table_kernels.ever_above(
        made.wealth[0, until],
        made.inside[0, until],
        paid[until],
        paid_inside[until],
        norms,
        above_level(cap),
        counts,
    )
    out[:] = counts
