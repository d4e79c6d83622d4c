"""Drafting, signing, withdrawing: every refusal, and everything that the last signature sets in motion."""

import threading

import pytest
from django.db import connection, transaction

from fiduciary.enums import DecisionStatus, Outcome, ReviewStatus
from fiduciary.models import Decision, Document, PrudenceReview, Signature
from fiduciary.record import build_record
from fiduciary.services import decisions as decision_service
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.decisions import decision_draft, decision_sign, decision_withdraw
from fiduciary.services.documents import document_bytes, document_order
from fiduciary.services.reviews import response_give
from menus.models import Fund, MenuVersion
from sponsors.enums import Role
from sponsors.errors import Refusal
from sponsors.jobs.models import Job
from sponsors.ledger.canonical import content_hash
from sponsors.ledger.models import LedgerEvent
from sponsors.ledger.recorder import book_name
from sponsors.ledger.verification import verify_book
from sponsors.services.memberships import membership_end
from tests.factories.fiduciary import (
    REASONS,
    make_committee,
    make_decision,
    make_document,
    make_review,
    make_signed,
    sign,
)
from tests.factories.menus import make_menu, make_proposed
from tests.factories.sponsors import PASSWORD, make_member

pytestmark = pytest.mark.django_db


def acts() -> list[str]:
    return list(LedgerEvent.objects.order_by("book", "position").values_list("action", flat=True))


# ---------------------------------------------------------------- drafting
def test_draft_freezes_the_review_and_names_its_content():
    committee = make_committee()
    review = make_review(committee)

    decision = decision_draft(
        by=committee.chair,
        review=review,
        outcome="adopt_with_conditions",
        reasons=f" {REASONS} ",
        conditions=" Look again in a year. ",
        dissent=" The member saw it otherwise. ",
    )

    stored = Decision.objects.get()
    assert (stored.number, stored.status, stored.outcome) == (
        1,
        "awaiting_signatures",
        "adopt_with_conditions",
    )
    assert (stored.reasons, stored.conditions, stored.dissent) == (
        REASONS,
        "Look again in a year.",
        "The member saw it otherwise.",
    )
    assert (stored.required_signatures, stored.sole_fiduciary, stored.record) == (2, False, None)
    assert PrudenceReview.objects.get().status == ReviewStatus.DECIDED
    event = LedgerEvent.objects.get(action="decision.drafted")
    assert (event.reason, event.body) == (
        REASONS,
        {
            "version": review.version.number,
            "outcome": "adopt_with_conditions",
            "required_signatures": 2,
            "content_hash": decision.content_hash,
        },
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"outcome": "approve"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "adopt", "reasons": "  "}, "reasons_missing"),
        ({"outcome": "reject", "reasons": ""}, "reasons_missing"),
        ({"outcome": "adopt_with_conditions"}, "conditions_missing"),
        ({"outcome": "adopt_with_conditions", "conditions": "  "}, "conditions_missing"),
    ],
)
def test_draft_is_refused(refuses, fields, code):
    committee = make_committee()
    review = make_review(committee)

    with refuses(code):
        decision_draft(by=committee.chair, review=review, **{"reasons": REASONS, **fields})


def test_version_has_one_decision(refuses):
    committee = make_committee()
    first = make_decision(committee)

    with refuses("decision_exists"):
        decision_draft(by=committee.chair, review=first.review, outcome="reject", reasons=REASONS)
    sign(first, committee.chair, committee.member)
    with refuses("decision_exists"):
        decision_draft(by=committee.chair, review=first.review, outcome="reject", reasons=REASONS)


def default_becomes_crypto(version):
    """The catalogue learns that the default fund is a digital-asset product: no menu may be adopted with that."""
    default = version.lines.filter(is_qdia=True).values("fund")
    Fund.objects.filter(pk__in=default).update(asset_class="digital_assets")


def test_no_adoption_while_a_finding_blocks_but_a_rejection(refuses):
    committee = make_committee()
    review = make_review(committee)
    default_becomes_crypto(review.version)

    for outcome in ("adopt", "adopt_with_conditions"):
        with refuses("blocked"):
            decision_draft(
                by=committee.chair, review=review, outcome=outcome, reasons=REASONS, conditions="Mend it."
            )

    assert decision_draft(by=committee.chair, review=review, outcome="reject", reasons=REASONS).number == 1


def test_block_found_between_draft_and_last_signature_stops_it(refuses):
    committee = make_committee()
    decision = sign(make_decision(committee), committee.chair)
    default_becomes_crypto(decision.version)

    with refuses("blocked"):
        decision_sign(by=committee.member, decision=decision, password=PASSWORD)


