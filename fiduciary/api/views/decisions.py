"""Decisions: drafted, signed with the password, withdrawn; and their documents."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from fiduciary.api.serializers.decisions import (
    DecisionDetailSerializer,
    DecisionDraftSerializer,
    DecisionSerializer,
    DecisionSignSerializer,
    DecisionWithdrawSerializer,
    DocumentSerializer,
)
from fiduciary.models import Decision, Document
from fiduciary.selectors import decision_of, decisions_of, documents_of, reviews_of
from fiduciary.services.decisions import decision_draft, decision_sign, decision_withdraw
from fiduciary.services.documents import document_bytes
from sponsors.api.operations import Operations, operation
from sponsors.errors import Refusal
from sponsors.permissions import Permission as P


class Decisions(Operations):
    noun = "decision"
    tag = "Decisions"

    @operation(P.REVIEW_VIEW, answer=DecisionSerializer, many=True)
    def list(self, request: Request) -> QuerySet[Decision]:
        """Everything the committee decided or is about to, newest first."""
        return decisions_of(request.plan).defer("record")

    @operation(P.DECISION_DRAFT, body=DecisionDraftSerializer, answer=DecisionDetailSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> Decision:
        """Write down what is to be decided and why. From here the review's answers are frozen."""
        number = sent.pop("review")
        review = reviews_of(request.plan).filter(number=number).first()
        if review is None:
            raise Refusal(f"The plan has no review {number}.", field="review", code="review_unknown")
        return decision_draft(by=request.user, review=review, **sent)

    @operation(P.REVIEW_VIEW, answer=DecisionDetailSerializer)
    def read(self, request: Request, decision: int) -> Decision:
        """The decision, who signed, and its documents."""
        return decision_of(request.plan, decision)

    @operation(P.DECISION_SIGN, body=DecisionSignSerializer, answer=DecisionDetailSerializer, throttle="sign")
    def sign(self, request: Request, decision: int, sent: dict[str, Any]) -> Decision:
        """Sign with your password, even with a token.

        The last signature that the charter asks for makes the decision take effect: the version is adopted or closed,
        the record is frozen and the document is ordered.
        """
        decision_sign(by=request.user, decision=decision_of(request.plan, decision), **sent)
        return decision_of(request.plan, decision)

    @operation(P.DECISION_DRAFT, body=DecisionWithdrawSerializer, answer=DecisionDetailSerializer)
    def withdraw(self, request: Request, decision: int, sent: dict[str, Any]) -> Decision:
        """Take back a decision that is not yet signed by all, so that the review can go on."""
        decision_withdraw(by=request.user, decision=decision_of(request.plan, decision), **sent)
        return decision_of(request.plan, decision)


class Documents(Operations):
    noun = "document"
    tag = "Decisions"

    @operation(P.DOCUMENT_VIEW, answer=DocumentSerializer, many=True)
    def list(self, request: Request) -> QuerySet[Document]:
        """Finished documents and those being made, each with its hash."""
        return documents_of(request.plan)

    @operation(P.DOCUMENT_VIEW, answer=DocumentSerializer)
    def read(self, request: Request, document: int) -> Document:
        """One document; while it is made, how far the making is."""
        return get_object_or_404(documents_of(request.plan), pk=document)

    @operation(P.DOCUMENT_VIEW, media="application/pdf")
    def download(self, request: Request, document: int) -> HttpResponse:
        """The PDF, checked against its hash before it leaves."""
        found = get_object_or_404(documents_of(request.plan), pk=document)
        response = HttpResponse(document_bytes(found), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
        return response
