"""One operation of the API in one place: who may call it, what it reads, what it answers.

    class Menus(Operations):
        noun = "menu"

        @operation(P.MENU_EDIT, body=MenuCreateSerializer, answer=MenuSerializer, status=201)
        def create(self, request, sent):
            "Start a menu of the plan."
            return menu_create(by=request.user, plan=request.plan, **sent)

The method gets what was sent (`sent`, `asked`) already of the right shape and returns an object, a queryset or a
finished response. The OpenAPI schema is made of the same terms, so it cannot say anything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import ParseError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from sponsors.api.access import ACCOUNT, Needs, OperationPermission
from sponsors.api.serializers import ProblemSerializer


class BodyParser(JSONParser):
    """JSON of a depth that a form could have."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None


class Pages(LimitOffsetPagination):
    """Lists come in pages: `limit` (100 unless told, at most 1,000) from `offset`."""

    default_limit = 100
    max_limit = 1000


@dataclass(frozen=True)
class Terms:
    """What one operation needs, reads and answers.

    `media` is the content type of an answer that is a file, `throttle` a scope of DEFAULT_THROTTLE_RATES.
    """

    needs: Needs
    body: type[Serializer] | None = None
    query: type[Serializer] | None = None
    answer: type[BaseSerializer] | None = None
    many: bool = False
    status: int = 200
    media: str = ""
    throttle: str = ""


def operation(needs: Needs, **terms: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a method as an operation under these terms (fields of `Terms`)."""
    agreed = Terms(needs, **terms)

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def handle(
            view: "Operations", request: Request, plan: str = "", sponsor: str = "", **names: Any
        ) -> Any:
            found = method(view, request, **names, **_read(agreed, view, request))
            return found if isinstance(found, HttpResponseBase) else view.answer(found)

        handle.terms = agreed
        return handle

    return decorate


def _read(terms: Terms, view: "Operations", request: Request) -> dict[str, Any]:
    """`sent` and `asked`, checked for shape. Raises ValidationError."""
    read = {}
    if terms.body:
        read["sent"] = _checked(terms.body, request.data, view)
    if terms.query:
        wanted = {key: value for key, value in request.query_params.items() if key not in ("limit", "offset")}
        read["asked"] = _checked(terms.query, wanted, view)
    return read


def _checked(serializer: type[Serializer], data: Mapping[str, Any], view: "Operations") -> dict[str, Any]:
    checked = serializer(data=data, partial=view.request.method == "PATCH", context=view.context)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


class OperationSchema(AutoSchema):
    """Reads the schema of an operation from its terms: ids such as `version_propose`, errors in one shape."""

    def get_operation_id(self) -> str:
        return f"{self.view.noun}_{self.view.action}"

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_summary(self) -> str:
        return self.get_description().partition("\n")[0].rstrip(".")

    def get_request_serializer(self) -> Any:
        return self.view.operation.body

    def get_override_parameters(self) -> list[Any]:
        query = self.view.operation.query
        return [query] if query else []

    def get_response_serializers(self) -> Any:
        terms = self.view.operation
        answers: dict[Any, Any] = {}
        if terms.media:
            answers[(terms.status, terms.media)] = OpenApiTypes.BINARY
        else:
            answers[terms.status] = terms.answer(many=terms.many) if terms.answer else None
        return answers | dict.fromkeys(self._refusals(), ProblemSerializer)

    def _refusals(self) -> list[int]:
        codes = [401]
        if self.view.operation.body or self.view.operation.query or self.method != "GET":
            codes.append(400)
        if self.view.operation.needs != ACCOUNT:
            codes += [403, 404]
        elif "{" in self.path:
            codes.append(404)
        if self.method != "GET":
            codes.append(409)
        return codes + ([429] if self.view.throttle_scope else [])


class Operations(ViewSetMixin, APIView):
    """Base of the API's views: operations on one kind of thing."""

    noun = ""
    tag = ""
    schema = OperationSchema()
    permission_classes = [OperationPermission]
    parser_classes = [BodyParser]
    pagination_class = Pages
    metadata_class = None
    throttle_classes = [ScopedRateThrottle]

    @property
    def operation(self) -> Any:
        """The terms of the operation in hand; None where there is none."""
        return getattr(getattr(self, self.action or "", None), "terms", None)

    @property
    def throttle_scope(self) -> str:
        return self.operation.throttle if self.operation else ""

    @property
    def context(self) -> dict[str, Any]:
        return {"request": self.request, "permissions": getattr(self.request, "permissions", frozenset())}

    def answer(self, found: Any) -> Response:
        """What an operation returned, as its terms say: a page of many, one, or nothing."""
        terms = self.operation
        if terms.answer is None:
            return Response(status=terms.status)
        if not terms.many:
            return Response(terms.answer(found, context=self.context).data, status=terms.status)
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(found, self.request, view=self)
        return paginator.get_paginated_response(terms.answer(page, many=True, context=self.context).data)
