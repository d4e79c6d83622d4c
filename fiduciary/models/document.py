from django.db import models
from django.urls import reverse

from fiduciary.models.decision import Decision
from sponsors.models import Job, PlanOwned


class Document(PlanOwned):
    """A finished PDF and its hash. The same record gives the same bytes, so it can be checked for ever."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40, default="prudence_review")
    title = models.CharField(max_length=200)
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="document")
    file = models.FileField(upload_to="documents", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    record_hash = models.CharField(max_length=64)
    materials = models.FileField(
        upload_to="documents/materials",
        blank=True,
        help_text="What the pages were set of: template, record, drawings.",
    )
    materials_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "kind"], name="one_document_of_a_kind_per_decision")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def file_name(self) -> str:
        """What the file is called where it is downloaded."""
        return f"prudence-review-{self.decision.review.number}-{self.plan.slug}.pdf"

    def get_absolute_url(self) -> str:
        return reverse("fiduciary:document-download", kwargs={"plan": self.plan.slug, "document": self.pk})
