"""Exposure runs: ask for one, stop it, try it again. `projection_work` computes them, `replays` computes one again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from menus import markets
from menus.engine import ENGINE_VERSION, InputError
from menus.enums import RunStatus
from menus.models import MenuLine, MenuVersion, ProjectionRun, Sleeve
from menus.panel import BEHAVIOUR, Inputs, behaviour_terms, run_inputs, scenario_of
from menus.panel.people import included, nobody_words
from menus.selectors import content
from menus.services.projection_work import arrays_of, input_hash
from sponsors.enums import JobState
from sponsors.errors import Refusal
from sponsors.facts import FactError
from sponsors.jobs import job_enqueue
from sponsors.jobs.models import Job
from sponsors.jobs.queue import job_cancel, job_retry
from sponsors.ledger import record
from sponsors.ledger.canonical import content_hash
from sponsors.models import CensusSnapshot, Plan, User
from sponsors.services.addresses import next_number
from sponsors.wording import percent, percent_rounded

DEFAULT_PATHS, DEFAULT_SEED = 10_000, 20260101
LEAST_PATHS, MOST_PATHS = 1_000, 20_000  # 20,000 paths take some 1.5 GB of the worker's memory
RUN_JOB = "projection"


@transaction.atomic
def projection_request(
    *,
    by: User,
    version: MenuVersion,
    snapshot: CensusSnapshot | None,
    market_edition: str,
    seed: int = DEFAULT_SEED,
    paths: int = DEFAULT_PATHS,
    behaviour: Mapping[str, Any] | None = None,
) -> ProjectionRun:
    """Put a run on record with everything it needs, and queue it. Drafts may be run too.

    Refuses without a census or lines, with nobody to project, and with inputs the engine cannot work on.
    """
    snapshot = _snapshot_for(version, snapshot)
    plan = (
        Plan.objects.select_for_update().select_related("sponsor").get(pk=version.plan_id)
    )  # runs are numbered
    inputs = _inputs(version, snapshot, market_edition, seed, paths, behaviour or {})
    run = ProjectionRun.objects.create(
        sponsor=plan.sponsor,
        plan=plan,
        version=version,
        snapshot=snapshot,
        number=next_number(ProjectionRun.objects.filter(plan=plan)),
        paths=paths,
        seed=seed,
        market_edition=market_edition,
        behaviour=inputs["behaviour"],
        engine_version=ENGINE_VERSION,
        requested_by=by,
        inputs=inputs,
        **_hashes(version, snapshot, market_edition, inputs),
    )
    run.job = job_enqueue(
        kind=RUN_JOB, subject=run, sponsor=plan.sponsor, by=by, total=snapshot.participant_count
    )
    run.save(update_fields=["job"])
    body = {"number": run.number, "version": version.number, "input_hash": run.input_hash, "paths": paths}
    body |= {"seed": seed, "market_edition": market_edition, "behaviour": run.behaviour}
    record("projection_run.requested", by=by, plan=plan, subject=run, body=body)
    return run


def _snapshot_for(version: MenuVersion, snapshot: CensusSnapshot | None) -> CensusSnapshot:
    if snapshot is None:
        raise Refusal(
            "There is no census yet, so nobody's exposure can be projected. Bring in the plan's people first.",
            field="snapshot",
            code="run_census",
        )
    if snapshot.plan_id != version.plan_id:
        raise Refusal("This census belongs to another plan.", field="snapshot", code="run_census")
    if not MenuLine.objects.filter(version=version).exists():
        raise Refusal(
            f"Version {version.number} has no lines yet, so there is nothing to hold. Add funds to it first.",
            field="version",
            code="run_lines",
        )
    return snapshot


def _inputs(
    version: MenuVersion,
    snapshot: CensusSnapshot,
    edition: str,
    seed: int,
    paths: int,
    behaviour: Mapping[str, Any],
) -> Inputs:
    """The run's inputs, tried on the engine so that what it would refuse is refused here and in words."""
    if not LEAST_PATHS <= paths <= MOST_PATHS:
        raise Refusal(
            f"Choose {LEAST_PATHS:,} to {MOST_PATHS:,} paths: fewer say too little, more take too long.",
            field="paths",
            code="run_paths",
        )
    arrays = arrays_of(snapshot)
    if not included(arrays)[0].any():
        raise Refusal(nobody_words(arrays), field="snapshot", code="run_nobody")
    sleeve = Sleeve.objects.filter(version=version).first()
    try:
        terms = behaviour_terms(behaviour, sleeve)
        _refuse_above_election_cap(terms, sleeve)
        market = markets.market_edition(edition)
        inputs = run_inputs(
            version=version, arrays=arrays, market=market, behaviour=terms, seed=seed, paths=paths
        )
        scenario_of(inputs)
    except InputError as error:
        raise Refusal(str(error), field=_field_of(error), code="run_input") from None
    except FactError as error:
        raise Refusal(
            f"{error} Choose one of the list.",
            field="market_edition",
            code="run_market",
        ) from None
    return inputs


