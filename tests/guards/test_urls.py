"""Every address says who may open it. Walks the URL tree, so that a new page cannot be forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny

from sponsors.permissions import Permission

# Views that need no account, each with its reason.
PUBLIC = {
    "config.views.healthz": "a load balancer asks whether the process answers",
    "config.views.readyz": "a load balancer asks whether the database answers",
    "config.views.styleguide": "components with invented content; shows nobody's data",
}
# Pages of allauth: logging in and out, one's own password and addresses. It guards the ones that need an account.
ALLAUTH = "allauth.account.views"
MARKS = {"account", "platform", *Permission}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(path, view) of every address below a resolver."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def view_name(view: Any) -> str:
    owner = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    return f"{owner.__module__}.{owner.__qualname__}"


def why_unguarded(view: Any) -> str:
    """Why nobody can tell who may open the view; empty when it is guarded."""
    name, mark = view_name(view), getattr(view, "required_permission", None)
    if name.startswith(ALLAUTH) or name in PUBLIC or mark in MARKS:
        return ""
    if mark == "public":
        return "public, but not on the list with a reason"
    of_class = getattr(getattr(view, "cls", None), "permission_classes", None)
    permissions = getattr(view, "initkwargs", {}).get("permission_classes", of_class)
    if permissions is None:
        return "not marked with who may open it"
    is_asked = any(permission is not AllowAny for permission in permissions)
    return "" if is_asked else "an API view that anybody may call"


def test_every_address_says_who_may_open_it():
    unguarded = {
        f"{path} ({view_name(view)}): {why}"
        for path, view in patterns(get_resolver())
        if (why := why_unguarded(view))
    }

    assert unguarded == set()


def test_every_public_view_is_still_there():
    views = {view_name(view) for _, view in patterns(get_resolver())}

    assert set(PUBLIC) <= views


def test_every_page_of_a_plan_asks_for_a_permission_of_the_plan():
    of_plans = {
        path: view for path, view in patterns(get_resolver()) if path.startswith("plans/<slug:plan>/")
    }

    assert len(of_plans) > 10
    assert {
        path
        for path, view in of_plans.items()
        if getattr(view, "required_permission", None) not in set(Permission)
    } == set()


@pytest.mark.parametrize("mark", [None, "public", "anybody"])
def test_guard_finds_a_view_without_a_mark(mark):
    def view(request):
        raise AssertionError("never called")

    if mark:
        view.required_permission = mark  # type: ignore[attr-defined]

    assert why_unguarded(view)
