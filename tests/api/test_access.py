"""Who may call what: every operation by every role, with objects that could leak."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from sponsors.api.access import ACCOUNT
from sponsors.api.operations import Operations
from sponsors.enums import Role
from sponsors.models import LedgerEvent
from sponsors.permissions import Permission as P
from sponsors.roles import PLATFORM_ADMINISTRATOR_PERMISSIONS, ROLE_PERMISSIONS
from sponsors.services.memberships import membership_end
from tests.api.calls import Caller
from tests.api.operations import Endpoint, endpoints
from tests.api.world import make_world
from tests.factories.sponsors import PASSWORD, make_member, make_plan, make_user

pytestmark = pytest.mark.django_db

# What each operation asks for. A new one is added here by somebody who thought about it.
ACCOUNT_OPERATIONS = {
    "audited_decision_list",
    "checklist_list",
    "checklist_read",
    "fund_list",
    "fund_read",
    "plan_list",
    "preset_list",
    "rule_list",
    "sponsor_create",
    "sponsor_list",
    "token_create",
    "token_revoke",
}
READS = {
    P.PLAN_VIEW: {"sponsor_read", "plan_read", "member_list", "member_read"},
    P.CENSUS_VIEW: {
        "census_import_list",
        "census_import_read",
        "census_import_refusals",
        "census_snapshot_list",
        "census_snapshot_read",
        "participant_list",
        "participant_read",
        "run_participant",  # about one person, so not for a platform administrator
    },
    P.CENSUS_IMPORT: {"census_import_columns"},  # shows the first rows of the file, with names
    P.MENU_VIEW: {
        "menu_list",
        "menu_read",
        "version_list",
        "version_read",
        "version_compare",
        "version_totals",
        "version_findings",
        "line_list",
        "line_read",
        "sleeve_read",
        "waiver_list",
    },
    P.RUN_VIEW: {"run_list", "run_read"},
    P.REVIEW_VIEW: {
        "review_list",
        "review_read",
        "answer_list",
        "evidence_list",
        "evidence_download",
        "declaration_list",
        "decision_list",
        "decision_read",
    },
    P.DOCUMENT_VIEW: {"document_list", "document_read", "document_download"},
    P.AUDIT_VIEW: {"audited_decision_verify", "audit_event_list", "audit_event_verify"},
}
WRITES = {
    P.PLAN_EDIT: {"plan_create", "plan_edit"},
    P.MEMBERS_EDIT: {"member_create", "member_end"},
    P.CENSUS_IMPORT: {"census_import_create", "census_import_confirm"},
    P.MENU_VIEW: {"lab_ask"},  # a look: it writes nothing
    P.MENU_EDIT: {
        "menu_create",
        "version_create",
        "line_create",
        "line_edit",
        "line_remove",
        "line_replace",
        "line_mark_default",
        "sleeve_set",
        "sleeve_remove",
    },
    P.MENU_PROPOSE: {"version_propose", "version_record_as_found"},
    P.WAIVER_REQUEST: {"waiver_create"},
    P.WAIVER_APPROVE: {"waiver_approve"},
    P.RUN_START: {"run_create", "run_cancel", "run_retry"},
    P.RUN_VIEW: {"run_replay"},  # whoever may read a run may have it computed again; it changes no figure
    P.REVIEW_OPEN: {"review_create", "review_refresh"},
    P.REVIEW_ANSWER: {"answer_create", "evidence_create"},
    P.CONFLICT_DECLARE: {"declaration_create"},
    P.DECISION_DRAFT: {"decision_create", "decision_withdraw"},
    P.DECISION_SIGN: {"decision_sign"},
}


def by_permission(wanted: bool) -> dict[Any, set[str]]:
    """Permission -> operations that read (or write), as the code says."""
    found: dict[Any, set[str]] = {}
    for endpoint in endpoints():
        if endpoint.terms.needs != ACCOUNT and (endpoint.method == "get") == wanted:
            found.setdefault(endpoint.terms.needs, set()).add(endpoint.id)
    return found


def test_every_operation_asks_for_the_permission_somebody_chose():
    assert by_permission(wanted=True) == READS
    assert by_permission(wanted=False) == WRITES
    assert {one.id for one in endpoints() if one.terms.needs == ACCOUNT} == ACCOUNT_OPERATIONS


def call(person: Any, endpoint: Endpoint, objects: dict[str, Any]) -> Any:
    """The operation with nothing in its body, undone afterwards whatever it did."""
    client = APIClient()
    if person is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=person)[0].key}")
    query = {"since": 1} if endpoint.id == "version_compare" else None
    with transaction.atomic():
        path = endpoint.path(objects)
        response = (
            client.get(path, query) if endpoint.method == "get" else getattr(client, endpoint.method)(path)
        )
        transaction.set_rollback(True)
    return response


def answers(person: Any, asked: list[Endpoint], objects: dict[str, Any]) -> dict[str, int]:
    return {endpoint.id: call(person, endpoint, objects).status_code for endpoint in asked}


OF_PLANS = [endpoint for endpoint in endpoints() if endpoint.terms.needs != ACCOUNT]
READING = [endpoint for endpoint in OF_PLANS if endpoint.method == "get"]
WRITING = [endpoint for endpoint in OF_PLANS if endpoint.method != "get"]


@pytest.fixture
def world() -> Any:
    return make_world()


def test_strangers_find_nothing_and_nobody_comes_in_without_an_account(world):
    _, objects = world
    stranger = make_member(make_plan())
    before = LedgerEvent.objects.count()

    assert answers(stranger, OF_PLANS, objects) == {endpoint.id: 404 for endpoint in OF_PLANS}
    needs_account = [one for one in endpoints() if one.id != "token_create"]
    assert answers(None, needs_account, objects) == {endpoint.id: 401 for endpoint in needs_account}
    assert LedgerEvent.objects.count() == before


def test_each_role_does_what_its_list_says_and_no_more(world):
    committee, objects = world
    people = {role: make_member(committee.plan, role) for role in Role}
    held = {person: ROLE_PERMISSIONS[role] for role, person in people.items()}
    held[make_user("Platform", is_platform_administrator=True)] = PLATFORM_ADMINISTRATOR_PERMISSIONS

    for person, permissions in held.items():
        read, wrote = answers(person, READING, objects), answers(person, WRITING, objects)
        allowed = {one.id for one in OF_PLANS if one.terms.needs in permissions}
        assert read == {one.id: 200 if one.id in allowed else 403 for one in READING}, person
        assert {one for one, status in wrote.items() if status == 403} == {
            one.id for one in WRITING
        } - allowed
        assert {status for one, status in wrote.items() if one in allowed} <= {200, 201, 204, 400, 409}


def test_auditor_writes_nothing(world):
    committee, objects = world
    auditor = make_member(committee.plan, Role.AUDITOR)

    wrote = answers(auditor, WRITING, objects)

    assert {one for one, status in wrote.items() if status != 403} == {"run_replay", "lab_ask"}


def test_objects_of_another_plan_are_not_reached_through_ones_own(world):
    _, objects = world
    plan = make_plan()
    administrator = make_member(plan)
    mine = {**objects, "plan": plan.slug, "sponsor": plan.sponsor.slug}
    named = [one for one in READING if set(one.kwargs) - {"plan", "sponsor"}]

    assert len(named) > 20
    assert answers(administrator, named, mine) == {endpoint.id: 404 for endpoint in named}


def test_who_has_left_is_a_stranger(world):
    committee, objects = world
    membership_end(by=committee.author, membership=committee.chair.memberships.get())

    assert set(answers(committee.chair, OF_PLANS, objects).values()) == {404}
    assert Caller(committee.chair).all("plans/") == Caller(committee.chair).all("sponsors/") == []


def test_names_are_for_who_may_see_them(world):
    committee, objects = world
    auditor = Caller(make_member(committee.plan, Role.AUDITOR))
    here = f"plans/{committee.plan.slug}/"
    there = f"{here}census/imports/{objects['census_import']}/refusals/"

    seen = Caller(committee.author).all(f"{here}participants/")
    hidden = auditor.all(f"{here}participants/")

    names = ("participant_id", "surname", "given_name")
    assert {row["surname"] for row in seen} == {"Surname1", "Surname2", "Surname3"}
    assert [{**row, **dict.fromkeys(names)} for row in seen] == hidden
    assert auditor.get(f"{here}participants/{objects['pseudonym']}/")["surname"] is None
    assert auditor.all(f"{here}participants/", q="Surname1") == []
    assert len(Caller(committee.author).all(f"{here}participants/", q="Surname1")) == 1
    assert [row["value_shown"] for row in Caller(committee.author).all(there)] == ["-1"]
    assert [row["value_shown"] for row in auditor.all(there)] == [None]


def test_operation_without_a_named_permission_is_closed():
    class Forgotten(Operations):
        def list(self, request):
            raise AssertionError("never called")

    response = Forgotten.as_view({"get": "list"})(_request(make_user()))

    assert (response.status_code, response.data["code"]) == (403, "permission_denied")


def _request(user: Any) -> Any:
    request = APIRequestFactory().get("/")
    force_authenticate(request, user)
    return request


def test_session_needs_the_page_token_to_write():
    plan = make_plan()
    administrator = make_member(plan)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(administrator)
    there = f"/api/v1/plans/{plan.slug}/menus/"

    refused = browser.post(there, {"name": "Menu"}, content_type="application/json")
    browser.get("/account/password/change/")  # any page with a form
    token = browser.cookies["csrftoken"].value
    taken = browser.post(
        there, {"name": "Menu"}, content_type="application/json", headers={"X-CSRFToken": token}
    )

    assert (refused.status_code, taken.status_code) == (403, 201)
    assert browser.get(there).json()["count"] == 1


# ---------------------------------------------------------------- tokens
def test_token_is_had_with_the_password_and_can_be_revoked():
    user = make_user(email="dana@harbor.example")
    asked = {"email": "Dana@Harbor.example", "password": PASSWORD}

    answer = Caller().post("token/", asked, expect=200)
    caller = Caller(token=answer["token"])

    assert answer["person"] == user.full_name
    assert caller.all("plans/") == []
    caller.delete("token/")
    assert caller.get("plans/", expect=401)["code"] == "authentication_failed"
    assert Caller().post("token/", asked, expect=200)["token"] != answer["token"]


@pytest.mark.parametrize("body", [{"password": "wrong"}, {"email": "nobody@harbor.example"}])
def test_wrong_log_in_tells_nothing_about_the_account(body):
    make_user(email="dana@harbor.example")

    answer = Caller().post(
        "token/", {"email": "dana@harbor.example", "password": PASSWORD} | body, expect=400
    )

    said = "The e-mail address or the password is not right."
    assert answer == {"detail": said, "code": "log_in", "field": "password"}


def test_guessing_passwords_comes_to_an_end():
    make_user(email="dana@harbor.example")
    body = {"email": "dana@harbor.example", "password": "wrong"}
    ends = [APIClient().post("/api/v1/token/", body, format="json").status_code for _ in range(6)]

    right = APIClient().post("/api/v1/token/", {**body, "password": PASSWORD}, format="json")

    assert (ends, right.status_code) == ([400, 400, 400, 400, 400, 429], 429)
    assert right.json()["code"] == "throttled"


def test_asking_for_tokens_is_limited_whoever_one_says_one_is():
    make_user(email="dana@harbor.example")
    body = {"email": "dana@harbor.example", "password": PASSWORD}
    ends = [
        APIClient().post("/api/v1/token/", body, format="json", headers={"X-Forwarded-For": f"10.0.0.{n}"})
        for n in range(11)
    ]

    assert [response.status_code for response in ends] == [200] * 10 + [429]


def test_account_that_was_closed_has_no_way_in():
    user = make_user(email="dana@harbor.example")
    caller = Caller(user)
    user.is_active = False
    user.save()

    assert caller.get("plans/", expect=401)["code"] == "authentication_failed"
    body = {"email": "dana@harbor.example", "password": PASSWORD}
    assert Caller().post("token/", body, expect=400)["code"] == "log_in"
