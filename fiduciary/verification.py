"""Does a document still prove what was decided? Compares file, record, ledger and a fresh rendering."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass

import typst
from django.db.models import Model
from django.db.models.fields.files import FieldFile

from fiduciary.models import Document
from fiduciary.pdf import materials_unpacked, set_pages
from sponsors.ledger.canonical import canonical_json, content_hash, sha256_hex
from sponsors.ledger.models import LedgerEvent
from sponsors.ledger.recorder import book_name
from sponsors.ledger.verification import verify_book


@dataclass(frozen=True)
class Check:
    """One thing that is written down twice, and whether both still agree. `words` state the agreement."""

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
    data = _kept(document.file, document.sha256)
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
                rendered is not None
                and (rendered.body.get("sha256"), rendered.body.get("materials_sha256"))
                == (document.sha256, document.materials_sha256),
                "The ledger's entry of the rendering holds the hashes of the file and of what it was set of.",
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
    """Whether the kept materials hold this very record and make this very file."""
    packed = _kept(document.materials, document.materials_sha256)
    return Check(
        "rendered again",
        packed is not None and _makes(document, packed),
        "The record, set again with the kept template and drawings, gives the file that was made, byte for byte.",
    )


def _makes(document: Document, packed: bytes) -> bool:
    try:
        materials = materials_unpacked(packed)
        holds_record = materials["record.json"].rstrip(b"\n") == canonical_json(document.decision.record)
        return holds_record and sha256_hex(set_pages(materials)) == document.sha256
    except (zipfile.BadZipFile, typst.TypstError, LookupError, TypeError, ValueError):
        return False


def _event(action: str, subject: Model) -> LedgerEvent | None:
    of_subject = LedgerEvent.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    )
    return of_subject.filter(action=action).first()


def _kept(file: FieldFile, sha256: str) -> bytes | None:
    """A stored file, or None when it is gone or no longer has its hash."""
    try:
        with file.open("rb") as opened:
            data: bytes = opened.read()
    except (FileNotFoundError, ValueError):  # ValueError: no file was ever kept
        return None
    return data if sha256_hex(data) == sha256 else None
