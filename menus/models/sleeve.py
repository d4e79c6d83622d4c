from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from menus.enums import Rebalancing, SleeveKind
from menus.models.fund import Fund
from menus.models.menu import MenuVersion
from sponsors.models import PlanOwned

WEIGHT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))]


class Sleeve(PlanOwned):
    """The digital-asset doors of a version: a line of its own, a weight by age inside the target-date series, or both.

    No row: the version has no sleeve. One cap counts through every door. `weights_by_age` is a list of
    {"age": 25, "weight": "0.05"} in order of age; straight lines join the points and the ends run on level: the weight
    inside the series. `target_weight` is what a crypto line is expected to be held at; it is open from `min_age` to
    `max_age`, both included. `fund` is the crypto ETP behind every door. `rebalancing` is the rule of the one door;
    with both open it is the series' rule, and `line_rebalancing` is the line's.
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
    line_rebalancing = models.CharField(
        max_length=12,
        choices=Rebalancing,
        blank=True,
        help_text="With both doors open: the rule of the line.",
    )
    new_money_block = models.BooleanField(
        default=True, help_text="A crypto line takes no new money from an account that is above the cap."
    )
    min_age = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Youngest age at which the crypto line is open; empty for no bound."
    )
    max_age = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Oldest age at which the crypto line is open; empty for no bound."
    )
    reason = models.TextField(blank=True, help_text="Why this figure: the review asks.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cap__gt=0) & Q(cap__lte=1), name="sleeve_cap_is_a_share"),
            models.CheckConstraint(
                condition=~Q(rebalancing=Rebalancing.THRESHOLD) | Q(band__gt=0),
                name="threshold_sleeve_has_band",
            ),
            models.CheckConstraint(
                condition=Q(kind=SleeveKind.BOTH, line_rebalancing__gt="")
                | (~Q(kind=SleeveKind.BOTH) & Q(line_rebalancing="")),
                name="sleeve_line_rule_with_both_doors",
            ),
            models.CheckConstraint(
                condition=Q(min_age=None) | Q(max_age=None) | Q(max_age__gte=F("min_age")),
                name="sleeve_ages_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, cap {self.cap:.2%}"

    @property
    def opens_line(self) -> bool:
        return SleeveKind(self.kind).opens_line

    @property
    def opens_series(self) -> bool:
        return SleeveKind(self.kind).opens_series

    @property
    def line_rule(self) -> Rebalancing | None:
        """What happens to holdings of the line above the cap; None without a line."""
        if not self.opens_line:
            return None
        return Rebalancing(self.line_rebalancing or self.rebalancing)

    @property
    def series_rule(self) -> Rebalancing | None:
        """How the weight inside the series is brought back; None where the series holds none."""
        return Rebalancing(self.rebalancing) if self.opens_series else None

    @property
    def rebalancing_words(self) -> str:
        """The rule in words, of each door where both are open."""
        if not self.line_rebalancing:
            return self.get_rebalancing_display()
        return f"Series: {_lower(self.get_rebalancing_display())}; line: {_lower(self.get_line_rebalancing_display())}"

    @property
    def ages_words(self) -> str:
        """Who may choose the line, by age; empty when everybody may."""
        words = [("from age", self.min_age), ("up to age", self.max_age)]
        return " ".join(f"{bound} {age}" for bound, age in words if age is not None)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
