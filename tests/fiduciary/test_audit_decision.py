"""The file of one decision: everything on one page, and what an edit of any part of it would show."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse

from fiduciary.enums import Outcome
from fiduciary.models import ConflictDeclaration, Decision, Evidence, ReviewResponse, Signature
from fiduciary.services.decisions import decision_withdraw
from fiduciary.services.evidence import evidence_add
from fiduciary.services.reviews import response_give
from menus.models import MenuLine
from sponsors.enums import Role
from sponsors.ledger import guards
from sponsors.ledger.models import LedgerEvent
from tests.factories.fiduciary import make_committee, make_decision, make_document, make_review, make_signed
from tests.factories.menus import make_menu, make_proposed
from tests.factories.sponsors import client_of, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return make_committee()


@pytest.fixture
def decision(committee):
    """Adopted, signed by two, its document made, with one answer and one evidence file."""
    review = make_review(committee)
    response_give(by=committee.member, review=review, item_id="PG-04", answer="met", note="All declared.")
    evidence_add(
        by=committee.member,
        review=review,
        item_id="PG-04",
        kind="file",
        title="Minutes",
        file_name="m.txt",
        data=b"m",
    )
    decision = make_signed(committee, review=review)
    make_document(decision)
    return decision


def page_of(decision, **query):
    auditor = make_member(decision.plan, Role.AUDITOR)
    where = {"plan": decision.plan.slug, "decision": decision.number}
    return client_of(auditor).get(reverse("fiduciary:audit-decision", kwargs=where), query)


def disagreeing(decision, **query):
    return {check.name for check in page_of(decision, **query).context["checks"] if not check.agrees}


def test_file_holds_everything_on_one_page(decision):
    text = page_of(decision).content.decode()

    parts = [
        *decision.signatures.values_list("name", flat=True),
        decision.reasons,
        decision.documents.get().sha256,
        "Minutes",
        "No conflict",
        decision.record_hash,
        str(decision.version),
    ]
    assert [part for part in parts if part not in text] == []


def test_untouched_decision_agrees_in_everything(decision):
    checks = page_of(decision, check="files").context["checks"]

    assert [check.name for check in checks] == [
        "Content",
        "Menu version",
        "Signatures",
        "Record",
        "Evidence: Minutes",
        "file",
        "record",
        "signed entry",
        "rendered entry",
        "rendered again",
        "ledger",
    ]
    assert all(check.agrees for check in checks)


def test_counts_are_those_that_were_signed(decision):
    counts = page_of(decision).context["counts"]

    assert counts == decision.record["counts"]
    assert (counts["met"], counts["unanswered"]) == (1, counts["asked"] - 1)


@pytest.mark.parametrize(
    ("edit", "seen"),
    [
        (lambda d: ReviewResponse.objects.filter(review=d.review).update(note="Forged"), {"Content"}),
        (lambda d: Evidence.objects.filter(review=d.review).update(title="Forged"), {"Content"}),
        (lambda d: Decision.objects.filter(pk=d.pk).update(reasons="Forged"), {"Content"}),
        (lambda d: MenuLine.objects.filter(version=d.version).update(is_core=False), {"Menu version"}),
        (lambda d: Signature.objects.filter(decision=d).update(content_hash="0" * 64), {"Signatures"}),
        (lambda d: Signature.objects.filter(decision=d).first().delete(), {"Signatures"}),
        (lambda d: Decision.objects.filter(pk=d.pk).update(record={**d.record, "plan": {}}), {"Record"}),
        (lambda d: Decision.objects.filter(pk=d.pk).update(record_hash="0" * 64), {"Record"}),
    ],
    ids=["answer", "evidence", "reasons", "line", "signature", "signature gone", "record", "record hash"],
)
def test_an_edit_of_any_part_is_seen(decision, edit, seen):
    edit(decision)

    assert disagreeing(decision) == seen


def test_declaration_edited_later_changes_no_signed_content(decision):
    """Declarations are not part of what is signed; the record keeps them as they were."""
    ConflictDeclaration.objects.filter(review=decision.review).update(statement="Later")

    assert disagreeing(decision) == set()
    assert all(one["statement"] == "" for one in decision.record["declarations"])


def test_edited_files_are_seen(decision):
    document, evidence = decision.documents.get(), decision.review.evidence.get()
    for kept in (document.file, evidence.file):
        kept.storage.delete(kept.name)
        kept.storage.save(kept.name, ContentFile(b"forged"))

    assert disagreeing(decision) == set()
    assert disagreeing(decision, check="files") == {"Evidence: Minutes", "file"}


def test_record_that_cannot_be_printed_is_a_finding_not_an_error(decision):
    Decision.objects.filter(pk=decision.pk).update(record={**decision.record, "sections": "unreadable"})

    checks = {check.name: check for check in page_of(decision, check="files").context["checks"]}

    assert not checks["rendered again"].agrees
    assert checks["file"].agrees


def test_missing_evidence_file_is_a_finding_not_an_error(decision):
    kept = decision.review.evidence.get().file
    kept.storage.delete(kept.name)

    assert disagreeing(decision, check="files") == {"Evidence: Minutes"}


def test_forged_ledger_entry_is_seen(decision):
    guards.remove(connection)
    LedgerEvent.objects.filter(action="decision.signed").update(body={"record_hash": "0" * 64})
    guards.install(connection)

    assert disagreeing(decision, check="files") == {"Record", "signed entry", "ledger"}


def test_timeline_is_exactly_the_decisions_own(decision, committee):
    other = make_signed(
        committee, review=make_review(committee, version=make_proposed(make_menu(committee.plan, name="B")))
    )
    own = page_of(decision).context["entries"]
    actions = [entry.event.action for entry in own][::-1]

    assert actions == [
        "menu_version.created",
        "menu_version.proposed",
        "prudence_review.opened",
        "review_response.given",
        "evidence.added",
        "conflict.declared",
        "conflict.declared",
        "conflict.declared",
        "decision.drafted",
        "decision.signature_given",
        "decision.signature_given",
        "menu_version.adopted",
        "decision.signed",
        "document.rendered",
    ]
    assert not {entry.event.pk for entry in own} & {
        entry.event.pk for entry in page_of(other).context["entries"]
    }


def test_comparison_starts_from_the_version_in_force_when_it_was_drafted(committee):
    menu = make_menu(committee.plan)
    first = make_signed(committee, review=make_review(committee, version=make_proposed(menu, preset="lean")))
    second = make_signed(committee, review=make_review(committee, version=make_proposed(menu)))
    third = make_signed(
        committee, review=make_review(committee, version=make_proposed(menu)), outcome=Outcome.REJECT
    )

    before = [page_of(decision).context["before"] for decision in (first, second, third)]

    assert before == [None, first.version, second.version]
    assert f"compare/?from={first.version.number}" in page_of(second).content.decode()


def test_awaiting_and_withdrawn_decisions_have_a_file_too(committee):
    decision = make_decision(committee)
    awaiting = page_of(decision)
    decision_withdraw(by=committee.chair, decision=decision, reason="Another look is needed.")
    withdrawn = page_of(decision)

    assert "awaits signatures" in awaiting.content.decode()
    assert [check.name for check in awaiting.context["checks"]] == ["Content", "Menu version", "Signatures"]
    assert "nothing took effect" in withdrawn.content.decode()
    assert [check.name for check in withdrawn.context["checks"]] == ["Menu version", "Signatures"]


def test_decision_of_another_plan_is_not_found(decision):
    other = make_committee()
    where = {"plan": other.plan.slug, "decision": decision.number}

    page = client_of(other.chair).get(reverse("fiduciary:audit-decision", kwargs=where))

    assert page.status_code == 404
