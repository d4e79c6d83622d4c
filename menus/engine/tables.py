"""The table evaluator: people who hold the same mix differ by one number, so their figures are read off a
table.

Where contributions keep their shape, an account is x H + z P: normalised dollars of opening balance times the
paths of an opening dollar, and of contributions times the paths of a dollar a year. Its percentiles are (x +
z) Q(u) with u = z / (x + z), a function of one ratio, tabulated at 65 nodes (257 at the horizon) for every
mix and year from the exact paths and read by a cubic through the four nodes around. Percentiles grow with x
and with z and in proportion to both, so the nodes on either side give a *bracket* in which the exact figure
certainly lies; a figure read is kept inside it.

Dollar limits bend contributions. For an age their shape depends on how high the wanted deferral stands
against the first year's limit, z, and on the match. Tables are kept for eight shapes in z and one that
is that of high pay, and a participant is read from a blend of them. Whose contributions stray from
their blend by more than `TOLERANCE` from one year to another is computed exactly.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from .bent import Bent
from .chunk import Arrays
from .contributions import ScheduleTerms, contributions, schedule_terms
from .exact import OWN_ARM, PathSums, empty_rows, evaluate_exactly, follows_rule, no_sums
from .exposure import accounts, takers
from .factors import Prepared
from .inputs import OLDEST, YOUNGEST, People
from .measures import FAN, PERCENTILES, above_level
from .mixes import Mixes, Savers, check_mixes, sort_by_mix
from .nodes import (
    COLUMNS,
    END_NODES,
    NODES,
    YEARLY,
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
from .validation import Floats, Integers, require, require_each

TOLERANCE = 0.012  # how far contributions may stray from a blend of tabulated shapes on 10,000 paths
TABLES_FROM = (
    20_000  # people of a run from which tables are made; below, everybody's own recursion costs less
)
MOST_MIXES = 64  # tables of one mix take some fifty megabytes at most
# columns of what `Tables.add_up` adds
ADDED = ("contributions", "flow", "digital_today", "ever_above", "effect_p50")
SHARED_BY = 8_000  # people of one mix for whom its tables cost less than their own recursions


@dataclass(eq=False)
class Tables:
    """Tables of some mixes. By group: norms (n_groups, n_years), `by_year` (n_groups, n_years, NODES, 8)
    digital dollars and shares, `at_horizon` (n_groups, n_arms, n_years, END_NODES, COLUMNS), `ever`
    (n_groups, n_years, NODES). `bent` holds the same by group, age and shape; it grows when somebody of that
    age comes whom a limit stops, and is the same whoever came first."""

    prepared: Prepared
    mixes: Mixes
    terms: ScheduleTerms
    groups: list[Group]
    group_of: Integers
    opening_norm: Floats
    paid_norm: Floats
    by_year: Singles
    at_horizon: Singles
    ever: Singles
    bent: Bent = field(init=False)

    def __post_init__(self) -> None:
        straight = self.by_year, self.at_horizon, self.ever
        self.bent = Bent(self.prepared, self.groups, self.group_of, self.terms, straight)
        self._places = {_key(self.mixes, m): m for m in range(len(self.mixes))}

    def evaluate(
        self,
        savers: Savers,
        *,
        yearly: bool = True,
        workers: int = 1,
        brackets: bool = False,
        exactly: bool = True,
    ) -> Arrays:
        """Figures of savers, one row each: `key`, `age`, `horizon`, `takes_up`, `balance_today`,
        `contributions` and `flow` of the first year, and all of `exact.empty_rows`; `flow_by_year` (n_years)
        summed over them; `low`, `high` and `low_digital`, `high_digital` with `brackets`; `by_table` (n)
        False for those computed exactly, whom `exactly` False leaves to the caller."""
        if workers <= 1 or len(savers) < 2 * workers:
            return self._read(savers, yearly, brackets, exactly)
        cuts = np.linspace(0, len(savers), workers + 1).astype(int).tolist()
        portions = [savers.take(slice(low, high)) for low, high in pairwise(cuts)]
        with ThreadPoolExecutor(max_workers=workers) as pool:
            parts = list(pool.map(lambda portion: self._read(portion, yearly, brackets, exactly), portions))
        rows = {
            name: np.concatenate([part[name] for part in parts])
            for name in parts[0]
            if name != "flow_by_year"
        }
        return rows | {"flow_by_year": np.sum([part["flow_by_year"] for part in parts], axis=0)}

    def add_up(self, savers: Savers, index: Integers, n: int) -> tuple[Floats, Floats]:
        """Everybody evaluated in full and added up, nobody's figures kept: by `index` (len(savers)), a plan
        or a band from 0 to n - 1, the columns of `ADDED` (n, 5); and new money into digital assets by year
        (n_years).

        Digital dollars today are of balances that lie as new money goes.
        """
        from . import table_kernels  # compiled code takes half a second to import

        order = self._order(self.groups_of(savers), savers)
        require(
            bool(((index >= 0) & (index < n)).all()),
            "index",
            f"Every saver needs an index from 0 to {n - 1:,}.",
        )
        bent, scenario = self.bent, self.prepared.scenario
        sums, stopped = np.zeros((n, len(ADDED))), np.zeros(len(savers), np.bool_)
        first_year = np.zeros((len(self.groups), scenario.n_years))
        table_kernels.add_straight(
            order, savers.ages, savers.annual_pay, savers.deferral_rates, savers.balances, savers.mix, index,
            self.group_of, scenario.behaviour.retirement_age, self.terms.tiers, bent.quiet, self.opening_norm,
            self.paid_norm, bent.holds_digital, bent.alike, bent.buys_digital, self.by_year, self.at_horizon,
            self.ever, sums, first_year, stopped,
        )  # fmt: skip
        flow = self._flow_by_year(first_year)
        rest = np.flatnonzero(stopped)
        if len(rest):
            rows = self.evaluate(savers.take(rest))
            buys = rows["flow"] / np.maximum(rows["contributions"], 1e-9)
            effect = rows["balance"][:, OWN_ARM, 2] - rows["balance"][:, 0, 2]
            columns = (
                rows["contributions"],
                rows["flow"],
                rows["balance_today"] * buys,
                rows["ever_above"],
                effect,
            )
            np.add.at(sums, index[rest], np.column_stack(columns))
            flow = flow + rows["flow_by_year"]
        return sums, flow

    def evaluate_people(self, people: People, *, yearly: bool, workers: int) -> tuple[Arrays, PathSums]:
        """As `exact.evaluate_exactly`: by table whose mix has one, exactly everybody else."""
        prepared = self.prepared
        mixes, savers = sort_by_mix(people, takers(prepared, people))
        known = np.array([self._places.get(_key(mixes, m), -1) for m in range(len(mixes))])[savers.mix]
        rows = empty_rows(len(people), len(prepared.arms), prepared.scenario.n_years if yearly else 0)
        tabled = np.flatnonzero(known >= 0)
        sums = no_sums(prepared)
        sums.nodes = np.zeros((len(self.groups), prepared.scenario.n_years, NODES), np.int64)
        if len(tabled):
            some = replace(savers.take(tabled), mix=known[tabled])
            read = self.evaluate(some, yearly=yearly, workers=workers, exactly=False)
            for name in rows:
                rows[name][tabled] = read[name]
            self._count_nodes(some, read, sums.nodes)
            known[tabled[~read["by_table"]]] = -1
        rest = np.flatnonzero(known < 0)
        if len(rest):
            found, others = evaluate_exactly(prepared, people.take(rest), yearly=yearly, workers=workers)
            for name in rows:
                rows[name][rest] = found[name]
            sums += others
        return rows, sums

    def add_above(self, nodes: Integers, above: Integers) -> None:
        """Add people counted by node (n_groups, n_years, NODES) to people above the cap (n_years, n_paths)."""
        from . import table_kernels  # compiled code takes half a second to import

        cap = above_level(self.prepared.scenario.sleeve.cap)
        for g in np.flatnonzero(nodes.any(axis=(1, 2))).tolist():
            made = composite(self.prepared, self.groups[g], OWN_ARM)
            for last in np.flatnonzero(nodes[g].any(axis=1)).tolist():
                until = slice(0, last + 1)
                table_kernels.count_above(
                    made.wealth[0, until], made.inside[0, until], made.wealth[1, until], made.inside[1, until],
                    self.norms(g, last), cap, nodes[g, last], above[until],
                )  # fmt: skip

    @property
    def tolerance(self) -> float:
        """How far contributions may stray from a blend of shapes: more paths show a smaller error."""
        return TOLERANCE * float(np.sqrt(10_000 / self.prepared.scenario.n_paths))

    def norms(self, g: int, year: int) -> Floats:
        """Normalised dollars of one opening dollar and of one dollar a year at the end of a year (2)."""
        return np.array([self.opening_norm[g, year], self.paid_norm[g, year]])

    def _count_nodes(self, savers: Savers, read: Arrays, nodes: Integers) -> None:
        """People of accounts in several funds, by group, horizon and nearest node; those of one fund are
        counted with it."""
        group = self.group_of[savers.mix, savers.ages]
        several = np.array([g.slots.shape[1] > 1 for g in self.groups])[group] & read["by_table"]
        np.add.at(nodes, (group[several], read["horizon"][several] - 1, read["node"][several]), 1)

    def groups_of(self, savers: Savers) -> Integers:
        """The group of each saver (n); refuses a mix without tables, and whom the menu has no weights for."""
        has_tables = (savers.mix >= 0) & (savers.mix < len(self.mixes))
        require_each(has_tables, "mix", savers.keys, savers.mix, "is of mix {value}, which has no tables.")
        group = self.group_of[savers.mix, savers.ages]
        first = self.prepared.scenario.menu.first_age
        young = f"is {{value}}, younger than {first}, where the menu's weights by age begin."
        require_each(group >= 0, "ages", savers.keys, savers.ages, young)
        return group

    def _read(self, savers: Savers, yearly: bool, brackets: bool, exactly: bool) -> Arrays:
        from . import table_kernels  # compiled code takes half a second to import

        prepared, bent, n = self.prepared, self.bent, len(savers)
        scenario = prepared.scenario
        years = scenario.n_years if yearly else 0
        group = self.groups_of(savers)
        horizon = np.maximum(scenario.behaviour.retirement_age - savers.ages, 1)
        figures = np.zeros((n, len(prepared.arms), COLUMNS), np.float32)
        by_year = np.empty((n, years, YEARLY), np.float32)
        ever, node, paid = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
        flow, exact = np.zeros(scenario.n_years), np.zeros(n, np.bool_)
        wide, long = ((n, len(prepared.arms), COLUMNS), (n, years, 4)) if brackets else ((0, 0, 0), (0, 0, 0))
        bounds = [*np.zeros((2, *wide)), *np.zeros((2, *long))]
        outputs = (figures, by_year, ever, node, paid)
        who = (savers.ages, savers.annual_pay, savers.deferral_rates, savers.balances, group, horizon)
        stopped = np.zeros(n, np.bool_)
        straight = self.by_year, self.at_horizon, self.ever
        table_kernels.read_straight(
            self._order(group, savers), *who, self.terms.tiers, bent.quiet, self.opening_norm, self.paid_norm,
            bent.holds_digital, bent.alike, *straight, *outputs, stopped, *bounds, True,
        )  # fmt: skip
        first_year = np.zeros((len(self.groups), scenario.n_years))
        np.add.at(first_year, (group, horizon - 1), paid)
        flow += self._flow_by_year(first_year)
        table_kernels.read_bent(
            np.flatnonzero(stopped), *who, self.terms, bent.growth_norm, bent.annuity_norm,
            self.opening_norm, self.paid_norm, bent.first_line, bent.line_slot, bent.line_election,
            bent.buys_digital, bent.place, *bent.arrays(), self.tolerance, *outputs, flow, exact, *bounds,
        )  # fmt: skip
        p = len(PERCENTILES)
        rows: Arrays = {
            "key": savers.keys,
            "age": savers.ages,
            "horizon": horizon,
            "takes_up": self.mixes.takes_up[savers.mix],
            "balance_today": savers.balances,
            "contributions": paid,
            "flow": paid * bent.buys_digital[group, 0],
            "balance": figures[:, :, :p],
            "balance_error": figures[:, :, p : 2 * p],
            "shortfall": figures[:, :, 2 * p],
            "shortfall_error": figures[:, :, 2 * p + 1],
            "effect_error": figures[:, :, 2 * p + 2 :],
            "digital": by_year[:, :, : len(FAN)],
            "share": by_year[:, :, 4 : 4 + len(FAN)],
            "ever_above": ever,
            "ruled_means": np.zeros((n, 3)),
            "node": node,
            "by_table": ~exact,
        }
        if brackets:
            rows |= dict(zip(("low", "high", "low_digital", "high_digital"), bounds, strict=True))
        if exactly and exact.any():
            self._add_exact(savers, np.flatnonzero(exact), yearly, rows, flow)
        return rows | {"flow_by_year": flow}

    def _order(self, group: Integers, savers: Savers) -> Integers:
        """Savers by group and age: neighbours read the same table while it is in the processor's cache."""
        place = group * (OLDEST + 1) + savers.ages
        return np.argsort(place.astype(np.uint16) if len(self.groups) < 640 else place, kind="stable")

    def _flow_by_year(self, paid: Floats) -> Floats:
        """New money of straight savers that buys digital assets, by year (n_years), from what is paid in the
        first year by group and horizon (n_groups, n_years): everyone up to their own horizon, with raises."""
        there = np.cumsum(paid[:, ::-1], axis=1)[:, ::-1]
        return np.asarray((there * self.bent.buys_digital).sum(axis=0) * self.terms.raises)

    def _add_exact(self, savers: Savers, rest: Integers, yearly: bool, rows: Arrays, flow: Floats) -> None:
        """Figures of savers whom the tables cannot vouch for; they take up the line as their mix says, so
        nobody is drawn."""
        scenario = self.prepared.scenario
        people = savers.take(rest).people(self.mixes)
        found, _ = evaluate_exactly(
            self.prepared, people, yearly=yearly, taking=self.mixes.takes_up[savers.mix[rest]]
        )
        for name, values in found.items():
            rows[name][rest] = values
        money = contributions(people, scenario.plan, scenario.behaviour, scenario.n_years)
        group = self.group_of[savers.mix[rest], savers.ages[rest]]
        rows["contributions"][rest] = money[:, 0]
        rows["flow"][rest] = money[:, 0] * self.bent.buys_digital[group, 0]
        there = np.arange(scenario.n_years) < rows["horizon"][rest][:, None]
        flow += (money * there * self.bent.buys_digital[group]).sum(axis=0)


