"""Exposure runs: ask for one, follow it, read it, stop it, try again, have it computed a second time."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from menus.api.serializers.runs import (
    RunDetailSerializer,
    RunParticipantSerializer,
    RunSerializer,
    RunStartSerializer,
)
from menus.api.views.lookups import run_or_404, version_of_plan
from menus.enums import RunStatus
from menus.models import ProjectionRun
from menus.panel import outlook_of
from menus.run_selectors import participant_of, runs_of
from menus.services.projections import projection_cancel, projection_request, projection_retry
from menus.services.replays import replay_request
from sponsors.api.operations import Operations, operation
from sponsors.errors import Refusal
from sponsors.models import CensusSnapshot, Plan
from sponsors.permissions import Permission as P
from sponsors.selectors import latest_snapshot


class Runs(Operations):
    noun = "run"
    tag = "Exposure"

    @operation(P.RUN_VIEW, answer=RunSerializer, many=True)
    def list(self, request: Request) -> QuerySet[ProjectionRun]:
        """Runs of the plan, newest first."""
        return runs_of(request.plan).defer("inputs", "result")

    @operation(P.RUN_START, body=RunStartSerializer, answer=RunDetailSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> ProjectionRun:
        """Project what the plan's people would hold under a version. The worker computes; follow `job`.

        Modelled outcomes, not a forecast.
        """
        run = projection_request(
            by=request.user,
            version=version_of_plan(request.plan, sent.pop("menu"), sent.pop("version")),
            snapshot=_snapshot(request.plan, sent.pop("snapshot", None)),
            **sent,
        )
        return run_or_404(request, run.number)

    @operation(P.RUN_VIEW, answer=RunDetailSerializer)
    def read(self, request: Request, run: int) -> ProjectionRun:
        """One run: how far it is, and its result once it is done."""
        return run_or_404(request, run)

    @operation(P.RUN_START, answer=RunDetailSerializer)
    def cancel(self, request: Request, run: int) -> ProjectionRun:
        """Stop a run. It leaves no result."""
        projection_cancel(by=request.user, run=run_or_404(request, run))
        return run_or_404(request, run)

    @operation(P.RUN_START, answer=RunDetailSerializer)
    def retry(self, request: Request, run: int) -> ProjectionRun:
        """Queue a failed or stopped run again, on the same inputs."""
        projection_retry(by=request.user, run=run_or_404(request, run))
        return run_or_404(request, run)

    @operation(P.RUN_VIEW, answer=RunDetailSerializer)
    def replay(self, request: Request, run: int) -> ProjectionRun:
        """Have the worker compute a finished run again and compare; `last_replay` says whether it is identical."""
        replay_request(by=request.user, run=run_or_404(request, run))
        return run_or_404(request, run)

    @operation(P.CENSUS_VIEW, answer=RunParticipantSerializer)
    def participant(self, request: Request, run: int, pseudonym: str) -> dict[str, Any]:
        """One person by pseudonym, worked out when it is asked for: a second or two. Not a forecast."""
        found = run_or_404(request, run)
        person = participant_of(found, pseudonym)
        if person is None or found.status != RunStatus.DONE:
            raise Http404("There is no such person in this run.")
        years = outlook_of(found, person.participant_id)
        return {"run": found.number, "pseudonym": person.pseudonym, "years": years}


def _snapshot(plan: Plan, snapshot: int | None) -> CensusSnapshot | None:
    if snapshot is None:
        return latest_snapshot(plan)
    found = CensusSnapshot.objects.filter(plan=plan, pk=snapshot).first()
    if found is None:
        raise Refusal(f"The plan has no census {snapshot}.", field="snapshot", code="census_unknown")
    return found
