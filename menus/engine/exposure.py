"""Who holds what on day one: every participant's money by line and door, looked through to asset classes."""

from dataclasses import dataclass

import numpy as np

from .arms import Arm
from .factors import CRYPTO_LINE, Prepared, Track
from .glide_path import age_index, line_weights, path_age, with_sleeve
from .inputs import People
from .validation import Floats, Integers, require

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
DROPS = (0.5, 0.8)


@dataclass(frozen=True)
class Holding:
    """One line of one participant in one arm: dollars on day one and the share of new money that goes
    there."""

    track: Track
    opening: float
    election: float


def uniform_by_key(keys: Integers, seed: int) -> Floats:
    """A number in [0, 1) for each key (n): splitmix64 of key and seed, so it depends on nobody else in the
    plan."""
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) * GOLDEN + np.uint64(seed)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


def takers(prepared: Prepared, people: People) -> np.ndarray:
    """Who takes up the crypto line (n, bool): drawn by key, so the same people in every arm and every
    chunk."""
    if prepared.scenario.sleeve.crypto_line is None:
        return np.zeros(len(people), dtype=bool)
    return uniform_by_key(people.keys, prepared.scenario.seed) < prepared.scenario.behaviour.take_up_rate


def holdings(prepared: Prepared, arm: Arm, people: People, row: int, takes_up: bool) -> tuple[Holding, ...]:
    """A participant's lines in an arm. A taker moves `take_up_weight` of new money, and of the balance if so
    assumed, out of all other lines pro rata into the crypto line, which comes last."""
    balances, elections, age = people.balances[row], people.elections[row], int(people.ages[row])
    weight = arm.take_up_weight if takes_up and arm.sleeve.crypto_line is not None else 0.0
    moved = weight if prepared.scenario.behaviour.take_up_moves_balance else 0.0
    lines = np.flatnonzero((balances > 0) | (elections > 0)).tolist()
    kept, directed = (balances[lines] * (1 - moved)).tolist(), (elections[lines] * (1 - weight)).tolist()
    tracks = [prepared.track(line, age) for line in lines]
    held = tuple(Holding(*item) for item in zip(tracks, kept, directed, strict=True))
    if not weight:
        return held
    return (*held, Holding((CRYPTO_LINE, 0), float(balances.sum()) * moved, weight))


def all_holdings(prepared: Prepared, arm: Arm, people: People) -> list[tuple[Holding, ...]]:
    """Everyone's lines in an arm, in the order of the people."""
    taking = takers(prepared, people).tolist()
    return [holdings(prepared, arm, people, row, taking[row]) for row in range(len(people))]


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


def exposures(prepared: Prepared, arm: Arm, held: list[tuple[Holding, ...]]) -> Floats:
    """Dollars by asset class on day one (n, n_assets), through every door. Rows sum to the balances."""
    weights = {track: opening_weights(prepared, arm, track) for track in prepared.tracks}
    dollars = np.zeros((len(held), len(prepared.scenario.market.assets)))
    for row, items in enumerate(held):
        for item in items:
            dollars[row] += item.opening * weights[item.track]
    return dollars


def doors(prepared: Prepared, arm: Arm, held: list[tuple[Holding, ...]]) -> dict[str, Floats]:
    """Digital-asset dollars on day one (n) by door: the sleeve's own line, the target-date funds, other lines
    of the menu."""
    digital = prepared.scenario.market.digital_index
    shares = {track: opening_weights(prepared, arm, track)[digital] for track in prepared.tracks}
    found = {name: np.zeros(len(held)) for name in ("crypto_line", "target_date", "other_lines")}
    for row, items in enumerate(held):
        for item in items:
            found[_door(prepared, item.track)][row] += item.opening * shares[item.track]
    return found


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
    young = bool((people.ages < menu.first_age).any())
    require(
        not young,
        "ages",
        f"A participant is younger than {menu.first_age}, where the menu's weights by age begin.",
    )
