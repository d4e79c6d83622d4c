from django.conf import settings
from django.db import models
from django.db.models import Q

from fiduciary.enums import Answer, EvidenceKind
from fiduciary.models.review import PrudenceReview
from sponsors.models import PlanOwned


class ReviewResponse(PlanOwned):
    """One answer to one checklist item: what, why, who, when. A later answer supersedes it; none is removed."""

    review = models.ForeignKey(PrudenceReview, on_delete=models.PROTECT, related_name="responses")
    item_id = models.CharField(max_length=10)
    answer = models.CharField(max_length=20, choices=Answer)
    note = models.TextField(blank=True)
    is_current = models.BooleanField(default=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["item_id", "answered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "item_id"], condition=Q(is_current=True), name="one_current_answer_per_item"
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.MET) | ~Q(note=""), name="answers_other_than_met_say_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.get_answer_display()}"


class Evidence(PlanOwned):
    """What supports an answer: a text, a link or a file, kept with its hash. It is added, never removed."""

    review = models.ForeignKey(PrudenceReview, on_delete=models.PROTECT, related_name="evidence")
    item_id = models.CharField(max_length=10)
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to="evidence", blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["item_id", "added_at"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.title
