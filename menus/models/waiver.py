from django.conf import settings
from django.db import models
from django.db.models import Q

from menus.models.menu import MenuVersion
from sponsors.models import PlanOwned


class Waiver(PlanOwned):
    """A recorded decision to go ahead in spite of one blocking finding: who asked, who agreed, why, until when."""

    version = models.ForeignKey(MenuVersion, on_delete=models.PROTECT, related_name="waivers")
    finding_key = models.CharField(max_length=120, help_text="Rule and subject of the finding.")
    finding_sentence = models.TextField()
    reason = models.TextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField()

    class Meta:
        ordering = ["requested_at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "finding_key"], name="one_waiver_per_finding"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="waiver_approved_by_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Waiver of {self.finding_key}"
