"""Waiting for the worker from a command: uses the one that runs, or starts one for the time of the command."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections

from sponsors.enums import JobState
from sponsors.models import Job

ENDED = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
PATIENCE_SECONDS = 300


@contextmanager
def worker_beside() -> Iterator[None]:
    """A Celery worker of this site for the time of a command. A second one beside it does no harm: jobs are claimed."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "ERROR",
    ]
    connections.close_all()
    with (Path(settings.VAR_DIR) / "demo-worker.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(job: Job | None) -> None:
    """Return when the worker has done the job; at once where there is none to wait for.

    Raises CommandError with the reason when it failed or takes too long.
    """
    if job is None:
        return
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.state == JobState.DONE:
            return
        if job.state in ENDED:
            raise CommandError(
                f"The worker could not finish {job.kind}: {job.error or job.get_state_display()}"
            )
        time.sleep(0.1)
    raise CommandError(
        f"The worker did not finish {job.kind} within {PATIENCE_SECONDS} seconds; see its log."
    )
