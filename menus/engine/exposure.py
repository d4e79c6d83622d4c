"""Who holds what on day one: every participant's money by line and door, looked through to asset classes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arms import Arm
from .factors import CRYPTO_LINE, Prepared, Track
from .glide_path import age_index, line_weights, path_age, with_sleeve
from .inputs import People
from .validation import Floats, Integers, require, require_each

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
DROPS = (0.5, 0.8)
DOORS = ("crypto_line", "target_date", "other_lines")


@dataclass(frozen=True)
class Holding:
    """One line of one participant in one arm: dollars on day one and the share of new money that goes
    there."""

    track: Track
    opening: float
    election: float


@dataclass(frozen=True, eq=False)
class Accounts:
    """The lines that people hold or buy, in compressed rows: those of person i are `first[i]..first[i + 1]`,
    the crypto line of who takes it up last. `track` (n_entries) position in `Prepared.tracks`; `balance`
    (n_entries) dollars and `election` (n_entries) share of new money before anyone takes up the sleeve;
    `is_crypto` (n_entries) marks the sleeve's own line, `takes_up` (n) who takes it, `totals` (n) whole
    balances."""

    prepared: Prepared
    first: Integers
    track: Integers
    balance: Floats
    election: Floats
    is_crypto: NDArray[np.bool_]
    takes_up: NDArray[np.bool_]
    totals: Floats

    @property
    def owner(self) -> Integers:
        """The person of each entry (n_entries)."""
        return np.repeat(np.arange(len(self.totals)), np.diff(self.first))

    def in_arm(self, arm: Arm) -> tuple[Floats, Floats]:
        """Opening dollars and elections (n_entries) in an arm: a taker moves `take_up_weight` of new money,
        and of the balance if so assumed, out of all other lines pro rata into the crypto line."""
        weight = arm.take_up_weight if arm.sleeve.crypto_line is not None else 0.0
        moved = weight if self.prepared.scenario.behaviour.take_up_moves_balance else 0.0
        owner = self.owner
        taking = self.takes_up[owner]
        opening = np.where(self.is_crypto, self.totals[owner] * moved, self.balance * (1 - moved * taking))
        return opening, np.where(self.is_crypto, weight, self.election * (1 - weight * taking))

    def holdings(self, arm: Arm, row: int) -> tuple[Holding, ...]:
        """One participant's lines in an arm; an empty crypto line is left out."""
        opening, election = self.in_arm(arm)
        entries = range(int(self.first[row]), int(self.first[row + 1]))
        return tuple(
            Holding(self.prepared.tracks[self.track[k]], float(opening[k]), float(election[k]))
            for k in entries
            if opening[k] or election[k]
        )


def accounts(prepared: Prepared, people: People, taking: NDArray[np.bool_] | None = None) -> Accounts:
    """The lines of these people; `taking` (n) says who takes up the crypto line where it is not to be drawn."""
    taking = takers(prepared, people) if taking is None else taking & _has_line(prepared)
    owner, line = np.nonzero((people.balances > 0) | (people.elections > 0))
    takes = np.flatnonzero(taking)
    crypto = len(people.balances[0]) if len(people) else 0
    order = np.argsort(np.concatenate([owner, takes]), kind="stable")
    owners = np.concatenate([owner, takes])[order]
    lines = np.concatenate([line, np.full(len(takes), crypto)])[order]
    zeros = np.zeros(len(takes))
    return Accounts(
        prepared=prepared,
        first=np.searchsorted(owners, np.arange(len(people) + 1)),
        track=prepared.track_of[lines, people.ages[owners]],
        balance=np.concatenate([people.balances[owner, line], zeros])[order],
        election=np.concatenate([people.elections[owner, line], zeros])[order],
        is_crypto=lines == crypto,
        takes_up=taking,
        totals=people.balances.sum(axis=1),
    )


def _has_line(prepared: Prepared) -> bool:
    return prepared.scenario.sleeve.crypto_line is not None


