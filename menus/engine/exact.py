"""The exact evaluator: every participant's own yearly recursion on every path.

People are worked on in small batches that fit the processor's cache: a compiled kernel writes their paths,
whole rows are sorted (several times faster than cutting them at five places), and percentiles are read off.
What does not differ is not worked out again: an arm that gives a participant the base menu has its figures,
an account in one fund has the fund's digital shares, and accounts whose contributions follow raises are
multiples of the same unit paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contributions import contributions, horizons
from .exposure import Accounts, accounts
from .factors import Prepared
from .inputs import People
from .measures import (
    FAN,
    PERCENTILES,
    above_level,
    cents,
    difference_errors,
    quantile_errors,
    quantiles,
    shortfall,
    shortfall_error,
)
from .menu import LineRebalancing
from .returns import Singles
from .validation import Floats, Integers

Arrays = dict[str, NDArray[Any]]
BATCH_FLOATS = 1_000_000  # paths written before they are sorted: four megabytes stay in the cache
SHAPE_TOLERANCE = 1e-9
OWN_ARM = 1  # position of the sponsor's own arm


@dataclass(eq=False)
class PathSums:
    """What people add up to path by path: `above` (n_years, n_paths) people above the cap, for accounts of
    several funds; `ruled_balance` and `ruled_digital` in cents, for accounts under a rule, and `ruled_means`
    (3, n_years) cents of new digital money, dollars moved and sleeve fees, averaged over paths; `nodes` is
    set by the tables. Whole numbers: they add in any order."""

    above: NDArray[np.int32]
    ruled_balance: Integers
    ruled_digital: Integers
    ruled_means: Integers
    nodes: Integers | None = None

    def __iadd__(self, other: PathSums) -> PathSums:
        for name in ("above", "ruled_balance", "ruled_digital", "ruled_means"):
            mine = getattr(self, name)
            mine += getattr(other, name)
        return self


@dataclass(eq=False)
class Block:
    """Some people with everything about them that needs no path, and room for their figures (`rows`).

    `money` (n, n_years) dollars paid in, `years` (n) to the horizon, `straight` (n): contributions are the
    first year's with raises; `ruled` (n): the crypto line follows a rule that looks at the account.
    """

    prepared: Prepared
    people: People
    held: Accounts
    money: Floats
    years: Integers
    straight: NDArray[np.bool_]
    ruled: NDArray[np.bool_]
    rows: Arrays

    @cached_property
    def lines(self) -> list[tuple[Integers, Floats, Floats]]:
        """By arm: slot, opening dollars and election of every entry."""
        return [
            (slots[self.held.track], *self.held.in_arm(arm))
            for slots, arm in zip(self.prepared.slots, self.prepared.arms, strict=True)
        ]

    @cached_property
    def like_base(self) -> NDArray[np.bool_]:
        """Whose lines in an arm are those of the base menu (n_arms, n)."""
        base = self.lines[0]
        return np.array([~self._any([a != b for a, b in zip(arm, base, strict=True)]) for arm in self.lines])

    @cached_property
    def holds_digital(self) -> NDArray[np.bool_]:
        """Who holds or buys digital assets in the sponsor's arm (n)."""
        slot, opening, election = self.lines[OWN_ARM]
        some = self._any([self.prepared.holds_digital[slot] & ((opening > 0) | (election > 0))])
        return some & ((self.held.totals > 0) | self.money.any(axis=1))

    @cached_property
    def single(self) -> NDArray[np.bool_]:
        """Whose account is one fund (n)."""
        return np.diff(self.held.first) == 1

    def _any(self, entries: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Who has an entry that is true in any of these (n)."""
        marked = np.logical_or.reduce(entries)
        return np.bincount(self.held.owner, weights=marked, minlength=len(self.people)) > 0


def evaluate_exactly(
    prepared: Prepared,
    people: People,
    *,
    yearly: bool = True,
    workers: int = 1,
    taking: NDArray[np.bool_] | None = None,
) -> tuple[Arrays, PathSums]:
    """Figures of `people`, one row each, and their sums by path. See `runs.evaluate` for the arrays; `yearly`
    False leaves out digital dollars and shares by year. `taking` (n) says who takes up the crypto line, else
    it is drawn."""
    block = _block(prepared, people, yearly, taking)
    batches = list(_batches(block))
    work = partial(_evaluate_batches, block)
    if workers <= 1 or len(batches) < 2:
        return block.rows, work(batches)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        first, *others = pool.map(work, [batches[k::workers] for k in range(workers)])
    for sums in others:
        first += sums
    return block.rows, first


def _block(prepared: Prepared, people: People, yearly: bool, taking: NDArray[np.bool_] | None) -> Block:
    scenario = prepared.scenario
    held = accounts(prepared, people, taking)
    money = contributions(people, scenario.plan, scenario.behaviour, scenario.n_years)
    years = horizons(people, scenario.behaviour)
    bent = np.abs(money - money[:, :1] * prepared.raises) > SHAPE_TOLERANCE * money[:, :1]
    bent &= np.arange(scenario.n_years) < years[:, None]
    rows = empty_rows(len(people), len(prepared.arms), scenario.n_years if yearly else 0)
    ruled = np.asarray(held.takes_up & follows_rule(prepared))
    straight = np.asarray(~bent.any(axis=1))
    return Block(prepared, people, held, money, years, straight, ruled, rows)


def follows_rule(prepared: Prepared) -> bool:
    """Whether the sponsor's crypto line follows a rule, so that dollars are no longer linear in the money
    paid in."""
    line = prepared.scenario.sleeve.crypto_line
    return line is not None and line.rebalancing is not LineRebalancing.NONE


def empty_rows(n: int, n_arms: int, n_years: int) -> Arrays:
    """Room for the figures that need paths; by year NaN stands beyond a participant's horizon."""
    return {
        "balance": np.zeros((n, n_arms, len(PERCENTILES))),
        "balance_error": np.zeros((n, n_arms, len(PERCENTILES))),
        "shortfall": np.zeros((n, n_arms)),
        "shortfall_error": np.zeros((n, n_arms)),
        "effect_error": np.zeros((n, n_arms, len(PERCENTILES))),
        "digital": np.full((n, n_years, len(FAN)), np.nan, np.float32),
        "share": np.full((n, n_years, len(FAN)), np.nan, np.float32),
        "ever_above": np.zeros(n, np.int64),
        "ruled_means": np.zeros((n, 3)),
    }


def _batches(block: Block) -> Iterator[tuple[str, Integers]]:
    """People in batches of one kind, neighbours of the same age and fund together: they find its factors
    still in the processor's cache. Who holds no digital assets needs nothing by year ("none")."""
    kinds = np.select(
        [block.ruled, ~block.holds_digital, block.single], ["ruled", "none", "single"], "several"
    )
    first_track = np.append(block.held.track, 0)[block.held.first[:-1]]
    order = np.lexsort((first_track, block.years))
    for kind, rows_a_year in (("none", 0), ("single", 1), ("several", 2), ("ruled", 0)):
        chosen = order[kinds[order] == kind]
        rows = np.cumsum(block.years[chosen] * rows_a_year + len(block.prepared.arms))
        cuts = np.flatnonzero(np.diff(rows * block.prepared.scenario.n_paths // BATCH_FLOATS)) + 1
        yield from ((kind, part) for part in np.split(chosen, cuts) if len(part))


def _evaluate_batches(block: Block, batches: list[tuple[str, Integers]]) -> PathSums:
    sums = no_sums(block.prepared)
    for kind, people in batches:
        base = _at_horizon(block, 0, people)
        ordered = _write_balances(block, 0, people, base)
        if kind != "ruled":
            _zero_years(block, people)
        for k in range(1, len(block.prepared.arms)):
            alike = block.like_base[k, people] & (kind != "ruled") & (k != OWN_ARM or kind == "none")
            _copy_base(block, k, people[alike])
            if not alike.all():
                others = people[~alike]
                balance = _balances(block, kind, k, others, sums)
                _write_arm(block, k, others, base[~alike], ordered[~alike], balance)
    return sums


def _balances(block: Block, kind: str, k: int, people: Integers, sums: PathSums) -> Singles:
    """Balances of arm k at the horizon (len(people), n_paths); in the sponsor's arm the years are measured on
    the way."""
    if kind == "ruled":
        return _ruled_years(block, k, people, sums)
    if k != OWN_ARM or kind == "none":
        return _at_horizon(block, k, people)
    return _single_years(block, people) if kind == "single" else _several_years(block, people, sums)


def no_sums(prepared: Prepared) -> PathSums:
    """Sums of nobody."""
    scenario = prepared.scenario
    shape = (scenario.n_years, scenario.n_paths)
    ruled = shape if follows_rule(prepared) else (0, 0)
    return PathSums(
        np.zeros(shape, np.int32),
        np.zeros(ruled, np.int64),
        np.zeros(ruled, np.int64),
        np.zeros((3, scenario.n_years), np.int64),
    )


def _copy_base(block: Block, k: int, people: Integers) -> None:
    for name in ("balance", "balance_error", "shortfall", "shortfall_error"):
        block.rows[name][people, k] = block.rows[name][people, 0]


def _at_horizon(block: Block, k: int, people: Integers) -> Singles:
    """Balances of arm k at the horizon (len(people), n_paths)."""
    from . import kernels  # compiled code takes half a second to import

    prepared = block.prepared
    out = np.empty((len(people), prepared.scenario.n_paths), np.float32)
    kernels.at_horizon(
        prepared.growth, prepared.annuity, *prepared.unit_paths, *block.lines[k], block.held.first, block.years,
        block.money, block.straight, people, out,
    )  # fmt: skip
    return out


def _single_years(block: Block, people: Integers) -> Singles:
    """Accounts in one fund, whose digital share is the fund's own, year by year. Returns balances at the
    horizon."""
    from . import kernels  # compiled code takes half a second to import

    prepared, rows = block.prepared, block.rows
    slot, opening, election = block.lines[OWN_ARM]
    slots, years = slot[block.held.first[people]].tolist(), block.years[people].tolist()
    rows["ever_above"][people] = [
        prepared.fund_shares(q).ever[y - 1] for q, y in zip(slots, years, strict=True)
    ]
    if not rows["digital"].shape[1]:
        return _at_horizon(block, OWN_ARM, people)
    for i, q, y in zip(people.tolist(), slots, years, strict=True):
        rows["share"][i, :y] = prepared.fund_shares(q).fan[:y]
    row, n_rows = _places(block.years[people])
    balance = np.empty((len(people), prepared.scenario.n_paths), np.float32)
    digital = np.empty((n_rows, prepared.scenario.n_paths), np.float32)
    kernels.single_line_years(
        prepared.growth, prepared.annuity, *prepared.unit_paths, prepared.share, slot, opening, election,
        block.held.first, block.years, block.money, block.straight, people, row, balance, digital,
    )  # fmt: skip
    _write_fan(block, "digital", people, digital)
    return balance


def _several_years(block: Block, people: Integers, sums: PathSums) -> Singles:
    """Accounts in several funds year by year. Returns balances at the horizon (len(people), n_paths)."""
    from . import kernels  # compiled code takes half a second to import

    prepared, n_paths = block.prepared, block.prepared.scenario.n_paths
    row, n_rows = _places(block.years[people] if block.rows["digital"].shape[1] else block.years[people] * 0)
    balance = np.empty((len(people), n_paths), np.float32)
    digital, shares = np.empty((2, n_rows, n_paths), np.float32)
    ever = np.zeros(len(people), np.int64)
    kernels.by_year(
        prepared.growth, prepared.annuity, *prepared.unit_paths, prepared.share, prepared.holds_digital,
        *block.lines[OWN_ARM], block.held.first, block.years, block.money, block.straight, people, row,
        above_level(prepared.scenario.sleeve.cap), balance, digital, shares, ever, sums.above,
    )  # fmt: skip
    block.rows["ever_above"][people] = ever
    _write_fan(block, "digital", people, digital)
    _write_fan(block, "share", people, shares)
    return balance


def _ruled_years(block: Block, k: int, people: Integers, sums: PathSums) -> Singles:
    """Accounts whose crypto line follows a rule, one by one. Returns balances at the horizon (len(people),
    n_paths)."""
    if block.prepared.arms[k].sleeve.crypto_line is None:
        return _at_horizon(block, k, people)
    balance = np.empty((len(people), block.prepared.scenario.n_paths), np.float32)
    for at, i in enumerate(people.tolist()):
        _follow_rule(block, k, i, balance[at], sums)
    empty = not block.prepared.arms[k].take_up_weight  # the base menu then, to the bit
    return _at_horizon(block, k, people) if empty else balance


def _follow_rule(block: Block, k: int, i: int, balance: Singles, sums: PathSums) -> None:
    from . import kernels  # compiled code takes half a second to import

    prepared, arm, years = block.prepared, block.prepared.arms[k], int(block.years[i])
    scenario, own = prepared.scenario, k == OWN_ARM
    entries = slice(int(block.held.first[i]), int(block.held.first[i + 1]))
    yearly = own and block.rows["digital"].shape[1] > 0
    paths = np.empty((2, years if yearly else 0, scenario.n_paths), np.float32)
    means = np.zeros((3, years))
    rule = scenario.sleeve.crypto_line.rebalancing  # type: ignore[union-attr]  # only such people come here
    sells = rule is LineRebalancing.SELL_DOWN
    cap = (
        np.float32(arm.rule_cap) if sells else above_level(arm.rule_cap)
    )  # who is at the cap is not above it
    ever = kernels.ruled(
        prepared.growth, prepared.annuity, prepared.share, prepared.start_share,
        prepared.moved, prepared.fees, own, *(each[entries] for each in block.lines[k]),
        years, block.money[i], sells, cap,
        above_level(scenario.sleeve.cap), balance, *paths, sums.above, sums.ruled_balance, sums.ruled_digital, means,
    )  # fmt: skip
    if own:
        means /= scenario.n_paths
        sums.ruled_means[:, :years] += cents(means)
        block.rows["ruled_means"][i] = means[0, 0], means[1].sum(), means[2].sum()
        block.rows["ever_above"][i] = ever
        for name, rows in zip(("digital", "share"), paths, strict=True):
            _write_fan(block, name, np.array([i]), rows)


# ---------------------------------------------------------------- reading paths
def _places(years: Integers) -> tuple[Integers, int]:
    """Where each participant's rows begin, and how many there are."""
    return np.concatenate([[0], np.cumsum(years)[:-1]]), int(years.sum())


def _zero_years(block: Block, people: Integers) -> None:
    """Digital dollars and shares are zero up to the horizon until something is found."""
    for name in ("digital", "share"):
        if block.rows[name].shape[1]:
            within = np.arange(block.rows[name].shape[1]) < block.years[people, None]
            block.rows[name][people] = np.where(within, 0, np.nan)[:, :, None]


def _write_fan(block: Block, name: str, people: Integers, paths: Singles) -> None:
    """Percentiles of rows that follow each other person by person, year by year; the rows are sorted in
    place."""
    target = block.rows[name]
    if not target.shape[1] or not len(paths):
        return
    paths.sort(axis=1)
    fan, start = quantiles(paths, FAN), 0
    for i, years in zip(people.tolist(), block.years[people].tolist(), strict=True):
        target[i, :years] = fan[start : start + years]
        start += years


def _write_balances(block: Block, k: int, people: Integers, balance: Singles) -> Singles:
    """Percentiles, shortfall and sampling errors of balances in arm k (len(people), n_paths); returns them in
    order."""
    ordered, rows = np.sort(balance, axis=1), block.rows
    rows["balance"][people, k] = quantiles(ordered, PERCENTILES)
    rows["balance_error"][people, k] = quantile_errors(ordered, PERCENTILES)
    rows["shortfall"][people, k] = shortfall(ordered)
    rows["shortfall_error"][people, k] = shortfall_error(ordered)
    return ordered


def _write_arm(
    block: Block, k: int, people: Integers, base: Singles, ordered_base: Singles, balance: Singles
) -> None:
    """The figures of arm k, and the errors of how far its percentiles lie from those of the base menu on the
    same paths."""
    ordered = _write_balances(block, k, people, balance)
    block.rows["effect_error"][people, k] = difference_errors(base, balance, ordered_base, ordered)
