"""The file of one decision: what it rests on, what can be checked of it now, and its own part of the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet

from fiduciary.enums import DecisionStatus
from fiduciary.models import Decision, Evidence
from fiduciary.record import signing_content
from fiduciary.selectors import item_counts, review_sections
from fiduciary.verification import Check
from menus.enums import VersionStatus
from menus.models import MenuVersion
from menus.selectors import content
from sponsors.errors import Refusal
from sponsors.ledger.canonical import content_hash
from sponsors.ledger.models import LedgerEvent


def review_counts(decision: Decision) -> dict[str, int]:
    """Items asked, answered so or so, unanswered: as signed, else as they stand. Never a score.

    Empty when the checklist edition on this server is not the one the review froze.
    """
    if decision.record:
        return decision.record["counts"]
    try:
        return item_counts(review_sections(decision.review))
    except Refusal:
        return {}


def version_before(decision: Decision) -> MenuVersion | None:
    """The version that was in force while this decision was drafted, or None."""
    day = decision.drafted_at
    was_adopted = Q(status__in=[VersionStatus.ADOPTED, VersionStatus.RETIRED], closed_at__lt=day)
    still_in_force = Q(retired_at=None) | Q(retired_at__gte=day)
    others = MenuVersion.objects.filter(menu=decision.version.menu_id).exclude(pk=decision.version_id)
    return (
        others.filter(was_adopted & still_in_force)
        .select_related("menu", "plan")
        .order_by("-closed_at")
        .first()
    )


# ---------------------------------------------------------------- its part of the ledger
def events_of(decision: Decision) -> QuerySet[LedgerEvent]:
    """Entries of the decision, its review with evidence, its version with waivers, its run and its documents."""
    review, version = decision.review, decision.version
    subjects: list[tuple[str, list[Any]]] = [
        ("fiduciary.decision", [decision.pk]),
        ("fiduciary.prudencereview", [review.pk]),
        ("fiduciary.evidence", list(review.evidence.values_list("pk", flat=True))),
        ("fiduciary.document", list(decision.documents.values_list("pk", flat=True))),
        ("menus.menuversion", [version.pk]),
        ("menus.waiver", list(version.waivers.values_list("pk", flat=True))),
        ("menus.projectionrun", [review.run_id] if review.run_id else []),
    ]
    wanted = Q(pk=None)
    for kind, ids in subjects:
        wanted |= Q(subject_type=kind, subject_id__in=[str(pk) for pk in ids])
    return LedgerEvent.objects.filter(wanted, plan_id=decision.plan_id).order_by("-position")


def ledger_bodies(action: str, subject: Model) -> list[dict[str, Any]]:
    """What the ledger says of the subject under that action, oldest first."""
    events = LedgerEvent.objects.filter(
        action=action, subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    )
    return list(events.order_by("position").values_list("body", flat=True))


# ---------------------------------------------------------------- what can be compared
def comparisons(decision: Decision) -> list[Check]:
    """Rows of the database against their hashes and the ledger. Reads no file and changes nothing."""
    found = [_version(decision), _signatures(decision)]
    if decision.status != DecisionStatus.WITHDRAWN:  # a withdrawn decision's review went on, as it should
        found.insert(0, _signed_content(decision))
    if decision.record:
        found.append(_record(decision))
    return found


def _signed_content(decision: Decision) -> Check:
    agrees = content_hash(signing_content(decision)) == decision.content_hash
    return Check(
        "Content",
        agrees,
        "Menu, answers, evidence, figures and reasons are those that were drafted for signing.",
    )


def _version(decision: Decision) -> Check:
    version = decision.version
    said = {body.get("content_hash") for body in ledger_bodies("menu_version.proposed", version)}
    agrees = said == {version.content_hash} and content_hash(content(version)) == version.content_hash
    return Check(
        "Menu version", agrees, "Lines and sleeve are those that the ledger's entry of the proposal names."
    )


def _signatures(decision: Decision) -> Check:
    kept = sorted(signature.content_hash for signature in decision.signatures.all())
    said = sorted(
        str(body.get("content_hash")) for body in ledger_bodies("decision.signature_given", decision)
    )
    agrees = kept == said and set(kept) <= {decision.content_hash}
    return Check(
        "Signatures", agrees, "Each stands under this content, and each has its entry in the ledger."
    )


def _record(decision: Decision) -> Check:
    computed = content_hash(decision.record)
    said = [body.get("record_hash") for body in ledger_bodies("decision.signed", decision)]
    agrees = said == [computed] and computed == decision.record_hash
    return Check(
        "Record", agrees, "The record as signed has the hash that the ledger's last signature names."
    )


def evidence_comparisons(decision: Decision) -> Iterator[Check]:
    """Each evidence file against the hash it came with; reads every file."""
    for piece in Evidence.objects.filter(review=decision.review_id, kind="file").order_by("item_id", "pk"):
        yield Check(
            f"Evidence: {piece.title}", _file_hash(piece) == piece.sha256, "The file is the one uploaded."
        )


def _file_hash(piece: Evidence) -> str:
    try:
        with piece.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
