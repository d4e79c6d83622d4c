"""Finding what an address names, inside the plan of the address and nowhere else."""

from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from menus.models import Menu, MenuLine, MenuVersion, ProjectionRun, Sleeve, Waiver
from menus.run_selectors import runs_of
from menus.selectors import versions_of
from sponsors.errors import Refusal
from sponsors.models import Plan


def menu_or_404(request: Request, menu: str) -> Menu:
    return get_object_or_404(Menu.objects.select_related("plan__sponsor"), plan=request.plan, slug=menu)


def version_or_404(request: Request, menu: str, version: int) -> MenuVersion:
    people = ("menu", "plan__sponsor", "created_by", "proposed_by", "based_on", "sleeve__fund")
    versions = MenuVersion.objects.select_related(*people).prefetch_related("lines__fund")
    return get_object_or_404(versions, plan=request.plan, menu__slug=menu, number=version)


def named_version(menu: Menu, number: int, field: str) -> MenuVersion:
    """The version that a body or a query names; a Refusal at that field when there is none."""
    found = versions_of(menu).filter(number=number).first()
    if found is None:
        raise Refusal(f"{menu} has no version {number}.", field=field, code="version_unknown")
    return found


def version_of_plan(plan: Plan, menu: str, number: int) -> MenuVersion:
    """The version that a body names by menu and number; a Refusal when the plan has none such."""
    versions = MenuVersion.objects.select_related("menu", "plan__sponsor")
    found = versions.filter(plan=plan, menu__slug=menu, number=number).first()
    if found is None:
        raise Refusal(f"The plan has no version {number} of {menu}.", field="version", code="version_unknown")
    return found


def line_or_404(request: Request, menu: str, version: int, line: int) -> MenuLine:
    lines = MenuLine.objects.select_related("fund", "version__plan__sponsor")
    return get_object_or_404(lines, version=version_or_404(request, menu, version), pk=line)


def sleeve_or_404(request: Request, menu: str, version: int) -> Sleeve:
    return get_object_or_404(
        Sleeve.objects.select_related("fund"), version=version_or_404(request, menu, version)
    )


def waiver_or_404(request: Request, menu: str, version: int, waiver: int) -> Waiver:
    waivers = Waiver.objects.select_related("version")
    return get_object_or_404(waivers, version=version_or_404(request, menu, version), pk=waiver)


def run_or_404(request: Request, run: int) -> ProjectionRun:
    return get_object_or_404(runs_of(request.plan), number=run)
