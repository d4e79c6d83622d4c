"""Changes of a draft: its lines and its sleeve."""

from typing import Any

from rest_framework.request import Request

from menus.api.serializers.menus import (
    LineAddSerializer,
    LineEditSerializer,
    LineReplaceSerializer,
    LineSerializer,
    SleeveSerializer,
    SleeveSetSerializer,
    VersionDetailSerializer,
)
from menus.api.views.lookups import line_or_404, sleeve_or_404, version_or_404
from menus.models import MenuLine, MenuVersion, Sleeve
from menus.services.lines import default_mark, line_add, line_edit, line_remove, line_replace
from menus.services.sleeves import SleeveTerms, sleeve_remove, sleeve_set, weights_parsed
from sponsors.api.operations import Operations, operation
from sponsors.permissions import Permission as P


class Lines(Operations):
    noun = "line"
    tag = "Menus"

    @operation(P.MENU_VIEW, answer=LineSerializer, many=True)
    def list(self, request: Request, menu: str, version: int) -> Any:
        """Lines of the version in their order."""
        return version_or_404(request, menu, version).lines.all()

    @operation(P.MENU_EDIT, body=LineAddSerializer, answer=LineSerializer, status=201)
    def create(self, request: Request, menu: str, version: int, sent: dict[str, Any]) -> MenuLine:
        """Put a fund at the end of a draft."""
        return line_add(by=request.user, version=version_or_404(request, menu, version), **sent)

    @operation(P.MENU_VIEW, answer=LineSerializer)
    def read(self, request: Request, menu: str, version: int, line: int) -> MenuLine:
        """One line."""
        return line_or_404(request, menu, version, line)

    @operation(P.MENU_EDIT, body=LineEditSerializer, answer=LineSerializer)
    def edit(self, request: Request, menu: str, version: int, line: int, sent: dict[str, Any]) -> MenuLine:
        """Set the marks or the value statement of a line."""
        return line_edit(by=request.user, line=line_or_404(request, menu, version, line), **sent)

    @operation(P.MENU_EDIT, status=204)
    def remove(self, request: Request, menu: str, version: int, line: int) -> None:
        """Take a line off a draft; the lines after it move up."""
        line_remove(by=request.user, line=line_or_404(request, menu, version, line))

    @operation(P.MENU_EDIT, body=LineReplaceSerializer, answer=LineSerializer)
    def replace(self, request: Request, menu: str, version: int, line: int, sent: dict[str, Any]) -> MenuLine:
        """Put another fund in a line's place. It keeps its position and marks."""
        return line_replace(by=request.user, line=line_or_404(request, menu, version, line), **sent)

    @operation(P.MENU_EDIT, answer=VersionDetailSerializer)
    def mark_default(self, request: Request, menu: str, version: int, line: int) -> MenuVersion:
        """Make a line, or its whole target-date series, the one default of a draft."""
        default_mark(by=request.user, line=line_or_404(request, menu, version, line))
        return version_or_404(request, menu, version)


class Sleeves(Operations):
    noun = "sleeve"
    tag = "Menus"

    @operation(P.MENU_VIEW, answer=SleeveSerializer)
    def read(self, request: Request, menu: str, version: int) -> Sleeve:
        """The version's digital-asset door; 404 when it has none."""
        return sleeve_or_404(request, menu, version)

    @operation(P.MENU_EDIT, body=SleeveSetSerializer, answer=SleeveSerializer)
    def set(self, request: Request, menu: str, version: int, sent: dict[str, Any]) -> Sleeve:
        """Give a draft its sleeve, in place of any it has. A crypto line is added to the menu when it is not on it."""
        seen_edits = sent.pop("seen_edits", None)
        points = weights_parsed(sent.pop("weights_by_age", []))
        terms = SleeveTerms(**sent, weights_by_age=points)
        found = version_or_404(request, menu, version)
        return sleeve_set(by=request.user, version=found, terms=terms, seen_edits=seen_edits)

    @operation(P.MENU_EDIT, status=204)
    def remove(self, request: Request, menu: str, version: int) -> None:
        """Take the sleeve off a draft, and a crypto line's line with it."""
        sleeve_remove(by=request.user, version=version_or_404(request, menu, version))
