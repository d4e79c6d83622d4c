"""The one way into the ledger: `record(...)`, called by a service inside its own transaction."""

import secrets
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone

from sponsors.ledger.canonical import body_hash, chain_hash, leaf_hash
from sponsors.ledger.models import LedgerBook, LedgerEvent

PLATFORM_BOOK = "platform"


def record(
    action: str,
    *,
    by: Any,
    subject: models.Model,
    plan: Any = None,
    sponsor: Any = None,
    body: dict[str, Any] | None = None,
    reason: str = "",
    occurred_on: date | None = None,
) -> LedgerEvent:
    """Write one event: who did what to what, when and why. If this cannot be written, the change does not happen.

    `by` is the acting user (None for the system itself). `sponsor` follows from `plan` when that is given; with
    neither, the event goes to the platform's own book. `body` is JSON-able and holds what changed, never anything about
    a participant. Raises RuntimeError outside a transaction, because then the change and its entry could part.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() must run inside the transaction of the change it records.")
    sponsor = sponsor or getattr(plan, "sponsor", None)
    book = _locked_book(sponsor)
    salt = secrets.token_bytes(16)
    event = LedgerEvent(
        id=uuid4(),
        book=book.name,
        position=book.length,
        sponsor_id=sponsor.pk if sponsor else None,
        plan_id=plan.pk if plan else None,
        action=action,
        actor_id=by.pk if by else None,
        actor_label=_actor_label(by, sponsor),
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        occurred_on=occurred_on or timezone.now().date(),
        recorded_at=datetime.now(UTC),
        reason=reason,
        body=body or {},
        salt=salt,
        body_hash=body_hash(salt, body or {}),
    )
    event.leaf_hash = leaf_hash(header_of(event))
    event.chain_hash = chain_hash(book.head_hash, event.leaf_hash)
    event.save(force_insert=True)
    book.length += 1
    book.head_hash = event.chain_hash
    book.save(update_fields=["length", "head_hash"])
    return event


def header_of(event: LedgerEvent) -> dict[str, Any]:
    """What the leaf hash covers: everything about an entry but its body, which stands there by its hash."""
    return {
        "id": str(event.id),
        "book": event.book,
        "position": event.position,
        "sponsor_id": event.sponsor_id,
        "plan_id": event.plan_id,
        "action": event.action,
        "actor_id": event.actor_id,
        "actor": event.actor_label,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "subject": event.subject_label,
        "occurred_on": event.occurred_on.isoformat(),
        "recorded_at": event.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "reason": event.reason,
        "body_hash": event.body_hash,
    }


def book_name(sponsor: Any) -> str:
    """The name of a sponsor's book; None names the platform's own."""
    return f"sponsor-{sponsor.pk}" if sponsor else PLATFORM_BOOK


def _locked_book(sponsor: Any) -> LedgerBook:
    """The book's head, locked until the transaction ends, so that positions have no gap and the chain no fork."""
    name = book_name(sponsor)
    LedgerBook.objects.get_or_create(name=name, defaults={"sponsor": sponsor})
    return LedgerBook.objects.select_for_update().get(name=name)


def _actor_label(by: Any, sponsor: Any) -> str:
    if by is None:
        return "Steward (automatic)"
    role = _role_of(by, sponsor)
    return f"{by.full_name} <{by.email}>{', ' + role if role else ''}"[:300]


def _role_of(by: Any, sponsor: Any) -> str:
    if sponsor is not None:
        membership = by.memberships.filter(sponsor=sponsor, ended_at=None).first()
        if membership:
            return membership.get_role_display()
    return "Platform administrator" if by.is_platform_administrator else ""
