"""The auditor's desk over all sponsors: who sees which decisions, and what each filter leaves."""

import pytest
from django.urls import reverse

from fiduciary.enums import Outcome
from fiduciary.services.decisions import decision_withdraw
from sponsors.enums import Role
from sponsors.models import Membership
from tests.factories.fiduciary import make_committee, make_decision, make_document, make_signed
from tests.factories.sponsors import client_of, make_member, make_plan, make_sponsor, make_user

pytestmark = pytest.mark.django_db
URL = reverse("fiduciary:audit-home")


@pytest.fixture
def two_sponsors():
    """An adopted decision of Alder, a withdrawn and a rejected one of Birch; (adopted, withdrawn, rejected)."""
    alder = make_committee(make_plan(make_sponsor("Alder Works"), name="Alder Plan"))
    birch = make_committee(make_plan(make_sponsor("Birch Mills"), name="Birch Plan"))
    adopted = make_signed(alder)
    withdrawn = make_decision(birch)
    decision_withdraw(by=birch.chair, decision=withdrawn, reason="Another look is needed.")
    rejected = make_signed(birch, review=withdrawn.review, outcome=Outcome.REJECT)
    return adopted, withdrawn, rejected


def shown(user, **filters):
    """(plan, decision number) of every row."""
    page = client_of(user).get(URL, filters).context["page_obj"]
    return sorted((decision.plan.name, decision.number) for decision in page)


ALDER, WITHDRAWN, REJECTED = ("Alder Plan", 1), ("Birch Plan", 1), ("Birch Plan", 2)


def test_auditor_sees_own_sponsors_and_the_platform_administrator_all(two_sponsors):
    auditor = make_member(two_sponsors[0].plan, Role.AUDITOR)

    assert shown(auditor) == [ALDER]
    assert shown(make_user(is_platform_administrator=True)) == [ALDER, WITHDRAWN, REJECTED]


def test_auditor_of_nobody_and_of_the_past_see_nothing(two_sponsors):
    past = make_member(two_sponsors[0].plan, Role.AUDITOR)
    Membership.objects.filter(user=past).update(ended_at=two_sponsors[0].drafted_at)

    for user in (make_user(), past):
        page = client_of(user).get(URL).content.decode()
        assert "no record to read" in page
        assert "Alder" not in page


def test_each_filter_leaves_what_it_asks_for(two_sponsors):
    adopted, withdrawn, _ = two_sponsors
    admin = make_user(is_platform_administrator=True)
    today = f"{adopted.drafted_at:%Y-%m-%d}"
    chair = withdrawn.drafted_by

    assert shown(admin, sponsor=adopted.sponsor.slug) == [ALDER]
    assert shown(admin, plan=withdrawn.plan.slug) == [WITHDRAWN, REJECTED]
    assert shown(admin, outcome="reject") == [REJECTED]
    assert shown(admin, status="withdrawn") == [WITHDRAWN]
    assert shown(admin, person=chair.pk) == [WITHDRAWN, REJECTED]
    assert shown(admin, action="decision.withdrawn") == [WITHDRAWN]
    assert shown(admin, person=chair.pk, action="decision.signed") == []
    assert shown(admin, since=today, until=today) == [ALDER, WITHDRAWN, REJECTED]
    assert shown(admin, until="2020-01-01") == []


def test_a_filter_that_cannot_be_read_is_said_and_filters_nothing(two_sponsors):
    page = client_of(make_user(is_platform_administrator=True)).get(
        URL, {"since": "last week", "outcome": "adopt"}
    )

    assert [decision.number for decision in page.context["page_obj"]] == [1, 1]
    assert "Enter a valid date." in page.content.decode()


def test_filters_offer_nothing_of_other_sponsors(two_sponsors):
    auditor = make_member(two_sponsors[0].plan, Role.AUDITOR)

    page = client_of(auditor).get(URL).content.decode()

    assert "Alder Works" in page
    assert "Birch" not in page
    assert str(two_sponsors[1].drafted_by) not in page


def test_outcomes_are_counted(two_sponsors):
    page = client_of(make_user(is_platform_administrator=True)).get(URL)

    assert page.context["counts"] == [
        ("Adopt", 1),
        ("Considered and rejected", 1),
        ("Withdrawn before it was signed", 1),
    ]


def test_number_of_queries_does_not_grow_with_the_decisions(two_sponsors, django_assert_max_num_queries):
    make_document(two_sponsors[0])
    client = client_of(make_user(is_platform_administrator=True))

    with django_assert_max_num_queries(13):
        client.get(URL)
    for _ in range(3):
        make_signed()
    with django_assert_max_num_queries(13):
        client.get(URL)
