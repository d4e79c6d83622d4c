"""Participants a second: the tables and the exact recursion beside brute force and beside the sorts alone.

The NumPy loop that the figures speak of takes its quantiles with np.quantile, as the one did with which they were set.
The same loop with whole rows sorted is two to three times faster; it is told beside it.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator

from menus.engine import Prepared, prepare
from tests.bench._evaluators import by_tables, exactly, tables_of
from tests.bench._numba_brute import numba_brute
from tests.bench._numpy_loop import numpy_quantile, numpy_sort
from tests.bench._opponents import case_of
from tests.bench._race import Line, at_least, race
from tests.bench._sort_wall import rows_of, sort_wall, unsorted
from tests.bench._workload import Crowd, crowd, crowds, spread, workload

NUMPY_PEOPLE, NUMBA_PEOPLE, WALL_PEOPLE = 64, 192, 128
PORTION = 100_000  # people whose full output is in memory at once
TABLE_FIGURES = {1_000: (1_000, 40), 10_000: (1_000, 150)}  # paths: times NumPy, times Numba
EXACT_FIGURES = (40, 2, 0.60)  # times NumPy, times Numba, share of the sort wall


def tables(arguments: Namespace) -> Iterator[Line]:
    people = 20_000 if arguments.quick else 1_000_000
    portions = list(crowds(people, block=min(PORTION, people)))
    for paths in arguments.paths:
        scenario = workload(paths)

        def engine() -> None:
            built = tables_of(prepare(scenario), arguments.workers)  # noqa: B023
            for portion in portions:
                by_tables(built, portion, arguments.workers)

        rates = _rates(arguments, prepare(scenario), portions[0], {"engine": (engine, people)})
        numpy, numba = TABLE_FIGURES.get(paths, TABLE_FIGURES[1_000])
        name = f"tables, {people:,} people, S={paths:,}"
        yield at_least(f"{name}: times NumPy", rates["engine"] / rates["numpy_quantile"], numpy)
        yield _sorted_rows(name, rates)
        yield at_least(f"{name}: times Numba", rates["engine"] / rates["numba"], numba)


def exact(arguments: Namespace) -> Iterator[Line]:
    people = 500 if arguments.quick else 10_000
    everyone = crowd(people)
    for paths in arguments.paths:
        prepared = prepare(workload(paths))
        few = spread(everyone, WALL_PEOPLE)
        rows = rows_of(65 - few.ages)
        fresh = iter([unsorted(prepared.scenario, rows, seed) for seed in range(arguments.rounds + 1)])
        contenders: dict[str, tuple[Callable[[], object], int]] = {
            "engine": (lambda: exactly(prepared, everyone, arguments.workers), people),  # noqa: B023
            "sorts": (lambda: sort_wall(next(fresh), arguments.workers), WALL_PEOPLE),  # noqa: B023
        }
        rates = _rates(arguments, prepared, everyone, contenders)
        numpy, numba, wall = EXACT_FIGURES
        name = f"exact, {people:,} people with limits, S={paths:,}"
        yield at_least(f"{name}: times Numba", rates["engine"] / rates["numba"], numba)
        yield _times_numpy(name, rates, numpy)
        yield _sorted_rows(name, rates)
        yield at_least(f"{name}: share of the sort wall", rates["engine"] / rates["sorts"], wall, "{:.0%}")


def _times_numpy(name: str, rates: dict[str, float], asked: float) -> Line:
    """Told only, where the sorts alone, without any recursion, would not be that many times as fast."""
    wall, reached = (rates[who] / rates["numpy_quantile"] for who in ("sorts", "engine"))
    if wall < asked:
        return Line(f"{name}: times NumPy (the sorts alone: x{wall:,.3g})", f"x{reached:,.3g}")
    return at_least(f"{name}: times NumPy", reached, asked)


def _sorted_rows(name: str, rates: dict[str, float]) -> Line:
    return Line(
        f"{name}: times NumPy with whole rows sorted", f"x{rates['engine'] / rates['numpy_sort']:,.3g}"
    )


def _rates(
    arguments: Namespace,
    prepared: Prepared,
    everyone: Crowd,
    contenders: dict[str, tuple[Callable[[], object], int]],
) -> dict[str, float]:
    """Participants a second of the contenders and of the three brute forces, printed; compiled and warm before."""
    numpy_people, numba_people = (8, 16) if arguments.quick else (NUMPY_PEOPLE, NUMBA_PEOPLE)
    few, more = (case_of(prepared, spread(everyone, n)) for n in (numpy_people, numba_people))
    contenders = contenders | {
        "numpy_sort": (lambda: numpy_sort(few), numpy_people),
        "numpy_quantile": (lambda: numpy_quantile(few), numpy_people),
        "numba": (lambda: numba_brute(more, arguments.workers), numba_people),
    }
    race({name: work for name, (work, _) in contenders.items()}, 1)
    seconds = race({name: work for name, (work, _) in contenders.items()}, arguments.rounds)
    rates = {name: people / seconds[name] for name, (_, people) in contenders.items()}
    print(f"S={prepared.scenario.n_paths:,}, participants a second:", end="")
    print(*(f" {name} {rate:,.0f}" for name, rate in rates.items()), sep=",", flush=True)
    return rates
