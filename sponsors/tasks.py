"""What Celery runs. A message carries the id of a job row; everything else is in the database."""

import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready


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
    from sponsors.jobs.sweeping import sweep_for_ever  # models are not ready when Celery imports this module

    threading.Thread(target=sweep_for_ever, name="sweep", daemon=True).start()