# ---------------------------------------------------------------- withdrawing
def test_withdrawn_decision_gives_the_review_back_and_another_may_follow():
    committee = make_committee()
    first = sign(make_decision(committee), committee.chair)

    decision_withdraw(by=committee.chair, decision=first, reason=" The reasons were incomplete. ")
    response_give(by=committee.member, review=first.review, item_id="PG-01", answer="met")
    second = sign(
        decision_draft(by=committee.chair, review=first.review, outcome="reject", reasons="Not needed."),
        committee.chair,
        committee.member,
    )

    first.refresh_from_db()
    assert (first.status, first.signatures.count()) == ("withdrawn", 1)
    assert (second.number, second.status, second.signatures.count()) == (2, "signed", 2)
    assert LedgerEvent.objects.get(action="decision.withdrawn").reason == "The reasons were incomplete."


def test_withdrawal_says_why(refuses):
    committee = make_committee()
    decision = make_decision(committee)

    with refuses("reason_missing"):
        decision_withdraw(by=committee.chair, decision=decision, reason=" ")


def test_signed_decision_is_not_withdrawn(refuses):
    committee = make_committee()
    decision = make_signed(committee)

    with refuses("decision_closed"):
        decision_withdraw(by=committee.chair, decision=decision, reason="On second thoughts.")


def test_withdrawn_decision_takes_no_signature(refuses):
    committee = make_committee()
    decision = make_decision(committee)
    decision_withdraw(by=committee.chair, decision=decision, reason="A slip.")

    with refuses("decision_closed"):
        decision_sign(by=committee.member, decision=decision, password=PASSWORD)


# ---------------------------------------------------------------- signing: refusals
def test_wrong_password_signs_nothing(refuses):
    committee = make_committee()
    decision = make_decision(committee)

    for wrong in ("", "Correct horse battery staple", PASSWORD + " "):
        with refuses("password"):
            decision_sign(by=committee.member, decision=decision, password=wrong)


def test_recused_member_does_not_sign(refuses):
    committee = make_committee()
    decision = make_decision(committee)
    conflict_declare(
        by=committee.member,
        review=decision.review,
        has_conflict=True,
        statement="I hold it.",
        is_recused=True,
    )

    with refuses("recused"):
        decision_sign(by=committee.member, decision=decision, password=PASSWORD)


def test_declared_conflict_without_stepping_aside_may_sign():
    committee = make_committee()
    decision = make_decision(committee)
    conflict_declare(
        by=committee.member, review=decision.review, has_conflict=True, statement="A small stake."
    )

    assert sign(decision, committee.member).signatures.count() == 1


def test_nobody_signs_before_declaring(refuses):
    committee = make_committee()
    decision = make_decision(committee)
    newcomer = make_member(committee.plan, Role.COMMITTEE_MEMBER)

    with refuses("no_declaration"):
        decision_sign(by=newcomer, decision=decision, password=PASSWORD)


def test_nobody_signs_twice(refuses):
    committee = make_committee()
    decision = sign(make_decision(committee), committee.member)

    with refuses("signed_already"):
        decision_sign(by=committee.member, decision=decision, password=PASSWORD)


@pytest.mark.parametrize("role", [Role.ADVISER, Role.COUNSEL, Role.AUDITOR])
def test_role_without_the_right_does_not_sign(refuses, role):
    committee = make_committee()
    decision = make_decision(committee)
    person = make_member(committee.plan, role)

    with refuses("may_not_sign"):
        decision_sign(by=person, decision=decision, password=PASSWORD)


def test_former_member_and_stranger_do_not_sign(refuses):
    committee, other = make_committee(), make_committee()
    decision = make_decision(committee)
    membership = committee.member.memberships.get()
    membership_end(by=committee.author, membership=membership)

    for person in (committee.member, other.member):
        with refuses("may_not_sign"):
            decision_sign(by=person, decision=decision, password=PASSWORD)


def test_authors_are_not_the_only_signers(refuses):
    committee = make_committee()
    decision = sign(make_decision(committee), committee.chair)  # the chair drafted, the author wrote the menu

    with refuses("authors_only"):
        decision_sign(by=committee.author, decision=decision, password=PASSWORD)

    assert sign(decision, committee.member).status == "signed"


def test_single_signature_is_not_an_authors(refuses):
    committee = make_committee(required_signatures=1)
    decision = make_decision(committee)

    with refuses("authors_only"):
        decision_sign(by=committee.chair, decision=decision, password=PASSWORD)


