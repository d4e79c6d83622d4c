"""The whole country as a demonstration: every participant of every plan evaluated in full, on one machine.

Invented people with ages, pay, balances and deferrals as published, in plans of the published sizes; the
plans share one target-date series, one match and the statutory limits. Three plans in ten offer a digital
sleeve in the series and a crypto line that 30 % take up: an assumption (`--offering`), nobody knows the
figure; people of the other plans are evaluated in full all the same. People are made block by block and
forgotten: each one's full output is worked out and added to what their plan and the country need. The time to
make people is told apart from the time to compute.

python -m tests.bench.nation [--participants 90000000] [--plans 714285] [--paths 10000] [--workers 2]
[--offering 0.3] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from menus.engine import Scenario, Sleeve, prepare
from menus.engine.exposure import uniform_by_key
from tests.bench._evaluators import added_up, by_tables, tables_of
from tests.bench._plan_sizes import plan_sizes
from tests.bench._race import load
from tests.bench._workload import BLOCK, SEED, Crowd, crowds, workload

if TYPE_CHECKING:
    from menus.engine.tables import Tables

SAMPLE = 100_000  # people from whom it is seen which tables are worth while
PORTION = 50_000  # people that a thread takes at a time
PER_PLAN = ("flow", "digital_today", "above", "effect")


@dataclass
class Country:
    """What is kept, by plan (n_plans): `people`; `flow`, dollars of the first year's new money that buy
    digital assets; `digital_today`, dollars; `above`, people expected to be above the cap at some year end;
    `effect`, sum of medians at retirement with the sleeve less without. `flow_by_year` (n_years): the
    country's new money into digital assets."""

    people: np.ndarray
    flow_by_year: np.ndarray
    flow: np.ndarray = field(init=False)
    digital_today: np.ndarray = field(init=False)
    above: np.ndarray = field(init=False)
    effect: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        for name in PER_PLAN:
            setattr(self, name, np.zeros(len(self.people)))

    def add(self, first: int, found: dict[str, np.ndarray], flow_by_year: np.ndarray) -> None:
        self.flow_by_year += flow_by_year
        for name, values in found.items():
            getattr(self, name)[first : first + len(values)] += values


@dataclass(frozen=True)
class Cost:
    """Seconds of the clock, by part; processor seconds of the computing; the most memory held, in megabytes."""

    market: float
    tables: float
    evaluate: float
    making_people: float
    processor: float
    peak_mb: float

    @property
    def compute(self) -> float:
        return self.market + self.tables + self.evaluate


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Project every participant of the country.")
    parser.add_argument("--participants", type=int, default=90_000_000)
    parser.add_argument("--plans", type=int, default=714_285)
    parser.add_argument("--paths", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--offering", type=float, default=0.30, help="share of plans with the sleeve, an assumption"
    )
    parser.add_argument("--json", action="store_true", help="the figures alone, for a program")
    arguments = parser.parse_args(argv)
    country, cost = nation(arguments)
    print(
        json.dumps(asdict(cost) | {"compute": cost.compute})
        if arguments.json
        else words(arguments, country, cost)
    )
    return 0


def nation(arguments: Namespace) -> tuple[Country, Cost]:
    """Everybody, added up. Compiled before the clock starts, as a worker process is after its first run."""
    scenario = workload(arguments.paths)
    _compile(arguments.workers)
    sizes = plan_sizes(arguments.plans, arguments.participants)
    country = Country(sizes, np.zeros(scenario.n_years))
    started, processor = time.perf_counter(), time.process_time()
    prepared = prepare(scenario), prepare(workload(arguments.paths, sleeve=Sleeve(scenario.sleeve.cap)))
    market = time.perf_counter()
    offering = uniform_by_key(np.arange(len(sizes)), SEED) < arguments.offering
    sample = next(crowds(min(SAMPLE, arguments.participants), block=SAMPLE))
    times = arguments.participants / len(sample)
    menus = Menus(*(tables_of(each, arguments.workers, sample, times) for each in prepared), offering)
    built = time.perf_counter()
    processor = time.process_time() - processor
    ends, evaluate, since = np.cumsum(sizes), 0.0, time.perf_counter()
    for everyone in crowds(arguments.participants, block=BLOCK):
        begun, at = time.perf_counter(), time.process_time()
        _add(menus, everyone, ends, scenario, country, arguments.workers)
        evaluate += time.perf_counter() - begun
        processor += time.process_time() - at
    making = time.perf_counter() - since - evaluate
    return country, Cost(market - started, built - market, evaluate, making, processor, peak_mb())


