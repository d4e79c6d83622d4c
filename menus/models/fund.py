from django.db import models
from django.urls import reverse

from menus.enums import FeeState, Vehicle


class Fund(models.Model):
    """An investment alternative of the catalogue. Shared by all sponsors; loaded from dated data with sources.

    `facts` keeps, for each fact, its value, source, as-of date and basis, so that every figure can be asked
    where it comes from.
    """

    key = models.CharField(max_length=24, unique=True, help_text="Ticker, or a key for what has none.")
    name = models.CharField(max_length=200)
    family = models.CharField(max_length=120, blank=True)
    series = models.CharField(
        max_length=120, blank=True, help_text="Target-date series, e.g. Vanguard Target Retirement"
    )
    vintage = models.CharField(max_length=10, blank=True, help_text="2045, or income")
    vehicle = models.CharField(max_length=30, choices=Vehicle)
    asset_class = models.CharField(max_length=40)
    subclass = models.CharField(max_length=80, blank=True)
    style = models.CharField(max_length=40, blank=True)
    expense_ratio = models.DecimalField(
        max_digits=7, decimal_places=6, null=True, blank=True, help_text="Fraction a year; 0.0004 is 0.04%."
    )
    fee_state = models.CharField(max_length=12, choices=FeeState, default=FeeState.NOT_FOUND)
    series_key = models.CharField(
        max_length=40, blank=True, help_text="Return series and market assumption it joins."
    )
    review_benchmark = models.CharField(
        max_length=160, blank=True, help_text="Meaningful benchmark for the review."
    )
    chart_benchmark = models.CharField(
        max_length=160, blank=True, help_text="Broad-based index for participants."
    )
    inception_on = models.DateField(null=True, blank=True)
    is_placeholder = models.BooleanField(
        default=False, help_text="Stands for a kind of product; cannot be bought."
    )
    facts = models.JSONField(default=dict)
    catalogue_hash = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["asset_class", "subclass", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"

    def get_absolute_url(self) -> str:
        return reverse("menus:fund-detail", kwargs={"fund": self.key})

    @property
    def is_digital_asset(self) -> bool:
        return self.asset_class == "digital_assets"

    @property
    def is_target_date(self) -> bool:
        return self.asset_class == "target_date"
