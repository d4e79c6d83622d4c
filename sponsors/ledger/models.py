"""Tables of the ledger. Events are only ever inserted; triggers in the migration refuse everything else."""

import uuid

from django.db import models


class LedgerBook(models.Model):
    """The head of one book: a sponsor's, or the platform's own (no sponsor). The only ledger row that changes."""

    sponsor = models.OneToOneField(
        "sponsors.PlanSponsor", null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_book"
    )
    name = models.CharField(max_length=40, unique=True)
    length = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.name} ({self.length} entries)"


class LedgerEvent(models.Model):
    """One thing somebody did. Ids are plain columns, never foreign keys: no delete elsewhere can reach in here.

    `leaf_hash` covers the header and the hash of the salted body, so that a body may one day be erased lawfully
    without breaking the chain; `chain_hash` covers the previous entry and this leaf.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    book = models.CharField(max_length=40)
    position = models.PositiveBigIntegerField(help_text="0, 1, 2 ... within the book, without gaps.")
    sponsor_id = models.BigIntegerField(null=True)
    plan_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60, help_text="noun.past, e.g. menu_version.adopted")
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=300, help_text="Name, e-mail address and role at the time.")
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=300)
    occurred_on = models.DateField(help_text="When the act took place; later than recorded_at is impossible.")
    recorded_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    body = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16)
    body_hash = models.CharField(max_length=64)
    leaf_hash = models.CharField(max_length=64)
    chain_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["book", "position"]
        constraints = [
            models.UniqueConstraint(fields=["book", "position"], name="ledger_position_once_per_book")
        ]
        indexes = [
            models.Index(fields=["sponsor_id", "-recorded_at"], name="ledger_by_sponsor"),
            models.Index(fields=["plan_id", "-recorded_at"], name="ledger_by_plan"),
            models.Index(fields=["subject_type", "subject_id"], name="ledger_by_subject"),
            models.Index(fields=["actor_id", "-recorded_at"], name="ledger_by_actor"),
            models.Index(fields=["action", "-recorded_at"], name="ledger_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"