def uniform_by_key(keys: Integers, seed: int) -> Floats:
    """A number in [0, 1) for each key (n): splitmix64 of key and seed, so it depends on nobody else in the
    plan."""
    return (mixed_keys(keys, seed) >> np.uint64(11)) / 2.0**53


def mixed_keys(keys: Integers, seed: int) -> NDArray[np.uint64]:
    """splitmix64 of key and seed (n)."""
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) * GOLDEN + np.uint64(seed)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def takers(prepared: Prepared, people: Any) -> NDArray[np.bool_]:
    """Who takes up the crypto line (n, bool): drawn by key among those whose age is eligible, so the same
    people in every arm and every chunk. `people` has `keys` and `ages`."""
    line = prepared.scenario.sleeve.crypto_line
    if line is None:
        return np.zeros(len(people.keys), dtype=bool)
    drawn = uniform_by_key(people.keys, prepared.scenario.seed) < prepared.scenario.behaviour.take_up_rate
    return drawn & line.eligible(people.ages)


def holdings(prepared: Prepared, arm: Arm, people: People, row: int) -> tuple[Holding, ...]:
    """The lines of one of these people in an arm."""
    return accounts(prepared, people.take([row])).holdings(arm, 0)


def opening_weights(prepared: Prepared, arm: Arm, track: Track) -> Floats:
    """Asset weights (n_assets) of a track on day one, sleeve included."""
    scenario, (line, target_year) = prepared.scenario, track
    digital = scenario.market.digital_index
    if line == CRYPTO_LINE:
        return with_sleeve(np.zeros(len(scenario.market.assets)), 1.0, digital)
    weights, inside = line_weights(scenario, line, target_year, 1), arm.sleeve.target_date
    if inside is None or line not in prepared.sleeve_lines:
        return weights
    at = age_index(scenario.menu, path_age(scenario, target_year, 1))
    return with_sleeve(weights, float(inside.weights[at]), digital)


def exposures(held: Accounts, arm: Arm) -> Floats:
    """Dollars by asset class on day one (n, n_assets), through every door. Rows sum to the balances."""
    prepared, owner = held.prepared, held.owner
    weights = np.array([opening_weights(prepared, arm, track) for track in prepared.tracks])
    opening = held.in_arm(arm)[0]
    columns = [
        np.bincount(owner, weights=opening * weights[held.track, asset], minlength=len(held.totals))
        for asset in range(weights.shape[1])
    ]
    return np.stack(columns, axis=1)


def digital_dollars(held: Accounts, arm: Arm) -> Floats:
    """Digital-asset dollars on day one (n), through every door."""
    return np.asarray(sum(doors(held, arm).values()))


def doors(held: Accounts, arm: Arm) -> dict[str, Floats]:
    """Digital-asset dollars on day one (n) by door: the sleeve's own line, the target-date funds, other lines
    of the menu."""
    prepared, owner = held.prepared, held.owner
    digital = prepared.scenario.market.digital_index
    shares = np.array([opening_weights(prepared, arm, track)[digital] for track in prepared.tracks])
    through = np.array([DOORS.index(_door(prepared, track)) for track in prepared.tracks])[held.track]
    dollars = held.in_arm(arm)[0] * shares[held.track]
    return {
        name: np.bincount(owner, weights=dollars * (through == at), minlength=len(held.totals)).astype(
            np.float64
        )
        for at, name in enumerate(DOORS)
    }


def _door(prepared: Prepared, track: Track) -> str:
    if track[0] == CRYPTO_LINE:
        return "crypto_line"
    return "target_date" if prepared.scenario.menu.is_target_date[track[0]] else "other_lines"


def check_people(prepared: Prepared, people: People) -> None:
    """Refuse people whom this scenario's menu does not cover."""
    menu = prepared.scenario.menu
    require(
        people.balances.shape[1] == len(menu.line_keys), "balances", "Balances and menu have different lines."
    )
    require_each(
        people.ages >= menu.first_age,
        "ages",
        people.keys,
        people.ages,
        f"is {{value}}, younger than {menu.first_age}, where the menu's weights by age begin; give it weights from "
        "that age on, or leave them out of the run.",
    )
