"""Waivers: going ahead in spite of one blocking finding, on record with who asked, who agreed, why, until when."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from menus.guardrails import Finding
from menus.models import MenuVersion, Waiver
from menus.selectors import findings, is_waived
from menus.services.drafts import draft_locked
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import User
from sponsors.wording import long_day


@transaction.atomic
def waiver_request(
    *, by: User, version: MenuVersion, finding_key: str, reason: str, expires_on: date
) -> Waiver:
    """Ask that one blocking finding of a draft be waived. Asking again replaces a request that does not hold.

    Refuses findings that are not there, do not block, or cannot be waived; a waiver without a reason; and an
    expiry that is past or more than twelve months away.
    """
    version = draft_locked(version)
    finding = _waivable(version, finding_key)
    if not reason.strip():
        raise Refusal("Say why the plan should go ahead all the same.", field="reason", code="waiver_reason")
    _check_expiry(expires_on)
    _refuse_held(version, finding)
    waiver, _ = Waiver.objects.update_or_create(
        version=version,
        finding_key=finding_key,
        defaults={
            "sponsor": version.sponsor,
            "plan": version.plan,
            "finding_sentence": finding.sentence,
            "reason": reason.strip(),
            "requested_by": by,
            "requested_at": timezone.now(),
            "approved_by": None,
            "approved_at": None,
            "expires_on": expires_on,
        },
    )
    body = {"version": version.number, "finding": finding.as_record(), "expires_on": expires_on.isoformat()}
    record("waiver.requested", by=by, plan=version.plan, subject=waiver, body=body, reason=waiver.reason)
    return waiver


@transaction.atomic
def waiver_approve(*, by: User, waiver: Waiver) -> Waiver:
    """Agree to a waiver. Refuses one's own request (except under a sole fiduciary), and what is past or approved."""
    version = draft_locked(waiver.version)
    waiver = Waiver.objects.select_related("requested_by").get(pk=waiver.pk)
    if waiver.approved_by_id:
        raise Refusal("This waiver is already approved.", code="waiver_approved", conflict=True)
    if waiver.requested_by_id == by.pk and not version.plan.sole_fiduciary:
        raise Refusal(
            "You asked for this waiver, so somebody else has to approve it.", code="waiver_own_request"
        )
    if waiver.expires_on <= timezone.localdate():
        raise Refusal(
            "This request has expired. Ask again with a later date.", code="waiver_expired", conflict=True
        )
    if _waivable(version, waiver.finding_key).sentence != waiver.finding_sentence:
        raise Refusal(
            "The finding has changed since this waiver was asked for. Ask again, so that the reason fits it.",
            code="waiver_outdated",
            conflict=True,
        )
    waiver.approved_by, waiver.approved_at = by, timezone.now()
    waiver.save(update_fields=["approved_by", "approved_at"])
    body = {
        "version": version.number,
        "finding": waiver.finding_key,
        "expires_on": waiver.expires_on.isoformat(),
    }
    record("waiver.approved", by=by, plan=version.plan, subject=waiver, body=body, reason=waiver.reason)
    return waiver


def _waivable(version: MenuVersion, finding_key: str) -> Finding:
    """The finding as it stands now; refused when there is nothing to waive."""
    finding = next((found for found in findings(version) if found.key == finding_key), None)
    if finding is None:
        raise Refusal(
            "This finding no longer stands, so there is nothing to waive.", code="finding_gone", conflict=True
        )
    if not finding.is_blocking:
        raise Refusal(
            "Only a finding that blocks needs a waiver; this one stops nothing.", code="finding_not_blocking"
        )
    if not finding.waivable:
        raise Refusal(
            f"This finding cannot be waived. {finding.sentence} {finding.remedy}", code="finding_not_waivable"
        )
    return finding


def _check_expiry(expires_on: date) -> None:
    today = timezone.localdate()
    if expires_on <= today:
        raise Refusal(
            "Choose a date in the future for the end of the waiver.", field="expires_on", code="waiver_past"
        )
    if expires_on > same_day_next_year(today):
        raise Refusal(
            "A waiver holds for twelve months at most, so that somebody looks at it again. Choose an earlier date.",
            field="expires_on",
            code="waiver_too_long",
        )


def same_day_next_year(day: date) -> date:
    """29 February becomes 28 February."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _refuse_held(version: MenuVersion, finding: Finding) -> None:
    waiver = Waiver.objects.filter(version=version, finding_key=finding.key).first()
    if waiver and is_waived(finding, [waiver]):
        raise Refusal(
            f"This finding is already waived until {long_day(waiver.expires_on)}.",
            code="waiver_holds",
            conflict=True,
        )
