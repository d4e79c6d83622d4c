"""The fund catalogue: shared by all sponsors, read with any account."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from menus.api.serializers.funds import (
    FundDetailSerializer,
    FundQuerySerializer,
    FundSerializer,
    PresetSerializer,
)
from menus.catalogue import Preset, load_presets
from menus.models import Fund
from menus.selectors import FundFilter, funds_matching
from sponsors.api.access import ACCOUNT
from sponsors.api.operations import Operations, operation


class Funds(Operations):
    noun = "fund"
    tag = "Funds"

    @operation(ACCOUNT, query=FundQuerySerializer, answer=FundSerializer, many=True)
    def list(self, request: Request, asked: dict[str, Any]) -> QuerySet[Fund]:
        """Search and filter the catalogue. A fee limit leaves out funds whose fee is not known."""
        return funds_matching(FundFilter(text=asked.pop("q"), **asked)).defer("facts")

    @operation(ACCOUNT, answer=FundDetailSerializer)
    def read(self, request: Request, fund: str) -> Fund:
        """Everything known of a fund, each figure with its sources, date and basis."""
        return get_object_or_404(Fund, key__iexact=fund)


class Presets(Operations):
    noun = "preset"
    tag = "Funds"

    @operation(ACCOUNT, answer=PresetSerializer, many=True)
    def list(self, request: Request) -> tuple[Preset, ...]:
        """Menus to start from."""
        return tuple(load_presets().values())
