"""One run through a real Celery worker in a process of its own."""

import time

import pytest

from menus.models import ProjectionRun
from sponsors.jobs.queue import OPEN_STATES
from tests.factories.runs import make_run


def test_worker_process_takes_the_run_and_finishes_it(live_worker):
    run = make_run(participants=20)

    run = wait_for(run)

    assert (run.status, run.job.error) == ("done", "")
    assert run.result["people"]["projected"] == 20


def wait_for(run: ProjectionRun, within_seconds: float = 180) -> ProjectionRun:
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        run = ProjectionRun.objects.select_related("job").get(pk=run.pk)
        if run.job.state not in OPEN_STATES:
            return run
        time.sleep(0.2)
    return pytest.fail(f"Run still {run.job.state} ({run.job.progress_note}) after {within_seconds} s.")