@pytest.mark.parametrize("moved", ["an answer", "the figures", "the reasons"])
def test_content_that_moved_is_not_signed(refuses, moved):
    committee = make_committee()
    review = make_review(committee)
    response_give(by=committee.member, review=review, item_id="PG-01", answer="met")
    decision = make_decision(committee, review=review)
    if moved == "an answer":
        review.responses.update(note="Changed behind everybody's back.")
    elif moved == "the figures":
        PrudenceReview.objects.update(figures={})
    else:
        Decision.objects.update(reasons="Other reasons.")

    with refuses("content_moved"):
        decision_sign(by=committee.member, decision=decision, password=PASSWORD)


# ---------------------------------------------------------------- signing: what it does
def test_first_of_two_signatures_changes_nothing_else():
    committee = make_committee()
    decision = make_decision(committee)

    sign(decision, committee.chair)

    assert list(Signature.objects.values_list("name", "role", "title", "content_hash")) == [
        (committee.chair.full_name, "Committee chair", "Chair of the committee", decision.content_hash)
    ]
    assert (decision.status, decision.record, decision.version.status) == (
        "awaiting_signatures",
        None,
        "proposed",
    )
    assert not Document.objects.exists()
    assert acts()[-1] == "decision.signature_given"
    assert LedgerEvent.objects.get(action="decision.signature_given").body == {
        "content_hash": decision.content_hash,
        "signature": 1,
        "of": 2,
    }


@pytest.mark.parametrize("outcome", [Outcome.ADOPT, Outcome.ADOPT_WITH_CONDITIONS])
def test_last_signature_adopts_retires_closes_freezes_and_orders_the_document(outcome):
    committee = make_committee()
    menu = make_menu(committee.plan)
    before = make_signed(committee, review=make_review(committee, version=make_proposed(menu, preset="lean")))
    decision = make_decision(
        committee, review=make_review(committee, version=make_proposed(menu)), outcome=outcome
    )
    count = LedgerEvent.objects.count()

    decision = sign(decision, committee.chair, committee.member)

    states = dict(MenuVersion.objects.values_list("number", "status"))
    assert states == {before.version.number: "retired", decision.version.number: "adopted"}
    review = PrudenceReview.objects.get(pk=decision.review_id)
    assert (review.status, review.closed_at) == (ReviewStatus.CLOSED, decision.signed_at)
    assert decision.status == DecisionStatus.SIGNED
    assert decision.record == build_record(decision)
    assert decision.record_hash == content_hash(decision.record)
    assert [signature["name"] for signature in decision.record["signatures"]] == [
        committee.chair.full_name,
        committee.member.full_name,
    ]
    document = decision.documents.get()
    assert (document.sha256, document.record_hash, document.job.state) == ("", decision.record_hash, "new")
    assert acts()[count:] == [
        "decision.signature_given",
        "decision.signature_given",
        "menu_version.retired",
        "menu_version.adopted",
        "decision.signed",
    ]
    assert (
        LedgerEvent.objects.filter(action="decision.signed").last().body["record_hash"]
        == decision.record_hash
    )
    assert verify_book(book_name(committee.plan.sponsor)).problems == ()


def test_rejection_is_a_full_ending():
    committee = make_committee()

    decision = make_signed(committee, outcome=Outcome.REJECT, reasons="Considered and rejected: not needed.")

    assert (decision.status, decision.version.status) == ("signed", "rejected")
    assert decision.review.status == ReviewStatus.CLOSED
    assert decision.documents.get().title == "Prudence review 1: Considered and rejected"
    assert [act for act in acts() if act.startswith("menu_version")][-1] == "menu_version.rejected"


def test_after_a_deferral_the_version_may_be_reviewed_and_decided_again():
    committee = make_committee()
    deferred = make_signed(committee, outcome=Outcome.DEFER, reasons="The custody review is missing.")
    assert deferred.version.status == "proposed"

    again = make_signed(committee, review=make_review(committee, version=deferred.version))

    assert (again.number, again.review.number, again.version.status) == (2, 2, "adopted")
    assert Document.objects.count() == 2


def test_sole_fiduciary_signs_alone_and_the_record_says_so():
    committee = make_committee(required_signatures=1, sole_fiduciary=True)
    review = make_review(committee)
    conflict_declare(by=committee.author, review=review, has_conflict=False)
    decision = decision_draft(by=committee.author, review=review, outcome="adopt", reasons=REASONS)

    decision = sign(decision, committee.author)

    assert (decision.status, decision.record["decision"]["sole_fiduciary"]) == ("signed", True)


