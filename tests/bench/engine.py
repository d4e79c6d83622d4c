"""The exposure engine beside its opponents, in one run: every figure that is asked of it, with its verdict.

The contenders of a line take turns, round by round, and their medians are compared. A brute force is timed on a few
people, spread evenly over the ages, and scaled; its market and contributions are ready before its clock starts. The
engine's clock counts everything that a line names: for the tables also the market's yearly factors and the build.

python -m tests.bench.engine [--only tables exact plan accuracy growth country imports] [--quick] [--rounds 5]
"""

import argparse
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator

from tests.bench import _accuracy, _growth, _imports, _plan, _speed
from tests.bench._race import Line, load, print_lines

SECTIONS: dict[str, Callable[[Namespace], Iterator[Line]]] = {
    "tables": _speed.tables,
    "exact": _speed.exact,
    "plan": _plan.plan,
    "accuracy": _accuracy.accuracy,
    "growth": _growth.growth,
    "country": _growth.country,
    "imports": _imports.imports,
}


def main(argv: list[str]) -> int:
    arguments = parsed(argv)
    print(f"{os.cpu_count()} processors, median of {arguments.rounds} rounds, {load()}")
    lines: list[Line] = []
    started = time.perf_counter()
    for name in arguments.only or SECTIONS:
        print(f"\n=== {name}, {load()}", flush=True)
        lines += SECTIONS[name](arguments)
    print_lines(lines)
    print(f"\n{time.perf_counter() - started:.0f} seconds, {load()}")
    return 0 if all(line.reached for line in lines) else 1


def parsed(argv: list[str]) -> Namespace:
    parser = argparse.ArgumentParser(description="Time the exposure engine beside its opponents.")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), help="these lines only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2, help="threads of the engine and of Numba")
    parser.add_argument("--paths", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not how fast")
    arguments = parser.parse_args(argv)
    if arguments.quick:
        arguments.rounds, arguments.paths = 1, [1_000]
    return arguments


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
