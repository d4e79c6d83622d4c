"""Who holds digital assets through which door on day one, by age band: people and dollars."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .bands import AGE_BANDS, band_of
from .cells import ALL, SMALLEST_CELL, hidden_cells
from .validation import Floats, Integers

DOORS = ("crypto_line", "target_date", "other_lines")
ANY = "people_holding"


def holder_rows(ages: Integers, balances: Floats, doors: Mapping[str, Floats]) -> list[dict[str, Any]]:
    """One row per age band that has people, and one for everyone, which comes last.

    `ages`, `balances` (n) and each of `doors` (n): dollars on day one. A band too small to show keeps no
    figure; a count of one to nine holders is None, and so is what would give it away, while the dollars of
    the whole band stay.
    """
    held = np.stack([doors[name] for name in DOORS], axis=1)
    labels = band_of(ages, AGE_BANDS)
    groups = {label: labels == label for _, label in AGE_BANDS}
    groups = {label: mask for label, mask in groups.items() if mask.any()}
    counts = np.array([(held[mask] > 0).sum(axis=0) for mask in groups.values()]).reshape(-1, len(DOORS))
    hidden = hidden_cells(counts)
    small = hidden_cells(np.array([[mask.sum() for mask in groups.values()]]))[0]
    rows = [
        _row(label, mask, balances, held, hidden[i], bool(small[i]))
        for i, (label, mask) in enumerate(groups.items())
    ]
    everyone = np.ones(len(ages), dtype=bool)
    too_few = (counts.sum(axis=0) > 0) & (counts.sum(axis=0) < SMALLEST_CELL)
    return [*rows, _row(ALL, everyone, balances, held, too_few, len(ages) < SMALLEST_CELL)]


def _row(
    label: str, mask: np.ndarray, balances: Floats, held: Floats, hidden: np.ndarray, small: bool
) -> dict[str, Any]:
    inside, money = held[mask], float(balances[mask].sum())
    digital = float(inside.sum())
    figures: dict[str, Any] = {"people": int(mask.sum())}
    for i, door in enumerate(DOORS):
        figures[f"people_{door}"] = None if hidden[i] else int((inside[:, i] > 0).sum())
        figures[f"{door}_usd"] = float(inside[:, i].sum())
    figures[ANY] = None if hidden.any() else int((inside > 0).any(axis=1).sum())
    figures |= {"digital_usd": digital, "balance_usd": money, "share": digital / money if money else 0.0}
    shown = {name: None if small else value for name, value in figures.items()}
    return {"age_band": label, "suppressed": small} | shown
