"""The lab: what other terms of a version's sleeve would mean for the plan's own people."""

from typing import Any

from rest_framework.request import Request

from menus.api.serializers.lab import LabAnswerSerializer, LabAskSerializer
from menus.api.views.lookups import version_or_404
from menus.services.lab import LabAnswer, LabSetting, lab_answer
from menus.services.sleeves import SleeveTerms, weights_parsed
from sponsors.api.operations import Operations, operation
from sponsors.permissions import Permission as P


class Lab(Operations):
    noun = "lab"
    tag = "Menus"

    @operation(P.MENU_VIEW, body=LabAskSerializer, answer=LabAnswerSerializer)
    def ask(self, request: Request, menu: str, version: int, sent: dict[str, Any]) -> LabAnswer:
        """Try terms of a sleeve on the plan's latest census. A look, not a decision: nothing is stored or recorded."""
        tried = {name: sent.pop(name) for name in ("take_up_rate", "market_edition")}
        points = weights_parsed(sent.pop("weights_by_age", []))
        terms = SleeveTerms(**sent, weights_by_age=points)
        return lab_answer(version_or_404(request, menu, version), LabSetting(terms, **tried))
