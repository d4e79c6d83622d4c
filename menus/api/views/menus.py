"""Menus and their versions: begin, look, compare, propose."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from menus.api.serializers.menus import (
    CompareQuerySerializer,
    ComparisonSerializer,
    FindingSerializer,
    MenuCreateSerializer,
    MenuSerializer,
    MenuSummarySerializer,
    TotalsSerializer,
    VersionDetailSerializer,
    VersionStartSerializer,
    VersionSummarySerializer,
    WaiverAskSerializer,
    WaiverSerializer,
)
from menus.api.views.lookups import menu_or_404, named_version, version_or_404, waiver_or_404
from menus.models import Menu, MenuVersion, Waiver
from menus.selectors import (
    MenuTotals,
    VersionComparison,
    compare_versions,
    findings,
    is_waived,
    menus_of,
    totals,
    versions_of,
    waivers_of,
)
from menus.services.menus import menu_create
from menus.services.versions import version_create, version_propose, version_record_as_found
from menus.services.waivers import waiver_approve, waiver_request
from sponsors.api.operations import Operations, operation
from sponsors.permissions import Permission as P


class Menus(Operations):
    noun = "menu"
    tag = "Menus"

    @operation(P.MENU_VIEW, answer=MenuSummarySerializer, many=True)
    def list(self, request: Request) -> QuerySet[Menu]:
        """The plan's menus."""
        return menus_of(request.plan)

    @operation(P.MENU_EDIT, body=MenuCreateSerializer, answer=MenuSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> Menu:
        """Start a menu; its content lives in versions."""
        return menu_create(by=request.user, plan=request.plan, **sent)

    @operation(P.MENU_VIEW, answer=MenuSerializer)
    def read(self, request: Request, menu: str) -> Menu:
        """One menu."""
        return menu_or_404(request, menu)


class Versions(Operations):
    noun = "version"
    tag = "Menus"

    @operation(P.MENU_VIEW, answer=VersionSummarySerializer, many=True)
    def list(self, request: Request, menu: str) -> QuerySet[MenuVersion]:
        """Versions of the menu, newest first."""
        return versions_of(menu_or_404(request, menu))

    @operation(P.MENU_EDIT, body=VersionStartSerializer, answer=VersionDetailSerializer, status=201)
    def create(self, request: Request, menu: str, sent: dict[str, Any]) -> MenuVersion:
        """Start a draft: empty, from a preset, or as a copy of another version."""
        found = menu_or_404(request, menu)
        number = sent.pop("copy_of", None)
        copy_of = named_version(found, number, "copy_of") if number is not None else None
        return version_create(by=request.user, menu=found, copy_of=copy_of, **sent)

    @operation(P.MENU_VIEW, answer=VersionDetailSerializer)
    def read(self, request: Request, menu: str, version: int) -> MenuVersion:
        """One version with its lines and sleeve."""
        return version_or_404(request, menu, version)

    @operation(P.MENU_VIEW, query=CompareQuerySerializer, answer=ComparisonSerializer)
    def compare(self, request: Request, menu: str, version: int, asked: dict[str, Any]) -> VersionComparison:
        """What changes from another version of the menu to this one."""
        found = version_or_404(request, menu, version)
        return compare_versions(named_version(found.menu, asked["since"], "since"), found)

    @operation(P.MENU_VIEW, answer=TotalsSerializer)
    def totals(self, request: Request, menu: str, version: int) -> MenuTotals:
        """Lines, cost, coverage and digital-asset exposure by age, today."""
        return totals(version_or_404(request, menu, version))

    @operation(P.MENU_VIEW, answer=FindingSerializer, many=True)
    def findings(self, request: Request, menu: str, version: int) -> Any:
        """What the guardrails say: of a draft now, of a frozen version as it stood when it was proposed."""
        return _findings(version_or_404(request, menu, version))

    @operation(P.MENU_PROPOSE, answer=VersionDetailSerializer)
    def propose(self, request: Request, menu: str, version: int) -> MenuVersion:
        """Freeze a draft and put it before the committee. A blocking finding stops it unless a waiver covers it."""
        return version_propose(by=request.user, version=version_or_404(request, menu, version))

    @operation(P.MENU_PROPOSE, answer=VersionDetailSerializer)
    def record_as_found(self, request: Request, menu: str, version: int) -> MenuVersion:
        """Put the menu in force when the plan joined on record, whatever its size."""
        return version_record_as_found(by=request.user, version=version_or_404(request, menu, version))


def _findings(version: MenuVersion) -> Any:
    if not version.is_draft:
        return version.findings_at_proposal
    waivers = waivers_of(version)
    return [
        {
            **finding.as_record(),
            "waived_until": next((one.expires_on for one in waivers if is_waived(finding, [one])), None),
        }
        for finding in findings(version)
    ]


class Waivers(Operations):
    noun = "waiver"
    tag = "Menus"

    @operation(P.MENU_VIEW, answer=WaiverSerializer, many=True)
    def list(self, request: Request, menu: str, version: int) -> Any:
        """Waivers asked for, and who approved them."""
        return waivers_of(version_or_404(request, menu, version))

    @operation(P.WAIVER_REQUEST, body=WaiverAskSerializer, answer=WaiverSerializer, status=201)
    def create(self, request: Request, menu: str, version: int, sent: dict[str, Any]) -> Waiver:
        """Ask that one blocking finding of a draft be waived."""
        return waiver_request(by=request.user, version=version_or_404(request, menu, version), **sent)

    @operation(P.WAIVER_APPROVE, answer=WaiverSerializer)
    def approve(self, request: Request, menu: str, version: int, waiver: int) -> Waiver:
        """Agree to a waiver that somebody else asked for."""
        return waiver_approve(by=request.user, waiver=waiver_or_404(request, menu, version, waiver))
