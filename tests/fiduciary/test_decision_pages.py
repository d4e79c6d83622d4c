"""Pages of decisions and documents: who still has to sign, what was refused and why, and the PDF at the end."""

import pytest
from django.urls import reverse

from fiduciary.models import Decision, Document
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.decisions import decision_withdraw
from sponsors.enums import Role
from tests.factories.fiduciary import (
    make_committee,
    make_decision,
    make_document,
    make_review,
    make_signed,
    sign,
)
from tests.factories.sponsors import PASSWORD, client_of, make_member
from tests.fiduciary.test_review_pages import address, of_plan, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return make_committee()


def act(name, decision):
    return reverse(f"fiduciary:{name}", kwargs={"plan": decision.plan.slug, "decision": decision.number})


# ---------------------------------------------------------------- drafting
def test_draft_page_says_what_is_open_and_what_follows(committee):
    review = make_review(committee)

    page = words(client_of(committee.chair).get(address("decision-draft", review)))

    assert "items are unanswered; the document lists them." in page
    assert "An adoption puts the version in force with the last signature." in page


def test_decision_is_drafted(committee):
    review = make_review(committee)

    response = client_of(committee.chair).post(
        address("decision-draft", review), {"outcome": "reject", "reasons": "Nobody needs it."}
    )

    decision = Decision.objects.get()
    assert response.url == decision.get_absolute_url()
    assert (decision.outcome, decision.reasons) == ("reject", "Nobody needs it.")


def test_refused_draft_keeps_the_reasons(committee):
    review = make_review(committee)

    page = words(
        client_of(committee.chair).post(
            address("decision-draft", review),
            {"outcome": "adopt_with_conditions", "reasons": "Long thought of."},
        )
    )

    assert "Name the conditions, each with who sees to it and by when." in page
    assert "Long thought of." in page
    assert not Decision.objects.exists()


# ---------------------------------------------------------------- who has to do what
def test_detail_names_everybody_who_may_sign_and_what_they_have_to_do(committee):
    decision = sign(make_decision(committee), committee.member)
    make_member(committee.plan, Role.COMMITTEE_MEMBER)
    conflict_declare(
        by=committee.author,
        review=decision.review,
        has_conflict=True,
        statement="I hold it.",
        is_recused=True,
    )

    response = client_of(committee.chair).get(decision.get_absolute_url())

    assert sorted((one.status_text, one.role) for one in response.context["signers"]) == [
        ("Has to declare first", "Committee member"),
        ("May sign", "Committee chair"),
        ("Signed", "Committee member"),
        ("Stepped aside", "Plan administrator"),
    ]
    assert "1 of 2 signatures still missing." in words(response)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("undeclared", "Before you sign,"),
        ("recused", "You stepped aside from this review, so another member must sign."),
        ("ready", "By signing you say that you considered this review"),
    ],
)
def test_signer_is_told_the_next_step(committee, who, expected):
    decision = make_decision(committee)
    person = make_member(committee.plan, Role.COMMITTEE_MEMBER)
    if who != "undeclared":
        conflict = {"has_conflict": who == "recused", "statement": "I hold it." if who == "recused" else ""}
        conflict_declare(by=person, review=decision.review, is_recused=who == "recused", **conflict)

    assert expected in words(client_of(person).get(decision.get_absolute_url()))


@pytest.mark.parametrize("role", [Role.ADVISER, Role.AUDITOR])
def test_role_without_the_right_sees_no_form_and_may_not_post(committee, role):
    decision = make_decision(committee)
    client = client_of(make_member(committee.plan, role))

    page = words(client.get(decision.get_absolute_url()))

    assert "Sign the decision" not in page
    assert "Withdraw" not in page
    assert client.post(act("decision-sign", decision), {"password": PASSWORD}).status_code == 403
    assert client.post(act("decision-withdraw", decision), {"reason": "x"}).status_code == 403


def test_member_signs_but_does_not_withdraw(committee):
    decision = make_decision(committee)
    client = client_of(committee.member)

    assert "Withdraw this decision" not in words(client.get(decision.get_absolute_url()))
    assert client.post(act("decision-withdraw", decision), {"reason": "x"}).status_code == 403


