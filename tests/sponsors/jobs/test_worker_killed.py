"""A real worker dies in the middle of real work, and another one finishes it as if nothing had happened."""

import os
import signal
import time

import pytest

from menus.enums import RunStatus
from menus.models import ProjectionRun
from menus.services.replays import projection_replay
from sponsors.ledger.models import LedgerEvent
from sponsors.models import Job, JobChunk
from tests.conftest import replace_worker
from tests.factories.jobs import let_lease_run_out, row_of
from tests.factories.runs import make_run


@pytest.mark.django_db(transaction=True)
def test_run_of_a_killed_worker_is_finished_by_another(live_worker):
    run = make_run(participants=600)
    wait_until(lambda: row_of(run.job)["progress_done"] > 0, run.job)

    os.killpg(live_worker.process.pid, signal.SIGKILL)
    live_worker.process.wait()
    when_killed = row_of(run.job)
    let_lease_run_out(run.job)  # the drill `tests.faults.projection_kill` waits for it
    replace_worker(live_worker)
    wait_until(lambda: row_of(run.job)["state"] not in ("new", "running"), run.job)

    run = ProjectionRun.objects.get(pk=run.pk)
    assert (when_killed["state"], when_killed["attempt"]) == ("running", 1)
    assert 0 < when_killed["progress_done"] < 600
    assert (run.status, run.job.attempt, run.result["people"]["projected"]) == (RunStatus.DONE, 2, 600)
    assert (Job.objects.count(), JobChunk.objects.count()) == (1, 0)
    assert LedgerEvent.objects.filter(action="projection_run.finished").count() == 1
    assert projection_replay(run).identical


def wait_until(reached, job, within_seconds=180):
    deadline = time.monotonic() + within_seconds
    while not reached():
        assert time.monotonic() < deadline, row_of(job)
        time.sleep(0.02)
