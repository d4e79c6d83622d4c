from django.db import models


class PlanSponsor(models.Model):
    """An employer that sponsors one or more 401(k) plans. Everything plan-owned belongs to exactly one."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    is_demonstration = models.BooleanField(
        default=False, help_text="Invented for demonstration: every page says that its people are synthetic."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SponsorOwned(models.Model):
    """A row that belongs to one plan sponsor, said on the row itself so that scoping never needs a join."""

    sponsor = models.ForeignKey(PlanSponsor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
