"""Tables of the queue of record. Celery carries only the id of a row; the row decides."""

import uuid

from django.conf import settings
from django.db import models

from sponsors.enums import JobState
from sponsors.models.plan_sponsor import SponsorOwned


class Job(SponsorOwned):
    """A piece of work for the worker: claimed by one conditional UPDATE, finished in its effect's transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.NEW)
    attempt = models.PositiveSmallIntegerField(
        default=0, help_text="Grows for ever: who holds an older one is out."
    )
    tries = models.PositiveSmallIntegerField(
        default=0, help_text="Attempts since somebody asked, or since a part of the work was finished."
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True, help_text="What to tell the person who asked for the work.")
    traceback = models.TextField(blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    reported_at = models.DateTimeField(
        null=True, blank=True, help_text="When the work last said how far it is."
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_to_sweep")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} ({self.get_state_display()})"


class JobChunk(SponsorOwned):
    """The result of one part of a job, kept so that a killed job resumes where it was. One row per (job, index)."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="chunks")
    index = models.PositiveIntegerField()
    result = models.BinaryField()
    attempt = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["job", "index"]
        constraints = [models.UniqueConstraint(fields=["job", "index"], name="job_chunk_once")]

    def __str__(self) -> str:
        return f"{self.job_id} part {self.index}"