def tables_for(prepared: Prepared, people: People) -> Tables | None:
    """Tables for a run of `people`, or None where computing everybody exactly is quicker or nobody shares a
    mix. It depends on all of the run's people, never on a part of them."""
    if len(people) < TABLES_FROM:
        return None
    mixes, shared = shared_mixes(prepared, people)
    return tabulate(prepared, mixes, shared) if len(mixes) else None


def shared_mixes(prepared: Prepared, people: People) -> tuple[Mixes, Savers]:
    """The mixes of a run worth a table, held by at least `SHARED_BY` people and under no rule, the
    `MOST_MIXES` that most people hold; and who holds them."""
    mixes, savers = sort_by_mix(people, takers(prepared, people))
    counts = np.bincount(savers.mix, minlength=len(mixes))
    chosen = (counts >= SHARED_BY) & ~(mixes.takes_up & follows_rule(prepared))
    chosen[np.argsort(-counts, kind="stable")[MOST_MIXES:]] = False
    place = np.cumsum(chosen) - 1
    holders = savers.take(chosen[savers.mix])
    kept = Mixes(mixes.opening[chosen], mixes.elections[chosen], mixes.takes_up[chosen])
    return kept, replace(holders, mix=place[holders.mix])


def tabulate(
    prepared: Prepared, mixes: Mixes, everyone: Savers | None = None, *, times: float = 1, workers: int = 2
) -> Tables:
    """Tables for these mixes at every age of the menu; and for contributions that limits bend, where enough of
    `everyone`, counted `times`, need them. Raises `InputError` for mixes that do not fit, or under a rule."""
    check_mixes(mixes, len(prepared.scenario.menu.line_keys))
    require(
        not (mixes.takes_up & follows_rule(prepared)).any(),
        "takes_up",
        "A crypto line under a rule is not tabulated: compute its holders exactly.",
    )
    scenario = prepared.scenario
    groups, group_of = _groups(prepared, mixes)
    shape = (len(groups), scenario.n_years)
    arms = len(prepared.arms)
    tables = Tables(
        prepared=prepared,
        mixes=mixes,
        terms=schedule_terms(scenario.plan, scenario.behaviour, scenario.n_years),
        groups=groups,
        group_of=group_of,
        opening_norm=np.ones(shape),
        paid_norm=np.ones(shape),
        by_year=np.zeros((*shape, NODES, YEARLY), np.float32),
        at_horizon=np.zeros((len(groups), arms, scenario.n_years, END_NODES, COLUMNS), np.float32),
        ever=np.zeros((*shape, NODES), np.float32),
    )
    if everyone is not None:
        tables.groups_of(everyone)  # whoever has no place in them is refused before they are filled
    for g, group in enumerate(groups):
        tables.opening_norm[g, : group.years], tables.paid_norm[g, : group.years] = _norms(tables, group)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        list(pool.map(partial(_fill, tables), range(len(groups))))
    if everyone is not None:
        tables.bent.add(everyone, times)
    return tables


