"""The auditor's desk: everything reads, nothing changes anything."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from fiduciary.api.serializers.audit import (
    BookSerializer,
    CheckSerializer,
    EventQuerySerializer,
    EventSerializer,
)
from fiduciary.api.serializers.decisions import DecisionQuerySerializer, DecisionSerializer
from fiduciary.audit import ActFilter, DecisionFilter, acts_matching, acts_of, decisions_audited
from fiduciary.decision_file import comparisons, evidence_comparisons
from fiduciary.models import Decision
from fiduciary.selectors import decision_of
from fiduciary.verification import verify_document
from sponsors.api.access import ACCOUNT
from sponsors.api.operations import Operations, operation
from sponsors.ledger.models import LedgerEvent
from sponsors.ledger.recorder import book_name
from sponsors.ledger.verification import BookVerification, verify_book
from sponsors.permissions import Permission as P


class AuditedDecisions(Operations):
    noun = "audited_decision"
    tag = "Audit"

    @operation(ACCOUNT, query=DecisionQuerySerializer, answer=DecisionSerializer, many=True)
    def list(self, request: Request, asked: dict[str, Any]) -> QuerySet[Decision]:
        """Decisions of all sponsors that you may audit, newest first."""
        wanted = {**asked, "person": str(asked.get("person", ""))}
        return decisions_audited(request.user, DecisionFilter(**wanted))

    @operation(P.AUDIT_VIEW, answer=CheckSerializer, many=True)
    def verify(self, request: Request, decision: int) -> Any:
        """Compare what is written down twice about a decision: rows, ledger, files, and the document made again."""
        found = decision_of(request.plan, decision)
        document = found.documents.select_related("decision", "sponsor").exclude(sha256="").first()
        of_document = verify_document(document).checks if document else ()
        return [*comparisons(found), *evidence_comparisons(found), *of_document]


class AuditEvents(Operations):
    noun = "audit_event"
    tag = "Audit"

    @operation(P.AUDIT_VIEW, query=EventQuerySerializer, answer=EventSerializer, many=True)
    def list(self, request: Request, asked: dict[str, Any]) -> QuerySet[LedgerEvent]:
        """What was done for the plan and by the people of its employer, newest first."""
        wanted = {**asked, "person": str(asked.get("person", ""))}
        return acts_matching(acts_of(request.plan), ActFilter(**wanted))

    @operation(P.AUDIT_VIEW, answer=BookSerializer)
    def verify(self, request: Request) -> BookVerification:
        """Recompute every hash of the sponsor's book and say whether anything was altered since it was written."""
        return verify_book(book_name(request.sponsor))
