"""Pages of decisions: draft, sign, withdraw, and the documents they lead to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fiduciary.enums import DecisionStatus
from fiduciary.forms.decisions import DecisionForm, SignForm, WithdrawForm
from fiduciary.progress import signers_of
from fiduciary.selectors import (
    decision_of,
    decisions_of,
    declaration_of,
    documents_of,
    item_counts,
    review_of,
    review_sections,
    withdrawal_reason,
)
from fiduciary.services.decisions import decision_draft, decision_sign, decision_withdraw
from fiduciary.services.documents import document_bytes
from menus.selectors import unwaived_blocks
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission


@plan_view(Permission.REVIEW_VIEW)
def decision_list(request: PlanRequest) -> HttpResponse:
    """Everything the committee decided or is about to."""
    return render(request, "fiduciary/decision_list.html", {"decisions": decisions_of(request.plan)})


@plan_view(Permission.DECISION_DRAFT)
def decision_draft_page(request: PlanRequest, review: int) -> HttpResponse:
    """Write the decision of a review down, with what is still open before one's eyes."""
    found = review_of(request.plan, review)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decision = decision_draft(by=request.user, review=found, **form.cleaned_data)
            messages.success(request, f"{decision} is drafted. It takes effect when it is signed.")
            return redirect(decision)
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {
        "review": found,
        "form": form,
        "counts": item_counts(review_sections(found)),
        "blocks": unwaived_blocks(found.version),
    }
    return render(request, "fiduciary/decision_draft.html", context)


@plan_view(Permission.REVIEW_VIEW)
def decision_detail(request: PlanRequest, decision: int) -> HttpResponse:
    """The decision, who signed, who must still sign, and its document."""
    return _decision_page(request, decision, SignForm(), WithdrawForm())


@plan_view(Permission.DECISION_SIGN)
def decision_sign_page(request: PlanRequest, decision: int) -> HttpResponse:
    """Sign with the password."""
    found = decision_of(request.plan, decision)
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decision_sign(by=request.user, decision=found, password=form.cleaned_data["password"])
            messages.success(request, "Your signature is on record.")
            return redirect(found)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return _decision_page(request, decision, form, WithdrawForm())


@plan_view(Permission.DECISION_DRAFT)
def decision_withdraw_page(request: PlanRequest, decision: int) -> HttpResponse:
    """Take a decision back before it is signed by all."""
    found = decision_of(request.plan, decision)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decision_withdraw(by=request.user, decision=found, reason=form.cleaned_data["reason"])
            messages.success(request, "The decision is withdrawn; the review is open again.")
            return redirect(found.review)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return _decision_page(request, decision, SignForm(), form)


def _decision_page(
    request: PlanRequest, decision: int, sign: SignForm, withdraw: WithdrawForm
) -> HttpResponse:
    found = decision_of(request.plan, decision)
    signatures = list(found.signatures.all())
    awaiting = found.status == DecisionStatus.AWAITING_SIGNATURES
    has_signed = any(signature.person_id == request.user.pk for signature in signatures)
    context = {
        "decision": found,
        "signatures": signatures,
        "signers": signers_of(found) if awaiting else [],
        "missing": max(0, found.required_signatures - len(signatures)),
        "declaration": declaration_of(found.review, request.user),
        "may_sign": awaiting and not has_signed and Permission.DECISION_SIGN in request.permissions,
        "may_withdraw": awaiting and Permission.DECISION_DRAFT in request.permissions,
        "sign_form": sign,
        "withdraw_form": withdraw,
        "withdrawal": withdrawal_reason(found),
        "document": found.documents.select_related("job").first(),
    }
    return render(request, "fiduciary/decision_detail.html", context)


@plan_view(Permission.DOCUMENT_VIEW)
def document_list(request: PlanRequest) -> HttpResponse:
    """The plan's documents, each with its hash."""
    return render(request, "fiduciary/document_list.html", {"documents": documents_of(request.plan)})


@plan_view(Permission.DOCUMENT_VIEW)
def document_download(request: PlanRequest, document: int) -> HttpResponse:
    """The finished PDF, checked against its hash before it leaves."""
    found = get_object_or_404(documents_of(request.plan), pk=document)
    try:
        data = document_bytes(found)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("fiduciary:document-list", plan=request.plan.slug)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return response
