"""The Celery application. Tasks carry ids; the job table in the database is the queue of record."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("steward")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def announce_ready(**_: Any) -> None:
    """Tell whoever started this worker, `./start` or a test, that it takes jobs now."""
    file = os.environ.get("STEWARD_WORKER_READY_FILE")
    if file:
        Path(file).touch()
