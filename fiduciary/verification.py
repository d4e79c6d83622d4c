"""Does a document still prove what was decided? Compares file, record, ledger and a fresh rendering."""

from __future__ import annotations

from dataclasses import dataclass

import typst
from django.db.models import Model

from fiduciary.models import Document
from fiduciary.pdf import render_review, template_hash
from sponsors.ledger.canonical import content_hash, sha256_hex
from sponsors.ledger.models import LedgerEvent
from sponsors.ledger.recorder import book_name
from sponsors.ledger.verification import verify_book


@dataclass(frozen=True)
class Check:
    """One comparison: what was compared, and whether it agrees."""

    name: str
    agrees: bool
    words: str


@dataclass(frozen=True)
class DocumentVerification:
    """All comparisons of one document."""

    checks: tuple[Check, ...]

    @property
    def verified(self) -> bool:
        return all(check.agrees for check in self.checks)


def verify_document(document: Document) -> DocumentVerification:
    """Compare the kept file with its hash, its record, the ledger's entries and the file rendered anew."""
    decision = document.decision
    signed = _event("decision.signed", decision)
    rendered = _event("document.rendered", document)
    book = verify_book(book_name(document.sponsor))
    data = _kept(document)
    record_hash = content_hash(decision.record)
    return DocumentVerification(
        (
            Check("file", data is not None, "The stored file has the hash it was made with."),
            Check(
                "record", record_hash == document.record_hash, "The record has the hash the document names."
            ),
            Check(
                "signed entry",
                signed is not None and signed.body.get("record_hash") == record_hash,
                "The ledger's entry of the last signature holds the record's hash.",
            ),
            Check(
                "rendered entry",
                rendered is not None and rendered.body.get("sha256") == document.sha256,
                "The ledger's entry of the rendering holds the file's hash.",
            ),
            _rendered_again(document),
            Check(
                "ledger",
                book.verified,
                f"{book.length} entries of the sponsor's book follow from one another.",
            ),
        )
    )


def _rendered_again(document: Document) -> Check:
    """Whether the record still makes the file. An altered record, or a template of another edition, may not render."""
    record = document.decision.record or {}
    try:
        agrees = sha256_hex(render_review(record)) == document.sha256
    except (typst.TypstError, LookupError, TypeError, ValueError, RuntimeError):
        agrees = False
    words = "Rendering the record again gives the file that was made, byte for byte."
    if not agrees and document.template_hash != template_hash():
        words = (
            f"{words} It was made by {record.get('software', 'Steward')} with another edition of the page "
            "template, so only that edition can make it again; the comparisons above do not depend on it."
        )
    return Check("rendered again", agrees, words)


def _event(action: str, subject: Model) -> LedgerEvent | None:
    of_subject = LedgerEvent.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    )
    return of_subject.filter(action=action).first()


def _kept(document: Document) -> bytes | None:
    """The stored file, or None when it is gone or no longer has its hash."""
    try:
        with document.file.open("rb") as file:
            data: bytes = file.read()
    except (FileNotFoundError, ValueError):  # ValueError: no file was ever kept
        return None
    return data if sha256_hex(data) == document.sha256 else None
