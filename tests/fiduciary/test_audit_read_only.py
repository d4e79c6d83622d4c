"""Who reads a sponsor's record changes nothing of it, whatever they send to whichever address."""

import re
from typing import Any

import pytest
from django.urls import get_resolver

from menus.models import MenuLine
from sponsors.enums import Role
from sponsors.ledger.models import LedgerEvent
from sponsors.models import CensusImport, CensusSnapshot, Participant, Plan
from sponsors.roles import PLATFORM_ADMINISTRATOR_PERMISSIONS, ROLE_PERMISSIONS
from sponsors.services.census import census_upload
from tests.factories.fiduciary import make_committee, make_document, make_review, make_signed
from tests.factories.menus import author_of, make_menu, make_proposed, make_sleeve, make_version
from tests.factories.runs import make_done_run
from tests.factories.sponsors import (
    AS_OF,
    PASSWORD,
    census_csv,
    census_rows,
    client_of,
    make_member,
    make_snapshot,
    make_user,
)
from tests.fiduciary.conftest import all_rows
from tests.guards.test_urls import patterns, view_name

pytestmark = pytest.mark.django_db

# Addresses that are not about a sponsor's record, or that a reader may use; each with its reason.
NOT_HERE = {
    "": "leads on to the plan",
    "start/": "anybody may begin an employer of their own",
    "platform/users/<int:user>/": "accounts are the platform administrator's; tests/sponsors/test_platform_pages.py",
    "plans/<slug:plan>/runs/<int:run>/replay/": "a replay is asked for on record; tested below",
    "api/v1/plans/<slug:plan>/runs/<int:run>/replay/": "likewise",
    "api/v1/token/": "one's own token",
    "api/v1/sponsors/": "anybody may begin an employer of their own",
}
WORDS = (
    "reason",
    "reasons",
    "purpose",
    "name",
    "title",
    "note",
    "text",
    "recordkeeper",
    "full_name",
    "statement",
)
TYPED = dict.fromkeys(WORDS, "Forged") | {
    "outcome": "reject",
    "answer": "met",
    "password": PASSWORD,
    "has_conflict": "no",
    "fund": "VFIAX",
    "is_core": "on",
    "email": "new@example.com",
    "role": "auditor",
    "kind": "text",
    "item": "PG-04",
    "expires_on": "2027-01-01",
}


@pytest.fixture
def plan() -> Plan:
    """A plan with a row behind every kind of address."""
    committee = make_committee()
    plan = committee.plan
    make_snapshot(plan, 20)
    data = census_csv(census_rows())
    census_upload(by=committee.author, plan=plan, data=data, file_name="census.csv", as_of=AS_OF)
    menu = make_menu(plan)
    decision = make_signed(committee, review=make_review(committee, version=make_proposed(menu)))
    make_document(decision)
    draft = make_version(menu, preset="reference")
    make_sleeve(draft)
    make_done_run(draft, participants=20)
    return plan


def values_of(plan: Plan) -> dict[str, Any]:
    """What stands for each part of an address."""
    draft = MenuLine.objects.filter(plan=plan, version__status="draft").select_related("version__menu").last()
    assert draft is not None
    numbers = dict.fromkeys(["decision", "review", "run", "position", "document", "evidence", "waiver"], 1)
    return numbers | {
        "plan": plan.slug,
        "menu": draft.version.menu.slug,
        "version": draft.version.number,
        "line": draft.pk,
        "item": "PG-04",
        "fund": "VFIAX",
        "chart": "fan",
        "pseudonym": Participant.objects.filter(plan=plan)[0].pseudonym,
        "census_import": CensusImport.objects.get(plan=plan).pk,
        "member": author_of(plan).memberships.get().pk,
        "user": author_of(plan).pk,
        "sponsor": plan.sponsor.slug,
        "snapshot": CensusSnapshot.objects.get(plan=plan).pk,
        "edition_name": "prudent_person/2026-11",
        "edition": "house-2026-base",
    }


def addresses(plan: Plan) -> list[tuple[str, Any]]:
    """(address, view) of everything of ours, with real rows in it. A part without a value here is a KeyError."""
    values = values_of(plan)
    return [
        ("/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), path), view)
        for path, view in patterns(get_resolver())
        if view_name(view).startswith(("sponsors.", "menus.", "fiduciary.")) and path not in NOT_HERE
    ]


def answers(client: Any, address: str) -> dict[str, int]:
    """Method -> status of everything that could change something; forms to pages, JSON to the API."""
    json = {"content_type": "application/json"}
    sent = {"post": json if address.startswith("/api/") else {}, "put": json, "patch": json, "delete": json}
    return {name: getattr(client, name)(address, TYPED, **how).status_code for name, how in sent.items()}


READERS = {
    "auditor": (lambda plan: make_member(plan, Role.AUDITOR), ROLE_PERMISSIONS[Role.AUDITOR]),
    "platform administrator": (
        lambda plan: make_user(is_platform_administrator=True),
        PLATFORM_ADMINISTRATOR_PERMISSIONS,
    ),
}


@pytest.mark.parametrize("reader", list(READERS))
def test_reader_changes_nothing_at_any_address(plan, reader):
    make_reader, held = READERS[reader]
    client = client_of(make_reader(plan))
    before = all_rows()

    found = {address: (answers(client, address), view) for address, view in addresses(plan)}

    assert len(found) > 60
    assert all_rows() == before
    assert {address: statuses for address, (statuses, _) in found.items() if 302 in statuses.values()} == {}
    refused = {
        address: statuses
        for address, (statuses, view) in found.items()
        if getattr(view, "required_permission", None) not in {*held, "account", "platform", None}
    }
    assert len(refused) > 15
    assert {a: s for a, s in refused.items() if not set(s.values()) <= {403, 404, 405}} == {}


def test_same_posts_by_the_plan_administrator_do_change_things(plan):
    """Otherwise the test above would prove nothing."""
    client = client_of(make_member(plan, Role.PLAN_ADMINISTRATOR))
    before = set(LedgerEvent.objects.values_list("pk", flat=True))

    for address, _ in addresses(plan):
        client.post(address, TYPED)

    done = LedgerEvent.objects.exclude(pk__in=before).values_list("action", flat=True)
    assert set(done) >= {"membership.added", "menu.created", "menu_version.proposed"}


@pytest.mark.parametrize("reader", list(READERS))
def test_reader_opens_the_desk(plan, reader):
    client = client_of(READERS[reader][0](plan))
    desk = [
        address for address, view in addresses(plan) if view_name(view).startswith("fiduciary.views.audit")
    ]

    assert len(desk) == 5
    assert {client.get(address).status_code for address in desk} == {200}


def test_auditor_may_replay_and_the_ledger_says_so(plan):
    auditor = make_member(plan, Role.AUDITOR)
    before = LedgerEvent.objects.count()

    response = client_of(auditor).post(f"/plans/{plan.slug}/runs/1/replay/")

    assert response.status_code == 302
    event = LedgerEvent.objects.order_by("recorded_at").last()
    assert event is not None
    assert (LedgerEvent.objects.count(), event.action, event.actor_id) == (
        before + 1,
        "projection_run.replay_requested",
        auditor.pk,
    )
