"""Versions of a menu: draft, propose, adopt, reject. From proposal on a version is frozen.

`version_adopt` and `version_reject` are called by a signed decision alone, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from menus.catalogue import PresetLine, load_presets
from menus.enums import VersionStatus
from menus.guardrails import Finding
from menus.models import Fund, Menu, MenuLine, MenuVersion, Sleeve
from menus.selectors import content, findings, is_waived, waivers_of
from menus.services.drafts import draft_locked, version_locked
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.ledger.canonical import content_hash
from sponsors.models import User
from sponsors.services.addresses import next_number


@transaction.atomic
def version_create(
    *,
    by: User,
    menu: Menu,
    purpose: str = "",
    preset: str = "",
    copy_of: MenuVersion | None = None,
    is_as_found: bool = False,
) -> MenuVersion:
    """Start a draft: empty, from a preset (lean, reference, wide), or as a copy of a version of the same plan.

    Refuses an unknown preset, a preset whose funds the catalogue does not hold, and two beginnings at once.
    """
    if preset and copy_of:
        raise Refusal(
            "Start from a preset or from another version, not from both.", field="start", code="two_starts"
        )
    if copy_of and copy_of.plan_id != menu.plan_id:
        raise Refusal(
            "The version to copy belongs to another plan.", field="start", code="copy_of_other_plan"
        )
    menu = Menu.objects.select_for_update(of=("self",)).select_related("plan__sponsor").get(pk=menu.pk)
    version = MenuVersion.objects.create(
        sponsor=menu.sponsor,
        plan=menu.plan,
        menu=menu,
        number=next_number(menu.versions),
        purpose=purpose.strip()[:300],
        based_on=copy_of,
        is_as_found=is_as_found,
        created_by=by,
    )
    if preset:
        _fill_from_preset(version, preset)
    elif copy_of:
        _fill_from_version(version, copy_of)
    body = {"menu": menu.name, "number": version.number, "preset": preset, "is_as_found": is_as_found}
    body |= {"copy_of": copy_of.number if copy_of else None, "content": content(version)}
    record("menu_version.created", by=by, plan=menu.plan, subject=version, body=body, reason=version.purpose)
    return version


@transaction.atomic
def version_propose(*, by: User, version: MenuVersion) -> MenuVersion:
    """Freeze a draft and put it before the committee. Refuses while a finding blocks that no waiver covers."""
    version = draft_locked(version)
    found, waivers = findings(version), waivers_of(version)
    stops = [finding for finding in found if finding.is_blocking and not is_waived(finding, waivers)]
    if stops:
        raise Refusal(_refusal_words(version, stops), code="version_blocked", conflict=True)
    _freeze(version, VersionStatus.PROPOSED, found)
    version.proposed_by, version.proposed_at = by, timezone.now()
    version.save()
    record("menu_version.proposed", by=by, plan=version.plan, subject=version, body=_proposal(version))
    return version


@transaction.atomic
def version_record_as_found(*, by: User, version: MenuVersion) -> MenuVersion:
    """Put the menu in force when the plan joined on record, whatever its size: it was chosen before, not here.

    Refuses a version that is not marked as found, and a menu that has a version in force already.
    """
    version = draft_locked(version)
    if not version.is_as_found:
        raise Refusal(
            "Only a version marked as the menu in force when the plan joined can be recorded without a decision. "
            "Propose this version instead.",
            code="not_as_found",
        )
    if version.menu.versions.filter(status=VersionStatus.ADOPTED).exists():
        raise Refusal(
            "This menu already has a version in force. Propose this version instead, and decide on it.",
            code="already_in_force",
            conflict=True,
        )
    if not version.lines.exists():
        raise Refusal("Enter the funds of the menu first.", code="version_empty")
    _freeze(version, VersionStatus.ADOPTED, findings(version))
    version.closed_at = timezone.now()
    version.save()
    record(
        "menu_version.recorded_as_found", by=by, plan=version.plan, subject=version, body=_proposal(version)
    )
    return version


@transaction.atomic
def version_adopt(*, by: User, version: MenuVersion, decision_label: str) -> MenuVersion:
    """Put a proposed version in force; the one in force until now is retired. Refuses any other status."""
    version = _proposed_locked(version)
    previous = version.menu.versions.select_for_update().filter(status=VersionStatus.ADOPTED).first()
    if previous:
        _retire(by, previous, version)
    version.status, version.closed_at = VersionStatus.ADOPTED, timezone.now()
    version.save(update_fields=["status", "closed_at"])
    body = {"number": version.number, "content_hash": version.content_hash, "decision": decision_label}
    body["retires"] = previous.number if previous else None
    record("menu_version.adopted", by=by, plan=version.plan, subject=version, body=body)
    return version


@transaction.atomic
def version_reject(*, by: User, version: MenuVersion, decision_label: str) -> MenuVersion:
    """Close a proposed version as considered and rejected. Refuses any other status."""
    version = _proposed_locked(version)
    version.status, version.closed_at = VersionStatus.REJECTED, timezone.now()
    version.save(update_fields=["status", "closed_at"])
    body = {"number": version.number, "content_hash": version.content_hash, "decision": decision_label}
    record("menu_version.rejected", by=by, plan=version.plan, subject=version, body=body)
    return version


def _retire(by: User, previous: MenuVersion, successor: MenuVersion) -> None:
    previous.status, previous.retired_at = VersionStatus.RETIRED, timezone.now()
    previous.save(update_fields=["status", "retired_at"])
    body = {"number": previous.number, "succeeded_by": successor.number}
    record("menu_version.retired", by=by, plan=successor.plan, subject=previous, body=body)


def _proposed_locked(version: MenuVersion) -> MenuVersion:
    Menu.objects.select_for_update().get(pk=version.menu_id)  # two decisions on one menu meet here
    version = version_locked(version)
    if version.status != VersionStatus.PROPOSED:
        raise Refusal(
            f"Version {version.number} is {version.get_status_display().lower()}; "
            "only a proposed version can be decided on. Propose it first, or start a new version.",
            code="version_not_proposed",
            conflict=True,
        )
    return version


def _freeze(version: MenuVersion, status: VersionStatus, found: Sequence[Finding]) -> None:
    """Set what a frozen version carries: its hash, and what the guardrails said with the waivers that covered it."""
    waivers = {waiver.finding_key: waiver for waiver in waivers_of(version)}
    version.status = status
    version.content_hash = content_hash(content(version))
    version.findings_at_proposal = [
        {**finding.as_record(), "waived_until": _waived_until(finding, waivers.get(finding.key))}
        for finding in found
    ]


def _waived_until(finding: Finding, waiver: Any) -> str | None:
    return waiver.expires_on.isoformat() if waiver and is_waived(finding, [waiver]) else None


def _proposal(version: MenuVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "content_hash": version.content_hash,
        "content": content(version),
        "findings": version.findings_at_proposal,
    }


def _refusal_words(version: MenuVersion, stops: Sequence[Finding]) -> str:
    reasons = " ".join(
        f"({place}) {stop.sentence} {stop.remedy}" for place, stop in enumerate(stops, start=1)
    )
    count = "one finding blocks" if len(stops) == 1 else f"{len(stops)} findings block"
    return f"Version {version.number} was not proposed: {count} it. {reasons}"


def _fill_from_preset(version: MenuVersion, key: str) -> None:
    preset = load_presets().get(key)
    if preset is None:
        known = ", ".join(load_presets())
        raise Refusal(
            f"There is no preset called {key}. Choose one of: {known}.", field="start", code="preset_unknown"
        )
    funds = Fund.objects.in_bulk([line.fund for line in preset.lines], field_name="key")
    missing = [line.fund for line in preset.lines if line.fund not in funds]
    if missing:
        raise Refusal(
            f"The fund catalogue does not hold {', '.join(missing)}. Load the catalogue, then try again.",
            field="start",
            code="preset_fund_missing",
        )
    MenuLine.objects.bulk_create(
        _preset_line(version, funds[line.fund], line, place)
        for place, line in enumerate(preset.lines, start=1)
    )


def _preset_line(version: MenuVersion, fund: Fund, line: PresetLine, position: int) -> MenuLine:
    return MenuLine(
        sponsor=version.sponsor,
        plan=version.plan,
        version=version,
        fund=fund,
        position=position,
        is_qdia=line.is_qdia,
        is_core=line.is_core,
    )


def _fill_from_version(version: MenuVersion, source: MenuVersion) -> None:
    """Copies of the lines and the sleeve; waivers are asked for anew."""
    lines = list(source.lines.order_by("position", "id"))
    for place, line in enumerate(lines, start=1):
        line.pk, line.version, line.position = None, version, place
        line._state.adding = True
    MenuLine.objects.bulk_create(lines)
    sleeve = Sleeve.objects.filter(version=source).first()
    if sleeve:
        sleeve.pk, sleeve.version = None, version
        sleeve._state.adding = True
        sleeve.save()
