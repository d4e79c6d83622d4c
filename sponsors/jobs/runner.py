"""Runs one job: claim it, call what its kind is for, end it properly whatever happens."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

from django.db import transaction

from sponsors.enums import JobState
from sponsors.errors import Refusal
from sponsors.jobs.keeping import kept
from sponsors.jobs.models import Job
from sponsors.jobs.queue import MAX_ATTEMPTS, JobCancelled, JobLost, job_claim, job_end, job_release

log = logging.getLogger("steward.jobs")

Handler = Callable[[Job], None]
_handlers: dict[str, Handler] = {}
_end_listeners: dict[str, Callable[[Job], None]] = {}

NO_RESULT = "The work ended without a result. This is an error in Steward: tell whoever runs it."


def job_handler(kind: str, *, on_end: Callable[[Job], None] | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of one kind; it must call `job_finish` itself, with its effect.

    `on_end(job)` hears of a job that ended as failed or cancelled, to mark its subject in the same transaction.
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
        _end(job, JobState.CANCELLED)
    elif job.tries > MAX_ATTEMPTS:
        _end(job, JobState.FAILED, error=_gave_up(job), trace=job.traceback)
    elif job.kind not in _handlers:
        _end(job, JobState.FAILED, error=_unknown(job))
    else:
        _run(job)


def _run(job: Job) -> None:
    try:
        with kept(job):
            _handlers[job.kind](job)
        _end(job, JobState.FAILED, error=NO_RESULT)  # changes nothing when the handler did finish
    except JobLost:
        log.info("job %s is in other hands", job.pk)
    except JobCancelled:
        _end(job, JobState.CANCELLED)
    except Refusal as refusal:  # asking again would be refused again
        _end(job, JobState.FAILED, error=refusal.message, trace=traceback.format_exc())
    except Exception as error:  # anything else may be passing: try again, a few times
        log.exception("job %s (%s) failed in attempt %s", job.pk, job.kind, job.attempt)
        _try_again(job, f"{type(error).__name__}: {error}", traceback.format_exc())


def _try_again(job: Job, reason: str, trace: str) -> None:
    if job.tries < MAX_ATTEMPTS:
        job_release(job, error=reason, traceback=trace)
    else:
        _end(job, JobState.FAILED, error=_failed(job.tries, reason), trace=trace)


def _end(job: Job, state: JobState, *, error: str = "", trace: str = "") -> None:
    """End a held job and tell who listens, both or neither. A listener that fails is tried again like the work itself;
    when its tries are used up as well, the job ends without it."""
    try:
        with transaction.atomic():
            if job_end(job, state, error=error, traceback=trace) and job.kind in _end_listeners:
                job.refresh_from_db()
                _end_listeners[job.kind](job)
    except Exception as problem:
        log.exception("job %s (%s) could not be ended as %s", job.pk, job.kind, state)
        if job.tries > MAX_ATTEMPTS:
            job_end(job, state, error=error, traceback=traceback.format_exc())
        else:
            job_release(job, error=f"{type(problem).__name__}: {problem}", traceback=traceback.format_exc())


def _gave_up(job: Job) -> str:
    """For a job that was tried too often, whether its attempts failed or their worker was gone."""
    if job.error:
        return _failed(job.tries - 1, job.error)
    return (
        f"The worker stopped {job.tries - 1} times during this work. "
        "Try again; if it stops again, tell whoever runs Steward (the worker may lack memory)."
    )


def _failed(times: int, reason: str) -> str:
    return f"The work failed {times} times. Last reason: {reason}"


def _unknown(job: Job) -> str:
    return (
        f'The worker does not know work of the kind "{job.kind}", so nothing was done. '
        "It may be older than the pages: have it restarted, then try again."
    )
