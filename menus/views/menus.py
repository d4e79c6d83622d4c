"""The menus of a plan and the versions of a menu."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from menus.enums import VersionStatus
from menus.forms.menus import MenuForm
from menus.models import Menu, MenuVersion
from menus.selectors import menus_of, versions_of
from menus.services.menus import menu_create
from menus.views.builder import menu_or_404
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission

NEWEST = 3


@plan_view(Permission.MENU_VIEW)
def menu_list(request: PlanRequest) -> HttpResponse:
    """The plan's menus with where each stands; a form to start one."""
    may_edit = Permission.MENU_EDIT in request.permissions
    form = MenuForm(request.POST or None)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied("Your role does not include starting a menu.")
        if form.is_valid():
            try:
                menu = menu_create(by=request.user, plan=request.plan, name=form.cleaned_data["name"])
                return redirect("menus:version-create", plan=request.plan.slug, menu=menu.slug)
            except Refusal as refusal:
                add_refusal(form, refusal)
    menus = [{"menu": menu, "versions": _shown(menu)} for menu in menus_of(request.plan)]
    return render(request, "menus/menu_list.html", {"menus": menus, "form": form, "can_edit": may_edit})


def _shown(menu: Menu) -> list[MenuVersion]:
    """The newest versions and, wherever it stands, the one in force."""
    versions = list(versions_of(menu))
    return [
        one for place, one in enumerate(versions) if place < NEWEST or one.status == VersionStatus.ADOPTED
    ]


@plan_view(Permission.MENU_VIEW)
def menu_detail(request: PlanRequest, menu: str) -> HttpResponse:
    """Every version of a menu with its status, and the way to compare two."""
    found = menu_or_404(request, menu)
    versions = list(versions_of(found))
    context = {
        "menu": found,
        "versions": versions,
        "in_force": next((version for version in versions if version.status == VersionStatus.ADOPTED), None),
        "pair": _pair(versions),
        "can_edit": Permission.MENU_EDIT in request.permissions,
    }
    return render(request, "menus/menu_detail.html", context)


def _pair(versions: list[MenuVersion]) -> tuple[int, int] | None:
    """The two versions that a reader most likely wants to compare: the newest and the one before it."""
    return (versions[1].number, versions[0].number) if len(versions) > 1 else None
