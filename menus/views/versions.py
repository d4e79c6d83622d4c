"""Versions: begin one, build it, compare two, propose it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from menus.enums import VersionStatus
from menus.forms.menus import VersionForm
from menus.models import MenuVersion
from menus.selectors import compare_versions
from menus.services.versions import version_create, version_propose, version_record_as_found
from menus.views.builder import menu_or_404, search_context, version_context, version_or_404
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission


@plan_view(Permission.MENU_EDIT)
def version_create_page(request: PlanRequest, menu: str) -> HttpResponse:
    """Choose how the new version begins."""
    found = menu_or_404(request, menu)
    asked = {"start": f"copy-{request.GET['copy']}"} if "copy" in request.GET else {}
    form = VersionForm(request.POST or None, menu=found, initial=asked)
    if form.is_valid():
        try:
            return redirect(version_create(by=request.user, menu=found, **form.beginning()))
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "menus/version_create.html", {"menu": found, "form": form})


@require_GET
@plan_view(Permission.MENU_VIEW)
def version_detail(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """The builder of a draft; the same page, read-only, for every other version."""
    found = version_or_404(request, menu, version)
    if request.htmx and "q" in request.GET:
        context = {"version": found, "menu": found.menu, **search_context(request, found)}
        return render(request, "menus/_fund_results.html", context)
    context = version_context(request, found)
    if context["can_edit"]:
        context |= search_context(request, found)
    return render(request, "menus/version_detail.html", {**context, "compare_to": _before(found)})


@require_GET
@plan_view(Permission.MENU_VIEW)
def version_panel(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """Totals and findings alone."""
    found = version_or_404(request, menu, version)
    return render(request, "menus/_version_panel.html", version_context(request, found))


@require_GET
@plan_view(Permission.MENU_VIEW)
def version_compare(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """What changes from one version (`from`, else the one before) to this one."""
    found = version_or_404(request, menu, version)
    asked = request.GET.get("from", "")
    other = version_or_404(request, menu, int(asked)) if asked.isdecimal() else _before(found)
    if other is None:
        raise Http404("There is no other version to compare with.")
    comparison = compare_versions(other, found)
    counts = {status: comparison.count(status) for status in ("added", "removed", "changed", "unchanged")}
    context = {
        **counts,
        "menu": found.menu,
        "version": found,
        "comparison": comparison,
        "has_line_changes": len(comparison.lines) > counts["unchanged"],
        "versions": found.menu.versions.order_by("-number"),
        "only_changes": "all" not in request.GET,
    }
    return render(request, "menus/version_compare.html", context)


@plan_view(Permission.MENU_PROPOSE)
def version_propose_page(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """What would be proposed and what stops it; on confirmation, the proposal."""
    found = version_or_404(request, menu, version)
    if not found.is_draft:
        messages.info(request, f"Version {found.number} is already {found.get_status_display().lower()}.")
        return redirect(found)
    refusal = None
    if request.method == "POST":
        try:
            version_propose(by=request.user, version=found)
            messages.success(request, f"Version {found.number} is proposed. It can no longer be changed.")
            return redirect(found)
        except Refusal as refused:
            refusal = refused.message
    before = _before(found)
    context = version_context(request, found)
    context |= {"refusal": refusal, "comparison": compare_versions(before, found) if before else None}
    return render(request, "menus/version_propose.html", context)


@require_POST
@plan_view(Permission.MENU_PROPOSE)
def version_record(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """Put the menu in force when the plan joined on record."""
    found = version_or_404(request, menu, version)
    try:
        version_record_as_found(by=request.user, version=found)
        messages.success(
            request, f"Version {found.number} is on record as the menu in force when the plan joined."
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(found)


def _before(version: MenuVersion) -> MenuVersion | None:
    """What a reader compares a version with: what it was copied from, what is in force, or the one before it."""
    if version.based_on:
        return version.based_on
    others = version.menu.versions.exclude(pk=version.pk).select_related("menu", "plan")
    in_force = others.filter(status=VersionStatus.ADOPTED).first()
    return in_force or others.filter(number__lt=version.number).first()
