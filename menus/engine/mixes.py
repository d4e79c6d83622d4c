"""People who hold the same mix of lines: what differs is age, pay, deferral and the size of the balance."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inputs import NEGATIVE, SUM_TOLERANCE, People, require_persons
from .validation import Floats, Integers, require, require_each

PRECISION = 9  # decimals to which mixes must be alike to count as the same


@dataclass(frozen=True, eq=False)
class Mixes:
    """Mixes of lines: `opening` (m, n_lines) share of the balance on day one, `elections` (m, n_lines) share of
    new money, each row summing to one, and whether the holder takes up the crypto line (`takes_up`, m)."""

    opening: Floats
    elections: Floats
    takes_up: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.takes_up)


@dataclass(frozen=True, eq=False)
class Savers:
    """People by column, each (n): `keys`, `ages`, `annual_pay`, `deferral_rates`, whole `balances` in dollars,
    and `mix`, the row of their mix. Refused where nobody can be so, as `People` are."""

    keys: Integers
    ages: Integers
    annual_pay: Floats
    deferral_rates: Floats
    balances: Floats
    mix: Integers

    def __post_init__(self) -> None:
        require_persons(self.keys, self.ages, self.annual_pay, self.deferral_rates)
        require_each(self.balances >= 0, "balances", self.keys, self.balances, NEGATIVE)

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: Any) -> Savers:
        return Savers(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})

    def people(self, mixes: Mixes) -> People:
        """The same people with their money by line."""
        return People(
            self.keys,
            self.ages,
            self.annual_pay,
            self.deferral_rates,
            mixes.opening[self.mix] * self.balances[:, None],
            mixes.elections[self.mix],
        )


def sort_by_mix(people: People, takes_up: NDArray[np.bool_]) -> tuple[Mixes, Savers]:
    """The distinct mixes of these people, and the people by mix. A balance of nothing is taken to lie as new
    money goes."""
    totals = people.balances.sum(axis=1)
    opening = np.where(
        totals[:, None] > 0, people.balances / np.maximum(totals, 1e-9)[:, None], people.elections
    )
    alike = np.round(np.column_stack([opening, people.elections, takes_up]), PRECISION)
    _, first, mix = np.unique(alike, axis=0, return_index=True, return_inverse=True)
    mixes = Mixes(opening[first], people.elections[first], takes_up[first])
    savers = Savers(
        people.keys, people.ages, people.annual_pay, people.deferral_rates, totals, mix.reshape(-1)
    )
    return mixes, savers


def check_mixes(mixes: Mixes, n_lines: int) -> None:
    """Refuse mixes that do not fit the menu or do not sum to one."""
    for name in ("opening", "elections"):
        weights = getattr(mixes, name)
        fits = weights.shape == (len(mixes), n_lines)
        require(fits, name, f"Mixes have shape {weights.shape}; the menu has {n_lines} lines.")
        sums = bool((weights >= 0).all()) and np.allclose(weights.sum(axis=1), 1, atol=SUM_TOLERANCE)
        require(sums, name, "The weights of each mix must be positive and sum to 100%.")
