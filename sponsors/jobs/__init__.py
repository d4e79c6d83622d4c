"""The queue of record. Services import from here; see `queue` (the table's rules) and `runner` (the worker's side).

Imports are made on call because this package's tables load before Django's models are ready.
"""

from typing import Any


def job_enqueue(**fields: Any) -> Any:
    """See `sponsors.jobs.queue.job_enqueue`."""
    from sponsors.jobs.queue import (
        job_enqueue as enqueue,
    )  # models are not ready when this package is imported

    return enqueue(**fields)


__all__ = ["job_enqueue"]
