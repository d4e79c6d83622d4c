from django.conf import settings
from django.db import models

from sponsors.enums import CensusImportStatus
from sponsors.models.plan import PlanOwned


class CensusSnapshot(PlanOwned):
    """The people of a plan on one date, columnar and hashed: what every projection reads. Never changed."""

    as_of = models.DateField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="census/snapshots")
    participant_count = models.PositiveIntegerField()
    total_balance = models.DecimalField(max_digits=18, decimal_places=2)
    is_synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-as_of", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "sha256", "as_of"], name="census_snapshot_once_per_plan")
        ]

    def __str__(self) -> str:
        return f"Census of {self.as_of:%Y-%m-%d} ({self.participant_count} people)"


class CensusImport(PlanOwned):
    """One file that somebody brought: what it was, how its columns were read, and what became of every row."""

    status = models.CharField(max_length=10, choices=CensusImportStatus, default=CensusImportStatus.UPLOADED)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="census/uploads")
    as_of = models.DateField()
    mapping = models.JSONField(default=dict, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list, blank=True)
    snapshot = models.ForeignKey(
        CensusSnapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    job = models.ForeignKey("sponsors.Job", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    error = models.TextField(blank=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_status_display()})"


class CensusRefusal(PlanOwned):
    """One row of a census file that was not accepted: where, why, and what would mend it."""

    census_import = models.ForeignKey(CensusImport, on_delete=models.PROTECT, related_name="refusals")
    row = models.PositiveIntegerField(
        help_text="Row in the file, as a spreadsheet counts: the first line is 1."
    )
    column = models.CharField(max_length=120, blank=True)
    value_shown = models.CharField(max_length=120, blank=True)
    reason = models.TextField()
    remedy = models.TextField()

    class Meta:
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"Row {self.row}, {self.column}: {self.reason}"
