"""Waiting for the worker from a command: the one that runs beside the site, else one of the command's own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from sponsors.enums import JobState
from sponsors.models import Job
from sponsors.processes import child_start, child_stop, log_tail

ENDED = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
PATIENCE_SECONDS = 300
UNTOUCHED_SECONDS = 3  # a running worker takes a job within a second

Wait = Callable[[Job | None], None]


@contextmanager
def worker_on_demand() -> Iterator[Wait]:
    """`wait(job)` returns when a worker has done the job, and starts one when nobody takes it. Ended with the block."""
    started: list[subprocess.Popen[bytes]] = []

    def wait(job: Job | None) -> None:
        since = time.monotonic()
        while job is not None and not _is_done(job):
            waited = time.monotonic() - since
            if job.state == JobState.NEW and waited > UNTOUCHED_SECONDS and not started:
                started.append(_worker_start())
            if waited > PATIENCE_SECONDS:
                raise CommandError(
                    f"No worker finished {job.kind} within {PATIENCE_SECONDS} seconds.\n{log_tail(_log())}"
                )
            time.sleep(0.1)

    try:
        yield wait
    finally:
        for process in started:
            child_stop(process)


def _is_done(job: Job) -> bool:
    """Whether the job ended well. Raises CommandError with the reason when it ended otherwise."""
    job.refresh_from_db()
    if job.state in ENDED - {JobState.DONE}:
        raise CommandError(f"The worker could not finish {job.kind}: {job.error or job.get_state_display()}")
    return job.state == JobState.DONE


def _worker_start() -> subprocess.Popen[bytes]:
    """A Celery worker of this site. A second one beside another does no harm: jobs are claimed."""
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
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "C_FORCE_ROOT": "1",
    }  # messages are JSON ids
    return child_start(command, log=_log(), env=env, cwd=settings.BASE_DIR)


def _log() -> Path:
    return Path(settings.VAR_DIR) / "demo-worker.log"
