"""Checklist editions and the regulatory timeline: read with any account."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request

from fiduciary.api.serializers.law import (
    ChecklistDetailSerializer,
    ChecklistSerializer,
    TimelineEntrySerializer,
)
from fiduciary.checklists import Checklist, edition, editions
from fiduciary.timeline import regulatory_timeline
from sponsors.api.access import ACCOUNT
from sponsors.api.operations import Operations, operation
from sponsors.facts import FactError


class Checklists(Operations):
    noun = "checklist"
    tag = "Law"

    @operation(ACCOUNT, answer=ChecklistSerializer, many=True)
    def list(self, request: Request) -> Any:
        """Every edition of the checklist of a prudent person, oldest first. None ever changes."""
        return editions()

    @operation(ACCOUNT, answer=ChecklistDetailSerializer)
    def read(self, request: Request, edition_name: str) -> Checklist:
        """One edition with its items."""
        try:
            return edition(edition_name)
        except FactError:
            raise Http404 from None


class Rules(Operations):
    noun = "rule"
    tag = "Law"

    @operation(ACCOUNT, answer=TimelineEntrySerializer, many=True)
    def list(self, request: Request) -> Any:
        """The history of the law, oldest first. A proposed rule is not in effect: see `status` and `as_of`."""
        return regulatory_timeline()
