from django.conf import settings
from django.db import models
from django.db.models import Q

from sponsors.enums import Role
from sponsors.models.plan_sponsor import SponsorOwned


class Membership(SponsorOwned):
    """One person's role for one plan sponsor. It is ended, never deleted: past acts keep their author's role."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    title = models.CharField(
        max_length=120, blank=True, help_text="As it should stand on documents, e.g. CFO."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["user__full_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "sponsor"],
                condition=Q(ended_at=None),
                name="one_active_membership_per_person",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"
