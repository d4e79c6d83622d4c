"""A kind of work for drills, so that the worker processes know it too: every run of it can be counted afterwards.

Its effect is a row in a table without any uniqueness; each time its body begins, a line goes to a file.
"""

import os
import time
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.db import connection

KIND = "drill"
WORK_SECONDS = 0.01
TABLE = "drill_effect"


class DrillConfig(AppConfig):
    name = "tests.faults"
    label = "drills"

    def ready(self) -> None:
        from sponsors.jobs.runner import job_handler  # models are ready only now

        job_handler(KIND)(work)


def work(job) -> None:
    from sponsors.jobs.queue import job_finish  # as above

    _note_run(str(job.pk))
    time.sleep(WORK_SECONDS)
    job_finish(job, lambda: _write_effect(str(job.pk)))


def prepare_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (job varchar(40))")


def effects_by_job() -> dict[str, int]:
    """How many effects each job has had."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT job, count(*) FROM {TABLE} GROUP BY job")
        return dict(cursor.fetchall())


def runs() -> int:
    """How often the body of the work began."""
    return len(_runs_file().read_text().splitlines()) if _runs_file().exists() else 0


def _write_effect(job_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} VALUES (%s)", [job_id])


def _note_run(job_id: str) -> None:
    descriptor = os.open(_runs_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{job_id}\n".encode())
    os.close(descriptor)


def _runs_file() -> Path:
    return Path(settings.VAR_DIR) / "runs"
