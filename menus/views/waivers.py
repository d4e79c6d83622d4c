"""Asking for a waiver of a blocking finding, and agreeing to one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from menus.forms.waivers import WaiverForm
from menus.models import Waiver
from menus.selectors import findings
from menus.services.waivers import waiver_approve, waiver_request
from menus.views.builder import version_or_404
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission


@plan_view(Permission.WAIVER_REQUEST)
def waiver_request_page(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """The finding in full, the reason, and until when."""
    found = version_or_404(request, menu, version)
    key = request.GET.get("finding", "")
    finding = next((one for one in findings(found) if one.key == key), None)
    if finding is None:
        messages.info(request, "This finding no longer stands, so there is nothing to waive.")
        return redirect(found)
    form = WaiverForm(request.POST or None)
    if form.is_valid():
        try:
            waiver_request(by=request.user, version=found, finding_key=key, **form.cleaned_data)
            approver = "You can" if found.plan.sole_fiduciary else "Somebody else has to"
            messages.success(request, f"The waiver is asked for. {approver} approve it beside the finding.")
            return redirect(f"{found.get_absolute_url()}#findings")
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {"version": found, "menu": found.menu, "finding": finding, "form": form}
    return render(request, "menus/waiver_request.html", context)


@require_POST
@plan_view(Permission.WAIVER_APPROVE)
def waiver_approve_page(request: PlanRequest, menu: str, version: int, waiver: int) -> HttpResponse:
    found = version_or_404(request, menu, version)
    asked = get_object_or_404(Waiver.objects.select_related("version"), version=found, pk=waiver)
    try:
        waiver_approve(by=request.user, waiver=asked)
        messages.success(request, "The waiver is approved.")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{found.get_absolute_url()}#findings")
