"""The queue of record. Services import from here; see `queue` (the table's rules) and `runner` (the worker's side)."""

from typing import Any


def job_enqueue(**fields: Any) -> Any:
    """See `sponsors.jobs.queue.job_enqueue`."""
    from sponsors.jobs.queue import (
        job_enqueue as enqueue,
    )  # this package's tables load before models are ready

    return enqueue(**fields)


__all__ = ["job_enqueue"]
