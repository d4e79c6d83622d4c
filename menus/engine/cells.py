"""Results by age band and pay band, with cells too small to show left out."""

from typing import Any

import numpy as np
import pandas as pd

SMALLEST_CELL = 10
ALL = "all"
AGE_BANDS = ((0, "under 25"), (25, "25-34"), (35, "35-44"), (45, "45-54"), (55, "55-64"), (65, "65+"))
PAY_BANDS = (
    (0, "under $40,000"),
    (40_000, "$40,000-59,999"),
    (60_000, "$60,000-79,999"),
    (80_000, "$80,000-119,999"),
    (120_000, "$120,000+"),
)
MEANS = (
    "balance_today_usd",
    "digital_today_usd",
    "flow_per_payroll_usd",
    "effect_p5_usd",
    "effect_p50_usd",
    "effect_p95_usd",
    "effect_shortfall_usd",
    "ever_above_cap_probability",
    "sleeve_fees_usd",
    "loss_if_down_50_usd",
    "loss_if_down_80_usd",
)
MEDIANS = (
    "without_p5_usd",
    "without_p50_usd",
    "without_p95_usd",
    "with_p5_usd",
    "with_p50_usd",
    "with_p95_usd",
)


def band(values: np.ndarray, bands: tuple[tuple[int, str], ...]) -> np.ndarray:
    """The label of each value's band (n); a band runs from its lower bound to below the next."""
    lower, labels = zip(*bands, strict=True)
    return np.array(labels)[np.searchsorted(lower, values, side="right") - 1]


def hidden_cells(counts: np.ndarray) -> np.ndarray:
    """Cells (n_ages, n_pays, bool) that must not be shown: those of 1 to 9 people and, because totals of rows and
    columns are shown, a second one wherever a row or column hides only one, which its total would give away.

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


def cell_frame(participants: pd.DataFrame) -> pd.DataFrame:
    """One row per age band and pay band, each with its totals ("all"). A suppressed row keeps neither its
    count nor figures.

    Means and medians are over the participants of the cell, of figures that are themselves quantiles over
    paths.
    """
    ages, pays = [label for _, label in AGE_BANDS], [label for _, label in PAY_BANDS]
    counts = pd.crosstab(participants["age_band"], participants["pay_band"])
    table = counts.reindex(index=ages, columns=pays, fill_value=0).to_numpy()
    hidden = hidden_cells(table)
    by_age, by_pay = (hidden_cells(table.sum(axis=axis)[None])[0] for axis in (1, 0))
    rows = [_cell(participants, ALL, ALL, len(participants) < SMALLEST_CELL)]
    rows += [_cell(participants, age, ALL, bool(by_age[i])) for i, age in enumerate(ages)]
    rows += [_cell(participants, ALL, pay, bool(by_pay[j])) for j, pay in enumerate(pays)]
    rows += [
        _cell(participants, a, p, bool(hidden[i, j])) for i, a in enumerate(ages) for j, p in enumerate(pays)
    ]
    return pd.DataFrame([row for row in rows if row["people"] != 0])


def _cell(participants: pd.DataFrame, age: str, pay: str, suppressed: bool) -> dict[str, Any]:
    chosen = participants
    chosen = chosen if age == ALL else chosen[chosen["age_band"] == age]
    chosen = chosen if pay == ALL else chosen[chosen["pay_band"] == pay]
    row: dict[str, Any] = {"age_band": age, "pay_band": pay, "suppressed": suppressed}
    row["people"] = np.nan if suppressed else len(chosen)
    figures = {f"mean_{name}": chosen[name].mean() for name in MEANS}
    figures |= {f"median_{name}": chosen[name].median() for name in MEDIANS}
    return row | {name: np.nan if suppressed else value for name, value in figures.items()}
