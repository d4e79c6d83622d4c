"""An entry and its change live and die together, and the database itself refuses to change what is written."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import InternalError

from sponsors.ledger import record
from sponsors.ledger.models import LedgerBook, LedgerEvent
from sponsors.ledger.recorder import book_name
from sponsors.ledger.verification import verify_book
from tests.factories.sponsors import make_sponsor, make_user

TABLE = LedgerEvent._meta.db_table


def written(entries=2):
    sponsor = make_sponsor()
    with transaction.atomic():
        for number in range(entries):
            record("plan.edited", by=None, sponsor=sponsor, subject=sponsor, body={"number": number})
    return sponsor


@transaction.atomic
def record_and_fail(sponsor):
    record("plan.edited", by=None, sponsor=sponsor, subject=sponsor)
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_an_error():
    sponsor = make_sponsor()

    with pytest.raises(RuntimeError, match="inside the transaction"):
        record("plan.edited", by=None, sponsor=sponsor, subject=sponsor)

    assert not LedgerEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_neither_an_entry_nor_a_gap():
    sponsor = written(2)

    with pytest.raises(ZeroDivisionError):
        record_and_fail(sponsor)
    with transaction.atomic():
        record("plan.edited", by=None, sponsor=sponsor, subject=sponsor)

    positions = LedgerEvent.objects.filter(book=book_name(sponsor)).values_list("position", flat=True)
    assert list(positions) == [0, 1, 2]
    assert verify_book(book_name(sponsor)).verified


@pytest.mark.django_db
def test_rollback_to_a_savepoint_leaves_no_gap_either():
    sponsor = written(1)

    with pytest.raises(ZeroDivisionError):
        record_and_fail(sponsor)
    with transaction.atomic():
        event = record("plan.edited", by=None, sponsor=sponsor, subject=sponsor)

    assert event.position == 1
    assert verify_book(book_name(sponsor)).verified


STATEMENTS = {
    "update of one column": f"UPDATE {TABLE} SET reason = 'forged'",
    "update that changes nothing": f"UPDATE {TABLE} SET reason = reason",
    "delete": f"DELETE FROM {TABLE}",
    "delete of one": f"DELETE FROM {TABLE} WHERE position = 1",
}
SQLITE_ONLY = {
    "insert or replace": f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE}",
    "replace": f"REPLACE INTO {TABLE} SELECT * FROM {TABLE} WHERE position = 0",
    "upsert": f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE true ON CONFLICT (id) DO UPDATE SET reason = 'forged'",
}
POSTGRESQL_ONLY = {
    "truncate": f"TRUNCATE {TABLE}",
    "upsert": f"INSERT INTO {TABLE} SELECT * FROM {TABLE} ON CONFLICT (id) DO UPDATE SET reason = 'forged'",
}


def statements():
    own = SQLITE_ONLY if connection.vendor == "sqlite" else POSTGRESQL_ONLY
    return {**STATEMENTS, **own}


@pytest.mark.django_db
def test_database_itself_refuses_to_change_what_is_written():
    sponsor = written(3)
    before = list(LedgerEvent.objects.order_by("pk").values_list())

    accepted = [name for name, statement in statements().items() if not refused(statement)]

    assert accepted == []
    assert list(LedgerEvent.objects.order_by("pk").values_list()) == before
    assert verify_book(book_name(sponsor)).verified


def refused(statement):
    """Whether the database refused, and for our reason."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except (DatabaseError, InternalError) as error:
        return "the ledger is insert-only" in str(error)
    return False


@pytest.mark.django_db
def test_second_entry_at_a_taken_position_is_refused():
    sponsor = written(1)
    taken = LedgerEvent.objects.get(book=book_name(sponsor))
    fields = {field.attname: getattr(taken, field.attname) for field in LedgerEvent._meta.concrete_fields}

    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEvent(**{**fields, "id": "00000000-0000-4000-8000-000000000000"}).save(force_insert=True)

    assert LedgerBook.objects.get(sponsor=sponsor).length == 1


@pytest.mark.django_db
def test_entry_keeps_the_role_at_the_time():
    sponsor, person = make_sponsor(), make_user("Robin Ode", is_platform_administrator=True)

    with transaction.atomic():
        with_role = record("plan.edited", by=person, sponsor=sponsor, subject=sponsor)
        by_itself = record("plan.edited", by=None, sponsor=sponsor, subject=sponsor)

    assert with_role.actor_label == f"Robin Ode <{person.email}>, Platform administrator"
    assert (by_itself.actor_id, by_itself.actor_label) == (None, "Steward (automatic)")
