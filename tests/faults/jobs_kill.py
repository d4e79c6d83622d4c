"""Many small jobs, hints lost on the way, workers killed again and again: every job has exactly one effect.

python -m tests.faults.jobs_kill [--jobs 200] [--kills 4] [--drop-hints 0.5] [--broker redis] [--database postgresql]
"""

import random
import sys
import time
from argparse import Namespace

from tests.faults._site import drill, drill_parser, kill, report, until, worker

PROCESSES = 2
RECOVERS_WITHIN = 15.0  # a lease of 10 s, a sweep of 2 s, and the work itself
PATIENCE = 120.0


def main(argv: list[str]) -> int:
    arguments = _arguments(argv)
    return drill(lambda: _run(arguments), arguments)


def _arguments(argv: list[str]) -> Namespace:
    parser = drill_parser("Kill workers in the middle of many small jobs.")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--drop-hints", type=float, default=0.5, help="share of messages that get lost")
    return parser.parse_args(argv)


def _run(arguments: Namespace) -> bool:
    from tests.faults._work import effects_by_job, prepare_table, runs

    prepare_table()
    started = time.monotonic()
    ids, lost = _ask(arguments.jobs, arguments.drop_hints)
    for number in range(1, arguments.kills + 1):
        with worker(PROCESSES) as child:
            goal = arguments.jobs * number // (arguments.kills + 1)
            until(lambda goal=goal: _done() >= goal, f"{goal} jobs were not done", PATIENCE, child)
            kill(child)
    held, recovery = _last_worker(arguments.jobs)
    effects = effects_by_job()
    asked = f"{arguments.jobs} of {arguments.jobs}"
    reached = report(
        [
            ("jobs done", _done(), asked, _done() == arguments.jobs),
            (
                "jobs with exactly one effect",
                sum(count == 1 for count in effects.values()),
                asked,
                effects == dict.fromkeys(ids, 1),
            ),
            ("seconds from last restart to all done", f"{recovery:.1f}", f"{RECOVERS_WITHIN:.0f} or less",
             recovery <= RECOVERS_WITHIN),
        ]
    )  # fmt: skip
    print(
        f"{arguments.jobs} jobs, {lost} of their hints lost, {arguments.kills} kills of {PROCESSES} processes, "
        f"{held} jobs in dead hands at the last restart, {runs()} runs for {len(effects)} effects, "
        f"{time.monotonic() - started:.1f} s in all on {arguments.broker} and {arguments.database}: "
        f"{'every job took effect once' if reached else 'NOT as asked'}."
    )
    return reached


def _ask(count: int, share_lost: float) -> tuple[list[str], int]:
    """Ask for jobs as services do. Returns their ids, and how many hints the broker lost."""
    from django.db import transaction

    from sponsors.jobs import job_enqueue
    from tests.factories.sponsors import make_sponsor, make_user
    from tests.faults._work import KIND

    lost = _lose_messages(share_lost)
    sponsor, person, ids = make_sponsor(), make_user(), []
    for number in range(count):
        with transaction.atomic():
            job = job_enqueue(kind=KIND, subject=sponsor, sponsor=sponsor, by=person, key=f"drill {number}")
        ids.append(str(job.pk))
    return ids, len(lost)


def _lose_messages(share: float) -> list[str]:
    """From now on the broker loses this share of what this process sends. Returns the list that it fills."""
    from config.celery import app

    channel = type(app.connection_for_write().channel())
    put, chance, lost = channel._put, random.Random(7), []

    def put_or_lose(self, queue, message, **options):
        if chance.random() < share:
            lost.append(queue)
        else:
            put(self, queue, message, **options)

    channel._put = put_or_lose
    return lost


def _last_worker(jobs: int) -> tuple[int, float]:
    """How many jobs the killed workers still held, and the seconds until a new worker had done everything."""
    from sponsors.models import Job

    held = Job.objects.filter(state="running").count()
    with worker(PROCESSES) as child:
        restarted = time.monotonic()
        until(lambda: _done() == jobs, "Not all jobs were done", PATIENCE, child)
        return held, time.monotonic() - restarted


def _done() -> int:
    from sponsors.models import Job

    return Job.objects.filter(state="done").count()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