def _key(mixes: Mixes, m: int) -> bytes:
    row = np.round(np.concatenate([mixes.opening[m], mixes.elections[m], [mixes.takes_up[m]]]), 9)
    return (row + 0.0).tobytes()


def _groups(prepared: Prepared, mixes: Mixes) -> tuple[list[Group], Integers]:
    """Groups, and the group of each mix and age (n_mixes, ages 0 to the oldest), -1 below the menu's first
    age."""
    scenario = prepared.scenario
    ages = np.arange(
        max(scenario.menu.first_age, YOUNGEST), OLDEST + 1
    )  # a vintage may stand at a younger age
    found: dict[tuple[Any, ...], int] = {}
    held_until: dict[int, set[int]] = {}
    parts: list[tuple[Integers, Floats, Floats]] = []
    group_of = np.full((len(mixes), OLDEST + 1), -1, dtype=np.int64)
    for m in range(len(mixes)):
        pay = np.ones(len(ages))
        opening, election = (np.tile(each[m], (len(ages), 1)) for each in (mixes.opening, mixes.elections))
        people = People(ages, ages, pay, 0 * pay, opening, election)
        held = accounts(prepared, people, np.full(len(ages), mixes.takes_up[m]))
        by_arm = [held.in_arm(arm) for arm in prepared.arms]
        for at, age in enumerate(ages.tolist()):
            entries = slice(int(held.first[at]), int(held.first[at + 1]))
            key = (m, *held.track[entries].tolist())
            if key not in found:
                found[key] = len(parts)
                lines = [np.stack([each[way][entries] for each in by_arm]) for way in (0, 1)]
                parts.append((prepared.slots[:, held.track[entries]], lines[0], lines[1]))
            group_of[m, age] = found[key]
            horizon = max(scenario.behaviour.retirement_age - age, 1)
            held_until.setdefault(found[key], set()).add(horizon)
    groups = [
        Group(slots, opening, election, max(held_until[g]), tuple(sorted(held_until[g])))
        for g, (slots, opening, election) in enumerate(parts)
    ]
    return groups, group_of