def _compile(workers: int) -> None:
    """A few people on a small market: everything is compiled and loaded afterwards."""
    tables = tables_of(prepare(workload(100)), workers)
    by_tables(tables, next(crowds(2_000)), 1)
    added_up(tables, next(crowds(2_000)), np.zeros(2_000, np.int64), 1)


@dataclass(frozen=True)
class Menus:
    """Tables of the menu with the sleeve and of the one without; `offering` (n_plans): who offers it."""

    sleeved: Tables
    plain: Tables
    offering: np.ndarray


def _add(
    menus: Menus, everyone: Crowd, ends: np.ndarray, scenario: Scenario, country: Country, workers: int
) -> None:
    """A block of people, in portions on `workers` threads, added in their order."""
    portions = [everyone.take(slice(low, low + PORTION)) for low in range(0, len(everyone), PORTION)]
    with ThreadPoolExecutor(workers) as pool:
        for part in pool.map(lambda portion: _reduced(menus, portion, ends, scenario.n_paths), portions):
            country.add(*part)


def _reduced(
    menus: Menus, portion: Crowd, ends: np.ndarray, paths: int
) -> tuple[int, dict[str, np.ndarray], np.ndarray]:
    """Some people with keys in a row, evaluated in full and added up by plan: first plan, figures from there
    on, flow by year."""
    key, after = int(portion.keys[0]), int(portion.keys[-1]) + 1
    first, last = np.searchsorted(ends, [key, after - 1], side="right").tolist()
    plan = np.repeat(
        np.arange(last + 1 - first), np.diff(np.minimum(ends[first : last + 1], after), prepend=key)
    )
    offered = menus.offering[first : last + 1][plan]
    found = [
        added_up(tables, portion.take(chosen), plan[chosen], last + 1 - first)
        for tables, chosen in ((menus.sleeved, offered), (menus.plain, ~offered))
    ]
    sums = found[0][0] + found[1][0]
    columns = {
        "flow": sums[:, 1],
        "digital_today": sums[:, 2],
        "above": sums[:, 3] / paths,
        "effect": sums[:, 4],
    }
    return first, columns, found[0][1] + found[1][1]


def peak_mb() -> float:
    """The most memory this program held. `getrusage` would count what its parent held when it was started."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def words(arguments: Namespace, country: Country, cost: Cost) -> str:
    """What was found, for people."""
    years = " ".join(f"{value:.1f}" for value in country.flow_by_year / 1e9)
    low, middle, high = np.percentile(country.flow[country.flow > 0], (5, 50, 95))
    today, effect = country.digital_today, country.effect.sum() / arguments.participants
    middle_plan = np.median(today[today > 0]) if today.any() else 0
    return f"""{arguments.participants:,} participants in {arguments.plans:,} plans, {arguments.paths:,} paths, {load()}
{arguments.offering:.0%} of the plans are assumed to offer the sleeve.
New money into digital assets by year, $ billion, closed group: {years}
In the first year by plan, $: {low:,.0f} / {middle:,.0f} / {high:,.0f} (p5 / p50 / p95), most {country.flow.max():,.0f}
Digital assets today: $ {today.sum() / 1e9:,.1f} billion; in the median plan that holds any $ {middle_plan:,.0f}
People expected above the cap at some year end: {country.above.sum():,.0f}
Median at retirement with the sleeve less without, mean over people: $ {effect:,.0f}
Compute {cost.compute:.1f} s: market {cost.market:.1f}, tables {cost.tables:.1f}, everybody {cost.evaluate:.1f}
({cost.processor:.1f} s of processor); making people {cost.making_people:.1f} s; peak memory {cost.peak_mb:,.0f} MB
Modelled outcomes under stated assumptions, not a forecast."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