def test_charter_changed_after_the_draft_does_not_change_what_was_drafted():
    committee = make_committee()
    decision = make_decision(committee)
    committee.plan.required_signatures = 3
    committee.plan.save()

    assert sign(decision, committee.chair, committee.member).status == "signed"


def test_later_catalogue_does_not_change_a_signed_record():
    decision = make_signed()
    before = decision.record_hash
    Fund.objects.update(name="Another name", expense_ratio="0.01")

    decision.refresh_from_db()

    assert content_hash(decision.record) == before


# ---------------------------------------------------------------- all or nothing
def test_failure_in_the_last_step_leaves_neither_change_nor_entry(monkeypatch):
    committee = make_committee()
    decision = sign(make_decision(committee), committee.chair)
    before = (acts(), Signature.objects.count(), Job.objects.count(), Document.objects.count())

    def no_space(**_):
        raise OSError("no space left")

    monkeypatch.setattr(decision_service, "document_order", no_space)
    with pytest.raises(OSError, match="no space left"):
        decision_sign(by=committee.member, decision=decision, password=PASSWORD)

    decision.refresh_from_db()
    assert (acts(), Signature.objects.count(), Job.objects.count(), Document.objects.count()) == before
    assert (decision.status, decision.record, decision.version.status) == (
        "awaiting_signatures",
        None,
        "proposed",
    )


@pytest.mark.django_db(transaction=True)
def test_two_last_signatures_at_once_complete_once():
    committee = make_committee(required_signatures=1)
    other = make_member(committee.plan, Role.COMMITTEE_MEMBER)
    decision = make_decision(committee)
    conflict_declare(by=other, review=decision.review, has_conflict=False)
    outcomes, together = [], threading.Barrier(2)

    def try_to_sign(person):
        together.wait()
        try:
            decision_sign(by=person, decision=decision, password=PASSWORD)
            outcomes.append("signed")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to_sign, args=(person,)) for person in (committee.member, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decision_closed", "signed"]
    assert (Signature.objects.count(), Document.objects.count()) == (1, 1)
    assert acts().count("decision.signed") == acts().count("menu_version.adopted") == 1
    assert verify_book(book_name(committee.plan.sponsor)).problems == ()


@pytest.mark.django_db(transaction=True)
def test_two_drafts_at_once_give_one_decision():
    committee = make_committee()
    review = make_review(committee)
    outcomes, together = [], threading.Barrier(2)

    def try_to_draft(outcome):
        together.wait()
        try:
            decision_draft(by=committee.chair, review=review, outcome=outcome, reasons=REASONS)
            outcomes.append("drafted")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to_draft, args=(outcome,)) for outcome in ("adopt", "reject")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decision_exists", "drafted"]
    assert Decision.objects.count() == 1


# ---------------------------------------------------------------- the document
def test_document_is_ordered_once():
    committee = make_committee()
    decision = make_signed(committee)

    again = document_order(by=committee.author, decision=decision)

    assert (again, Job.objects.count()) == (Document.objects.get(), 1)


def test_unsigned_decision_has_no_document(refuses):
    committee = make_committee()
    decision = make_decision(committee)

    with refuses("not_signed"):
        document_order(by=committee.chair, decision=decision)


def test_document_appears_with_its_hashes_and_entry():
    decision = make_signed()

    with pytest.raises(Refusal, match="still being made"):
        document_bytes(decision.documents.get())
    document = make_document(decision)

    data = document_bytes(document)
    assert data.startswith(b"%PDF-")
    assert (document.size, document.job.state) == (len(data), "done")
    event = LedgerEvent.objects.get(action="document.rendered")
    assert event.body == {
        "sha256": document.sha256,
        "record_hash": decision.record_hash,
        "materials_sha256": document.materials_sha256,
        "pages": document.page_count,
    }


def test_altered_document_is_not_handed_out():
    document = make_document(make_signed())
    with open(document.file.path, "ab") as file:
        file.write(b"%")

    with pytest.raises(Refusal) as caught:
        document_bytes(document)
    assert caught.value.code == "document_altered"


def test_numbers_run_within_the_plan_and_not_beyond():
    first, second = make_committee(), make_committee()

    assert [make_signed(committee).number for committee in (first, second)] == [1, 1]


def test_rollback_of_the_caller_takes_the_decision_with_it():
    committee = make_committee()
    review = make_review(committee)
    before = acts()

    def draft_and_fail():
        with transaction.atomic():
            decision_draft(by=committee.chair, review=review, outcome="adopt", reasons=REASONS)
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        draft_and_fail()

    assert (acts(), Decision.objects.count()) == (before, 0)
    assert PrudenceReview.objects.get().status == ReviewStatus.OPEN
