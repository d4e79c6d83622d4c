"""Results by age band and pay band, with cells too small to show left out."""

from typing import Any

import numpy as np
import pandas as pd

from .bands import AGE_BANDS, PAY_BANDS, median_of
from .chunk import ProjectionChunk
from .sums import MEANS, MEDIANS, MILLION
from .validation import Integers

SMALLEST_CELL = 10
ALL = "all"


def hidden_cells(counts: np.ndarray) -> np.ndarray:
    """Cells (n_ages, n_pays, bool) that must not be shown: those of 1 to 9 people and, because totals of rows
    and columns are shown, a second one wherever a row or column hides only one, which its total would give
    away.

    The second cell is the smallest, first among those whose own column or row hides something already.
    """
    hidden = (counts > 0) & (counts < SMALLEST_CELL)
    while (again := _give_away(counts, hidden)) is not None:
        hidden[again] = True
    return hidden


def _give_away(counts: np.ndarray, hidden: np.ndarray) -> tuple[int, int] | None:
    """The next cell to hide beside a lonely hidden one; None when nothing can be worked out any more."""
    for axis in (1, 0):
        lonely = hidden.sum(axis=axis, keepdims=True) == 1
        candidates = lonely & (counts > 0) & ~hidden
        if candidates.any():
            crossed = np.broadcast_to(hidden.any(axis=1 - axis, keepdims=True), counts.shape)
            row, column = min(
                np.argwhere(candidates).tolist(), key=lambda at: (not crossed[*at], counts[*at])
            )
            return row, column
    return None


def cell_frame(whole: ProjectionChunk) -> pd.DataFrame:
    """One row per age band and pay band, each with its totals ("all"). A suppressed row keeps neither its
    count nor figures.

    Means and medians are over the participants of the cell, of figures that are themselves quantiles over
    paths. Medians are read from bins that are 1% wide.
    """
    ages, pays = [label for _, label in AGE_BANDS], [label for _, label in PAY_BANDS]
    table = whole.sums["people"].reshape(len(ages), len(pays))
    hidden = hidden_cells(table)
    by_age, by_pay = (hidden_cells(table.sum(axis=axis)[None])[0] for axis in (1, 0))
    everybody = slice(None)
    rows = [_cell(whole, ALL, ALL, everybody, everybody, bool(table.sum() < SMALLEST_CELL))]
    rows += [_cell(whole, age, ALL, i, everybody, bool(by_age[i])) for i, age in enumerate(ages)]
    rows += [_cell(whole, ALL, pay, everybody, j, bool(by_pay[j])) for j, pay in enumerate(pays)]
    rows += [
        _cell(whole, a, p, i, j, bool(hidden[i, j])) for i, a in enumerate(ages) for j, p in enumerate(pays)
    ]
    return pd.DataFrame([row for row in rows if row["people"] != 0])


def _cell(
    whole: ProjectionChunk, age: str, pay: str, i: int | slice, j: int | slice, suppressed: bool
) -> dict[str, Any]:
    people = int(_chosen(whole.sums["people"], i, j))
    row: dict[str, Any] = {"age_band": age, "pay_band": pay, "suppressed": suppressed}
    row["people"] = np.nan if suppressed else people
    figures: dict[str, Any] = dict(_means(_chosen(whole.sums["means"], i, j), people))
    figures |= dict(
        zip([f"median_{name}" for name in MEDIANS], median_of(_chosen_bins(whole, i, j)), strict=True)
    )
    return row | {name: np.nan if suppressed else value for name, value in figures.items()}


def _means(added: Integers, people: int) -> dict[str, float]:
    """Means of the figures of `MEANS` from their sums in cents and millionths."""
    units = [100 if name.endswith("_usd") else MILLION for name in MEANS]
    return {
        f"mean_{name}": value / unit / people if people else np.nan
        for name, value, unit in zip(MEANS, added.tolist(), units, strict=True)
    }


def _chosen(by_cell: Integers, i: int | slice, j: int | slice) -> Integers:
    """The sum over the chosen ages and pays of an array whose last axis is the cell."""
    shaped = by_cell.reshape(*by_cell.shape[:-1], len(AGE_BANDS), len(PAY_BANDS))[..., i, j]
    return np.asarray(shaped.reshape(*by_cell.shape[:-1], -1).sum(axis=-1))


def _chosen_bins(whole: ProjectionChunk, i: int | slice, j: int | slice) -> Integers:
    counts = whole.sums["medians"]
    shaped = counts.reshape(len(MEDIANS), len(AGE_BANDS), len(PAY_BANDS), -1)[:, i, j]
    return np.asarray(shaped.reshape(len(MEDIANS), -1, counts.shape[-1]).sum(axis=1))