def _norms(tables: Tables, group: Group) -> tuple[Floats, Floats]:
    """Normalised dollars by year (n_years) of one opening dollar and one dollar a year: rolled with mean
    factors. Any positive measure will do that is the same for tables and people; this one keeps every table
    near one."""
    growth, annuity = mean_factors(tables.prepared, group)
    opened = (np.cumprod(growth, axis=1) * group.opening[OWN_ARM][:, None]).sum(axis=0)
    return opened, paid_norm(group, growth, annuity, tables.prepared.raises[: group.years])


def _fill(tables: Tables, g: int) -> None:
    """The tables of one group, year by year."""
    group, scenario = tables.groups[g], tables.prepared.scenario
    arms = [composite(tables.prepared, group, arm) for arm in range(len(tables.prepared.arms))]
    made, norms = arms[OWN_ARM], np.column_stack([tables.opening_norm[g], tables.paid_norm[g]])
    filled = slice(0, group.years)
    write_years(
        made, made.wealth[1], made.inside[1], norms, known_shares(tables.prepared, group), tables.by_year[g, filled],
    )  # fmt: skip
    for horizon in group.horizons:
        parts = [(each.wealth[0, horizon - 1], each.wealth[1, horizon - 1]) for each in arms]
        write_horizon(parts, norms[horizon - 1], tables.at_horizon[g, :, horizon - 1])
        write_ever(
            made, made.wealth[1], made.inside[1], horizon, norms[horizon - 1], scenario.sleeve.cap,
            tables.ever[g, horizon - 1],
        )  # fmt: skip
