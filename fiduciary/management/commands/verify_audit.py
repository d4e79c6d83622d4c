"""`manage.py verify_audit`: recompute every hash of every book of the ledger."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sponsors.ledger.models import LedgerBook, LedgerEvent
from sponsors.ledger.verification import BookVerification, verify_book


class Command(BaseCommand):
    help = "Verify every book of the ledger. Changes nothing; exit status 1 when anything does not match."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, **options: Any) -> None:
        books = [verify_book(name) for name in sorted(_book_names())]
        verified = all(book.verified for book in books)
        if options["json"]:
            found = [asdict(book) | {"verified": book.verified} for book in books]
            self.stdout.write(json.dumps({"verified": verified, "books": found}))
        else:
            for book in books:
                self.stdout.write("\n".join(_lines(book)))
            self.stdout.write(
                f"{len(books)} book(s): {'everything matches' if verified else 'NOT as recorded'}."
            )
        if not verified:
            sys.exit(1)


def _book_names() -> set[str]:
    """Books that have a head or entries: a head that was deleted hides nothing."""
    with_entries = LedgerEvent.objects.order_by().values_list("book", flat=True).distinct()
    return {*LedgerBook.objects.values_list("name", flat=True), *with_entries}


def _lines(book: BookVerification) -> list[str]:
    state = "verified" if book.verified else "DOES NOT MATCH"
    return [
        f"{book.book}: {book.length} entries, head {book.head_hash[:12] or '-'}: {state}",
        *(f"  {problem}" for problem in book.problems),
    ]
