from django.db import models

from sponsors.enums import EmploymentStatus
from sponsors.models.plan import PlanOwned


class Participant(PlanOwned):
    """A person in the plan, as the latest accepted census states them. Not a user; never logs in.

    Pages and documents show the `pseudonym`; the name is for the plan administrator alone. No social security
    number is ever stored.
    """

    participant_id = models.CharField(max_length=64, help_text="The employer's own id, kept as text.")
    pseudonym = models.CharField(max_length=16)
    surname = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField()
    hire_date = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=EmploymentStatus, default=EmploymentStatus.ACTIVE)
    annual_pay = models.DecimalField(max_digits=14, decimal_places=2)
    deferral_rate = models.DecimalField(max_digits=6, decimal_places=5)
    roth_deferral_rate = models.DecimalField(max_digits=6, decimal_places=5, default=0)
    balance = models.DecimalField(max_digits=16, decimal_places=2)
    snapshot = models.ForeignKey("sponsors.CensusSnapshot", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["participant_id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "participant_id"], name="participant_id_once_per_plan"),
            models.UniqueConstraint(fields=["plan", "pseudonym"], name="pseudonym_once_per_plan"),
            models.CheckConstraint(
                condition=models.Q(balance__gte=0), name="participant_balance_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(annual_pay__gte=0), name="participant_pay_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym
