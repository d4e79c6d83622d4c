"""Funds, menus, versions with lines, and sleeves. Funds are the real catalogue, loaded when a test first asks."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from menus.catalogue import read_catalogue
from menus.enums import SleeveKind
from menus.models import Fund, Menu, MenuLine, MenuVersion, Sleeve
from menus.services.menus import menu_create
from menus.services.sleeves import SleeveTerms, sleeve_set
from menus.services.versions import version_create, version_propose
from sponsors.enums import Role
from sponsors.models import Plan, User
from tests.factories.sponsors import make_member, make_plan


def make_catalogue() -> None:
    """Every fund of the catalogue, as `catalogue_load` would load it; the file is read once for all tests."""
    if not Fund.objects.exists():
        Fund.objects.bulk_create(Fund(key=key, **fields) for key, fields in _catalogue().items())


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    return read_catalogue()


def make_fund(key: str = "FXAIX") -> Fund:
    """A fund of the catalogue by its key."""
    make_catalogue()
    return Fund.objects.get(key=key)


def make_menu(plan: Plan | None = None, *, by: User | None = None, name: str = "Investment menu") -> Menu:
    plan = plan or make_plan()
    return menu_create(by=by or make_member(plan, Role.PLAN_ADMINISTRATOR), plan=plan, name=name)


def make_version(
    menu: Menu | None = None,
    *,
    preset: str = "",
    funds: Sequence[str] = (),
    by: User | None = None,
    **fields: Any,
) -> MenuVersion:
    """A draft: empty, from a preset (lean, reference, wide), or holding the funds of these keys without marks."""
    make_catalogue()
    menu = menu or make_menu(by=by)
    version = version_create(by=by or author_of(menu.plan), menu=menu, preset=preset, **fields)
    for place, key in enumerate(funds, start=1):
        make_line(version, key, position=place)
    return version


def make_line(version: MenuVersion, fund: str, *, position: int | None = None, **marks: Any) -> MenuLine:
    place = position or version.lines.count() + 1
    owner = {"sponsor": version.sponsor, "plan": version.plan, "version": version}
    return MenuLine.objects.create(fund=make_fund(fund), position=place, **owner, **marks)


def make_proposed(
    menu: Menu | None = None, *, preset: str = "reference", by: User | None = None
) -> MenuVersion:
    """A frozen version before the committee."""
    version = make_version(menu, preset=preset, by=by)
    return version_propose(by=by or author_of(version.plan), version=version)


def sleeve_terms(kind: SleeveKind = SleeveKind.CRYPTO_LINE, **changes: Any) -> SleeveTerms:
    """Terms that fit: a bitcoin trust with a cap of 5%, at 2% as a line, from 2% to 0.5% by age, or both."""
    line = {"kind": kind, "target_weight": Decimal("0.02"), "rebalancing": "sell_down"}
    points = ((25, Decimal("0.02")), (65, Decimal("0.005")))
    inside = {"kind": kind, "weights_by_age": points, "rebalancing": "calendar"}
    both = {**line, **inside, "line_rebalancing": "sell_down"}
    terms = {"crypto_line": line, "target_date": inside, "both": both}[kind]
    return SleeveTerms(**{"fund": make_fund("IBIT"), "cap": Decimal("0.05"), **terms, **changes})


def make_sleeve(version: MenuVersion, kind: SleeveKind = SleeveKind.CRYPTO_LINE, **changes: Any) -> Sleeve:
    return sleeve_set(by=author_of(version.plan), version=version, terms=sleeve_terms(kind, **changes))


def author_of(plan: Plan) -> User:
    """A plan administrator of the plan; made when there is none."""
    found = User.objects.filter(
        memberships__sponsor=plan.sponsor, memberships__role=Role.PLAN_ADMINISTRATOR
    ).first()
    return found or make_member(plan, Role.PLAN_ADMINISTRATOR)
