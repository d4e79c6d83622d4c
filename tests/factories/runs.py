"""Exposure runs over small plans: few paths, real jobs."""

from typing import Any

from menus.models import MenuVersion, ProjectionRun
from menus.services.projections import projection_request
from sponsors.jobs.runner import run_claimed
from sponsors.models import CensusSnapshot
from tests.factories.menus import author_of, make_line, make_sleeve, make_version
from tests.factories.sponsors import FUNDS, make_snapshot

PATHS = 1_000


def make_small_version() -> MenuVersion:
    """The three funds that the people of `make_snapshot` hold, the dated one as default, and a crypto line."""
    version = make_version(funds=FUNDS[:2])
    make_line(version, FUNDS[2], is_qdia=True)
    make_sleeve(version)
    return version


def make_run(
    version: MenuVersion | None = None,
    snapshot: CensusSnapshot | None = None,
    *,
    participants: int = 60,
    **changes: Any,
) -> ProjectionRun:
    """A queued run of three funds and a crypto line, over `participants` people."""
    version = version or make_small_version()
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
