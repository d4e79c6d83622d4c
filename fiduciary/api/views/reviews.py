"""The prudence review: open it, answer it, support the answers, declare interests."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from fiduciary.api.serializers.reviews import (
    AnswerGiveSerializer,
    AnswerQuerySerializer,
    AnswerSerializer,
    DeclarationSerializer,
    DeclareSerializer,
    EvidenceAddSerializer,
    EvidenceQuerySerializer,
    EvidenceSerializer,
    ReviewDetailSerializer,
    ReviewOpenSerializer,
    ReviewRefreshSerializer,
    ReviewSerializer,
)
from fiduciary.models import ConflictDeclaration, Evidence, PrudenceReview, ReviewResponse
from fiduciary.selectors import item_counts, review_of, review_sections, reviews_of
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.evidence import evidence_add, evidence_bytes
from fiduciary.services.reviews import response_give, review_open, review_refresh
from fiduciary.subjects import subjects_of
from menus.api.views.lookups import version_of_plan
from menus.models import ProjectionRun
from sponsors.api.operations import BodyParser, Operations, operation
from sponsors.errors import Refusal
from sponsors.models import Plan
from sponsors.permissions import Permission as P


class Reviews(Operations):
    noun = "review"
    tag = "Reviews"

    @operation(P.REVIEW_VIEW, answer=ReviewSerializer, many=True)
    def list(self, request: Request) -> QuerySet[PrudenceReview]:
        """Reviews of the plan, newest first."""
        return reviews_of(request.plan)

    @operation(P.REVIEW_OPEN, body=ReviewOpenSerializer, answer=ReviewDetailSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> PrudenceReview:
        """Open the review of a proposed version, with the checklist edition in force today.

        What the figures can say is filled in; the judgement is not.
        """
        version = version_of_plan(request.plan, sent.pop("menu"), sent.pop("version"))
        run = _run(request.plan, sent.pop("run", None))
        review = review_open(by=request.user, version=version, run=run, **sent)
        return _in_full(review_of(request.plan, review.number))

    @operation(P.REVIEW_VIEW, answer=ReviewDetailSerializer)
    def read(self, request: Request, review: int) -> PrudenceReview:
        """Where the review stands: every item asked, with its figure, answer and count of evidence."""
        return _in_full(review_of(request.plan, review))

    @operation(P.REVIEW_OPEN, body=ReviewRefreshSerializer, answer=ReviewDetailSerializer)
    def refresh(self, request: Request, review: int, sent: dict[str, Any]) -> PrudenceReview:
        """Take another run or other dates into an open review, and compute its figures again."""
        run = _run(request.plan, sent.pop("run", None))
        review_refresh(by=request.user, review=review_of(request.plan, review), run=run, **sent)
        return _in_full(review_of(request.plan, review))


def _in_full(review: PrudenceReview) -> PrudenceReview:
    """The review with what its detail shows beside its own fields."""
    reasons = subjects_of(review.version)
    review.subject_reasons = [reasons[key] for key in review.subjects if key in reasons]
    review.sections = review_sections(review)
    review.counts = item_counts(review.sections)
    return review


def _run(plan: Plan, number: int | None) -> ProjectionRun | None:
    if number is None:
        return None
    run = ProjectionRun.objects.filter(plan=plan, number=number).first()
    if run is None:
        raise Refusal(f"The plan has no exposure run {number}.", field="run", code="run_unknown")
    return run


class Answers(Operations):
    noun = "answer"
    tag = "Reviews"

    @operation(P.REVIEW_VIEW, query=AnswerQuerySerializer, answer=AnswerSerializer, many=True)
    def list(self, request: Request, review: int, asked: dict[str, Any]) -> QuerySet[ReviewResponse]:
        """Answers by item. A later answer supersedes the earlier one; none is removed."""
        answers = _of_item(review_of(request.plan, review).responses, asked).select_related("answered_by")
        return answers if asked["former"] else answers.filter(is_current=True)

    @operation(P.REVIEW_ANSWER, body=AnswerGiveSerializer, answer=AnswerSerializer, status=201)
    def create(self, request: Request, review: int, sent: dict[str, Any]) -> ReviewResponse:
        """Answer one item; every answer but `met` says why."""
        found = review_of(request.plan, review)
        return response_give(by=request.user, review=found, item_id=sent.pop("item"), **sent)


def _of_item(rows: Any, asked: dict[str, Any]) -> Any:
    return rows.filter(item_id=asked["item"]) if "item" in asked else rows.all()


class EvidenceOfReview(Operations):
    noun = "evidence"
    tag = "Reviews"
    parser_classes = [BodyParser, MultiPartParser]

    @operation(P.REVIEW_VIEW, query=EvidenceQuerySerializer, answer=EvidenceSerializer, many=True)
    def list(self, request: Request, review: int, asked: dict[str, Any]) -> QuerySet[Evidence]:
        """Evidence of the review, by item."""
        return _of_item(review_of(request.plan, review).evidence, asked).select_related("added_by")

    @operation(P.REVIEW_ANSWER, body=EvidenceAddSerializer, answer=EvidenceSerializer, status=201)
    def create(self, request: Request, review: int, sent: dict[str, Any]) -> Evidence:
        """Add a text, a link or a file to an item. It is kept with its hash and never removed."""
        found, file = review_of(request.plan, review), sent.pop("file", None)
        upload = {"file_name": file.name, "data": file.read()} if file else {}
        return evidence_add(by=request.user, review=found, item_id=sent.pop("item"), **sent, **upload)


class EvidenceFiles(Operations):
    noun = "evidence"
    tag = "Reviews"

    @operation(P.REVIEW_VIEW, media="application/octet-stream")
    def download(self, request: Request, evidence: int) -> HttpResponse:
        """A file of the evidence as it was brought, checked against its hash before it leaves."""
        found = get_object_or_404(Evidence, plan=request.plan, pk=evidence, kind="file")
        headers = {"Content-Disposition": content_disposition_header(True, found.file_name) or "attachment"}
        return HttpResponse(evidence_bytes(found), content_type="application/octet-stream", headers=headers)


class Declarations(Operations):
    noun = "declaration"
    tag = "Reviews"

    @operation(P.REVIEW_VIEW, answer=DeclarationSerializer, many=True)
    def list(self, request: Request, review: int) -> QuerySet[ConflictDeclaration]:
        """Who declared an interest or none, and who steps aside."""
        return review_of(request.plan, review).declarations.select_related("person")

    @operation(P.CONFLICT_DECLARE, body=DeclareSerializer, answer=DeclarationSerializer)
    def create(self, request: Request, review: int, sent: dict[str, Any]) -> ConflictDeclaration:
        """Declare an interest of yours, or none. A later declaration replaces the former; the ledger keeps both."""
        return conflict_declare(by=request.user, review=review_of(request.plan, review), **sent)
