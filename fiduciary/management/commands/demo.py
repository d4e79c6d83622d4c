"""`manage.py demo`: the whole chain once, through the services and the job queue, ending with a verified PDF."""

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from fiduciary.demonstration import Demonstration, build
from fiduciary.services.documents import document_bytes
from fiduciary.verification import verify_document
from fiduciary.worker import worker_on_demand


class Command(BaseCommand):
    """Exit status 0 only when the document verifies. Running it again builds nothing twice and writes the same file."""

    help = "Build the demonstration sponsor, decide on a menu, write the review PDF and verify it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="folder for the PDF")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, **options: Any) -> None:
        say = (lambda sentence: None) if options["json"] else self.stdout.write
        call_command("migrate", interactive=False, verbosity=0)  # a fresh clone has no tables yet
        with worker_on_demand() as wait:
            built = build(wait, say)
        report = _write_and_verify(built, options["out"])
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._print(report)
        if not report["verified"]:
            raise SystemExit(1)

    def _print(self, report: dict[str, Any]) -> None:
        for document in report["documents"]:
            self.stdout.write(f"{document['file']}: {document['pages']} pages, SHA-256 {document['sha256']}")
            for check in document["checks"]:
                self.stdout.write(f"  {'agrees' if check['agrees'] else 'DIFFERS'}: {check['words']}")
        self.stdout.write("Verified." if report["verified"] else "NOT verified: see above.")


def _write_and_verify(built: Demonstration, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    documents = [_document_report(decision, folder) for decision in (built.decision, built.rejection)]
    return {
        "verified": all(document["verified"] for document in documents),
        "plan": built.plan.slug,
        "steps": built.steps,
        "documents": documents,
        "pdf": documents[0]["file"],
    }


def _document_report(decision: Any, folder: Path) -> dict[str, Any]:
    document = decision.documents.get()
    path = folder / f"prudence-review-{decision.review.number}.pdf"
    path.write_bytes(document_bytes(document))
    verification = verify_document(document)
    return {
        "file": str(path),
        "decision": decision.get_outcome_display(),
        "sha256": document.sha256,
        "pages": document.page_count,
        "verified": verification.verified,
        "checks": [vars(check) for check in verification.checks],
    }