def test_stranger_sees_no_decision_and_no_document(committee):
    document = make_document(make_signed(committee))
    stranger = client_of(make_committee().chair)

    assert stranger.get(document.decision.get_absolute_url()).status_code == 404
    assert stranger.get(document.get_absolute_url()).status_code == 404


# ---------------------------------------------------------------- signing
def test_two_sign_and_the_decision_takes_effect(committee):
    decision = make_decision(committee)

    first = client_of(committee.chair).post(act("decision-sign", decision), {"password": PASSWORD})
    second = client_of(committee.member).post(
        act("decision-sign", decision), {"password": PASSWORD}, follow=True
    )

    decision.refresh_from_db()
    assert first.url == decision.get_absolute_url()
    assert decision.status == "signed"
    assert "The PDF is being made." in words(second)


def test_wrong_password_is_told_and_not_kept(committee):
    decision = make_decision(committee)

    page = words(
        client_of(committee.member).post(act("decision-sign", decision), {"password": "wrong-password"})
    )

    assert "The password is not right. Nothing was signed. Try again." in page
    assert "wrong-password" not in page
    assert decision.signatures.count() == 0


def test_refusal_to_sign_is_shown_where_no_form_is(committee):
    decision = make_decision(committee)
    newcomer = make_member(committee.plan, Role.COMMITTEE_MEMBER)

    page = words(client_of(newcomer).post(act("decision-sign", decision), {"password": PASSWORD}))

    assert "You have not declared whether you have a conflict of interest." in page


def test_withdrawn_decision_says_why(committee):
    decision = make_decision(committee)
    client = client_of(committee.chair)

    response = client.post(act("decision-withdraw", decision), {"reason": "A figure was wrong."})

    assert response.url == decision.review.get_absolute_url()
    assert "Withdrawn before it was signed: A figure was wrong." in words(
        client.get(decision.get_absolute_url())
    )


def test_withdrawal_without_a_reason_opens_the_form_again(committee):
    decision = make_decision(committee)

    page = words(client_of(committee.chair).post(act("decision-withdraw", decision), {"reason": ""}))

    assert '<details class="disclosure" open>' in page
    decision.refresh_from_db()
    assert decision.status == "awaiting_signatures"


# ---------------------------------------------------------------- lists and documents
def test_empty_lists_say_what_belongs_there(committee):
    client = client_of(committee.member)

    assert "A decision is drafted from a review" in words(
        client.get(of_plan("decision-list", committee.plan))
    )
    assert "A document is made when a decision is signed" in words(
        client.get(of_plan("document-list", committee.plan))
    )


def test_lists_name_every_decision_and_document(committee):
    first = make_decision(committee)
    decision_withdraw(by=committee.chair, decision=first, reason="A slip.")
    document = make_document(make_signed(committee, review=first.review, outcome="reject"))
    client = client_of(make_member(committee.plan, Role.AUDITOR))

    decisions = words(client.get(of_plan("decision-list", committee.plan)))
    documents = words(client.get(of_plan("document-list", committee.plan)))

    assert "Decision 1: Adopt" in decisions
    assert "Decision 2: Considered and rejected" in decisions
    assert document.title in documents
    assert document.sha256 in documents


def test_document_is_downloaded_byte_for_byte(committee):
    document = make_document(make_signed(committee))

    response = client_of(make_member(committee.plan, Role.AUDITOR)).get(document.get_absolute_url())

    with document.file.open("rb") as file:
        assert response.content == file.read()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        f'attachment; filename="prudence-review-1-{committee.plan.slug}.pdf"'
    )


@pytest.mark.parametrize("state", ["pending", "altered"])
def test_document_that_cannot_be_given_says_why(committee, state):
    decision = make_signed(committee)
    if state == "altered":
        with open(make_document(decision).file.path, "ab") as file:
            file.write(b"%")
    document = Document.objects.get()

    response = client_of(committee.member).get(document.get_absolute_url(), follow=True)

    expected = {"pending": "The document is still being made.", "altered": "The stored file is not the one"}
    assert expected[state] in words(response)


def test_long_texts_are_shown_whole_and_as_text(committee):
    typed = "Reason <i>& more</i> " * 300
    decision = make_decision(committee, reasons=typed)

    page = words(client_of(committee.member).get(decision.get_absolute_url()))

    assert page.count("Reason &lt;i&gt;&amp; more&lt;/i&gt;") == 300
