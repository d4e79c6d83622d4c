"""The queue of record: enqueue, claim, keep alive, finish, fail, cancel, try again.

A job's row is inserted in the transaction of the act that asked for it. A Celery message carries only its id and may
be lost or doubled: the conditional UPDATE of `job_claim` lets one worker in, and every later write of that worker
asks for its attempt number, which only grows. `sweeping` sends again what is new or whose worker went silent.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from sponsors.enums import JobState
from sponsors.jobs.models import Job, JobChunk

LEASE = timedelta(seconds=10)  # `keeping` renews it four times in that time, unless the worker is gone
SILENCE = timedelta(minutes=20)  # without a report of progress the lease is no longer renewed
HINT_PATIENCE = timedelta(seconds=10)
MAX_ATTEMPTS = 5
TRACE_KEPT = 8000
OPEN_STATES = (JobState.NEW, JobState.RUNNING)

log = logging.getLogger("steward.jobs")


class JobLost(Exception):
    """This worker no longer holds the job (its lease ran out and another took it, or it ended). Stop quietly."""


class JobCancelled(Exception):
    """Somebody asked to stop. Nothing of what was computed reaches a result; finished parts stay for another try."""


def job_enqueue(
    *, kind: str, subject: models.Model, sponsor: Any, by: Any, key: str = "", total: int = 0
) -> Job:
    """Put a piece of work on record and send a hint to the worker when the transaction commits.

    `key` makes it idempotent: the same key returns the job that is already there. Default: kind and subject.
    """
    job, created = Job.objects.get_or_create(
        idempotency_key=key or f"{kind}:{subject.pk}",
        defaults={
            "kind": kind,
            "subject_id": str(subject.pk),
            "sponsor": sponsor,
            "requested_by": by,
            "progress_total": total,
        },
    )
    if created:
        transaction.on_commit(lambda: send_hint(job.pk))
    return job


def send_hint(job_id: Any) -> bool:
    """Tell a worker that a job waits; False when the broker is away. That costs seconds, never the job."""
    from sponsors.tasks import run_job  # tasks import this module

    try:
        run_job.delay(str(job_id))
    except Exception:  # whatever a broker raises when it is away: the sweep sends the hint again
        log.warning("could not reach the broker; job %s waits for the sweep", job_id)
        return False
    return True


@transaction.atomic  # or another worker might claim between the UPDATE and reading which attempt it was
def job_claim(job_id: Any) -> Job | None:
    """Take a job that is new, or whose worker went silent. None when there is nothing to take."""
    now = timezone.now()
    free = Q(state=JobState.NEW) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        tries=F("tries") + 1,
        lease_until=now + LEASE,
        started_at=now,
        reported_at=now,
    )
    return Job.objects.get(pk=job_id) if taken else None


def lease_renew(job: Job) -> bool:
    """Keep a held job for another while. False when it is no longer held, or has not reported for too long."""
    now = timezone.now()
    reporting = _mine(job).filter(reported_at__gt=now - SILENCE)
    return bool(reporting.update(lease_until=now + LEASE))


def job_progress(job: Job, *, done: int, total: int | None = None, note: str = "") -> None:
    """Say how far the work is and keep the lease. Raises JobLost or JobCancelled when it should stop.

    What is shown never goes backwards, although a resumed attempt begins below what the last one had reached.
    """
    changes: dict[str, Any] = _reported() | {
        "progress_done": Greatest(F("progress_done"), Value(done)),
        "progress_note": note,
    }
    if total is not None:
        changes["progress_total"] = total
    if not _mine(job).filter(cancel_requested=False).update(**changes):
        raise _why_not(job)


def chunk_results(job: Job) -> dict[int, bytes]:
    """Results of the parts that are already computed, by index: a resumed job starts from these."""
    return {index: bytes(result) for index, result in job.chunks.values_list("index", "result")}


def chunk_save(job: Job, index: int, result: bytes) -> None:
    """Keep the result of one part. A second worker's identical result changes nothing. Raises JobLost.

    Work that finishes a part can succeed, so its tries begin anew: restarts never use up those of a long run.
    """
    with transaction.atomic():
        if not _mine(job).update(**_reported(), tries=0):
            raise JobLost
        JobChunk.objects.get_or_create(
            job=job,
            index=index,
            defaults={"result": result, "attempt": job.attempt, "sponsor_id": job.sponsor_id},
        )
    job.tries = 0


def chunk_drop(job: Job, index: int) -> None:
    """Forget a kept part that is of no use any more, so that the one computed in its place is kept. Raises JobLost."""
    with transaction.atomic():
        if not _mine(job).update(**_reported()):
            raise JobLost
        job.chunks.filter(index=index).delete()


def job_finish(job: Job, effect: Callable[[], None] | None = None) -> None:
    """Write the work's effect and mark the job done in one transaction.

    Raises JobLost when another took it and JobCancelled when somebody asked to stop; then nothing is written.
    """
    with transaction.atomic():
        ended = (
            _mine(job)
            .filter(cancel_requested=False)
            .update(
                state=JobState.DONE,
                lease_until=None,
                finished_at=timezone.now(),
                progress_done=F("progress_total"),
                progress_note="",
                error="",  # of an attempt before this one
                traceback="",
            )
        )
        if not ended:
            raise _why_not(job)
        if effect is not None:
            effect()
        job.chunks.all().delete()


def job_end(job: Job, state: JobState, *, error: str = "", traceback: str = "") -> bool:
    """End a held job as failed or cancelled. False when this worker no longer holds it."""
    return bool(
        _mine(job).update(
            state=state,
            lease_until=None,
            finished_at=timezone.now(),
            error=error,
            traceback=traceback[-TRACE_KEPT:],
        )
    )


def job_release(job: Job, *, error: str, traceback: str) -> None:
    """Give a failed attempt back to the queue, to be tried again after a pause of 2, 4, 8, 16 seconds."""
    pause = timedelta(seconds=2 ** max(1, job.tries))
    _mine(job).update(lease_until=timezone.now() + pause, error=error, traceback=traceback[-TRACE_KEPT:])


def job_cancel(job: Job) -> None:
    """Ask a job to stop. A waiting job ends at once; a running one at its next report of progress or its end.

    `on_end` hears of the latter only: who stops a waiting job sees that it is over.
    """
    now = timezone.now()
    Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(cancel_requested=True)
    Job.objects.filter(pk=job.pk, state=JobState.NEW).update(state=JobState.CANCELLED, finished_at=now)
    job.refresh_from_db()


def job_retry(job: Job) -> None:
    """Put a failed or cancelled job back on the queue, with its finished parts."""
    again = Job.objects.filter(
        pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]
    ).update(
        state=JobState.NEW,
        tries=0,  # the attempt number stays: a worker that was silent all the while must not take it for its own
        cancel_requested=False,
        error="",
        traceback="",
        finished_at=None,
        lease_until=None,
    )
    if again:
        transaction.on_commit(lambda: send_hint(job.pk))
    job.refresh_from_db()


def jobs_stranded(now: datetime) -> list[tuple[UUID, int]]:
    """(id, attempt) of the jobs that wait too long or whose worker went silent, those that came first in front."""
    waiting = Q(state=JobState.NEW, created_at__lt=now - HINT_PATIENCE)
    silent = Q(state=JobState.RUNNING, lease_until__lt=now)
    stranded = Job.objects.filter(waiting | silent).order_by("created_at")
    return list(stranded.values_list("pk", "attempt")[:500])


def _mine(job: Job) -> Any:
    """The job's row, if this attempt still holds it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)


def _reported() -> dict[str, datetime]:
    """What each sign of life of the work itself changes."""
    now = timezone.now()
    return {"reported_at": now, "lease_until": now + LEASE}


def _why_not(job: Job) -> JobLost | JobCancelled:
    """Why a worker may not go on with what it thought to hold."""
    return JobCancelled() if _mine(job).filter(cancel_requested=True).exists() else JobLost()
