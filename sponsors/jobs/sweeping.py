"""Sends hints again for jobs that wait too long or whose worker went silent."""

import logging
import threading
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from sponsors.jobs.queue import jobs_stranded, send_hint

log = logging.getLogger("steward.jobs")

EVERY_SECONDS = 2.0
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=4), timedelta(minutes=2)


class Sweeper:
    """What one worker remembers of the hints that it sent: each further hint for the same attempt comes after twice
    the pause, so that a long queue is not buried in hints that change nothing."""

    def __init__(self) -> None:
        self.next: dict[tuple[UUID, int], tuple[datetime, timedelta]] = {}

    def sweep(self) -> int:
        """Send what is due; returns how many hints went out. Stops at the first that the broker does not take."""
        now = timezone.now()
        stranded = jobs_stranded(now)
        self.next = {key: self.next.get(key, (now, FIRST_PAUSE)) for key in stranded}
        sent = 0
        for key, (due, pause) in self.next.items():
            if due > now:
                continue
            if not send_hint(key[0]):
                break
            self.next[key] = now + pause, min(2 * pause, LONGEST_PAUSE)
            sent += 1
        return sent


def sweep_for_ever() -> None:
    sweeper, pause = Sweeper(), threading.Event()
    while True:
        try:
            sweeper.sweep()
        except Exception:  # the database may be away for a moment; the next round tries again
            log.warning("sweep failed", exc_info=True)
        finally:
            connection.close()  # a process that the worker forks meanwhile inherits no open one
        pause.wait(EVERY_SECONDS)
