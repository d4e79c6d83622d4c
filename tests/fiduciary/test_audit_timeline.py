"""A plan's timeline: every act in words, filters, single entries, verification of the book."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from fiduciary.acts import ACTS, sentence_of
from sponsors.enums import Role
from sponsors.ledger import guards, record
from sponsors.ledger.models import LedgerEvent
from sponsors.ledger.recorder import book_name
from sponsors.services.memberships import member_add
from tests.factories.fiduciary import make_committee, make_document, make_signed
from tests.factories.sponsors import client_of, make_member, make_plan, make_snapshot

pytestmark = pytest.mark.django_db


def url(name, plan, **kwargs):
    return reverse(f"fiduciary:{name}", kwargs={"plan": plan.slug, **kwargs})


@pytest.fixture
def decision():
    return make_signed()


@pytest.fixture
def auditor(decision):
    return client_of(make_member(decision.plan, Role.AUDITOR))


def sentences(client, plan, **filters):
    return [entry.sentence for entry in client.get(url("audit-plan", plan), filters).context["entries"]]


def recorded_actions():
    """Every literal action that the code hands to record(), whatever the helper between them is called."""
    for app in ("sponsors", "menus", "fiduciary"):
        for file in Path(settings.BASE_DIR, app).rglob("*.py"):
            for call in (
                node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)
            ):
                if getattr(call.func, "id", "") in ("record", "_record"):
                    literals = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
                    yield from (word for word in literals if re.fullmatch(r"[a-z_]+\.[a-z_]+", str(word)))


def test_every_act_that_the_code_records_has_its_words():
    recorded = set(recorded_actions())

    assert len(recorded) > 25
    assert recorded - set(ACTS) == set()


def test_timeline_tells_the_whole_chain_newest_first(decision, auditor):
    make_document(decision)

    told = sentences(auditor, decision.plan)

    assert told[:6] == [
        f"Made the document: {decision.documents.get()}",
        "Decision 1: Adopt was signed by all",
        "Investment menu, version 1 took effect (Decision 1: Adopt)",
        "Signed Decision 1: Adopt (2 of 2)",
        "Signed Decision 1: Adopt (1 of 2)",
        "Drafted Decision 1: Adopt",
    ]
    assert told[-1] == "Began Investment menu"


def test_timeline_holds_the_employers_people_but_no_other_plan(decision, auditor):
    chair = decision.drafted_by
    member_add(
        by=chair, sponsor=decision.sponsor, email="new@example.com", role=Role.COUNSEL, full_name="New Person"
    )
    other = make_plan(decision.sponsor)
    with transaction.atomic():
        record("plan.edited", by=chair, plan=other, subject=other)

    told = sentences(auditor, decision.plan)

    assert told[0] == "Gave a role: New Person, Counsel"
    assert not any("Changed facts" in sentence for sentence in told)


def test_filters_by_person_kind_and_day(decision, auditor):
    plan, chair = decision.plan, decision.drafted_by
    tomorrow = f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"

    assert sentences(auditor, plan, action="decision.drafted") == ["Drafted Decision 1: Adopt"]
    assert sentences(auditor, plan, person=chair.pk, action="decision.signature_given") == [
        "Signed Decision 1: Adopt (1 of 2)"
    ]
    assert sentences(auditor, plan, since=tomorrow) == []
    assert len(sentences(auditor, plan, until=tomorrow)) == len(sentences(auditor, plan))


def test_many_acts_of_one_kind_in_a_row_are_folded_and_still_all_there(decision, auditor):
    plan = decision.plan
    with transaction.atomic():
        for number in range(5):
            record("plan.edited", by=None, plan=plan, subject=plan, body={"number": number})

    page = auditor.get(url("audit-plan", plan))

    assert [(len(group.entries), group.is_folded) for group in page.context["groups"]][:2] == [
        (5, True),
        (1, False),
    ]
    first = page.context["entries"][4].event
    assert f'href="{url("audit-event", plan, position=first.position)}"' in page.content.decode()


def test_late_entries_are_marked_with_their_days_and_can_be_asked_for(decision, auditor):
    plan = decision.plan
    three_days_ago = timezone.now().date() - timedelta(days=3)
    with transaction.atomic():
        record("plan.edited", by=None, plan=plan, subject=plan, occurred_on=three_days_ago)

    page = auditor.get(url("audit-plan", plan), {"only_late": "on"})

    assert [entry.late_days for entry in page.context["entries"]] == [3]
    assert "3 days before it was entered" in page.content.decode()


def test_subjects_lead_to_pages_that_open(decision, auditor):
    make_document(decision)
    page = auditor.get(url("audit-plan", decision.plan))
    addresses = {entry.subject_url for entry in page.context["entries"]}

    assert all(addresses)
    assert {auditor.get(address).status_code for address in addresses} == {200}


def test_subject_of_another_sponsor_gets_no_address(decision, auditor):
    stranger = make_plan()
    with transaction.atomic():  # an entry that claims a subject of somebody else
        record("plan.edited", by=None, plan=decision.plan, subject=stranger)

    entry = auditor.get(url("audit-plan", decision.plan)).context["entries"][0]

    assert (entry.event.subject_id, entry.subject_url) == (str(stranger.pk), "")


def test_erased_body_still_reads_as_a_sentence():
    event = LedgerEvent(action="decision.signature_given", subject_label="Decision 1", body={})

    assert sentence_of(event) == "Signed Decision 1 (– of –)"
    assert sentence_of(LedgerEvent(action="thing.moved", subject_label="X")) == "Thing moved: X"


def test_queries_do_not_grow_with_the_entries(decision, auditor, django_assert_max_num_queries):
    with django_assert_max_num_queries(26):
        auditor.get(url("audit-plan", decision.plan))
    with transaction.atomic():
        for _ in range(50):
            record("plan.edited", by=None, plan=decision.plan, subject=decision.plan)
    with django_assert_max_num_queries(26):
        auditor.get(url("audit-plan", decision.plan))


# ---------------------------------------------------------------- one entry
def test_entry_shows_header_body_hashes_and_its_neighbours(decision, auditor):
    event = LedgerEvent.objects.get(action="decision.drafted", plan_id=decision.plan_id)

    page = auditor.get(url("audit-event", decision.plan, position=event.position))
    text = page.content.decode()

    for part in (event.body_hash, event.leaf_hash, event.chain_hash, decision.content_hash, "Verified"):
        assert part in text
    assert (page.context["before"].position, page.context["after"].position) == (
        event.position - 1,
        event.position + 1,
    )
    assert page.context["problems"] == []


def test_altered_entry_says_so(decision, auditor):
    guards.remove(connection)
    LedgerEvent.objects.filter(action="decision.drafted").update(reason="Forged")
    guards.install(connection)
    event = LedgerEvent.objects.get(action="decision.drafted")

    text = auditor.get(url("audit-event", decision.plan, position=event.position)).content.decode()

    assert "its header is not what was recorded" in text
    assert "Does not match" in text


def test_entry_beyond_the_book_is_not_found(decision, auditor):
    assert auditor.get(url("audit-event", decision.plan, position=100_000)).status_code == 404


# ---------------------------------------------------------------- verification
def test_verification_shows_length_and_head(decision, auditor):
    book = decision.sponsor.ledger_book

    page = auditor.get(url("audit-verify", decision.plan))

    assert (page.context["book"].length, page.context["book"].verified) == (book.length, True)
    assert book.head_hash in page.content.decode()


def test_verification_names_what_was_altered(decision, auditor):
    guards.remove(connection)
    LedgerEvent.objects.filter(book=book_name(decision.sponsor), position=4).update(body={"forged": True})
    guards.install(connection)

    text = auditor.get(url("audit-verify", decision.plan)).content.decode()

    assert "The book is not what was recorded" in text
    assert "Entry 4" in text


def test_reading_and_verifying_record_nothing(decision, auditor):
    make_snapshot(decision.plan)
    before = LedgerEvent.objects.count()

    for name in ("audit-plan", "audit-verify"):
        auditor.get(url(name, decision.plan))
    auditor.get(url("audit-decision", decision.plan, decision=1), {"check": "files"})

    assert LedgerEvent.objects.count() == before


def test_desk_is_closed_to_strangers(decision):
    stranger = client_of(make_member(make_committee().plan, Role.AUDITOR))
    pages = [
        url("audit-plan", decision.plan),
        url("audit-verify", decision.plan),
        url("audit-event", decision.plan, position=0),
        url("audit-decision", decision.plan, decision=1),
    ]

    assert {stranger.get(page).status_code for page in pages} == {404}
