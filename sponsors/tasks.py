"""What Celery runs. A message carries the id of a job row; everything else is in the database."""

import logging
import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready

SWEEP_EVERY_SECONDS = 5.0


@shared_task(name="sponsors.run_job")
def run_job(job_id: str) -> None:
    """Run one job if it is still free."""
    from sponsors.jobs.runner import run_claimed  # a task imports its service when it runs

    run_claimed(job_id)


def register_jobs() -> None:
    """Say which function does jobs of which kind; called when the app is ready."""
    from sponsors.jobs.runner import job_handler  # models are not ready when Celery imports this module
    from sponsors.services.census_reading import census_read, census_read_ended

    job_handler("census_import", on_end=census_read_ended)(census_read)


@worker_ready.connect
def start_sweeping(**kwargs: Any) -> None:
    """Every worker sweeps the queue of record beside its work, so that no scheduler process is needed."""
    threading.Thread(target=_sweep_for_ever, name="sweep", daemon=True).start()


def _sweep_for_ever() -> None:
    from django.db import close_old_connections, connection  # a thread has its own connection

    from sponsors.jobs.queue import sweep  # a task imports its service when it runs

    pause = threading.Event()
    while True:
        try:
            close_old_connections()
            sweep()
        except Exception:  # the database may be away for a moment; the next round tries again
            logging.getLogger("steward.jobs").warning("sweep failed", exc_info=True)
            connection.close()
        pause.wait(SWEEP_EVERY_SECONDS)
