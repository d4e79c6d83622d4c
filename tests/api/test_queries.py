"""Lists ask the database as often for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from menus.services.menus import menu_create
from menus.services.versions import version_create
from sponsors.enums import Role
from tests.api.calls import Caller
from tests.api.world import make_world
from tests.factories.menus import make_version
from tests.factories.sponsors import make_member, make_plan, make_snapshot

pytestmark = pytest.mark.django_db
LISTS = [
    "members/", "census/imports/", "census/snapshots/", "participants/", "menus/", "menus/investment-menu/versions/",
    "menus/investment-menu/versions/1/lines/", "menus/investment-menu/versions/1/findings/", "runs/", "reviews/",
    "reviews/1/answers/", "reviews/1/evidence/", "reviews/1/declarations/", "decisions/", "documents/",
    "audit/events/",
]  # fmt: skip
MOST = (
    14  # token, plan, membership twice and role's permissions; then the list itself, its count, what it names
)


def queries(caller: Caller, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        caller.get(path, limit=1000)
    return len(captured)


def test_no_list_asks_for_more_than_a_handful_of_queries():
    committee, _ = make_world()
    caller = Caller(committee.author)
    here = f"plans/{committee.plan.slug}/"

    asked = {path: queries(caller, here + path) for path in LISTS}

    assert {path: number for path, number in asked.items() if number > MOST} == {}


def test_participants_and_versions_cost_the_same_however_many_there_are():
    plan = make_plan()
    administrator = make_member(plan)
    caller, here = Caller(administrator), f"plans/{plan.slug}/"
    menu = menu_create(by=administrator, plan=plan)
    first = version_create(by=administrator, menu=menu)
    make_snapshot(plan, 2)
    paths = ["participants/", f"menus/{menu.slug}/versions/", "members/", "audit/events/"]
    few = {path: queries(caller, here + path) for path in paths}

    make_snapshot(plan, 40, as_of=first.created_at.date())
    for _ in range(6):
        version_create(by=administrator, menu=menu, copy_of=first)
        make_member(plan, Role.COMMITTEE_MEMBER)

    assert {path: queries(caller, here + path) for path in paths} == few


def test_detail_of_a_version_costs_the_same_for_more_lines():
    small, large = make_version(funds=["FXAIX"]), make_version(preset="wide")

    asked = []
    for version in (small, large):
        caller = Caller(make_member(version.plan, Role.AUDITOR))
        asked.append(queries(caller, f"plans/{version.plan.slug}/menus/{version.menu.slug}/versions/1/"))

    assert asked[0] == asked[1] <= MOST
