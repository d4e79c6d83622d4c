"""The arms that are projected on the same paths: without the sleeve, with it, and the rungs of the ladder."""

from dataclasses import dataclass

import numpy as np

from .inputs import Scenario
from .menu import Sleeve, TargetDateSleeve

BASE, OWN = "base", "own"


@dataclass(frozen=True, eq=False)
class Arm:
    """One way of running the plan. `weight` is the rung's weight, None for the sponsor's own sleeve.

    `take_up_weight`: what takers put into a crypto line, never above the cap at election. `rule_cap`: the cap
    that a crypto line's rules work with; a rung above the sponsor's cap works with its own weight, or the
    rung would mean nothing.
    """

    name: str
    weight: float | None
    sleeve: Sleeve
    take_up_weight: float
    rule_cap: float


def arms_of(scenario: Scenario) -> tuple[Arm, ...]:
    """Base, the sponsor's own, then a rung for every ladder weight above zero (weight zero is the base
    itself)."""
    cap, taken = scenario.sleeve.cap, scenario.behaviour.take_up_weight
    base = Arm(BASE, 0.0, Sleeve(cap=cap), 0.0, cap)
    own = Arm(OWN, None, scenario.sleeve, min(taken, cap), cap)
    return (base, own, *(rung(scenario, weight) for weight in scenario.ladder if weight > 0))


def rung(scenario: Scenario, weight: float) -> Arm:
    """The sponsor's doors at one flat weight; a menu without a sleeve gets a target-date sleeve rebalanced
    every year."""
    sleeve, flat = scenario.sleeve, np.full(scenario.menu.n_ages, weight)
    inside = sleeve.target_date
    if sleeve.kind == "none":
        inside = TargetDateSleeve(flat)
    elif inside is not None:
        inside = TargetDateSleeve(flat, inside.rebalancing, inside.band, inside.fee)
    ladder_sleeve = Sleeve(sleeve.cap, inside, sleeve.crypto_line)
    return Arm(f"ladder_{weight:g}", weight, ladder_sleeve, weight, max(sleeve.cap, weight))
