"""Evidence under an answer: texts, links and files, kept with their hashes, judged by content and not by name."""

import hashlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from fiduciary.models import Evidence
from fiduciary.services import evidence as evidence_service
from fiduciary.services.evidence import content_type_of, evidence_add, evidence_bytes
from sponsors.errors import Refusal
from sponsors.ledger.models import LedgerEvent
from tests.factories.fiduciary import make_committee, make_decision, make_review
from tests.factories.sponsors import client_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def archive() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as file:
        file.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def kept(piece: Evidence) -> tuple:
    stored = Evidence.objects.get(pk=piece.pk)
    return (stored.text, stored.url, stored.file_name, stored.content_type, stored.size, stored.sha256)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"kind": "text", "text": " We asked about the cap. "},
            ("We asked about the cap.", "", "", "", 0, sha(b"We asked about the cap.")),
        ),
        (
            {"kind": "link", "url": " https://example.com/a?b=c "},
            ("", "https://example.com/a?b=c", "", "", 0, sha(b"https://example.com/a?b=c")),
        ),
        (
            {"kind": "file", "file_name": "minutes.pdf", "data": PDF},
            ("", "", "minutes.pdf", "application/pdf", len(PDF), sha(PDF)),
        ),
    ],
)
def test_each_kind_is_kept_with_its_hash(fields, expected):
    committee = make_committee()
    review = make_review(committee)

    piece = evidence_add(by=committee.member, review=review, item_id="PG-01", title=" Minutes ", **fields)

    assert kept(piece) == expected
    event = LedgerEvent.objects.get(action="evidence.added")
    assert (event.subject_label, event.body) == (
        "Minutes",
        {
            "item": "PG-01",
            "kind": fields["kind"],
            "title": "Minutes",
            "sha256": expected[-1],
            "size": expected[-2],
        },
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "text", "text": "  "}, "text_missing"),
        ({"kind": "link", "url": ""}, "url"),
        ({"kind": "link", "url": "javascript:alert(1)"}, "url"),
        ({"kind": "link", "url": "https://"}, "url"),
        ({"kind": "link", "url": "https://exa mple.com"}, "url"),
        ({"kind": "link", "url": "https://example.com/" + "a" * 500}, "url"),
        ({"kind": "file", "file_name": "empty.pdf", "data": b""}, "file_empty"),
        ({"kind": "file", "file_name": "run.pdf", "data": b"MZ\x90\x00\x03"}, "file_kind"),
        ({"kind": "file", "file_name": "photo.gif", "data": b"GIF89a\x01\x00\xff\xfe"}, "file_kind"),
        ({"kind": "hearsay", "text": "x"}, "kind"),
        ({"kind": "text", "text": "x", "title": "  "}, "title_missing"),
        ({"kind": "text", "text": "x", "title": "t" * 201}, "title_long"),
        ({"kind": "text", "text": "x", "item_id": "DA-01"}, "item_unknown"),
    ],
)
def test_evidence_is_refused(refuses, fields, code):
    committee = make_committee()
    review = make_review(committee)

    with refuses(code):
        evidence_add(by=committee.member, review=review, **{"item_id": "PG-01", "title": "Minutes", **fields})


def test_file_may_be_as_large_as_the_limit_and_no_larger(refuses, monkeypatch):
    monkeypatch.setattr(evidence_service, "MAX_FILE_BYTES", 1024 * 1024)
    committee = make_committee()
    review = make_review(committee)
    facts = {"by": committee.member, "review": review, "item_id": "PG-01", "title": "Book", "kind": "file"}

    evidence_add(**facts, file_name="book.txt", data=b"a" * 1024 * 1024)

    with refuses("file_too_large"):
        evidence_add(**facts, file_name="book.txt", data=b"a" * (1024 * 1024 + 1))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\dana\\minutes.pdf", "minutes.pdf"),
        ("a/b/", "evidence"),
        ("", "evidence"),
        ("line\nbreak\x00.pdf", "linebreak.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_path_in_a_file_name_goes_nowhere(name, expected, settings):
    committee = make_committee()
    review = make_review(committee)

    piece = evidence_add(
        by=committee.member, review=review, item_id="PG-01", title="M", kind="file", file_name=name, data=PDF
    )

    assert piece.file_name == expected
    assert piece.file.name.startswith(f"evidence/{sha(PDF)}")
    assert piece.file.name.endswith(".pdf")
    assert evidence_bytes(piece) == PDF


def test_same_file_twice_is_kept_twice_with_one_hash():
    committee = make_committee()
    review = make_review(committee)

    first, second = (
        evidence_add(
            by=committee.member,
            review=review,
            item_id=item,
            title="M",
            kind="file",
            file_name="m.pdf",
            data=PDF,
        )
        for item in ("PG-01", "PG-02")
    )

    assert (evidence_bytes(first), evidence_bytes(second)) == (PDF, PDF)
    assert first.sha256 == second.sha256


def test_altered_file_is_not_handed_out():
    committee = make_committee()
    review = make_review(committee)
    piece = evidence_add(
        by=committee.member,
        review=review,
        item_id="PG-01",
        title="M",
        kind="file",
        file_name="m.pdf",
        data=PDF,
    )

    with open(piece.file.path, "ab") as file:
        file.write(b"and one more line")

    with pytest.raises(Refusal) as caught:
        evidence_bytes(piece)
    answer = client_of(committee.member).get(reverse("api:evidence-file", args=[review.plan.slug, piece.pk]))
    assert caught.value.code == "evidence_altered"
    assert (answer.status_code, answer.json()["code"]) == (400, "evidence_altered")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PDF, ("application/pdf", ".pdf")),
        (b"\x89PNG\r\n\x1a\n....", ("image/png", ".png")),
        (b"\xff\xd8\xff\xe0....", ("image/jpeg", ".jpg")),
        (archive(), ("application/zip", ".zip")),
        ("Größe, 資料".encode(), ("text/plain", ".txt")),
        (b"<script>alert(1)</script>", ("text/plain", ".txt")),
    ],
)
def test_content_decides_the_type(data, expected):
    assert content_type_of(data) == expected


def test_no_evidence_after_the_draft(refuses):
    committee = make_committee()
    decision = make_decision(committee)

    with refuses("review_frozen"):
        evidence_add(
            by=committee.member,
            review=decision.review,
            item_id="PG-01",
            title="Late",
            kind="text",
            text="Late.",
        )
