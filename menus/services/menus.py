"""Menus: the container of versions."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from menus.models import Menu
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import Plan, User


@transaction.atomic
def menu_create(*, by: User, plan: Plan, name: str = "Investment menu") -> Menu:
    """Start a menu of the plan. Refuses an empty name and a name that the plan already uses."""
    name = name.strip()
    slug = slugify(name)[:80]
    if not slug:
        raise Refusal("Give the menu a name of letters or digits.", field="name", code="menu_name")
    if Menu.objects.filter(plan=plan, slug=slug).exists():
        raise Refusal(
            f"The plan already has a menu called {name}. Choose another name, or start a new version of that menu.",
            field="name",
            code="menu_exists",
            conflict=True,
        )
    menu = Menu.objects.create(sponsor=plan.sponsor, plan=plan, name=name[:120], slug=slug)
    record("menu.created", by=by, plan=plan, subject=menu, body={"name": menu.name})
    return menu
