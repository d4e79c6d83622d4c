"""Runs one job: claim it, call what its kind is for, end it properly whatever happens."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

from sponsors.enums import JobState
from sponsors.errors import Refusal
from sponsors.jobs.models import Job
from sponsors.jobs.queue import MAX_ATTEMPTS, JobCancelled, JobLost, job_claim, job_end, job_release

log = logging.getLogger("steward.jobs")

Handler = Callable[[Job], None]
_handlers: dict[str, Handler] = {}
_end_listeners: dict[str, Callable[[Job], None]] = {}


def job_handler(kind: str, *, on_end: Callable[[Job], None] | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of one kind; it must call `job_finish` itself, with its effect.

    `on_end(job)` hears of a job that ended as failed or cancelled, to mark its subject.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if on_end is not None:
            _end_listeners[kind] = on_end
        return handler

    return register


def run_claimed(job_id: Any) -> None:
    """Run the job if it is free; say nothing if it is not."""
    job = job_claim(job_id)
    if job is None:
        return
    if job.cancel_requested:
        return _end(job, JobState.CANCELLED)
    if job.attempt > MAX_ATTEMPTS:
        return _end(job, JobState.FAILED, error=_gave_up(job), trace=job.traceback)
    try:
        _handlers[job.kind](job)
    except JobLost:
        log.info("job %s is in other hands", job.pk)
    except JobCancelled:
        _end(job, JobState.CANCELLED)
    except Refusal as refusal:  # asking again would be refused again
        _end(job, JobState.FAILED, error=refusal.message)
    except Exception as error:  # anything else may be passing: try again, a few times
        _attempt_failed(job, error)


def _attempt_failed(job: Job, error: Exception) -> None:
    log.exception("job %s (%s) failed in attempt %s", job.pk, job.kind, job.attempt)
    reason = f"{type(error).__name__}: {error}"
    if job.attempt >= MAX_ATTEMPTS:
        _end(
            job,
            JobState.FAILED,
            error=f"The work failed {job.attempt} times. Last reason: {reason}",
            trace=_trace(),
        )
    else:
        job_release(job, error=reason, traceback=_trace())


def _gave_up(job: Job) -> str:
    return (
        f"The worker stopped {job.attempt - 1} times during this work. "
        "Try again; if it stops again, tell whoever runs Steward (the worker may lack memory)."
    )


def _end(job: Job, state: JobState, *, error: str = "", trace: str = "") -> None:
    if job_end(job, state, error=error, traceback=trace) and job.kind in _end_listeners:
        job.refresh_from_db()
        _end_listeners[job.kind](job)


def _trace() -> str:
    return traceback.format_exc()
