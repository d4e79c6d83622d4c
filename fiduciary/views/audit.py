"""The auditor's desk: every page reads, none changes anything."""

import json
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fiduciary.audit import (
    acts_matching,
    acts_of,
    book_of,
    decisions_audited,
    entries,
    grouped,
    outcome_counts,
)
from fiduciary.decision_file import (
    comparisons,
    events_of,
    evidence_comparisons,
    review_counts,
    version_before,
)
from fiduciary.forms.audit import ActFilterForm, DecisionFilterForm
from fiduciary.models import Decision
from fiduciary.selectors import decision_of
from fiduciary.verification import verify_document
from sponsors.access import PlanRequest, account_view, plan_view
from sponsors.ledger.recorder import book_name
from sponsors.ledger.verification import event_problems, verify_book
from sponsors.pages import page_of
from sponsors.permissions import Permission

DECISIONS_PER_PAGE = 50
ENTRIES_PER_PAGE = 100


@account_view
@require_safe
def audit_home(request: HttpRequest) -> HttpResponse:
    """Decisions of all sponsors that the person may audit, and their books."""
    form = DecisionFilterForm(request.GET or None, user=request.user)
    decisions = decisions_audited(request.user, form.filter())
    context = {
        "form": form,
        "plans": form.plans,
        "page_obj": page_of(request, decisions, DECISIONS_PER_PAGE),
        "counts": outcome_counts(decisions),
    }
    return render(request, "fiduciary/audit_home.html", context)


@plan_view(Permission.AUDIT_VIEW)
@require_safe
def audit_plan(request: PlanRequest) -> HttpResponse:
    """The plan's timeline, as the ledger tells it."""
    form = ActFilterForm(request.GET or None, plan=request.plan)
    acts = acts_matching(acts_of(request.plan), form.filter())
    page = page_of(request, acts, ENTRIES_PER_PAGE)
    shown = entries(page, request.plan, request.permissions)
    context = {"form": form, "page_obj": page, "entries": shown, "groups": grouped(shown)}
    return render(request, "fiduciary/audit_plan.html", context)


@plan_view(Permission.AUDIT_VIEW)
@require_safe
def audit_event(request: PlanRequest, position: int) -> HttpResponse:
    """One entry with everything it holds, and whether its hashes hold."""
    book = book_of(request.plan.sponsor)
    event = get_object_or_404(book, position=position)
    before = book.filter(position=position - 1).first()
    context = {
        "body": json.dumps(event.body, indent=2, sort_keys=True, ensure_ascii=False) if event.body else "",
        "entry": entries([event], request.plan, request.permissions)[0],
        "before": before,
        "after": book.filter(position=position + 1).first(),
        "problems": event_problems(event, position, before.chain_hash if before else ""),
    }
    return render(request, "fiduciary/audit_event.html", context)


@plan_view(Permission.AUDIT_VIEW)
@require_safe
def audit_decision(request: PlanRequest, decision: int) -> HttpResponse:
    """The file of one decision on one page; `?check=files` also reads its files and renders its document again."""
    found = decision_of(request.plan, decision)
    document = found.documents.select_related("decision", "sponsor", "job").first()
    checks: list[Any] = comparisons(found)
    if with_files := request.GET.get("check") == "files":
        checks += [*evidence_comparisons(found), *_document_checks(document)]
    told = entries(events_of(found), request.plan, request.permissions)
    context = {
        **_decision_parts(found),
        "document": document,
        "checks": checks,
        "all_agree": all(check.agrees for check in checks),
        "with_files": with_files,
        "entries": told,
        "groups": grouped(told),
    }
    return render(request, "fiduciary/audit_decision.html", context)


def _document_checks(document: Any) -> list[Any]:
    return list(verify_document(document).checks) if document and document.sha256 else []


def _decision_parts(decision: Decision) -> dict[str, Any]:
    review, version = decision.review, decision.version
    counts = review_counts(decision)
    return {
        "decision": decision,
        "review": review,
        "version": version,
        "run": review.run,
        "counts": counts,
        "answered": counts.get("asked", 0) - counts.get("unanswered", 0),
        "before": version_before(decision),
        "others": version.menu.versions.exclude(pk=version.pk).order_by("-number"),
        "signatures": decision.signatures.all(),
        "declarations": review.declarations.select_related("person"),
        "findings": version.findings_at_proposal,
        "waivers": version.waivers.select_related("requested_by", "approved_by"),
        "evidence": review.evidence.select_related("added_by"),
    }


@plan_view(Permission.AUDIT_VIEW)
@require_safe
def audit_verify(request: PlanRequest) -> HttpResponse:
    """Recompute every hash of the sponsor's book, while the reader waits (5,000 entries a second on a busy machine)."""
    start = perf_counter()
    book = verify_book(book_name(request.plan.sponsor))
    return render(request, "fiduciary/audit_verify.html", {"book": book, "seconds": perf_counter() - start})
