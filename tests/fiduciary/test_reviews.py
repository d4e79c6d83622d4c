"""Opening a review, renewing its figures and answering its items: whole results, and nothing moved by a refusal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fiduciary import checklists
from fiduciary.enums import ReviewStatus
from fiduciary.models import PrudenceReview, ReviewResponse
from fiduciary.selectors import applicable_items, item_counts, neighbours, review_sections
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.decisions import decision_withdraw
from fiduciary.services.reviews import response_give, review_open, review_refresh
from menus.enums import SleeveKind
from menus.services.versions import version_propose
from sponsors.ledger.models import LedgerEvent
from tests.factories.fiduciary import (
    PURPOSE,
    make_committee,
    make_decision,
    make_review,
    make_signed,
    sign,
)
from tests.factories.menus import author_of, make_fund, make_menu, make_proposed, make_sleeve, make_version

pytestmark = pytest.mark.django_db


def proposed_with_sleeve(menu, kind):
    version = make_version(menu, preset="reference")
    make_sleeve(version, kind)
    return version_propose(by=author_of(menu.plan), version=version)


# ---------------------------------------------------------------- opening
def test_review_opens_with_the_edition_in_force_and_its_figures():
    committee = make_committee()
    version = make_proposed(make_menu(committee.plan))
    today = timezone.localdate()

    review = review_open(
        by=committee.chair,
        version=version,
        purpose=f"  {PURPOSE} ",
        effective_on=today + timedelta(days=60),
        notice_sent_on=today + timedelta(days=20),
        next_review_on=today + timedelta(days=365),
    )

    edition = checklists.edition_in_force(today)
    stored = PrudenceReview.objects.get()
    assert (stored.number, stored.status, stored.purpose) == (1, ReviewStatus.OPEN, PURPOSE)
    assert (stored.checklist_edition, stored.checklist_hash) == (edition.edition, edition.edition_hash)
    assert stored.subjects == ["any", "menu"]
    assert stored.subject_fund == version.lines.filter(is_qdia=True).first().fund
    assert stored.figures == review.figures
    assert stored.figures["DS-03"]["statement"].endswith("40 days before, inside the 30 to 90 days.")
    event = LedgerEvent.objects.get(action="prudence_review.opened")
    assert event.body == {
        "version": version.number,
        "content_hash": version.content_hash,
        "subjects": stored.subjects,
        "checklist": ["prudent_person", edition.edition, edition.edition_hash],
        "run": None,
        "purpose": PURPOSE,
    }


@pytest.mark.parametrize(
    ("kind", "adds", "fund"),
    [
        (SleeveKind.CRYPTO_LINE, {"digital_assets"}, "IBIT"),
        (SleeveKind.TARGET_DATE, {"digital_assets", "asset_allocation_sleeve"}, "IBIT"),
    ],
)
def test_sleeve_brings_its_own_items(kind, adds, fund):
    plain = make_review()
    committee = make_committee()

    review = make_review(committee, version=proposed_with_sleeve(make_menu(committee.plan), kind))

    assert adds <= set(review.subjects)
    assert review.subject_fund.key == fund
    asked = {item.id for item in applicable_items(review)} - {item.id for item in applicable_items(plain)}
    assert {"DA-01", "DA-03", "DA-08"} <= asked
    assert ("MN-04" in asked) == (kind == SleeveKind.TARGET_DATE)


def test_brokerage_window_brings_its_own_item():
    review = make_review(make_committee(has_brokerage_window=True))

    assert "MN-06" in {item.id for item in applicable_items(review)}


def test_draft_has_no_review(refuses):
    committee = make_committee()
    draft = make_version(make_menu(committee.plan), preset="lean")

    with refuses("version_not_proposed"):
        review_open(by=committee.chair, version=draft, purpose=PURPOSE)


def test_version_has_one_open_review(refuses):
    committee = make_committee()
    review = make_review(committee)

    with refuses("review_exists"):
        review_open(by=committee.member, version=review.version, purpose="Look at it once more.")


def test_decided_version_has_no_second_review(refuses):
    committee = make_committee()
    decision = make_signed(committee)

    with refuses("version_not_proposed"):
        review_open(by=committee.chair, version=decision.version, purpose=PURPOSE)


def test_review_needs_a_purpose(refuses):
    committee = make_committee()
    version = make_proposed(make_menu(committee.plan))

    with refuses("purpose_missing"):
        review_open(by=committee.chair, version=version, purpose="   ")


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"effective_on": 30, "notice_sent_on": 31}, "notice_after_effect"),
        ({"next_review_on": 0}, "next_review_past"),
        ({"next_review_on": -400}, "next_review_past"),
    ],
)
def test_impossible_dates_are_refused(refuses, dates, code):
    committee = make_committee()
    version = make_proposed(make_menu(committee.plan))
    given = {name: timezone.localdate() + timedelta(days=days) for name, days in dates.items()}

    with refuses(code):
        review_open(by=committee.chair, version=version, purpose=PURPOSE, **given)


def test_changed_checklist_file_is_noticed(refuses):
    committee = make_committee()
    review = make_review(committee)
    PrudenceReview.objects.update(checklist_hash="0" * 64)
    review.refresh_from_db()

    with refuses("checklist_changed"):
        response_give(by=committee.member, review=review, item_id="PG-01", answer="met")


# ---------------------------------------------------------------- renewing the figures
def test_refresh_takes_dates_and_keeps_answers():
    committee = make_committee()
    review = make_review(committee)
    response_give(
        by=committee.member, review=review, item_id="DS-03", answer="follow_up", note="No date yet."
    )
    effective = timezone.localdate() + timedelta(days=50)

    refreshed = review_refresh(
        by=committee.chair,
        review=review,
        effective_on=effective,
        notice_sent_on=effective - timedelta(days=10),
    )

    assert refreshed.figures["DS-03"]["statement"].endswith("10 days before, outside the 30 to 90 days.")
    assert ReviewResponse.objects.get().note == "No date yet."
    assert LedgerEvent.objects.get(action="prudence_review.refreshed").body == {
        "run": None,
        "effective_on": effective.isoformat(),
        "notice_sent_on": (effective - timedelta(days=10)).isoformat(),
        "next_review_on": "",
    }


def test_refresh_can_take_a_date_away():
    committee = make_committee()
    review = make_review(committee, effective_on=timezone.localdate() + timedelta(days=50))

    refreshed = review_refresh(by=committee.chair, review=review, effective_on=None)

    assert refreshed.effective_on is None


# ---------------------------------------------------------------- answering
def test_later_answer_supersedes_and_the_earlier_stays():
    committee = make_committee()
    review = make_review(committee)

    response_give(
        by=committee.member, review=review, item_id="PG-01", answer="not_met", note=" Page not found. "
    )
    response_give(by=committee.chair, review=review, item_id="PG-01", answer="met")

    kept = list(
        ReviewResponse.objects.order_by("pk").values_list("answer", "note", "is_current", "answered_by")
    )
    assert kept == [
        ("not_met", "Page not found.", False, committee.member.pk),
        ("met", "", True, committee.chair.pk),
    ]
    answers = LedgerEvent.objects.filter(action="review_response.given").order_by("position")
    assert [(event.body["item"], event.body["answer"]) for event in answers] == [
        ("PG-01", "not_met"),
        ("PG-01", "met"),
    ]


@pytest.mark.parametrize(
    ("item", "answer", "note", "code"),
    [
        ("XX-99", "met", "", "item_unknown"),
        ("DA-01", "met", "", "item_unknown"),  # asked only where there are digital assets
        ("PG-01", "", "", "answer"),
        ("PG-01", "compliant", "", "answer"),
        ("PG-01", "not_met", "  ", "note_missing"),
        ("PG-01", "not_applicable", "", "note_missing"),
        ("PG-01", "follow_up", "", "note_missing"),
    ],
)
def test_answer_is_refused(refuses, item, answer, note, code):
    committee = make_committee()
    review = make_review(committee)

    with refuses(code):
        response_give(by=committee.member, review=review, item_id=item, answer=answer, note=note)


def test_answers_are_frozen_from_draft_to_withdrawal(refuses):
    committee = make_committee()
    decision = make_decision(committee)

    with refuses("review_frozen"):
        response_give(by=committee.member, review=decision.review, item_id="PG-01", answer="met")
    with refuses("review_frozen"):
        review_refresh(by=committee.chair, review=decision.review)
    decision_withdraw(by=committee.chair, decision=decision, reason="An answer was wrong.")

    assert response_give(
        by=committee.member, review=decision.review, item_id="PG-01", answer="met"
    ).is_current


def test_closed_review_never_changes(refuses):
    committee = make_committee()
    decision = make_signed(committee)

    with refuses("review_closed"):
        response_give(by=committee.member, review=decision.review, item_id="PG-01", answer="met")
    with refuses("review_closed"):
        review_refresh(by=committee.chair, review=decision.review)
    with refuses("review_closed"):
        conflict_declare(by=committee.member, review=decision.review, has_conflict=False)


def test_sections_count_states_and_never_score():
    committee = make_committee()
    review = make_review(committee)
    response_give(by=committee.member, review=review, item_id="PG-01", answer="met")
    response_give(
        by=committee.member, review=review, item_id="PG-02", answer="follow_up", note="Asked for it."
    )

    sections = review_sections(review)

    asked = len(applicable_items(review))
    assert item_counts(sections) == {"asked": asked, "met": 1, "follow_up": 1, "unanswered": asked - 2}
    assert [section.title for section in sections][:2] == ["Process and governance", "Performance"]
    assert sections[0].answered == 2
    assert neighbours(sections, "PG-01") == (None, "PG-02")
    assert neighbours(sections, "PG-11") == ("PG-10", "PF-01")


# ---------------------------------------------------------------- conflicts of interest
def test_later_declaration_replaces_and_the_ledger_keeps_both():
    committee = make_committee()
    review = make_review(committee)

    conflict_declare(by=committee.member, review=review, has_conflict=False)
    declaration = conflict_declare(
        by=committee.member, review=review, has_conflict=True, statement="I hold IBIT.", is_recused=True
    )

    assert list(review.declarations.values_list("person", "has_conflict", "statement", "is_recused")) == [
        (committee.member.pk, True, "I hold IBIT.", True)
    ]
    assert str(declaration).endswith("conflict declared")
    told = LedgerEvent.objects.filter(action="conflict.declared").order_by("position")
    assert [event.body for event in told] == [
        {"has_conflict": False, "is_recused": False, "statement": ""},
        {"has_conflict": True, "is_recused": True, "statement": "I hold IBIT."},
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"has_conflict": True, "statement": "  "}, "statement_missing"),
        ({"has_conflict": False, "is_recused": True, "statement": "Tired."}, "no_conflict"),
    ],
)
def test_half_a_declaration_is_refused(refuses, fields, code):
    committee = make_committee()
    review = make_review(committee)

    with refuses(code):
        conflict_declare(by=committee.member, review=review, **fields)


def test_signer_cannot_change_the_declaration(refuses):
    committee = make_committee()
    decision = sign(make_decision(committee), committee.chair)

    with refuses("signed_already"):
        conflict_declare(by=committee.chair, review=decision.review, has_conflict=True, statement="I forgot.")
    conflict_declare(by=committee.member, review=decision.review, has_conflict=True, statement="Small stake.")

    assert decision.review.declarations.get(person=committee.member).statement == "Small stake."


def test_fund_in_question_can_be_chosen():
    review = make_review(subject_fund=make_fund("FXAIX"))

    assert review.subject_fund.key == "FXAIX"
    assert "FXAIX" in review.figures["PF-01"]["statement"]