def _refuse_above_election_cap(behaviour: Mapping[str, Any], sleeve: Sleeve | None) -> None:
    if sleeve and sleeve.opens_line and behaviour["take_up_weight"] > float(sleeve.cap):
        asked = percent_rounded(Decimal(str(behaviour["take_up_weight"])))
        raise Refusal(
            f"Nobody can put {asked} into the line: its cap of {percent(sleeve.cap)} holds at election too. Enter "
            f"{percent(sleeve.cap)} or less.",
            field="take_up_weight",
            code="run_election_cap",
        )


def _field_of(error: InputError) -> str | None:
    return error.name if error.name in (*BEHAVIOUR, "seed", "market_edition") else None


def _hashes(version: MenuVersion, snapshot: CensusSnapshot, edition: str, inputs: Inputs) -> dict[str, str]:
    return {
        "market_hash": markets.market_edition(edition).edition_hash,
        "menu_hash": version.content_hash or content_hash(content(version)),
        "census_hash": snapshot.sha256,
        "behaviour_hash": content_hash(inputs["behaviour"]),
        "input_hash": input_hash(inputs, snapshot.sha256, ENGINE_VERSION),
    }


@transaction.atomic
def projection_cancel(*, by: User, run: ProjectionRun) -> ProjectionRun:
    """Stop a run. One that waits ends at once, one at work before its next part; neither leaves a result."""
    run = _locked(run)
    if run.job is None or run.job.state not in (JobState.NEW, JobState.RUNNING):
        raise Refusal(
            f"Run {run.number} has ended already, so there is nothing to stop.",
            code="run_ended",
            conflict=True,
        )
    body = {"number": run.number, "people_done": run.job.progress_done}
    record("projection_run.stop_requested", by=by, plan=run.plan, subject=run, body=body)
    job_cancel(run.job)
    if run.job.state == JobState.CANCELLED:
        run.status, run.finished_at = RunStatus.CANCELLED, timezone.now()
        run.save(update_fields=["status", "finished_at"])
    return run


@transaction.atomic
def projection_retry(*, by: User, run: ProjectionRun) -> ProjectionRun:
    """Queue a failed or stopped run again, on the same inputs; parts that were finished are not computed twice."""
    run = _locked(run)
    if run.job is None or run.job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise Refusal(
            f"Run {run.number} has not failed, so there is nothing to try again.",
            code="run_not_failed",
            conflict=True,
        )
    job_retry(run.job)
    run.status, run.finished_at = RunStatus.QUEUED, None
    run.save(update_fields=["status", "finished_at"])
    record("projection_run.retried", by=by, plan=run.plan, subject=run, body={"number": run.number})
    return run


def _locked(run: ProjectionRun) -> ProjectionRun:
    ProjectionRun.objects.select_for_update().get(pk=run.pk)
    return ProjectionRun.objects.select_related("plan__sponsor", "job").get(pk=run.pk)


@transaction.atomic
def projection_ended(job: Job) -> None:
    """A job that failed or was stopped takes its run with it."""
    run = ProjectionRun.objects.select_related("plan__sponsor").get(pk=job.subject_id)
    _end(run, RunStatus(job.state), job.error)


def _end(run: ProjectionRun, status: RunStatus, reason: str) -> None:
    run.status, run.finished_at = status, timezone.now()
    run.save(update_fields=["status", "finished_at"])
    record(
        f"projection_run.{status}",
        by=None,
        plan=run.plan,
        subject=run,
        body={"number": run.number},
        reason=reason,
    )
