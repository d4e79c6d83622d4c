"""One plan of 1,000 people on its own menu, market drawn anew: click to result, beside the published peer."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from menus.engine import People, Scenario, evaluate, prepare
from menus.engine.contributions import contributions
from tests.bench._own_menu import own_menus
from tests.bench._peer import monteplan_run
from tests.bench._race import Line, at_least, race
from tests.bench._workload import FIRST_AGE, RETIREMENT_AGE, workload
from tests.faults._site import drill, drill_parser

TIMES_MONTEPLAN, PEER_PEOPLE = 1_000, 5
SLOW_PEER = 5_000  # paths from which the peer is timed once: it takes half a minute


def plan(arguments: Namespace) -> Iterator[Line]:
    people = 50 if arguments.quick else 1_000
    menus = _menus(people)
    for paths in arguments.paths:
        seconds = {}
        for kind, (scenario, panel) in menus.items():
            drawn = replace(scenario, n_paths=paths)
            _answer(drawn, panel, arguments.workers)  # compiled before the clock starts
            seconds[kind] = race({kind: lambda: _answer(drawn, panel, arguments.workers)}, arguments.rounds)[  # noqa: B023
                kind
            ]
        peer = _peer_seconds(scenario, panel, paths, 1 if paths >= SLOW_PEER else arguments.rounds)
        print(f"S={paths:,}:", *(f"{kind} {value:.2f} s," for kind, value in seconds.items()), end=" ")
        print(f"monteplan {peer * PEER_PEOPLE:.1f} s for {PEER_PEOPLE} people", flush=True)
        ratio = peer * people / max(seconds.values())
        yield at_least(
            f"{people:,} people on their own menu, cold, S={paths:,}: times monteplan", ratio, TIMES_MONTEPLAN
        )


def _menus(people: int) -> dict[str, tuple[Scenario, People]]:
    found: dict[str, tuple[Scenario, People]] = {}

    def build() -> bool:
        found.update(own_menus(people, 1_000))
        return True

    if drill(build, drill_parser("").parse_args([])):
        raise RuntimeError("The plan with its own menu could not be built.")
    return found


def _answer(scenario: Scenario, people: People, workers: int) -> None:
    evaluate(prepare(scenario), people, workers=workers)


def _peer_seconds(scenario: Scenario, people: People, paths: int, rounds: int) -> float:
    """Seconds a person, of some spread over the ages."""
    working = np.flatnonzero((people.ages >= FIRST_AGE) & (people.ages < RETIREMENT_AGE))
    by_age = working[np.argsort(people.ages[working], kind="stable")]
    few = people.take(by_age[((np.arange(PEER_PEOPLE) + 0.5) * len(by_age) / PEER_PEOPLE).astype(int)])
    paid = contributions(few, scenario.plan, scenario.behaviour, 1)[:, 0]
    money = few.balances.sum(axis=1)
    work = {"peer": lambda: monteplan_run(workload(paths).market, few.ages, money, paid, paths)}
    return race(work, rounds)["peer"] / PEER_PEOPLE
