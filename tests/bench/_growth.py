"""More people on the same tables, up to the whole country: seconds a participant must not rise, nor memory."""

import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.bench._race import Line, at_most

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
PEOPLE_A_PLAN = 126
PATHS = 1_000
MAY_RISE = 1.05  # from one size to ten times as many; less cannot be told from noise
MEMORY_MAY_RISE = 1.10
COUNTRY, PLANS = 90_000_000, 714_285
COUNTRY_SECONDS = {1_000: 15, 10_000: 60}
COUNTRY_MB = 1_000


def growth(arguments: Namespace) -> Iterator[Line]:
    sizes = SIZES[:2] if arguments.quick else SIZES
    costs = [_nation(arguments, people, people // PEOPLE_A_PLAN, PATHS) for people in sizes]
    for people, cost in zip(sizes, costs, strict=True):
        micros = cost["compute"] / people * 1e6
        print(
            f"{people:>10,} people: {cost['compute']:.2f} s, {micros:.2f} us each, {cost['peak_mb']:,.0f} MB"
        )
    each = [cost["compute"] / people for people, cost in zip(sizes, costs, strict=True)]
    steepest = max(later / earlier for earlier, later in pairwise(each))
    peaks = [cost["peak_mb"] for cost in costs[1:]]  # from 100,000 on there is more than one block of people
    name = f"from {sizes[0]:,} to {sizes[-1]:,} people, S={PATHS:,}"
    yield at_most(f"{name}: time each, at tenfold", steepest, MAY_RISE, "x{:.2f}")
    yield at_most(f"{name}: peak memory", max(peaks) / peaks[0], MEMORY_MAY_RISE, "x{:.2f}")


def country(arguments: Namespace) -> Iterator[Line]:
    people, plans = (20_000, 160) if arguments.quick else (COUNTRY, PLANS)
    for paths in arguments.paths:
        cost = _nation(arguments, people, plans, paths)
        print(f"S={paths:,}: " + ", ".join(f"{name} {value:,.1f}" for name, value in cost.items()))
        name = f"{people:,} people in {plans:,} plans, S={paths:,}"
        yield at_most(
            f"{name}: seconds of compute", cost["compute"], COUNTRY_SECONDS.get(paths, 60), "{:,.1f}"
        )
        yield at_most(f"{name}: peak memory, MB", cost["peak_mb"], COUNTRY_MB, "{:,.0f}")


def _nation(arguments: Namespace, people: int, plans: int, paths: int) -> dict[str, Any]:
    """Seconds and peak memory, in a process of its own, so that its peak is its own."""
    command = [sys.executable, "-m", "tests.bench.nation", "--json", "--workers", str(arguments.workers)]
    command += ["--participants", str(people), "--plans", str(plans), "--paths", str(paths)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(run.stdout))
