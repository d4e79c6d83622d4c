"""Tables for contributions that dollar limits bend.

At one age the limits give contributions a shape that depends on how high the wanted deferral stands against
the first year's limit, z: below some z nothing binds, above another the limit always does, between them it
binds in some years. The match follows pay, at its size for somebody who defers `TYPICAL_DEFERRAL`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from .contributions import CATCH_UP_AGE, HIGHER_CATCH_UP_AGES, ScheduleTerms
from .exact import OWN_ARM
from .factors import Prepared
from .inputs import OLDEST
from .mixes import Savers
from .nodes import (
    COLUMNS,
    END_NODES,
    NODES,
    YEARLY,
    Composite,
    Group,
    composite,
    known_shares,
    mean_factors,
    paid_norm,
    write_ever,
    write_horizon,
    write_years,
)
from .returns import Singles
from .validation import Floats, Integers

SHAPES = 8  # in z; one more is that of pay above what counts
STOPPED_FROM = 2_000  # savers of one group and age for whom their tables cost less than their own recursions
TYPICAL_DEFERRAL = 0.15  # of pay, of somebody whom a limit stops
ELECTIVE, CATCH_UP, HIGHER_CATCH_UP, ADDITIONS, COMPENSATION = range(5)  # columns of ScheduleTerms.limits


Straight = tuple[Singles, Singles, Singles]  # by_year, at_horizon and ever of `tables.Tables`


class Bent:
    """Tables by group, age and shape, for ages of which enough savers are stopped by a limit.

    `place` (n_groups, ages) row of the tables, -1 where there is none yet; `quiet` (ages, 3): wanted
    deferral, pay and contributions of the first year up to which no limit binds before the horizon;
    `base_limit` (ages) first year's limit.
    """

    def __init__(
        self,
        prepared: Prepared,
        groups: list[Group],
        group_of: Integers,
        terms: ScheduleTerms,
        straight: Straight,
    ) -> None:
        self.prepared, self.groups, self.group_of, self.terms = prepared, groups, group_of, terms
        self.straight = straight
        self.place = np.full((len(groups), OLDEST + 1), -1, np.int64)
        self.limits = np.stack([self._limits_at(age) for age in range(OLDEST + 1)])
        self.typical_match = self._matched(TYPICAL_DEFERRAL, 1.0) / TYPICAL_DEFERRAL
        counted = terms.limits[:, COMPENSATION]
        self.counted_pay = counted / max(counted[0], 1.0)  # where no pay counts nobody is tabulated
        self.base_limit = self.limits[:, 0].copy()
        self.counted_match = np.array([self._matched(limit, counted[0]) for limit in self.base_limit])
        self.quiet = np.array([self._quiet_at(age) for age in range(OLDEST + 1)])
        self.growth_norm, self.annuity_norm = prepared.mean_factors
        lines = [group.slots.shape[1] for group in groups]
        self.first_line = np.concatenate([[0], np.cumsum(lines)])
        self.line_slot = np.concatenate([group.slots[OWN_ARM] for group in groups])
        self.line_election = np.concatenate([group.election[OWN_ARM] for group in groups])
        self.holds_digital = np.array(
            [prepared.holds_digital[group.slots[OWN_ARM]].any() for group in groups]
        )
        self.alike = np.array(
            [[self._like_base(group, arm) for arm in range(len(prepared.arms))] for group in groups]
        )
        self.buys_digital = np.array([self._buys_digital(group) for group in groups])
        self._arrays = self._room(0)

    def arrays(self) -> tuple[Any, ...]:
        """What the reading kernel takes: shapes z, first year's limits, the typical match, the match of high
        pay and its growth, norms, figures by year and at the horizon, paths ever above the cap, and the
        contributions of each shape."""
        zs, norm, by_year, at_horizon, ever, money = self._arrays
        return (
            zs,
            self.base_limit,
            self.typical_match,
            self.counted_match,
            self.counted_pay,
            norm,
            by_year,
            at_horizon,
            ever,
            money,
        )

    def add(self, savers: Savers, times: float = 1) -> None:
        """Make the tables of each group and age of which there are enough savers whom a limit may stop, when
        everybody is `times` as many as these. The others are computed exactly."""
        wanted = savers.deferral_rates * savers.annual_pay
        quiet = self.quiet[savers.ages]
        loud = (wanted > quiet[:, 0]) | (savers.annual_pay > quiet[:, 1]) | (3 * wanted > quiet[:, 2])
        group = self.group_of[savers.mix[loud], savers.ages[loud]]
        pairs, counts = np.unique(np.column_stack([group, savers.ages[loud]]), axis=0, return_counts=True)
        missing = [
            (g, age)
            for (g, age), count in zip(pairs.tolist(), counts.tolist(), strict=True)
            if g >= 0
            and count * times >= STOPPED_FROM
            and self.place[g, age] < 0
            and self.quiet[age, :2].min() > 0
        ]
        if not missing:
            return
        start = len(self._arrays[0])
        grown = self._room(len(missing))
        if start:  # else the new ones as they are: memory that no shape fills is never touched
            grown = tuple(np.concatenate(pair) for pair in zip(self._arrays, grown, strict=True))
        self._arrays = grown
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(lambda item: self._fill(start + item[0], *item[1]), enumerate(missing)))
        for at, (g, age) in enumerate(missing):
            self.place[g, age] = start + at

    def _room(self, n: int) -> tuple[Any, ...]:
        years, arms = self.prepared.scenario.n_years, len(self.prepared.arms)
        return (
            np.zeros((n, SHAPES)),
            np.ones((n, SHAPES + 1, years)),
            np.zeros((n, SHAPES + 1, years, NODES, YEARLY), np.float32),
            np.zeros((n, SHAPES + 1, arms, END_NODES, COLUMNS), np.float32),
            np.zeros((n, SHAPES + 1, NODES), np.float32),
            np.ones((n, SHAPES + 1, years)),
        )

    def _limits_at(self, age: int) -> Floats:
        """Deferral limit by projected year (n_years) of somebody who is `age` today, with the catch-up of the
        age attained."""
        limits = self.terms.limits
        attained = age + 1 + np.arange(len(limits))
        higher = (attained >= HIGHER_CATCH_UP_AGES[0]) & (attained <= HIGHER_CATCH_UP_AGES[1])
        allowed = np.where(higher, limits[:, HIGHER_CATCH_UP], limits[:, CATCH_UP]) * (
            attained >= CATCH_UP_AGE
        )
        return np.asarray(limits[:, ELECTIVE] + allowed * self.terms.offers_roth)

    def _horizon(self, age: int) -> int:
        return max(self.prepared.scenario.behaviour.retirement_age - age, 1)

    def _quiet_at(self, age: int) -> list[float]:
        years = slice(0, self._horizon(age))
        columns = (self.limits[age], self.terms.limits[:, COMPENSATION], self.terms.limits[:, ADDITIONS])
        return [float((column[years] / self.terms.raises[years]).min()) for column in columns]

    def _shapes(self, age: int) -> tuple[Floats, Floats]:
        """z of each shape, from where no year is bent to where every year is, and the dollars of each (SHAPES
        + 1, n_years); the last is that of somebody whose pay lies above what counts: limit and match grow
        with their own limits."""
        years = self._horizon(age)
        wanted = self.base_limit[age] * self.terms.raises
        ratios = self.limits[age, :years] / wanted[:years]
        zs = np.geomspace(ratios.min() * 0.999, ratios.max() * 1.001, SHAPES)  # the first is straight
        deferral = np.minimum(zs[:, None] * wanted, self.limits[age])
        high_pay = self.limits[age] + self.counted_match[age] * self.counted_pay
        return zs, np.vstack([deferral + self.typical_match * zs[:, None] * wanted, high_pay])

    def _matched(self, deferral: float, pay: float) -> float:
        """Match in dollars on a deferral of so many dollars from `pay`."""
        lower, matched = 0.0, 0.0
        for rate, upper in self.terms.tiers.tolist():
            matched += rate * max(min(deferral, upper * pay) - lower * pay, 0.0)
            lower = upper
        return matched

    def _like_base(self, group: Group, arm: int) -> bool:
        """Whether an arm leaves a group's accounts as the base menu has them."""
        every = (group.slots, group.opening, group.election)
        return all(bool((each[arm] == each[0]).all()) for each in every)

    def _buys_digital(self, group: Group) -> Floats:
        """Mean share of new money that buys digital assets, by year (n_years)."""
        starts = self.prepared.mean_start_share[group.slots[OWN_ARM], : self.prepared.scenario.n_years]
        return np.asarray((group.election[OWN_ARM][:, None] * starts).sum(axis=0))

    def _fill(self, at: int, g: int, age: int) -> None:
        """Tables of one group and age for every shape."""
        group, years = self.groups[g], self._horizon(age)
        opened = [
            Composite(whole.wealth[:, :years], whole.inside[:, :years])
            for whole in (composite(self.prepared, group, arm) for arm in range(len(self.prepared.arms)))
        ]
        made = opened[OWN_ARM]
        grown = np.cumprod(mean_factors(self.prepared, group)[0], axis=1)
        opening_norm = (grown * group.opening[OWN_ARM][:, None]).sum(axis=0)
        zs, norm, by_year, at_horizon, ever, money = (array[at] for array in self._arrays)
        shapes_z, shapes = self._shapes(age)
        zs[:], money[:] = shapes_z, shapes
        for k in range(SHAPES + 1):
            norm[k, :years] = paid_norm(group, *mean_factors(self.prepared, group), shapes[k, :years])
            if k == 0:  # straight: the tables that there are
                fan, horizon, counts = self.straight
                by_year[k], at_horizon[k], ever[k] = fan[g], horizon[g, :, years - 1], counts[g, years - 1]
                continue
            norms = np.column_stack([opening_norm[:years], norm[k, :years]])
            paid = [self._rolled(group, arm, shapes[k, :years]) for arm in range(len(opened))]
            known = known_shares(self.prepared, group)
            write_years(made, *paid[OWN_ARM], norms, known, by_year[k, :years])
            ends = [(held.wealth[0, -1], new[0][-1]) for held, new in zip(opened, paid, strict=True)]
            write_horizon(ends, norms[-1], at_horizon[k])
            write_ever(made, *paid[OWN_ARM], years, norms[-1], self.prepared.scenario.sleeve.cap, ever[k])

    def _rolled(self, group: Group, arm: int, money: Floats) -> tuple[Singles, Singles]:
        """Paths of contributions of `money` a year in an arm, all of it and digital assets in it (n_years,
        n_paths)."""
        from . import table_kernels  # compiled code takes half a second to import

        p = self.prepared
        wealth, inside = np.empty((2, len(money), p.scenario.n_paths), np.float32)
        table_kernels.roll_schedule(
            p.growth,
            p.annuity,
            p.share,
            p.holds_digital,
            group.slots[arm],
            group.election[arm],
            money,
            wealth,
            inside,
        )
        return wealth, inside
