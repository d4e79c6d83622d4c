"""What the builder page and its fragments show of a version. Shared by the views of versions, lines and sleeves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from menus.forms.funds import FundFilterForm
from menus.guardrails import Finding
from menus.models import Menu, MenuLine, MenuVersion, Sleeve, Waiver
from menus.selectors import (
    findings,
    funds_matching,
    is_waived,
    line_groups,
    menu_facts,
    sleeve_terms,
    totals,
    waivers_of,
)
from sponsors.access import PlanRequest
from sponsors.permissions import Permission

MOST_RESULTS = 12


@dataclass(frozen=True)
class FindingRow:
    """A finding as the page shows it: live, or as it stood at proposal; where it leads, and what became of it."""

    finding: Finding | Mapping[str, Any]
    key: str
    severity: str
    line_url: str = ""
    waive_url: str = ""
    waived_until: Any = None
    request: Waiver | None = None


def menu_or_404(request: PlanRequest, menu: str) -> Menu:
    return get_object_or_404(Menu.objects.select_related("plan"), plan=request.plan, slug=menu)


def version_or_404(request: PlanRequest, menu: str, version: int) -> MenuVersion:
    people = ("menu", "plan__sponsor", "created_by", "proposed_by", "based_on")
    found = MenuVersion.objects.filter(plan=request.plan, menu__slug=menu, number=version).select_related(
        *people
    )
    return get_object_or_404(found)


def line_or_404(version: MenuVersion, line: int) -> MenuLine:
    found = MenuLine.objects.filter(version=version, pk=line).select_related("fund", "version__plan").first()
    if found is None:
        raise Http404("This line is not on the version any more.")
    return found


def version_kwargs(version: MenuVersion) -> dict[str, Any]:
    return {"plan": version.plan.slug, "menu": version.menu.slug, "version": version.number}


def version_context(request: PlanRequest, version: MenuVersion) -> dict[str, Any]:
    """Lines, sleeve, totals, findings: everything that changes when a draft is edited."""
    facts = menu_facts(version)
    lines = list(MenuLine.objects.filter(version=version).select_related("fund"))
    rows = finding_rows(request, version, facts, {line.fund.key for line in lines})
    sleeve = Sleeve.objects.filter(version=version).select_related("fund").first()
    return {
        "version": version,
        "menu": version.menu,
        "groups": line_groups(lines),
        "sleeve": sleeve,
        "sleeve_rows": [{"key": label, "value": words} for label, words in sleeve_terms(sleeve).items()],
        "totals": totals(version, facts),
        "findings": rows,
        "counts": {
            severity: sum(row.severity == severity for row in rows)
            for severity in ("block", "caution", "note")
        },
        "open_blocks": [row for row in rows if row.severity == "block" and not row.waived_until],
        "can_edit": version.is_draft and Permission.MENU_EDIT in request.permissions,
        "can_propose": version.is_draft and Permission.MENU_PROPOSE in request.permissions,
        "can_approve": version.is_draft and Permission.WAIVER_APPROVE in request.permissions,
    }


def finding_rows(request: PlanRequest, version: MenuVersion, facts: Any, keys: set[str]) -> list[FindingRow]:
    """A draft's findings as they are now; a frozen version's as they were when it was proposed."""
    if not version.is_draft:
        return [_stored_row(version, found, keys) for found in version.findings_at_proposal]
    waivers = {waiver.finding_key: waiver for waiver in waivers_of(version)}
    may_ask = Permission.WAIVER_REQUEST in request.permissions
    return [
        _live_row(version, finding, waivers.get(finding.key), keys, may_ask)
        for finding in findings(version, facts)
    ]


def _live_row(
    version: MenuVersion, finding: Finding, waiver: Waiver | None, keys: set[str], may_ask: bool
) -> FindingRow:
    is_held = waiver is not None and is_waived(finding, [waiver])
    asks = may_ask and finding.is_blocking and finding.waivable and not is_held
    return FindingRow(
        finding=finding,
        key=finding.key,
        severity=finding.severity.value,
        line_url=_line_url(version, finding.subject, keys),
        waive_url=f"{_url('waiver-request', version)}?finding={finding.key}" if asks else "",
        waived_until=waiver.expires_on if waiver and is_held else None,
        request=waiver if waiver and finding.is_blocking and waiver.approved_by_id is None else None,
    )


def _stored_row(version: MenuVersion, found: Mapping[str, Any], keys: set[str]) -> FindingRow:
    return FindingRow(
        finding=found,
        key=found["key"],
        severity=found["severity"],
        line_url=_line_url(version, found["subject"], keys),
        waived_until=found.get("waived_until"),
    )


def _line_url(version: MenuVersion, subject: str | None, keys: set[str]) -> str:
    return f"{version.get_absolute_url()}#line-{subject}" if subject in keys else ""


def _url(name: str, version: MenuVersion) -> str:
    return reverse(f"menus:{name}", kwargs=version_kwargs(version))


def search_context(request: PlanRequest, version: MenuVersion) -> dict[str, Any]:
    """The fund search beside a draft; without a question it lists nothing."""
    asked = request.POST if request.method == "POST" else request.GET
    form = FundFilterForm({"q": asked.get("q", ""), "asset_class": asked.get("asset_class", "")})
    wanted = form.wanted()
    if not (wanted.text or wanted.asset_class):
        return {"search": form, "results": None}
    found = list(funds_matching(wanted).defer("facts")[: MOST_RESULTS + 1])
    on_menu = set(MenuLine.objects.filter(version=version).values_list("fund_id", flat=True))
    return {
        "search": form,
        "results": found[:MOST_RESULTS],
        "more": len(found) > MOST_RESULTS,
        "on_menu": on_menu,
    }


def changed(request: PlanRequest, version: MenuVersion, words: str = "", refusal: str = "") -> HttpResponse:
    """After a change of a draft, or its refusal: the fresh builder for htmx, else back to the page."""
    if request.htmx:
        version = version_or_404(request, version.menu.slug, version.number)
        context = {**version_context(request, version), **search_context(request, version)}
        return render(request, "menus/_builder_update.html", {**context, "words": words, "refusal": refusal})
    if refusal:
        messages.error(request, refusal)
    elif words:
        messages.success(request, words)
    asked = {name: request.POST[name] for name in ("q", "asset_class") if request.POST.get(name)}
    return redirect(f"{version.get_absolute_url()}{'?' + urlencode(asked) + '#add' if asked else ''}")
