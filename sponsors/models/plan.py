from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from sponsors.enums import PayrollFrequency, VestingKind
from sponsors.models.plan_sponsor import SponsorOwned

FRACTION = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))]


class Plan(SponsorOwned):
    """A 401(k) plan: the facts that projections, guardrails and documents take from the plan document."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    plan_number = models.CharField(max_length=3, default="001", help_text="Three digits, as on Form 5500.")
    recordkeeper = models.CharField(max_length=200, blank=True)
    named_fiduciary = models.CharField(
        max_length=200,
        blank=True,
        help_text="Who the plan document names as responsible for choosing the funds.",
    )
    payroll_frequency = models.CharField(
        max_length=20, choices=PayrollFrequency, default=PayrollFrequency.SEMI_MONTHLY
    )
    match_formula = models.JSONField(
        default=list,
        blank=True,
        help_text='Tiers [{"rate": "0.50", "up_to": "0.06"}]: 50% of the first 6% of pay. Empty: no match.',
    )
    match_true_up = models.BooleanField(
        "makes up the match at year end",
        default=True,
        help_text="True-up: the match is worked out over the year, not payroll by payroll.",
    )
    auto_enrollment = models.BooleanField(default=False)
    default_deferral_rate = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, blank=True, validators=FRACTION
    )
    vesting_kind = models.CharField(max_length=20, choices=VestingKind, default=VestingKind.IMMEDIATE)
    vesting_years = models.PositiveSmallIntegerField(default=0, help_text="Years of service to full vesting.")
    claims_404c = models.BooleanField(
        "intends to be a 404(c) plan", default=True, help_text="ERISA section 404(c): relief is optional."
    )
    has_brokerage_window = models.BooleanField(default=False)
    has_roth = models.BooleanField("accepts Roth deferrals", default=True)

    # The charter: how the committee decides.
    required_signatures = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    sole_fiduciary = models.BooleanField(
        default=False, help_text="The charter names one person who decides alone (small employers)."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["sponsor", "plan_number"], name="plan_number_once_per_sponsor"),
            models.CheckConstraint(condition=Q(required_signatures__gte=1), name="plan_asks_for_a_signature"),
            models.CheckConstraint(
                condition=Q(sole_fiduciary=False) | Q(required_signatures=1), name="sole_fiduciary_signs_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sponsors:plan-today", kwargs={"plan": self.slug})


class PlanOwned(SponsorOwned):
    """A row that belongs to one plan and, through it, to one sponsor; both are on the row."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
