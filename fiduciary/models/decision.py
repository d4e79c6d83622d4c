from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from fiduciary.enums import DecisionStatus, Outcome
from fiduciary.models.review import PrudenceReview
from menus.models import MenuVersion
from sponsors.models import PlanOwned


class ConflictDeclaration(PlanOwned):
    """What one person declared before deciding: an interest or none, and whether they step aside."""

    review = models.ForeignKey(PrudenceReview, on_delete=models.PROTECT, related_name="declarations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    has_conflict = models.BooleanField()
    statement = models.TextField(blank=True)
    is_recused = models.BooleanField(default=False)
    declared_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["declared_at"]
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="one_declaration_per_person"),
            models.CheckConstraint(
                condition=Q(has_conflict=False) | ~Q(statement=""), name="conflict_is_described"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {'conflict declared' if self.has_conflict else 'no conflict'}"


class Decision(PlanOwned):
    """What the committee decides about a version, and why. It takes effect with the last signature asked for."""

    review = models.ForeignKey(PrudenceReview, on_delete=models.PROTECT, related_name="decisions")
    version = models.ForeignKey(MenuVersion, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within the plan.")
    outcome = models.CharField(max_length=24, choices=Outcome)
    status = models.CharField(
        max_length=24, choices=DecisionStatus, default=DecisionStatus.AWAITING_SIGNATURES
    )
    reasons = models.TextField()
    conditions = models.TextField(blank=True)
    dissent = models.TextField(blank=True)
    required_signatures = models.PositiveSmallIntegerField()
    sole_fiduciary = models.BooleanField(default=False)
    content_hash = models.CharField(
        max_length=64, help_text="Of what is signed: reasons, answers, menu, figures."
    )
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    record = models.JSONField(
        null=True, blank=True, help_text="The whole review as signed; the PDF is made of it."
    )
    record_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-drafted_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="decision_number_once_per_plan"),
            models.UniqueConstraint(
                fields=["version"],
                condition=~Q(status=DecisionStatus.WITHDRAWN) & ~Q(outcome=Outcome.DEFER),
                name="one_decision_per_version",
            ),
            models.UniqueConstraint(
                fields=["review"],
                condition=~Q(status=DecisionStatus.WITHDRAWN),
                name="one_decision_per_review",
            ),
            models.CheckConstraint(
                condition=~Q(status=DecisionStatus.SIGNED) | Q(signed_at__isnull=False, record__isnull=False),
                name="signed_decision_has_time_and_record",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.ADOPT_WITH_CONDITIONS) | ~Q(conditions=""),
                name="conditional_decision_names_conditions",
            ),
        ]

    def __str__(self) -> str:
        return f"Decision {self.number}: {self.get_outcome_display()}"

    def get_absolute_url(self) -> str:
        return reverse("fiduciary:decision-detail", kwargs={"plan": self.plan.slug, "decision": self.number})


class Signature(PlanOwned):
    """One fiduciary's signature under a decision, given with the password."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=60)
    title = models.CharField(max_length=120, blank=True)
    content_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "person"], name="one_signature_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"
