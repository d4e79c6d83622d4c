"""The queue of record: enqueue, claim, keep alive, finish, fail, cancel, sweep.

A job's row is inserted in the transaction of the act that asked for it. A Celery message carries only its id and may
be lost or doubled: the conditional UPDATE of `job_claim` lets one worker in, and `sweep` sends again what is new or
whose worker went silent.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from sponsors.enums import JobState
from sponsors.jobs.models import Job, JobChunk

LEASE = timedelta(seconds=60)
HINT_PATIENCE = timedelta(seconds=10)
MAX_ATTEMPTS = 5
OPEN_STATES = (JobState.NEW, JobState.RUNNING)


class JobLost(Exception):
    """This worker no longer holds the job (its lease ran out and another took it, or it ended). Stop quietly."""


class JobCancelled(Exception):
    """Somebody asked to stop. What was computed so far is dropped; nothing of it reaches a result."""


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


def send_hint(job_id: Any) -> None:
    """Tell a worker that a job waits. Losing this costs seconds, never the job, so a dead broker is no error here."""
    from sponsors.tasks import run_job  # tasks import this module

    try:
        run_job.delay(str(job_id))
    except Exception:  # the broker is away: the sweep sends the hint again
        _log().warning("could not reach the broker; job %s waits for the sweep", job_id)


def job_claim(job_id: Any) -> Job | None:
    """Take a job that is new, or whose worker went silent. None when there is nothing to take."""
    now = timezone.now()
    free = Q(state=JobState.NEW) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=now + LEASE,
        started_at=now,
    )
    return Job.objects.get(pk=job_id) if taken else None


def job_progress(job: Job, *, done: int, total: int | None = None, note: str = "") -> None:
    """Say how far the work is and keep the lease. Raises JobLost or JobCancelled when it should stop."""
    changes: dict[str, Any] = {
        "progress_done": done,
        "progress_note": note,
        "lease_until": timezone.now() + LEASE,
    }
    if total is not None:
        changes["progress_total"] = total
    if not _mine(job).update(**changes):
        raise JobLost
    if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
        raise JobCancelled


def chunk_results(job: Job) -> dict[int, bytes]:
    """Results of the parts that are already computed, by index: a resumed job starts from these."""
    return {index: bytes(result) for index, result in job.chunks.values_list("index", "result")}


def chunk_save(job: Job, index: int, result: bytes) -> None:
    """Keep the result of one part. A second worker's identical result changes nothing. Raises JobLost."""
    with transaction.atomic():
        if not _mine(job).update(lease_until=timezone.now() + LEASE):
            raise JobLost
        JobChunk.objects.get_or_create(
            job=job,
            index=index,
            defaults={"result": result, "attempt": job.attempt, "sponsor_id": job.sponsor_id},
        )


def job_finish(job: Job, effect: Callable[[], None] | None = None) -> None:
    """Write the work's effect and mark the job done in one transaction. Raises JobLost when another took it."""
    with transaction.atomic():
        ended = _mine(job).update(
            state=JobState.DONE,
            lease_until=None,
            finished_at=timezone.now(),
            progress_done=F("progress_total"),
            progress_note="",
        )
        if not ended:
            raise JobLost
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
            traceback=traceback[-8000:],
        )
    )


def job_release(job: Job, *, error: str, traceback: str) -> None:
    """Give a failed attempt back to the queue, to be tried again after a pause."""
    _mine(job).update(
        lease_until=timezone.now() + timedelta(seconds=2), error=error, traceback=traceback[-8000:]
    )


def job_cancel(job: Job) -> None:
    """Ask a job to stop. A waiting job ends at once; a running one at its next report of progress."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(cancel_requested=True)
    Job.objects.filter(pk=job.pk, state=JobState.NEW).update(state=JobState.CANCELLED, finished_at=now)
    job.refresh_from_db()


def job_retry(job: Job) -> None:
    """Put a failed or cancelled job back on the queue, with its finished parts."""
    again = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.NEW,
        attempt=0,
        cancel_requested=False,
        error="",
        traceback="",
        finished_at=None,
        lease_until=None,
    )
    if again:
        transaction.on_commit(lambda: send_hint(job.pk))
    job.refresh_from_db()


def sweep() -> int:
    """Send a hint for each job that waits too long or whose worker went silent. Returns how many."""
    now = timezone.now()
    waiting = Q(state=JobState.NEW, created_at__lt=now - HINT_PATIENCE)
    silent = Q(state=JobState.RUNNING, lease_until__lt=now)
    ids = list(Job.objects.filter(waiting | silent).values_list("pk", flat=True)[:500])
    for job_id in ids:
        send_hint(job_id)
    return len(ids)


def _mine(job: Job) -> Any:
    """The job's row, if this attempt still holds it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)


def _log() -> Any:
    import logging  # only the broker's absence is logged here

    return logging.getLogger("steward.jobs")
