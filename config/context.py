"""What every page's frame shows: the plan, the chain of work, where the open version stands."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from fiduciary.demonstration_cast import CAST, PASSWORD
from fiduciary.enums import DecisionStatus, ReviewStatus
from fiduciary.models import Decision, PrudenceReview
from menus.enums import VersionStatus
from menus.models import MenuVersion
from sponsors.access import plans_for
from sponsors.models import Plan
from sponsors.permissions import Permission as P

# (label, icon, url name, permission, beginnings of the url names it covers)
CHAIN: list[tuple[str, str, str, P, tuple[str, ...]]] = [
    ("Today", "today", "sponsors:plan-today", P.PLAN_VIEW, ("plan-today",)),
    ("People", "people", "sponsors:census-detail", P.CENSUS_VIEW, ("census-", "participant-")),
    ("Menu", "menu", "menus:menu-list", P.MENU_VIEW, ("menu-", "version-", "line-", "waiver-", "sleeve-")),
    ("Exposure", "exposure", "menus:run-list", P.RUN_VIEW, ("run-",)),
    ("Review", "review", "fiduciary:review-list", P.REVIEW_VIEW, ("review-", "evidence-")),
    ("Decisions", "decision", "fiduciary:decision-list", P.REVIEW_VIEW, ("decision-",)),
    ("Documents", "document", "fiduciary:document-list", P.DOCUMENT_VIEW, ("document-",)),
    ("Audit", "audit", "fiduciary:audit-plan", P.AUDIT_VIEW, ("audit-",)),
    ("Plan", "plan", "sponsors:plan-detail", P.PLAN_VIEW, ("plan-detail", "plan-edit", "member-")),
]
# (label, icon, url name, beginnings of the url names it covers); for everybody with an account
REFERENCE: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("Funds", "funds", "menus:fund-list", ("fund-",)),
    ("Markets", "exposure", "menus:market-list", ("market-",)),
    ("Rules", "rules", "fiduciary:rule-list", ("rule-",)),
    ("All audits", "audit", "fiduciary:audit-home", ("audit-home",)),
]

PLATFORM = [("Platform", "settings", "sponsors:platform-home", ("platform-",))]  # for platform administrators


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `plans`, `rail`, `steward_version`, and the demonstration logins before logging in."""
    context: dict[str, Any] = {"steward_version": settings.VERSION, "rail": [], "plans": []}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context | (_demonstration() if settings.DEMO else {})
    context["plans"] = list(plans_for(user))
    context["rail"] = rail(request)
    return context


def rail(request: HttpRequest) -> list[dict[str, Any]]:
    """The chain of the plan in view, without what the reader may not open, and the reference pages."""
    plan = getattr(request, "plan", None)
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    reference = [
        {
            "label": label,
            "icon": icon,
            "url": reverse(name),
            "current": here.startswith(covered),
            "group": "reference",
        }
        for label, icon, name, covered in (
            *REFERENCE,
            *(PLATFORM if request.user.is_platform_administrator else []),
        )
    ]
    return (_chain(request, plan, here) if plan else []) + reference


def _chain(request: HttpRequest, plan: Plan, here: str) -> list[dict[str, Any]]:
    states = chain_states(plan)
    return [
        {
            "label": label,
            "icon": icon,
            "url": reverse(name, kwargs={"plan": plan.slug}),
            "current": here.startswith(covered) and here != "audit-home",
            **states.get(label, {}),
        }
        for label, icon, name, permission, covered in CHAIN
        if permission in request.permissions
    ]


def chain_states(plan: Plan) -> dict[str, dict[str, str]]:
    """Where the plan's open work stands, by the chain's labels. Three small queries."""
    version = (
        MenuVersion.objects.filter(plan=plan, status__in=[VersionStatus.DRAFT, VersionStatus.PROPOSED])
        .order_by("-created_at")
        .first()
    )
    reviews = PrudenceReview.objects.filter(plan=plan, status=ReviewStatus.OPEN).count()
    decisions = Decision.objects.filter(plan=plan, status=DecisionStatus.AWAITING_SIGNATURES).count()
    states = {}
    if version:
        words = f"v{version.number} {version.get_status_display().lower()}"
        states["Menu"] = {"state": "current", "state_label": words}
    if reviews:
        states["Review"] = {"state": "current", "state_label": f"{reviews} open"}
    if decisions:
        states["Decisions"] = {"state": "attention", "state_label": f"{decisions} to sign"}
    return states


def _demonstration() -> dict[str, Any]:
    logins = [{"role": person.role_label, "email": person.email} for person in CAST]
    return {"demo_logins": logins, "demo_password": PASSWORD}
