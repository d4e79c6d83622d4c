"""Exposure runs over small plans: few paths, real jobs."""

from typing import Any

from menus.models import MenuVersion, ProjectionRun
from menus.services.projections import projection_request
from sponsors.jobs.runner import run_claimed
from sponsors.models import CensusSnapshot
from tests.factories.menus import author_of, make_sleeve, make_version
from tests.factories.sponsors import make_snapshot

PATHS = 1_000


def make_run(
    version: MenuVersion | None = None,
    snapshot: CensusSnapshot | None = None,
    *,
    participants: int = 60,
    **changes: Any,
) -> ProjectionRun:
    """A queued run of a 26-line menu with a crypto line, over `participants` people."""
    if version is None:
        version = make_version(preset="reference")
        make_sleeve(version)
    snapshot = snapshot or make_snapshot(version.plan, participants)
    asked = {"market_edition": "house-2026-base", "paths": PATHS, "seed": 7, **changes}
    by = asked.pop("by", None) or author_of(version.plan)
    return projection_request(by=by, version=version, snapshot=snapshot, **asked)


def make_done_run(
    version: MenuVersion | None = None, snapshot: CensusSnapshot | None = None, **changes: Any
) -> ProjectionRun:
    """A run that the worker's code has finished, here and now."""
    run = make_run(version, snapshot, **changes)
    return work_off(run)


def work_off(run: ProjectionRun) -> ProjectionRun:
    """What the worker does with the run's job; returns the run as it is afterwards."""
    run_claimed(run.job_id)
    return ProjectionRun.objects.get(pk=run.pk)
