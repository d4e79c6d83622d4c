from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from fiduciary.enums import ReviewStatus
from menus.models import Fund, MenuVersion, ProjectionRun
from sponsors.models import PlanOwned


class PrudenceReview(PlanOwned):
    """The prudent-person review of one menu version: a checklist edition, frozen by its hash, and its answers.

    `figures` holds what Steward computed for the computable items: {item id: {statement, provenance,
    headers, rows}}. A figure may answer a question of fact, never the judgement.
    """

    version = models.ForeignKey(MenuVersion, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within the plan.")
    status = models.CharField(max_length=10, choices=ReviewStatus, default=ReviewStatus.OPEN)
    subjects = models.JSONField(default=list)
    subject_fund = models.ForeignKey(Fund, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField(help_text="Why the committee looks at this, for participants' benefit.")
    checklist = models.CharField(max_length=80)
    checklist_edition = models.CharField(max_length=40)
    checklist_hash = models.CharField(max_length=64)
    run = models.ForeignKey(
        ProjectionRun, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews"
    )
    figures = models.JSONField(default=dict, blank=True)
    effective_on = models.DateField(null=True, blank=True, help_text="When the change would take effect.")
    notice_sent_on = models.DateField(null=True, blank=True, help_text="When participants are told.")
    next_review_on = models.DateField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="review_number_once_per_plan"),
            models.UniqueConstraint(
                fields=["version"],
                condition=~Q(status=ReviewStatus.CLOSED),
                name="one_open_review_per_version",
            ),
        ]

    def __str__(self) -> str:
        return f"Review {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("fiduciary:review-detail", kwargs={"plan": self.plan.slug, "review": self.number})
