from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from menus.enums import Rebalancing, SleeveKind
from menus.models.fund import Fund
from menus.models.menu import MenuVersion
from sponsors.models import PlanOwned

WEIGHT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))]


class Sleeve(PlanOwned):
    """The digital-asset door of a version: a line of its own, or a weight by age inside the target-date series.

    No row: the version has no sleeve. `weights_by_age` is a list of {"age": 25, "weight": "0.05"} in order of age;
    straight lines join the points and the ends run on level. The target-date kind uses it for the weight inside
    the fund, the line kind for none. `target_weight` is what a crypto line is expected to be held at. `fund` is
    the crypto ETP of either kind.
    """

    version = models.OneToOneField(MenuVersion, on_delete=models.PROTECT, related_name="sleeve")
    kind = models.CharField(max_length=20, choices=SleeveKind)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    cap = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        validators=WEIGHT,
        help_text="Most of an account it may be; 0.05 is 5%.",
    )
    target_weight = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, blank=True, validators=WEIGHT
    )
    weights_by_age = models.JSONField(default=list, blank=True)
    rebalancing = models.CharField(max_length=12, choices=Rebalancing, default=Rebalancing.CALENDAR)
    band = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=WEIGHT,
        help_text="Threshold rebalancing: how far the weight may move from its target.",
    )
    new_money_block = models.BooleanField(
        default=True, help_text="A crypto line takes no new money from an account that is above the cap."
    )
    reason = models.TextField(blank=True, help_text="Why this figure: the review asks.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cap__gt=0) & Q(cap__lte=1), name="sleeve_cap_is_a_share"),
            models.CheckConstraint(
                condition=~Q(rebalancing=Rebalancing.THRESHOLD) | Q(band__gt=0),
                name="threshold_sleeve_has_band",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, cap {self.cap:.2%}"
