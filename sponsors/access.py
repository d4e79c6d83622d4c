"""Who may see and do what: scoped querysets, permissions, the decorator of every plan page.

Strangers to a sponsor get 404 (nothing tells them that it exists); members without the permission get 403.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from sponsors.enums import Role
from sponsors.models import Membership, Plan, PlanSponsor, User
from sponsors.permissions import Permission
from sponsors.roles import PLATFORM_ADMINISTRATOR_PERMISSIONS, ROLE_PERMISSIONS

View = Callable[..., HttpResponse]


class PlanRequest(HttpRequest):
    """The request that a `plan_view` gets: who asks, about which plan, in which role."""

    user: User
    plan: Plan
    membership: Membership | None
    permissions: frozenset[Permission]
    htmx: Any


def membership_of(user: User, sponsor: PlanSponsor) -> Membership | None:
    """The person's present membership of the sponsor, or None."""
    return user.memberships.filter(sponsor=sponsor, ended_at=None).first()


def permissions_of(user: User, sponsor: PlanSponsor) -> frozenset[Permission]:
    """Everything the person may do for the sponsor; empty for a stranger."""
    membership = membership_of(user, sponsor)
    held = ROLE_PERMISSIONS[Role(membership.role)] if membership else frozenset()
    return held | (PLATFORM_ADMINISTRATOR_PERMISSIONS if user.is_platform_administrator else frozenset())


def has_permission(user: User, sponsor: PlanSponsor, permission: Permission) -> bool:
    return permission in permissions_of(user, sponsor)


def sponsors_for(user: User) -> QuerySet[PlanSponsor]:
    """The sponsors a person may know of: their own, or all for a platform administrator."""
    if user.is_platform_administrator:
        return PlanSponsor.objects.all()
    return PlanSponsor.objects.filter(pk__in=user.memberships.filter(ended_at=None).values("sponsor"))


def plans_for(user: User) -> QuerySet[Plan]:
    """The plans a person may know of."""
    return Plan.objects.filter(sponsor__in=sponsors_for(user)).select_related("sponsor")


def plan_for(user: User, slug: str, permission: Permission) -> Plan:
    """One plan, for one purpose. Raises Http404 for strangers, PermissionDenied for members without the permission."""
    plan = get_object_or_404(plans_for(user), slug=slug)
    if not has_permission(user, plan.sponsor, permission):
        raise PermissionDenied(f"Your role does not include this ({permission.value.replace('_', ' ')}).")
    return plan


def plan_view(permission: Permission) -> Callable[[View], View]:
    """Mark a view of one plan: logs in, loads the plan of the URL, checks the permission.

    Puts `request.plan`, `request.membership` (None for a platform administrator) and `request.permissions` in place.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, plan: str, *args: Any, **kwargs: Any) -> HttpResponse:
            found = plan_for(request.user, plan, permission)
            request.plan = found
            request.membership = membership_of(request.user, found.sponsor)
            request.permissions = permissions_of(request.user, found.sponsor)
            return view(request, *args, **kwargs)

        guarded.required_permission = permission
        return guarded

    return decorate


def account_view(view: View) -> View:
    """Mark a view that needs an account but no plan."""
    guarded = login_required(view)
    guarded.required_permission = "account"
    return guarded


def platform_view(view: View) -> View:
    """Mark a view for platform administrators; everybody else gets 404."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_platform_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    guarded.required_permission = "platform"
    return guarded


def public_view(view: View) -> View:
    """Mark a view that anybody may see; `tests/guards` keeps the list with a reason for each."""
    view.required_permission = "public"
    return view
