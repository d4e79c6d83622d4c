"""Lines of a draft: add, replace, remove, mark, explain. Each works on one line, so two editors lose nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max

from menus.guardrails.rulebook import load_rulebook
from menus.models import Fund, MenuLine, MenuVersion, Sleeve
from menus.services.drafts import draft_locked
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import User


@transaction.atomic
def line_add(
    *,
    by: User,
    version: MenuVersion,
    fund: Fund,
    is_qdia: bool = False,
    is_core: bool = False,
    value_statement: str = "",
) -> MenuLine:
    """Put a fund at the end of a draft. Refuses a fund that is on it already, and a crypto line as default."""
    version = draft_locked(version)
    _refuse_twice(version, fund)
    if is_qdia:
        refuse_digital_default(fund)
    line = line_append(
        version, fund, is_qdia=is_qdia, is_core=is_core, value_statement=value_statement.strip()
    )
    record("menu_line.added", by=by, plan=version.plan, subject=version, body=_described(line))
    return line


@transaction.atomic
def line_replace(*, by: User, line: MenuLine, fund: Fund) -> MenuLine:
    """Put another fund in a line's place. It keeps position and marks; the value statement was about the old fund."""
    version = draft_locked(line.version)
    line, old = _present(line), line.fund
    _refuse_sleeve_line(version, old, "replaced")
    if fund.pk != old.pk:
        _refuse_twice(version, fund)
    if line.is_qdia:
        refuse_digital_default(fund)
    line.fund, line.value_statement = fund, ""
    line.save(update_fields=["fund", "value_statement"])
    body = {"from": old.key, "to": fund.key, "position": line.position}
    record("menu_line.replaced", by=by, plan=version.plan, subject=version, body=body)
    return line


@transaction.atomic
def line_remove(*, by: User, line: MenuLine) -> MenuVersion:
    """Take a line off a draft; the lines after it move up. Refuses the line that carries the sleeve's terms."""
    version = draft_locked(line.version)
    line = _present(line)
    _refuse_sleeve_line(version, line.fund, "removed")
    body = _described(line)
    line_drop(line)
    record("menu_line.removed", by=by, plan=version.plan, subject=version, body=body)
    return version


@transaction.atomic
def line_edit(
    *,
    by: User,
    line: MenuLine,
    is_qdia: bool | None = None,
    is_core: bool | None = None,
    value_statement: str | None = None,
    seen_edits: int | None = None,
) -> MenuLine:
    """Set the marks or the value statement of a line; None leaves one as it is. Refuses a crypto line as default."""
    version = draft_locked(line.version, seen_edits)
    line = _present(line)
    if is_qdia:
        refuse_digital_default(line.fund)
    wanted = {"is_qdia": is_qdia, "is_core": is_core, "value_statement": value_statement}
    changes = {
        name: value for name, value in wanted.items() if value is not None and value != getattr(line, name)
    }
    for name, value in changes.items():
        setattr(line, name, value)
    if changes:
        line.save(update_fields=list(changes))
    body: dict[str, Any] = {"fund": line.fund.key, **changes}
    record("menu_line.edited", by=by, plan=version.plan, subject=version, body=body)
    return line


@transaction.atomic
def default_mark(*, by: User, line: MenuLine) -> MenuVersion:
    """Make a line, or its whole target-date series, the one default of a draft. Refuses a crypto line."""
    version = draft_locked(line.version)
    line = _present(line)
    refuse_digital_default(line.fund)
    series = line.fund.series if line.fund.is_target_date else ""
    lines = MenuLine.objects.filter(version=version)
    marked = (
        lines.filter(fund__asset_class="target_date", fund__series=series)
        if series
        else lines.filter(pk=line.pk)
    )
    keys = sorted(marked.values_list("fund__key", flat=True))
    lines.exclude(fund__key__in=keys).update(is_qdia=False)
    lines.filter(fund__key__in=keys).update(is_qdia=True)
    record("menu_line.default_marked", by=by, plan=version.plan, subject=version, body={"default": keys})
    return version


def line_append(version: MenuVersion, fund: Fund, **marks: Any) -> MenuLine:
    """The row of a new last line; for services that hold the version's lock."""
    last = MenuLine.objects.filter(version=version).aggregate(last=Max("position"))["last"] or 0
    return MenuLine.objects.create(
        sponsor=version.sponsor, plan=version.plan, version=version, fund=fund, position=last + 1, **marks
    )


def line_drop(line: MenuLine) -> None:
    """Delete the row of a draft's line and close the gap; for services that hold the version's lock."""
    MenuLine.objects.filter(version_id=line.version_id, position__gt=line.position).update(
        position=F("position") - 1
    )
    line.delete()


def refuse_digital_default(fund: Fund) -> None:
    """A stand-alone crypto line can never be the default: the guardrail's own words, before anything is stored."""
    if fund.is_digital_asset:
        raise Refusal(
            f"{fund.name} cannot be the default fund. {load_rulebook()['default_digital'].why} "
            "Mark a target-date series, a balanced fund or a managed account instead.",
            field="is_qdia",
            code="default_digital",
        )


def _present(line: MenuLine) -> MenuLine:
    """The line as it stands; refused when somebody else removed it."""
    found = MenuLine.objects.select_related("fund").filter(pk=line.pk).first()
    if found is None:
        raise Refusal(
            "This line was removed while your page was open, so nothing was saved. Look at the menu as it stands now.",
            code="line_gone",
            conflict=True,
        )
    return found


def _refuse_twice(version: MenuVersion, fund: Fund) -> None:
    if MenuLine.objects.filter(version=version, fund=fund).exists():
        raise Refusal(
            f"{fund.name} ({fund.key}) is already on this menu. Each fund stands on it once.",
            field="fund",
            code="fund_twice",
            conflict=True,
        )


def _refuse_sleeve_line(version: MenuVersion, fund: Fund, verb: str) -> None:
    if any(one.opens_line for one in Sleeve.objects.filter(version=version, fund=fund)):
        raise Refusal(
            f"{fund.name} carries the terms of the sleeve, so it cannot be {verb} here. "
            "Change or remove the sleeve; its line goes with it.",
            code="line_carries_sleeve",
            conflict=True,
        )


def _described(line: MenuLine) -> dict[str, Any]:
    return {
        "fund": line.fund.key,
        "position": line.position,
        "is_qdia": line.is_qdia,
        "is_core": line.is_core,
        "value_statement": line.value_statement,
    }
