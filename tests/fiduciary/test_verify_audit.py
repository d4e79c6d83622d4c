"""`manage.py verify_audit`: all books, in words or JSON, exit status 1 when anything does not match."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from sponsors.ledger import guards, record
from sponsors.ledger.models import LedgerBook, LedgerEvent
from sponsors.ledger.recorder import book_name
from tests.factories.sponsors import make_sponsor, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sponsor():
    sponsor = make_sponsor()
    with transaction.atomic():
        for number in range(3):
            record("plan.edited", by=None, sponsor=sponsor, subject=sponsor, body={"number": number})
        record("user.closed", by=None, subject=make_user())
    return sponsor


def verify(*options):
    """(exit status, what it printed)."""
    out = StringIO()
    try:
        call_command("verify_audit", *options, stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def tamper(sponsor, **change):
    guards.remove(connection)
    LedgerEvent.objects.filter(book=book_name(sponsor), position=1).update(**change)
    guards.install(connection)


def test_no_book_at_all_is_fine():
    assert verify() == (0, "0 book(s): everything matches.\n")


def test_every_book_is_read(sponsor):
    status, text = verify()
    head = LedgerBook.objects.get(sponsor=sponsor).head_hash

    assert status == 0
    assert f"{book_name(sponsor)}: 3 entries, head {head[:12]}: verified" in text
    assert "platform: 1 entries" in text


def test_json_holds_the_same(sponsor):
    status, text = verify("--json")
    found = json.loads(text)

    assert (status, found["verified"]) == (0, True)
    assert found["books"][1] == {
        "book": book_name(sponsor),
        "length": 3,
        "head_hash": LedgerBook.objects.get(sponsor=sponsor).head_hash,
        "problems": [],
        "verified": True,
    }


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["words", "json"])
def test_anything_altered_ends_with_status_1(sponsor, options):
    tamper(sponsor, reason="forged")

    status, text = verify(*options)

    assert status == 1
    assert "its header is not what was recorded" in text


def test_lost_head_hides_no_book(sponsor):
    LedgerBook.objects.filter(sponsor=sponsor).delete()

    status, text = verify()

    assert status == 1
    assert "The book says it ends after 0 entries, but 3 were read." in text
