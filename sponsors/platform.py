"""What a platform administrator sees of all employers, of accounts, and of the machinery. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from sponsors.enums import JobState
from sponsors.ledger.models import LedgerBook, LedgerEvent
from sponsors.models import Job, Plan, PlanSponsor, User

LAST_ENTRIES = 20


def sponsors_listed() -> QuerySet[PlanSponsor]:
    """Every employer by name, with the latest signed decision of its ledger: `last_signed`, `last_signed_at`."""
    signed = LedgerEvent.objects.filter(sponsor_id=OuterRef("pk"), action="decision.signed").order_by(
        "-recorded_at"
    )
    return PlanSponsor.objects.annotate(
        last_signed=Subquery(signed.values("subject_label")[:1]),
        last_signed_at=Subquery(signed.values("recorded_at")[:1]),
    ).order_by("name")


def plans_by_sponsor(sponsors: Iterable[PlanSponsor]) -> dict[int, list[Plan]]:
    """Sponsor's key -> its plans by name. One query."""
    found: dict[int, list[Plan]] = {}
    for plan in Plan.objects.filter(sponsor__in=[sponsor.pk for sponsor in sponsors]).order_by("name"):
        found.setdefault(plan.sponsor_id, []).append(plan)
    return found


def users_listed(text: str = "") -> QuerySet[User]:
    """Accounts by name, each with `roles`: how many it holds now. `text` is looked for in name and address."""
    users = User.objects.annotate(roles=Count("memberships", filter=Q(memberships__ended_at=None)))
    if text:
        users = users.filter(Q(full_name__icontains=text) | Q(email__icontains=text))
    return users.order_by("full_name", "email")


@dataclass(frozen=True)
class Health:
    """How the machinery stands. `oldest_waiting` is None when no job waits for a worker."""

    database: str
    oldest_waiting: datetime | None
    jobs: tuple[tuple[str, int], ...]
    failed: tuple[Job, ...]
    books: tuple[LedgerBook, ...]
    last_entries: tuple[LedgerEvent, ...]

    @property
    def minutes_waiting(self) -> int:
        """Whole minutes that the oldest job has waited."""
        return int((timezone.now() - self.oldest_waiting).total_seconds() // 60) if self.oldest_waiting else 0


def health() -> Health:
    """Database, queue and ledger at a glance. Seven queries, none over all entries."""
    counts = dict(Job.objects.order_by().values_list("state").annotate(number=Count("pk")))
    waiting = (
        Job.objects.filter(state=JobState.NEW).order_by("created_at").values_list("created_at", flat=True)
    )
    return Health(
        database=f"{connection.vendor} {_database_version()}",
        oldest_waiting=waiting.first(),
        jobs=tuple((label, counts.get(state, 0)) for state, label in JobState.choices),
        failed=tuple(Job.objects.filter(state=JobState.FAILED).select_related("sponsor")[:10]),
        books=tuple(LedgerBook.objects.select_related("sponsor").order_by("name")),
        last_entries=tuple(LedgerEvent.objects.order_by("-recorded_at")[:LAST_ENTRIES]),
    )


def _database_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return str(cursor.fetchone()[0])
