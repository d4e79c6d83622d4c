"""The finished PDF of a decision: ordered with the last signature, rendered by the worker, kept with its hash."""

from django.db import transaction
from django.utils import timezone

from fiduciary.models import Decision, Document
from fiduciary.pdf import materials_packed, page_count, set_review
from sponsors.errors import Refusal
from sponsors.jobs import job_enqueue
from sponsors.jobs.models import Job
from sponsors.jobs.queue import job_finish, job_progress
from sponsors.ledger import record
from sponsors.ledger.canonical import sha256_hex
from sponsors.models import User
from sponsors.stored_files import keep_file

JOB_KIND = "document_render"


@transaction.atomic
def document_order(*, by: User, decision: Decision) -> Document:
    """Put the rendering of a signed decision's review on the queue. Ordering twice gives the same document."""
    if decision.record is None:
        raise Refusal(
            "Only a signed decision has a document. Collect the signatures first.", code="not_signed"
        )
    document, created = Document.objects.get_or_create(
        decision=decision,
        kind="prudence_review",
        defaults={
            "sponsor": decision.sponsor,
            "plan": decision.plan,
            "title": f"Prudence review {decision.review.number}: {decision.get_outcome_display()}",
            "record_hash": decision.record_hash,
        },
    )
    if created:
        document.job = job_enqueue(kind=JOB_KIND, subject=document, sponsor=decision.sponsor, by=by, total=2)
        document.save(update_fields=["job"])
    return document


def document_render(job: Job) -> None:
    """Render the document a job asks for; file, hashes and ledger entry appear together with the job's end."""
    document = Document.objects.select_related("decision", "plan__sponsor").get(pk=job.subject_id)
    job_progress(job, done=0, total=2, note="Setting the pages")
    pdf, materials = set_review(document.decision.record or {})
    job_progress(job, done=1, total=2, note="Keeping the file")
    job_finish(job, lambda: _keep(document, pdf, materials_packed(materials), job))


def _keep(document: Document, pdf: bytes, materials: bytes, job: Job) -> None:
    document.sha256 = sha256_hex(pdf)
    document.materials_sha256 = sha256_hex(materials)
    document.size = len(pdf)
    document.page_count = page_count(pdf)
    document.finished_at = timezone.now()
    document.file.name = keep_file(f"documents/{document.sha256}.pdf", pdf)
    document.materials.name = keep_file(f"documents/materials/{document.materials_sha256}.zip", materials)
    document.save()
    record(
        "document.rendered",
        by=job.requested_by,
        plan=document.plan,
        subject=document,
        body={
            "sha256": document.sha256,
            "record_hash": document.record_hash,
            "materials_sha256": document.materials_sha256,
            "pages": document.page_count,
        },
    )


def document_bytes(document: Document) -> bytes:
    """The kept file, checked against its hash. Raises Refusal when it is not there yet or was altered."""
    if not document.sha256:
        raise Refusal("The document is still being made. Reload in a few seconds.", code="document_pending")
    with document.file.open("rb") as file:
        data = file.read()
    if sha256_hex(data) != document.sha256:
        raise Refusal(
            "The stored file is not the one that was made: its hash differs. Restore it from the backup.",
            code="document_altered",
        )
    return data
