"""What is sent must be of the right shape, and every answer that says no is of one shape."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from sponsors.api.errors import NOTHING_HERE
from sponsors.models import LedgerEvent
from tests.api.calls import Caller
from tests.factories.fiduciary import make_committee, make_signed
from tests.factories.menus import author_of, make_menu, make_version
from tests.factories.sponsors import make_member, make_plan, make_snapshot, make_user

pytestmark = pytest.mark.django_db


def test_field_that_is_not_known_is_refused():
    version = make_version(preset="reference")
    there = f"plans/{version.plan.slug}/menus/{version.menu.slug}/versions/1/sleeve/"
    body = {
        "kind": "crypto_line",
        "fund": "IBIT",
        "cap": "0.05",
        "rebalancing": "none",
        "target_wieght": "0.02",
    }

    answer = Caller(author_of(version.plan)).put(there, body, expect=400)

    words = (
        "There is no such field here. There are: kind, fund, cap, target_weight, weights_by_age, rebalancing, band, "
        "line_rebalancing, new_money_block, min_age, max_age, reason, seen_edits."
    )
    assert answer == {
        "detail": f"What was sent cannot be read. target_wieght: {words}",
        "code": "invalid",
        "field": "target_wieght",
        "errors": {"target_wieght": [words]},
    }


def test_fields_that_cannot_be_read_are_named_with_their_place():
    menu = make_menu()
    make_snapshot(menu.plan, 3)
    body = {"menu": menu.slug, "version": "one", "behaviour": {"retirement_age": "late"}}

    answer = Caller(author_of(menu.plan)).post(f"plans/{menu.plan.slug}/runs/", body, expect=400)

    number = "A valid integer is required."
    assert answer == {
        "detail": f"What was sent cannot be read. version: {number} behaviour.retirement_age: {number}",
        "code": "invalid",
        "field": "version",
        "errors": {"version": [number], "behaviour": {"retirement_age": [number]}},
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{not json", "JSON parse error"),
        (b"[" * 100_000, "The body is nested too deeply."),
        (
            b'"' + b"x" * (5 * 1024 * 1024) + b'"',
            "The body is above 5 MB. Send files as multipart/form-data.",
        ),
        (b"[1, 2]", "Expected a dictionary"),
        (b'{"name": NaN}', "JSON parse error"),
    ],
    ids=["not json", "too deep", "too long", "a list", "not a number"],
)
def test_body_that_is_no_object_is_refused(content, words):
    plan = make_plan()
    client = APIClient()
    client.force_authenticate(make_member(plan))
    before = LedgerEvent.objects.count()

    response = client.post(f"/api/v1/plans/{plan.slug}/menus/", content, content_type="application/json")

    answer = response.json()
    assert response.status_code == 400
    assert {"detail", "code", "field"} <= answer.keys()
    assert words in answer["detail"]
    assert LedgerEvent.objects.count() == before


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("plans/not-mine/", 404, "not_found"),
        ("funds/NOPE/", 404, "not_found"),
        ("checklists/prudent_person/1999-01/", 404, "not_found"),
        ("checklists/../../etc/passwd/", 404, None),
    ],
)
def test_what_is_not_there_is_said_in_plain_words(path, status, code):
    answer = Caller(make_user()).client.get(f"/api/v1/{path}")

    assert answer.status_code == status
    if code:
        assert answer.json() == {"detail": NOTHING_HERE, "code": code, "field": None}


def test_method_that_is_not_offered_is_refused():
    caller = Caller(make_user())

    assert caller.delete("funds/FXAIX/", expect=405)["code"] == "method_not_allowed"
    assert caller._answer(caller.client.options("/api/v1/plans/"), 405)["code"] == "method_not_allowed"


def test_filter_that_is_not_known_is_refused():
    """An auditor who mistypes a filter must not take everything for its result."""
    plan = make_plan()

    answer = Caller(make_member(plan)).get(f"plans/{plan.slug}/audit/events/", expect=400, perosn=1)

    assert (answer["code"], answer["field"]) == ("invalid", "perosn")


@pytest.mark.parametrize("limit", [1, 2, 5000])
def test_lists_come_in_pages(limit):
    plan = make_plan()
    make_snapshot(plan, 3)
    caller, seen = Caller(make_member(plan)), []

    answer: Any = caller.get(f"plans/{plan.slug}/participants/", limit=limit)
    seen += answer["results"]
    while answer["next"]:
        answer = caller._answer(caller.client.get(answer["next"]), 200)
        seen += answer["results"]

    assert answer["count"] == 3
    assert len({person["pseudonym"] for person in seen}) == len(seen) == 3


@pytest.mark.parametrize("name", ["version_unknown", "run_unknown", "census_unknown", "review_unknown"])
def test_number_that_names_nothing_is_said_at_its_field(name):
    version = make_version(funds=["FXAIX"])
    plan = version.plan
    here = f"plans/{plan.slug}/"
    first = {"menu": version.menu.slug, "version": 1}
    path, body, field, words = {
        "version_unknown": ("runs/", {**first, "version": 9}, "version", f"version 9 of {version.menu.slug}"),
        "run_unknown": ("reviews/", {**first, "purpose": "Look.", "run": 9}, "run", "exposure run 9"),
        "census_unknown": ("runs/", {**first, "snapshot": 9}, "snapshot", "census 9"),
        "review_unknown": (
            "decisions/",
            {"review": 9, "outcome": "defer", "reasons": "x"},
            "review",
            "review 9",
        ),
    }[name]

    answer = Caller(author_of(plan)).post(f"{here}{path}", body, expect=400)

    assert answer == {"detail": f"The plan has no {words}.", "code": name, "field": field}


def test_document_still_being_made_is_not_downloaded():
    committee = make_committee()
    document = make_signed(committee).documents.get()

    there = f"plans/{committee.plan.slug}/documents/{document.pk}/"
    answer = Caller(committee.member).get(f"{there}pdf/", expect=400)

    assert answer["code"] == "document_pending"
    assert answer["detail"] == "The document is still being made. Reload in a few seconds."
    assert Caller(committee.member).get(there)["job"]["state"] == "new"
