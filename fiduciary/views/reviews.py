"""Pages of the prudence review."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from fiduciary.forms.reviews import (
    ConflictForm,
    EvidenceForm,
    ResponseForm,
    ReviewOpenForm,
    ReviewRefreshForm,
)
from fiduciary.models import Evidence, PrudenceReview
from fiduciary.progress import first_unanswered, review_tasks
from fiduciary.selectors import (
    decision_in_force,
    declaration_of,
    item_counts,
    neighbours,
    review_of,
    review_sections,
    reviews_of,
    versions_awaiting_review,
)
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.evidence import evidence_add, evidence_bytes
from fiduciary.services.reviews import response_give, review_open, review_refresh
from fiduciary.subjects import subjects_of
from fiduciary.timeline import timeline_entry
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission
from sponsors.templatetags.steward import day


@plan_view(Permission.REVIEW_VIEW)
def review_list(request: PlanRequest) -> HttpResponse:
    """All reviews of the plan, newest first, and what can be reviewed next."""
    context = {"reviews": reviews_of(request.plan), "awaiting": versions_awaiting_review(request.plan)}
    return render(request, "fiduciary/review_list.html", context)


@plan_view(Permission.REVIEW_OPEN)
def review_open_page(request: PlanRequest) -> HttpResponse:
    """Open a review of a proposed version."""
    initial = {name: request.GET[name] for name in ("version", "run") if name in request.GET}
    form = ReviewOpenForm(request.POST or None, plan=request.plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            review = review_open(by=request.user, **form.cleaned_data)
            messages.success(request, f"{review} is open. Its computable items are filled from the figures.")
            return redirect(review)
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {"form": form, "awaiting": versions_awaiting_review(request.plan)}
    return render(request, "fiduciary/review_open.html", context)


@plan_view(Permission.REVIEW_VIEW)
def review_detail(request: PlanRequest, review: int) -> HttpResponse:
    """Where the review stands: what it is about, every item and its state, declarations, what comes next."""
    found = review_of(request.plan, review)
    sections = review_sections(found)
    context = {
        "review": found,
        "sections": sections,
        "counts": item_counts(sections),
        "tasks": review_tasks(found, sections, request.permissions),
        "next_item": first_unanswered(sections),
        "subjects": subject_reasons(found),
        "declarations": found.declarations.select_related("person"),
        "own_declaration": declaration_of(found, request.user),
        "decision": decision_in_force(found),
        "rule": timeline_entry("dia_rule"),
    }
    return render(request, "fiduciary/review_detail.html", context)


@plan_view(Permission.REVIEW_VIEW)
def review_item(request: PlanRequest, review: int, item: str) -> HttpResponse:
    """One item: the question, why it matters, the figure, the answer and its history, the evidence."""
    found = review_of(request.plan, review)
    sections = review_sections(found)
    state = next((i for section in sections for i in section.items if i.item.id == item), None)
    if state is None:
        raise Http404
    initial = {"answer": state.response.answer, "note": state.response.note} if state.response else {}
    form = ResponseForm(request.POST or None, initial=initial)
    if request.method == "POST":
        request_permission(request, Permission.REVIEW_ANSWER)
        if form.is_valid() and (done := _answered(request, found, item, form)):
            return done
    before, after = neighbours(sections, item)
    context = {
        "review": found,
        "crumbs": [{"label": str(found), "url": found.get_absolute_url()}],
        "state": state,
        "answered_by": f"Answered by {state.response.answered_by}, {day(state.response.answered_at)}"
        if state.response
        else "",
        "form": form,
        "evidence_form": EvidenceForm(),
        "before": before,
        "after": after,
        **_item_history(found, item),
    }
    return render(request, "fiduciary/review_item.html", context)


def _answered(
    request: PlanRequest, review: PrudenceReview, item: str, form: ResponseForm
) -> HttpResponse | None:
    try:
        response_give(by=request.user, review=review, item_id=item, **form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None
    messages.success(request, f"{item} is answered.")
    _, after = neighbours(review_sections(review), item)
    if after and "next" in request.POST:
        return redirect("fiduciary:review-item", plan=request.plan.slug, review=review.number, item=after)
    return redirect("fiduciary:review-item", plan=request.plan.slug, review=review.number, item=item)


@plan_view(Permission.REVIEW_ANSWER)
def evidence_add_page(request: PlanRequest, review: int, item: str) -> HttpResponse:
    """Add evidence to an item; a refusal shows the form again with what was typed."""
    found = review_of(request.plan, review)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        upload = data.pop("file")
        try:
            evidence_add(
                by=request.user,
                review=found,
                item_id=item,
                file_name=upload.name if upload else "",
                data=upload.read() if upload else b"",
                **data,
            )
            messages.success(request, f"The evidence is kept under {item}.")
            return redirect("fiduciary:review-item", plan=request.plan.slug, review=found.number, item=item)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "fiduciary/evidence_add.html", {"review": found, "item_id": item, "form": form})


@plan_view(Permission.REVIEW_VIEW)
def evidence_download(request: PlanRequest, evidence: int) -> HttpResponse:
    """A file of the evidence, always as an attachment: nothing uploaded is ever shown inside the site."""
    found = get_object_or_404(
        Evidence.objects.select_related("review"), plan=request.plan, pk=evidence, kind="file"
    )
    try:
        data = evidence_bytes(found)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect(found.review)
    headers = {"Content-Disposition": content_disposition_header(True, found.file_name) or "attachment"}
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


@plan_view(Permission.REVIEW_OPEN)
def review_refresh_page(request: PlanRequest, review: int) -> HttpResponse:
    """Take another run or other dates into the review."""
    found = review_of(request.plan, review)
    initial = {
        name: getattr(found, name) for name in ("effective_on", "notice_sent_on", "next_review_on", "run")
    }
    form = ReviewRefreshForm(request.POST or None, version=found.version, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            review_refresh(by=request.user, review=found, **form.cleaned_data)
            messages.success(request, "The figures are computed again.")
            return redirect(found)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "fiduciary/review_refresh.html", {"review": found, "form": form})


@plan_view(Permission.CONFLICT_DECLARE)
def review_declare(request: PlanRequest, review: int) -> HttpResponse:
    """Declare a conflict of interest, or none."""
    found = review_of(request.plan, review)
    form = ConflictForm(request.POST or None, initial=_declared(found, request))
    if request.method == "POST" and form.is_valid():
        try:
            conflict_declare(by=request.user, review=found, **form.cleaned_data)
            messages.success(request, "Your declaration is on record.")
            return redirect(found)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "fiduciary/review_declare.html", {"review": found, "form": form})


def _declared(review: PrudenceReview, request: PlanRequest) -> dict[str, Any]:
    declaration = declaration_of(review, request.user)
    if declaration is None:
        return {}
    return {
        "has_conflict": "yes" if declaration.has_conflict else "no",
        "statement": declaration.statement,
        "is_recused": declaration.is_recused,
    }


def _item_history(review: PrudenceReview, item: str) -> dict[str, Any]:
    return {
        "history": review.responses.filter(item_id=item)
        .select_related("answered_by")
        .order_by("-answered_at"),
        "evidence": review.evidence.filter(item_id=item).select_related("added_by"),
    }


def subject_reasons(review: PrudenceReview) -> list[str]:
    """Why the review asks what it asks, one sentence a subject."""
    reasons = subjects_of(review.version)
    return [reasons[key] for key in review.subjects if key in reasons]


def request_permission(request: PlanRequest, permission: Permission) -> None:
    """Ask for a further permission inside a view that reads for all. Raises PermissionDenied."""
    if permission not in request.permissions:
        raise PermissionDenied(f"Your role does not include this ({permission.value.replace('_', ' ')}).")
