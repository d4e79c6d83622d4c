"""A book verifies as it was written, and no edit of it goes unseen."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sponsors.ledger import guards, record
from sponsors.ledger.models import LedgerBook, LedgerEvent
from sponsors.ledger.recorder import PLATFORM_BOOK, book_name
from sponsors.ledger.verification import verify_book
from tests.factories.sponsors import make_member, make_plan, make_sponsor

pytestmark = pytest.mark.django_db

few = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
acts = st.tuples(texts, st.dictionaries(texts, values, max_size=4), st.integers(0, 400))


def write(sponsor, written, by=None):
    """One entry for each (reason, body, days ago)."""
    with transaction.atomic():
        return [
            record(
                "plan.edited",
                by=by,
                sponsor=sponsor,
                subject=sponsor,
                reason=reason,
                body=body,
                occurred_on=date(2026, 11, 21) - timedelta(days=days),
            )
            for reason, body, days in written
        ]


def a_book(entries=4):
    """A sponsor whose book holds so many entries, all different."""
    sponsor = make_sponsor()
    write(sponsor, [(f"reason {number}", {"number": number}, number) for number in range(entries)])
    return sponsor


@pytest.fixture
def without_triggers():
    """Somebody who owns the database took the triggers away; they are back when the test ends."""
    guards.remove(connection)
    yield
    guards.install(connection)


@few
@given(written=st.lists(acts, max_size=6))
def test_any_sequence_of_acts_verifies(written):
    sponsor = make_sponsor()

    events = write(sponsor, written)

    book = verify_book(book_name(sponsor))
    assert (book.verified, book.length, book.problems) == (True, len(written), ())
    assert book.head_hash == (events[-1].chain_hash if events else "")
    assert [event.position for event in events] == list(range(len(written)))


def test_unknown_book_is_empty_and_verified():
    book = verify_book("sponsor-0")

    assert (book.length, book.head_hash, book.verified) == (0, "", True)


EDITS = {
    "id": uuid.uuid4,
    "book": lambda: "sponsor-elsewhere",
    "position": lambda: 99,
    "sponsor_id": lambda: 424242,
    "plan_id": lambda: 424242,
    "action": lambda: "plan.created",
    "actor_id": lambda: 424242,
    "actor_label": lambda: "Somebody else",
    "subject_type": lambda: "sponsors.user",
    "subject_id": lambda: "424242",
    "subject_label": lambda: "Something else",
    "occurred_on": lambda: date(2020, 1, 1),
    "recorded_at": lambda: LedgerEvent.objects.latest("recorded_at").recorded_at - timedelta(microseconds=1),
    "reason": lambda: "Another reason",
    "body": lambda: {"number": "forged"},
    "salt": lambda: b"0123456789abcdef",
    "body_hash": lambda: "0" * 64,
    "leaf_hash": lambda: "0" * 64,
    "chain_hash": lambda: "0" * 64,
}


def test_list_of_edits_names_every_column():
    assert set(EDITS) == {field.attname for field in LedgerEvent._meta.concrete_fields}


@pytest.mark.parametrize("place", [0, 1, 3], ids=["first", "middle", "last"])
@pytest.mark.parametrize("column", list(EDITS))
def test_an_edit_of_any_column_of_any_entry_is_seen(without_triggers, column, place):
    sponsor = a_book()

    LedgerEvent.objects.filter(book=book_name(sponsor), position=place).update(**{column: EDITS[column]()})

    assert not verify_book(book_name(sponsor)).verified


@pytest.mark.parametrize("column", ["body_hash", "leaf_hash", "chain_hash"])
def test_a_hash_that_is_no_hash_is_a_problem_not_an_error(without_triggers, column):
    sponsor = a_book()

    LedgerEvent.objects.filter(book=book_name(sponsor), position=1).update(**{column: "not a hash"})

    assert not verify_book(book_name(sponsor)).verified


@few
@given(data=st.data())
def test_a_dropped_entry_is_seen(data):
    length = data.draw(st.integers(1, 5))
    place = data.draw(st.integers(0, length - 1))
    with transaction.atomic():
        sponsor = a_book(length)
        guards.remove(connection)
        LedgerEvent.objects.filter(book=book_name(sponsor), position=place).delete()
        book = verify_book(book_name(sponsor))
        guards.install(connection)

    assert not book.verified


@few
@given(places=st.lists(st.integers(0, 4), min_size=2, max_size=2, unique=True))
def test_two_entries_that_change_places_are_seen(places):
    one, other = places
    with transaction.atomic():
        sponsor = a_book(5)
        guards.remove(connection)
        mine = LedgerEvent.objects.filter(book=book_name(sponsor))
        for before, after in ((one, 99), (other, one), (99, other)):
            mine.filter(position=before).update(position=after)
        book = verify_book(book_name(sponsor))
        guards.install(connection)

    assert not book.verified


@pytest.mark.parametrize(
    "change", [{"head_hash": "0" * 64}, {"length": 3}, {"length": 5}, {"name": "sponsor-lost"}]
)
def test_a_changed_head_is_seen(change):
    sponsor = a_book()

    LedgerBook.objects.filter(sponsor=sponsor).update(**change)

    assert not verify_book(book_name(sponsor)).verified


def test_problems_name_the_entry_in_words(without_triggers):
    sponsor = a_book()
    LedgerEvent.objects.filter(book=book_name(sponsor), position=2).update(reason="Another reason")
    at = LedgerEvent.objects.get(book=book_name(sponsor), position=2).recorded_at

    book = verify_book(book_name(sponsor))

    assert book.problems == (
        f"Entry 2 (plan.edited, {at:%Y-%m-%d %H:%M} UTC): its header is not what was recorded.",
    )


def test_books_of_two_sponsors_and_the_platform_do_not_mix():
    one, other = a_book(2), a_book(3)
    plan = make_plan(one)
    person = make_member(one)
    with transaction.atomic():
        record("plan.edited", by=person, plan=plan, subject=plan)
        record("user.closed", by=None, subject=person)

    lengths = {name: verify_book(name).length for name in (book_name(one), book_name(other), PLATFORM_BOOK)}
    last = LedgerEvent.objects.get(book=book_name(one), position=2)

    assert lengths == {book_name(one): 3, book_name(other): 3, PLATFORM_BOOK: 1}
    assert all(verify_book(name).verified for name in lengths)
    assert (last.sponsor_id, last.plan_id) == (one.pk, plan.pk)
    assert last.actor_label == f"{person.full_name} <{person.email}>, Plan administrator"
