"""Keeps the lease of a running job, so that long steps are not taken for the silence of a dead worker."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from sponsors.jobs.models import Job
from sponsors.jobs.queue import LEASE, lease_renew

log = logging.getLogger("steward.jobs")

BEAT_SECONDS = LEASE.total_seconds() / 4


@contextmanager
def kept(job: Job) -> Iterator[None]:
    """Renew the job's lease from a thread while the block runs. A killed process renews nothing, which is the point."""
    over = threading.Event()
    threading.Thread(target=_renew_until, args=(over, job), name=f"lease {job.pk}", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _renew_until(over: threading.Event, job: Job) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            if not lease_renew(job):
                return
        except Exception:  # the database is away or busy: the next beat tries again
            log.warning("could not renew the lease of job %s", job.pk, exc_info=True)
        finally:
            connection.close()  # this thread's own; nothing is kept open between beats
