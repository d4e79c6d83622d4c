"""An exposure run of 1,000 synthetic people as the job does it, beside the engine alone in one piece.

Both stand on the same 26-line menu, market and paths, in one process, first the one and then the other. "Work" is the
processor time of all threads: it says what a run costs even while the machine does other things as well.

python -m tests.bench.projection [--people 1000] [--paths 10000] [--sleeve crypto_line|target_date]
"""

import sys
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.faults._site import drill, drill_parser

WORK_WITHIN = 10.0  # seconds, for 1,000 people
AS_OF = date(2025, 12, 31)


@dataclass(frozen=True)
class Lap:
    name: str
    work: float
    wall: float
    digest: str


def main(argv: list[str]) -> int:
    parser = drill_parser("Time an exposure run.")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--paths", type=int, default=10_000)
    parser.add_argument("--sleeve", choices=["crypto_line", "target_date", "both"], default="both")
    arguments = parser.parse_args(argv)
    return drill(lambda: _run(arguments), arguments)


def _run(arguments: Namespace) -> bool:
    from menus.enums import SleeveKind

    kinds = list(SleeveKind) if arguments.sleeve == "both" else [SleeveKind(arguments.sleeve)]
    allowed = WORK_WITHIN * arguments.people / 1000
    jobs = []
    print(f"{'sleeve':12} {'way':12} {'work s':>7} {'wall s':>7} {'people per s of work':>21}")
    for kind in kinds:
        run = queued(kind, arguments.people, arguments.paths)
        job, alone = _as_the_job(run), _engine_alone(run)
        for lap in (job, alone):
            rate = arguments.people / lap.work
            print(f"{kind!s:12} {lap.name:12} {lap.work:7.2f} {lap.wall:7.2f} {rate:21.0f}")
        jobs.append((job, alone))
    slowest = max(job.work for job, _ in jobs)
    same = all(job.digest == alone.digest for job, alone in jobs)
    reached = slowest < allowed and same
    print(
        f"{arguments.people:,} people on {arguments.paths:,} paths: {slowest:.1f} s of work at most "
        f"(asked: below {allowed:.0f}), results {'the same both ways' if same else 'DIFFER'}: "
        f"{'reached' if reached else 'MISSED'}."
    )
    return reached


def queued(kind: Any, people: int, paths: int) -> Any:
    from sponsors.census.synthesize import census_table, synthesize
    from tests.factories.menus import make_sleeve, make_version
    from tests.factories.runs import make_run
    from tests.factories.sponsors import make_snapshot

    version = make_version(preset="reference")
    make_sleeve(version, kind)
    table = census_table(synthesize(people, 1, AS_OF), "wide").astype(str)
    snapshot = make_snapshot(version.plan, table.to_dict("records"), as_of=AS_OF)
    return make_run(version, snapshot, paths=paths)


def _as_the_job(run: Any) -> Lap:
    """What the worker does: claim, inputs, parts kept in the database, result, the end on record."""
    from sponsors.jobs.runner import run_claimed

    def work() -> str:
        run_claimed(run.job_id)
        run.refresh_from_db()
        return str(run.result["manifest"]["result"])

    return _timed("as the job", work)


def _engine_alone(run: Any) -> Lap:
    """The same people in one piece on one thread, nothing kept."""
    from menus.engine import prepare, project
    from menus.engine.results import summarise
    from menus.panel import panel_of, scenario_of
    from menus.services.projection_work import arrays_of

    def work() -> str:
        people, prepared = (
            panel_of(run.inputs, arrays_of(run.snapshot)).people,
            prepare(scenario_of(run.inputs)),
        )
        whole = project(prepared, people)
        return str(summarise(whole, prepared, people).manifest["result"])

    return _timed("engine alone", work)


def _timed(name: str, work: Callable[[], str]) -> Lap:
    wall, cpu = time.perf_counter(), time.process_time()
    digest = work()
    return Lap(name, time.process_time() - cpu, time.perf_counter() - wall, digest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
