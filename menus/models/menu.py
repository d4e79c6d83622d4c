from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from menus.enums import VersionStatus
from menus.models.fund import Fund
from sponsors.models import PlanOwned


class Menu(PlanOwned):
    """The investment menu of a plan; its content lives in versions."""

    name = models.CharField(max_length=120, default="Investment menu")
    slug = models.SlugField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["plan", "slug"], name="menu_slug_once_per_plan")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("menus:menu-detail", kwargs={"plan": self.plan.slug, "menu": self.slug})


class MenuVersion(PlanOwned):
    """One state of a menu. A draft changes freely; from proposal on it is frozen and carries its content hash."""

    menu = models.ForeignKey(Menu, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    purpose = models.CharField(
        max_length=300, blank=True, help_text="Why this version exists, in a sentence."
    )
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_as_found = models.BooleanField(
        default=False,
        help_text="The menu in force when the plan joined: recorded as it was, whatever its size.",
    )
    content_hash = models.CharField(max_length=64, blank=True)
    findings_at_proposal = models.JSONField(default=list, blank=True)
    edit_count = models.PositiveIntegerField(
        default=0, help_text="Counts changes of a draft: two editors at once meet."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When it was adopted or rejected.")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["menu", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["menu", "number"], name="version_number_once_per_menu"),
            models.UniqueConstraint(
                fields=["menu"],
                condition=Q(status=VersionStatus.ADOPTED),
                name="one_adopted_version_per_menu",
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT) | ~Q(content_hash=""),
                name="frozen_version_has_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.menu.name}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse(
            "menus:version-detail",
            kwargs={"plan": self.plan.slug, "menu": self.menu.slug, "version": self.number},
        )

    @property
    def is_draft(self) -> bool:
        return self.status == VersionStatus.DRAFT


class MenuLine(PlanOwned):
    """A designated investment alternative: one fund on one version of the menu."""

    version = models.ForeignKey(MenuVersion, on_delete=models.PROTECT, related_name="lines")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    is_qdia = models.BooleanField("default investment (QDIA)", default=False)
    is_core = models.BooleanField("core line", default=False)
    value_statement = models.TextField(
        blank=True, help_text="Why this fund where a cheaper similar one exists; printed in the review."
    )

    class Meta:
        ordering = ["version", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "fund"], name="fund_once_per_version")]

    def __str__(self) -> str:
        return str(self.fund)
