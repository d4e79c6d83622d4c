"""What every page's frame shows: the plan, the chain of work, where the reader stands."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from sponsors.access import plans_for
from sponsors.permissions import Permission as P

# (label, icon, url name, permission, first part of the url names it covers)
CHAIN: list[tuple[str, str, str, P, str]] = [
    ("Today", "today", "sponsors:plan-today", P.PLAN_VIEW, "plan-today"),
    ("Menu", "menu", "menus:menu-list", P.MENU_VIEW, "menu-|version-|line-|waiver-|sleeve-"),
    ("People", "people", "sponsors:census-detail", P.CENSUS_VIEW, "census-|participant-"),
    ("Exposure", "exposure", "menus:run-list", P.RUN_VIEW, "run-"),
    ("Review", "review", "fiduciary:review-list", P.REVIEW_VIEW, "review-|evidence-"),
    ("Decisions", "decision", "fiduciary:decision-list", P.REVIEW_VIEW, "decision-"),
    ("Documents", "document", "fiduciary:document-list", P.DOCUMENT_VIEW, "document-"),
    ("Audit", "audit", "fiduciary:audit-plan", P.AUDIT_VIEW, "audit-"),
    ("Plan", "plan", "sponsors:plan-detail", P.PLAN_VIEW, "plan-detail|plan-edit|member-"),
]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `plans`, `rail`, `steward_version`, `is_demo`. Cheap for pages without a plan."""
    context: dict[str, Any] = {"steward_version": settings.VERSION, "is_demo": settings.DEMO, "rail": [], "plans": []}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    context["plans"] = list(plans_for(user))
    plan = getattr(request, "plan", None)
    if plan is not None:
        context["rail"] = rail(request)
    return context


def rail(request: HttpRequest) -> list[dict[str, Any]]:
    """The chain of work of the plan, without what the reader may not open."""
    match = request.resolver_match
    here = match.url_name if match else ""
    return [
        {
            "label": label,
            "icon": icon,
            "url": _plan_url(name, request.plan.slug),
            "current": _covers(covered, here),
        }
        for label, icon, name, permission, covered in CHAIN
        if permission in request.permissions
    ]


def _covers(covered: str, url_name: str) -> bool:
    return any(url_name.startswith(part) for part in covered.split("|"))


def _plan_url(name: str, plan: str) -> str:
    try:
        return reverse(name, kwargs={"plan": plan})
    except NoReverseMatch:
        return ""
