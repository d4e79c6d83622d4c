"""Computing a finished run a second time and comparing: anyone who may read runs may ask, and nothing is changed."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from menus.engine import ENGINE_VERSION
from menus.models import ProjectionRun
from menus.services.projection_work import Parts, census_hash, computed, input_hash
from sponsors.enums import JobState
from sponsors.errors import Refusal
from sponsors.jobs import job_enqueue
from sponsors.jobs.models import Job
from sponsors.jobs.queue import job_finish
from sponsors.ledger import record
from sponsors.ledger.canonical import content_hash
from sponsors.models import User

REPLAY_JOB = "projection_replay"


@dataclass(frozen=True)
class ReplayResult:
    """A second computation beside the first.

    `recorded_hash` is what the ledger was told when the run finished, `stored_hash` that of the figures as they lie in
    the database today, `new_hash` that of the figures computed now. `same_inputs`: kept inputs, census file and engine
    are those of the run. `identical` when all of it agrees.
    """

    identical: bool
    same_inputs: bool
    recorded_hash: str
    stored_hash: str
    new_hash: str
    seconds: float

    @property
    def sentence(self) -> str:
        if self.identical:
            return "Computed again from the kept inputs and census: every figure is identical."
        if not self.same_inputs:
            return "Not identical: the kept inputs, the census file or the engine are not those of the run."
        if self.stored_hash != self.recorded_hash:
            return "Not identical: the stored figures are not those that were recorded when the run finished."
        return (
            "Not identical: computing the same inputs again gives other figures. Tell whoever runs Steward."
        )


def projection_replay(run: ProjectionRun, job: Job | None = None) -> ReplayResult:
    """Compute a finished run again from its kept inputs and census file, and compare. Writes nothing.

    Refuses a run without a result. `job` hears of the progress.
    """
    if run.result is None:
        raise Refusal(f"Run {run.number} has no result to compare with.", code="run_not_done", conflict=True)
    started = time.perf_counter()
    same_inputs = input_hash(run.inputs, census_hash(run.snapshot), ENGINE_VERSION) == run.input_hash
    new, stored = content_hash(computed(run, Parts(job))), content_hash(run.result)
    return ReplayResult(
        identical=same_inputs and new == stored == run.result_hash,
        same_inputs=same_inputs,
        recorded_hash=run.result_hash,
        stored_hash=stored,
        new_hash=new,
        seconds=round(time.perf_counter() - started, 3),
    )


@transaction.atomic
def replay_request(*, by: User, run: ProjectionRun) -> Job:
    """Queue a replay. One that is under way is not asked for twice."""
    run = ProjectionRun.objects.select_for_update().get(pk=run.pk)
    if run.result is None:
        raise Refusal(f"Run {run.number} has no result to compare with.", code="run_not_done", conflict=True)
    if run.replay_job is not None and run.replay_job.state in (JobState.NEW, JobState.RUNNING):
        raise Refusal(
            f"Run {run.number} is being replayed already; wait for its outcome.",
            code="run_replaying",
            conflict=True,
        )
    earlier = Job.objects.filter(kind=REPLAY_JOB, subject_id=str(run.pk)).count()
    key = f"{REPLAY_JOB}:{run.pk}:{earlier + 1}"
    total = run.result["people"]["projected"]
    run.replay_job = job_enqueue(
        kind=REPLAY_JOB, subject=run, sponsor=run.sponsor, by=by, key=key, total=total
    )
    run.save(update_fields=["replay_job"])
    record("projection_run.replay_requested", by=by, plan=run.plan, subject=run, body={"number": run.number})
    return run.replay_job


def replay_run(job: Job) -> None:
    """The worker's part: replay, and put the outcome on record."""
    run = ProjectionRun.objects.select_related("plan__sponsor", "snapshot").get(pk=job.subject_id)
    outcome = projection_replay(run, job)
    job_finish(job, partial(_keep, run, job, outcome))


def _keep(run: ProjectionRun, job: Job, outcome: ReplayResult) -> None:
    run.last_replay = {
        **asdict(outcome),
        "sentence": outcome.sentence,
        "by": job.requested_by.full_name,
        "at": timezone.now().isoformat(timespec="seconds"),
    }
    run.save(update_fields=["last_replay"])
    body: dict[str, Any] = {"number": run.number, **asdict(outcome)}
    record("projection_run.replayed", by=job.requested_by, plan=run.plan, subject=run, body=body)
