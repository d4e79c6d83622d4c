"""What the tables read off, beside the same paths month by month in float64, in units of the sampling error."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from menus.engine import prepare
from tests.bench._evaluators import Brackets, Rows, bracketed, exactly, tables_of
from tests.bench._float64 import float64_reference
from tests.bench._opponents import Output
from tests.bench._race import Line, at_most
from tests.bench._workload import Crowd, crowd, spread, with_high_pay, workload

if TYPE_CHECKING:
    from menus.engine.tables import Tables

FEW = {1_000: 24, 10_000: 6}  # of each kind; the reference takes 0.2 s a person for each 1,000 paths
MANY = {
    1_000: 4_000,
    10_000: 1_000,
}  # held against the exact recursion, which the few hold against the reference
WORST, MEDIAN = 1 / 5, 1 / 50
ROUNDING = (
    2e-6  # of a value: paths are float32, so the truth itself may lie that far outside an exact bracket
)
KINDS: dict[str, Callable[[Crowd], Crowd]] = {"as drawn": lambda some: some, "limits bind": with_high_pay}


def accuracy(arguments: Namespace) -> Iterator[Line]:
    for paths in arguments.paths:
        prepared = prepare(workload(paths))
        few, many = (4, 50) if arguments.quick else (FEW.get(paths, 6), MANY.get(paths, 1_000))
        for kind, changed in KINDS.items():
            some, more = changed(spread(crowd(1_000), few)), changed(crowd(many))
            tables = tables_of(
                prepared, arguments.workers, more, times=1_000
            )  # as in a run of a thousand times as many
            name = f"tables, {kind}, S={paths:,}"
            truth = float64_reference(prepared, some)
            yield from _judged(f"{name}, {few} people, float64", tables, some, truth)
            exact = exactly(prepared, more, arguments.workers)
            yield from _judged(f"{name}, {many:,} people, exact recursion", tables, more, exact)


def _judged(name: str, tables: Tables, some: Crowd, truth: Output) -> Iterator[Line]:
    rows, brackets = bracketed(tables, some)
    found = distances(rows, truth)
    print(f"{name}: {rows['by_table'].mean():.1%} by table; worst:", end="")
    print(*(f" {figure} {values.max():.3f}" for figure, values in found.items()), sep=",", flush=True)
    distance, outside = np.concatenate([*found.values()]), outside_of(brackets, truth)
    yield at_most(f"{name}: worst / sampling error", distance.max(), WORST, "{:.3f}")
    yield at_most(f"{name}: median / sampling error", float(np.median(distance)), MEDIAN, "{:.4f}")
    yield at_most(f"{name}: outside their bracket", outside, 0, "{:,.0f}")


def distances(rows: Rows, truth: Output) -> dict[str, np.ndarray]:
    """Distance of each figure from the truth, in the sampling errors reported with it at the horizon, and for the
    years in those of the reference where it has them. A figure without sampling error must be met to float32."""
    errors = {"balance": rows["balance_error"], "shortfall": rows["shortfall_error"]}
    errors |= {name: truth[f"{name}_error"] for name in ("digital", "share") if f"{name}_error" in truth}
    found = {}
    for name, error in errors.items():
        there = ~np.isnan(truth[name])
        away, size = np.abs(rows[name] - truth[name])[there], np.abs(truth[name][there])
        found[name] = away / np.maximum(np.maximum(error[there], size * ROUNDING / MEDIAN), 1e-12)
    return found


def outside_of(bounds: Brackets, truth: Output) -> int:
    """How many values lie outside the bracket certified for them; where there is none (NaN) nothing is counted."""
    count = 0
    for name, (low, high) in bounds.items():
        room = ROUNDING * np.abs(truth[name])
        count += int(((truth[name] < low - room) | (truth[name] > high + room)).sum())
    return count
