"""`verify_document` says which comparison differs when somebody alters file, record, ledger or template."""

import shutil
from pathlib import Path

import pytest
from django.db import connection

from fiduciary import pdf
from fiduciary.models import Decision, Document
from fiduciary.verification import verify_document
from sponsors.ledger import guards
from sponsors.ledger.canonical import sha256_hex
from sponsors.ledger.models import LedgerEvent
from sponsors.stored_files import keep_file
from tests.factories.fiduciary import make_document, make_signed

pytestmark = pytest.mark.django_db

CHECKS = ["file", "record", "signed entry", "rendered entry", "rendered again", "ledger"]


def differing(document: Document) -> list[str]:
    """Names of the checks that differ, for the document as the database has it now."""
    found = verify_document(Document.objects.select_related("decision").get(pk=document.pk))
    assert [check.name for check in found.checks] == CHECKS
    assert found.verified == all(check.agrees for check in found.checks)
    return [check.name for check in found.checks if not check.agrees]


@pytest.fixture
def document():
    return make_document(make_signed())


def test_untouched_document_verifies(document):
    assert differing(document) == []


def test_edited_file_is_found(document):
    with open(document.file.path, "r+b") as file:
        file.seek(2000)
        file.write(b"X")

    assert differing(document) == ["file"]


def test_missing_file_is_found(document):
    document.file.storage.delete(document.file.name)

    assert differing(document) == ["file"]


def test_file_exchanged_with_its_hash_is_found(document):
    with open(document.file.path, "ab") as file:
        file.write(b"%\n")
    with open(document.file.path, "rb") as file:
        Document.objects.update(sha256=sha256_hex(file.read()))

    assert differing(document) == ["rendered entry", "rendered again"]


def test_edited_record_is_found(document):
    decision = document.decision
    altered = {**decision.record["decision"], "reasons": "Other."}
    Decision.objects.update(record={**decision.record, "decision": altered})

    assert differing(document) == ["record", "signed entry", "rendered again"]


def test_lost_record_is_found(document):
    Decision.objects.update(status="withdrawn", record=None)

    assert differing(document) == ["record", "signed entry", "rendered again"]


@pytest.mark.parametrize(
    ("action", "key", "check"),
    [
        ("decision.signed", "record_hash", "signed entry"),
        ("document.rendered", "sha256", "rendered entry"),
        ("decision.drafted", "outcome", None),
    ],
)
def test_edited_ledger_entry_is_found(document, action, key, check):
    event = LedgerEvent.objects.get(action=action)
    guards.remove(connection)  # somebody who owns the database can do that
    LedgerEvent.objects.filter(pk=event.pk).update(body={**event.body, key: "0" * 64})
    guards.install(connection)

    assert differing(document) == [*([check] if check else []), "ledger"]


def test_a_later_template_changes_nothing(document, tmp_path, monkeypatch):
    shutil.copytree(pdf.TEMPLATES, tmp_path, dirs_exist_ok=True)
    (tmp_path / pdf.TEMPLATE).write_text("#panic()")
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)

    assert differing(document) == []


def test_materials_that_are_gone_or_altered_are_found(document):
    kept = Path(document.materials.path)
    materials = pdf.materials_unpacked(kept.read_bytes())
    materials[pdf.TEMPLATE] = materials[pdf.TEMPLATE].replace(b"= The decision", b"= A decision")
    kept.write_bytes(pdf.materials_packed(materials))
    altered = differing(document)
    kept.unlink()

    assert (altered, differing(document)) == (["rendered again"], ["rendered again"])


def test_materials_of_another_record_are_found(document):
    materials = pdf.materials_unpacked(Path(document.materials.path).read_bytes())
    materials["record.json"] = materials["record.json"].replace(
        b"steward.prudence-review/1", b"steward.prudence-review/9"
    )
    packed = pdf.materials_packed(materials)
    document.materials.name = keep_file("documents/materials/other.zip", packed)
    document.materials_sha256 = sha256_hex(packed)
    document.save()

    assert differing(document) == ["rendered entry", "rendered again"]
