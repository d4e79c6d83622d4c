"""Exposure runs: ask for one, watch it, read it, have it computed again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from menus.charts import Chart, svg
from menus.enums import RunStatus
from menus.exhibits import words_of
from menus.figure_words import READ_OFF_TABLES
from menus.forms.runs import RunForm
from menus.models import ProjectionRun
from menus.panel import outlook_of
from menus.participant_charts import charts_of_participant
from menus.run_charts import charts_of_run
from menus.run_selectors import (
    answer_of,
    assumptions_of,
    edition_named,
    edition_of,
    editions_of,
    participant_address,
    participant_of,
    parts_of,
    runnable_versions,
    runs_of,
    state_of,
)
from menus.services.projections import projection_cancel, projection_request, projection_retry
from menus.services.replays import replay_request
from sponsors.access import PlanRequest, plan_view
from sponsors.enums import JobState
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.models import Participant
from sponsors.pages import page_of
from sponsors.permissions import Permission as P
from sponsors.selectors import latest_snapshot

OPEN_STATES = ("queued", "running", "cancelling")


def run_or_404(request: PlanRequest, run: int) -> ProjectionRun:
    return get_object_or_404(runs_of(request.plan), number=run)


@plan_view(P.RUN_VIEW)
def run_list(request: PlanRequest) -> HttpResponse:
    page = page_of(request, runs_of(request.plan).defer("inputs", "result"), 25)
    context = {
        "plan": request.plan,
        "page": page,
        "rows": [{"run": run, "state": state_of(run)} for run in page],
        "may_start": P.RUN_START in request.permissions,
        "has_people": latest_snapshot(request.plan) is not None,
        "has_lines": runnable_versions(request.plan).exists(),
    }
    return render(request, "menus/run_list.html", context)


@plan_view(P.RUN_START)
def run_create(request: PlanRequest) -> HttpResponse:
    initial = _initial(request)
    form = RunForm(request.POST or None, plan=request.plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(projection_request(by=request.user, **form.request()))
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {"plan": request.plan, "form": form, "snapshot": initial["snapshot"]}
    context["can_run"] = bool(initial["snapshot"]) and form.fields["version"].queryset.exists()
    return render(request, "menus/run_create.html", context)


def _initial(request: PlanRequest) -> dict[str, Any]:
    """What the form starts from: an earlier run (`like`), a version that the link named, else the newest with lines."""
    like, version, edition = (request.GET.get(name, "") for name in ("like", "version", "edition"))
    versions = runnable_versions(request.plan)
    named = versions.filter(pk=int(version)).first() if version.isdecimal() else None
    initial: dict[str, Any] = {
        "version": named or versions.first(),
        "snapshot": latest_snapshot(request.plan),
    }
    if like.isdecimal():
        initial |= RunForm.initial_like(run_or_404(request, int(like)))
    return initial | ({"market_edition": edition} if edition_named(edition) else {})


@plan_view(P.RUN_VIEW)
def run_detail(request: PlanRequest, run: int) -> HttpResponse:
    found = run_or_404(request, run)
    wanted = request.GET.get("person", "").strip().upper()
    if wanted and P.CENSUS_VIEW in request.permissions:
        person = participant_of(found, wanted)
        if person is not None:
            return redirect(participant_address(found, person))
        messages.error(
            request, f"Nobody in this plan goes by {wanted}. Choose somebody from the list of people."
        )
    return render(request, "menus/run_detail.html", _run_context(request, found))


@require_GET
@plan_view(P.RUN_VIEW)
def run_progress(request: PlanRequest, run: int) -> HttpResponse:
    """How far the run, or its replay, is; once that has ended the page is asked for afresh."""
    found = run_or_404(request, run)
    context = _run_context(request, found, with_result=False)
    if context["state"] not in OPEN_STATES and not context["is_replaying"]:
        return HttpResponseClientRefresh() if request.htmx else redirect(found)
    return render(request, "menus/_run_progress.html", context)


def _run_context(request: PlanRequest, run: ProjectionRun, *, with_result: bool = True) -> dict[str, Any]:
    state = state_of(run)
    replay, may_start = run.replay_job, P.RUN_START in request.permissions
    context = {
        "plan": request.plan,
        "run": run,
        "state": state,
        "is_open": state in OPEN_STATES,
        "is_replaying": replay is not None and replay.state in (JobState.NEW, JobState.RUNNING),
        "replay_failed": replay is not None and replay.state == JobState.FAILED,
        "may_start": may_start,
        "may_see_people": P.CENSUS_VIEW in request.permissions,
        "stop_url": reverse("menus:run-cancel", args=[run.plan.slug, run.number]) if may_start else "",
        "edition": edition_of(run),
        "snapshot": run.snapshot,
        "assumptions": assumptions_of(run),
    }
    if with_result and run.result:
        context |= {
            "result": run.result,
            "answer": answer_of(run.result),
            "parts": parts_of(run.result),
            "editions": editions_of(run),
            "words": words_of(run.result),
            "read_off_tables": READ_OFF_TABLES,
            "failed_checks": [check for check in run.result["checks"] if not check["passed"]],
        }
    return context


@require_GET
@plan_view(P.RUN_VIEW)
def run_chart(request: PlanRequest, run: int, chart: str) -> HttpResponse:
    """One chart of a finished run as SVG, for light or dark pages."""
    found = run_or_404(request, run)
    return _picture(request, charts_of_run(found.result) if found.result else [], chart)


@require_POST
@plan_view(P.RUN_START)
def run_cancel(request: PlanRequest, run: int) -> HttpResponse:
    return _act(
        request,
        run,
        projection_cancel,
        "The run stops before its next step. Nothing of it is kept as a result.",
    )


@require_POST
@plan_view(P.RUN_START)
def run_retry(request: PlanRequest, run: int) -> HttpResponse:
    return _act(request, run, projection_retry, "The run is queued again, on the same inputs.")


@require_POST
@plan_view(P.RUN_VIEW)
def run_replay(request: PlanRequest, run: int) -> HttpResponse:
    return _act(
        request, run, replay_request, "The run is computed again. The outcome will stand on this page."
    )


def _act(request: PlanRequest, run: int, service: Any, words: str) -> HttpResponse:
    found = run_or_404(request, run)
    try:
        service(by=request.user, run=found)
        messages.info(request, words)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(found)


@plan_view(P.CENSUS_VIEW)
def run_participant(request: PlanRequest, run: int, pseudonym: str) -> HttpResponse:
    """One person by pseudonym, worked out when the page is opened."""
    found, person = _run_and_person(request, run, pseudonym)
    rows = outlook_of(found, person.participant_id)
    context: dict[str, Any] = {"plan": request.plan, "run": found, "person": person, "rows": rows}
    context |= {"snapshot": found.snapshot, "edition": edition_of(found)}
    if rows:
        years = len(rows) // 2
        context |= {
            "years": list(zip(rows[:years], rows[years:], strict=True)),
            "last": {"without": rows[years - 1], "with": rows[-1]},
            "charts": charts_of_participant(rows),
            "words": words_of(found.result),
        }
    return render(request, "menus/run_participant.html", context)


@require_GET
@plan_view(P.CENSUS_VIEW)
def run_participant_chart(request: PlanRequest, run: int, pseudonym: str, chart: str) -> HttpResponse:
    found, person = _run_and_person(request, run, pseudonym)
    rows = outlook_of(found, person.participant_id)
    return _picture(request, charts_of_participant(rows) if rows else [], chart)


def _run_and_person(request: PlanRequest, run: int, pseudonym: str) -> tuple[ProjectionRun, Participant]:
    found = run_or_404(request, run)
    person = participant_of(found, pseudonym)
    if person is None or found.status != RunStatus.DONE:
        raise Http404("There is no such person in this run.")
    return found, person


def _picture(request: PlanRequest, charts: list[Chart], name: str) -> HttpResponse:
    chart = next((one for one in charts if one.name == name), None)
    if chart is None:
        raise Http404("This run has no such chart.")
    scheme = "dark" if request.GET.get("scheme") == "dark" else "light"
    response = HttpResponse(svg(chart.spec, scheme), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=86400"  # a finished run does not change
    return response
