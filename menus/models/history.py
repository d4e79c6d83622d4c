from django.conf import settings
from django.db import models


class ReturnHistory(models.Model):
    """A monthly return history that was imported and accepted; never changed afterwards, because runs name it."""

    name = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=120)
    source = models.TextField(blank=True, help_text="Where the figures come from, in the importer's words.")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True, help_text="Hash of the file as it was read.")
    table = models.JSONField(
        help_text='{"months": ["2014-01", ...], "series": {"us_large": [0.01, null, ...]}}'
    )
    first_month = models.CharField(max_length=7)
    last_month = models.CharField(max_length=7)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    imported_from = models.CharField(
        max_length=100, blank=True, help_text="Account on the machine that the import ran under."
    )
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "return histories"

    def __str__(self) -> str:
        return f"History {self.name}"
