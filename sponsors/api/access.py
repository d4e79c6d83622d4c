"""Who may call what: the API's mirror of `plan_view`. An operation without a named permission is closed to all."""

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from sponsors.access import has_permission, membership_of, permissions_of, plan_for, sponsors_for
from sponsors.permissions import Permission

ACCOUNT: Literal["account"] = "account"  # whoever is logged in; the view scopes what they see
Needs = Permission | Literal["account"]


class OperationPermission(BasePermission):
    """Strangers get 404, members without the permission 403, nobody gets in where no permission is named.

    Puts `plan` or `sponsor`, `membership` and `permissions` on the request, as `plan_view` does.
    """

    message = "Your role does not include this."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if view.action is None or view.action == "metadata":
            return True  # no such method here: Django REST answers 405
        needs = getattr(view.operation, "needs", None)
        if needs is None:
            return False
        return needs == ACCOUNT or self._may(request, view, needs)

    def _may(self, request: Request, view: Any, needs: Permission) -> bool:
        if "plan" in view.kwargs:
            request.plan = plan_for(request.user, view.kwargs["plan"], needs)
            request.sponsor = request.plan.sponsor
        else:
            request.sponsor = get_object_or_404(sponsors_for(request.user), slug=view.kwargs["sponsor"])
            if not has_permission(request.user, request.sponsor, needs):
                self.message = f"Your role does not include this ({needs.value.replace('_', ' ')})."
                return False
        request.membership = membership_of(request.user, request.sponsor)
        request.permissions = permissions_of(request.user, request.sponsor)
        return True
