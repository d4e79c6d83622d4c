"""Evidence under an answer: a text, a link or a file, kept with its hash. It is added, never removed."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import MaxLengthValidator, URLValidator
from django.db import transaction

from fiduciary.enums import EvidenceKind
from fiduciary.models import Evidence, PrudenceReview
from fiduciary.selectors import applicable_item
from fiduciary.services.reviews import locked_open_review
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.ledger.canonical import sha256_hex
from sponsors.models import User

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TITLE, MAX_URL = 200, 500  # as the columns have it

# First bytes -> type. A file is what its content says, whatever its name claims.
SIGNATURES: list[tuple[bytes, str, str]] = [
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"PK\x03\x04", "application/zip", ".zip"),
]


@transaction.atomic
def evidence_add(
    *,
    by: User,
    review: PrudenceReview,
    item_id: str,
    kind: str,
    title: str,
    text: str = "",
    url: str = "",
    file_name: str = "",
    data: bytes = b"",
) -> Evidence:
    """Add one piece of evidence to an item of an open review. Refuses what is empty, too large or of unknown kind."""
    review = locked_open_review(review)
    item = applicable_item(review, item_id)
    evidence = Evidence(
        sponsor=review.sponsor,
        plan=review.plan,
        review=review,
        item_id=item.id,
        kind=kind,
        title=_known_title(title),
        added_by=by,
    )
    _FILLERS[_known_kind(kind)](evidence, text=text.strip(), url=url.strip(), file_name=file_name, data=data)
    evidence.save()
    record(
        "evidence.added",
        by=by,
        plan=review.plan,
        subject=evidence,
        body={
            "item": item.id,
            "kind": kind,
            "title": evidence.title,
            "sha256": evidence.sha256,
            "size": evidence.size,
        },
    )
    return evidence


def _known_title(title: str) -> str:
    title = title.strip()
    if not title:
        raise Refusal(
            "Give the evidence a title, as it should stand in the review.",
            field="title",
            code="title_missing",
        )
    if len(title) > MAX_TITLE:
        raise Refusal(
            f"The title has {len(title)} characters; {MAX_TITLE} is the most. Put the rest into a text.",
            field="title",
            code="title_long",
        )
    return title


def _known_kind(kind: str) -> EvidenceKind:
    if kind not in EvidenceKind.values:
        raise Refusal("Evidence is a text, a link or a file. Choose one.", field="kind", code="kind")
    return EvidenceKind(kind)


def _fill_text(evidence: Evidence, *, text: str, **_: Any) -> None:
    if not text:
        raise Refusal("Write the text of the evidence.", field="text", code="text_missing")
    evidence.text = text
    evidence.sha256 = sha256_hex(text.encode())


def _fill_link(evidence: Evidence, *, url: str, **_: Any) -> None:
    try:
        URLValidator(schemes=["http", "https"])(url)
        MaxLengthValidator(MAX_URL)(url)
    except ValidationError:
        raise Refusal(
            f"Give the whole address of the link, beginning with https:// and of at most {MAX_URL} characters.",
            field="url",
            code="url",
        ) from None
    evidence.url = url
    evidence.sha256 = sha256_hex(url.encode())


def _fill_file(evidence: Evidence, *, file_name: str, data: bytes, **_: Any) -> None:
    if not data:
        raise Refusal("Choose a file; the one that arrived is empty.", field="file", code="file_empty")
    if len(data) > MAX_FILE_BYTES:
        raise Refusal(
            f"The file has {len(data) / 1e6:.0f} MB; {MAX_FILE_BYTES // (1024 * 1024)} MB is the most. "
            "Split it, or keep it elsewhere and add a link.",
            field="file",
            code="file_too_large",
        )
    evidence.content_type, suffix = content_type_of(data)
    evidence.sha256 = sha256_hex(data)
    evidence.size = len(data)
    evidence.file_name = _plain_name(file_name)
    evidence.file.save(f"{evidence.sha256}{suffix}", ContentFile(data), save=False)


def _plain_name(file_name: str) -> str:
    """The last part of a path, without control characters, for people to read; the file's place is its hash."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable())[-MAX_TITLE:] or "evidence"


def evidence_bytes(evidence: Evidence) -> bytes:
    """The kept file, checked against its hash. Raises Refusal when it was altered or is not there."""
    try:
        with evidence.file.open("rb") as file:
            data: bytes = file.read()
    except FileNotFoundError:
        data = b""
    if sha256_hex(data) != evidence.sha256:
        raise Refusal(
            f"The stored file of “{evidence.title}” is not the one that was added: its hash differs. "
            "Restore it from the backup.",
            code="evidence_altered",
        )
    return data


def content_type_of(data: bytes) -> tuple[str, str]:
    """Content type and suffix by the file's first bytes. Refuses what is neither a known document nor plain text."""
    for signature, content_type, suffix in SIGNATURES:
        if data.startswith(signature):
            return content_type, suffix
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise Refusal(
            "This kind of file is not accepted. Bring a PDF, PNG, JPEG, Office or text file.",
            field="file",
            code="file_kind",
        )
    return "text/plain", ".txt"


_FILLERS: dict[EvidenceKind, Callable[..., None]] = {
    EvidenceKind.TEXT: _fill_text,
    EvidenceKind.LINK: _fill_link,
    EvidenceKind.FILE: _fill_file,
}
