"""Rows of the job table, without any hint to a worker, and time that passes for them."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from sponsors.jobs.queue import LEASE, job_claim
from sponsors.models import Job
from tests.factories.sponsors import make_sponsor, make_user

_numbers = count(1)


def make_job(kind: str = "drill", **fields: Any) -> Job:
    """A job that waits and of which no worker has heard."""
    defaults = {"idempotency_key": f"job {next(_numbers)}", "progress_total": 4}
    if "sponsor" not in fields:
        defaults |= {"sponsor": make_sponsor(), "requested_by": make_user()}
    return Job.objects.create(kind=kind, **{**defaults, **fields})


def make_claimed(kind: str = "drill", **fields: Any) -> Job:
    """A job as the worker holds it that has just claimed it."""
    job = job_claim(make_job(kind, **fields).pk)
    assert job is not None
    return job


def let_lease_run_out(job: Job) -> None:
    """The holder of the job says nothing for longer than its lease."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def let_time_pass(job: Job, seconds: float) -> None:
    """The job was asked for that much longer ago."""
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(seconds=seconds))


def taken_over(job: Job) -> Job:
    """The job in the hands of another worker, after a silence of the one that holds `job`."""
    let_lease_run_out(job)
    other = job_claim(job.pk)
    assert other is not None
    assert other.lease_until > timezone.now() + LEASE / 2
    return other


def row_of(job: Job) -> dict[str, Any]:
    """Everything that the database holds of the job."""
    return Job.objects.filter(pk=job.pk).values().get()
