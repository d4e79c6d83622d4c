from django.conf import settings
from django.db import models
from django.urls import reverse

from menus.enums import RunStatus
from menus.models.menu import MenuVersion
from sponsors.models import CensusSnapshot, Job, PlanOwned


class ProjectionRun(PlanOwned):
    """One exposure run: everything that is needed to compute the same numbers again, and their hash."""

    version = models.ForeignKey(MenuVersion, on_delete=models.PROTECT, related_name="runs")
    snapshot = models.ForeignKey(CensusSnapshot, on_delete=models.PROTECT, related_name="runs")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="projection_run")
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within the plan.")
    paths = models.PositiveIntegerField(default=10_000)
    seed = models.PositiveBigIntegerField()
    market_edition = models.CharField(max_length=80)
    behaviour = models.JSONField(default=dict)
    engine_version = models.CharField(max_length=20)
    market_hash = models.CharField(max_length=64)
    menu_hash = models.CharField(max_length=64)
    census_hash = models.CharField(max_length=64)
    behaviour_hash = models.CharField(max_length=64)
    input_hash = models.CharField(max_length=64)
    inputs = models.JSONField(
        default=dict, help_text="Menu and plan terms as they were: a replay needs nothing else."
    )
    result = models.JSONField(null=True, blank=True)
    result_hash = models.CharField(max_length=64, blank=True)
    replay_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    last_replay = models.JSONField(
        null=True, blank=True, help_text="Outcome of the last replay; the ledger keeps them all."
    )
    seconds_of_work = models.FloatField(null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="run_number_once_per_plan")]

    def __str__(self) -> str:
        return f"Run {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("menus:run-detail", kwargs={"plan": self.plan.slug, "run": self.number})
