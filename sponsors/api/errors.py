"""API answers that say no: one shape for all of them, and for refusals the same words as the pages."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from sponsors.errors import Refusal

NOTHING_HERE = (
    "There is nothing at this address, or it is not yours to see. Check the plan, the number and the account."
)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error is {detail, code, field}; what cannot be read has `errors` by field too.

    A `Refusal` is 400, or 409 when it clashes with the present state; the status of the rest is as Django REST has it.
    """
    if isinstance(error, Refusal):
        code = status.HTTP_409_CONFLICT if error.conflict else status.HTTP_400_BAD_REQUEST
        return Response(_problem(error.message, error.code, error.field), status=code)
    if isinstance(error, Http404) and (not str(error) or str(error).endswith("matches the given query.")):
        error = Http404(NOTHING_HERE)
    elif isinstance(error, RequestDataTooBig):
        error = ParseError("The body is above 5 MB. Send files as multipart/form-data.")
    response = rest_exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.data = _misread(error)
    else:
        code = error.default_code if isinstance(error, APIException) else _code(response.status_code)
        response.data = _problem(str(response.data["detail"]), code, None)
    return response


def _problem(detail: str, code: str, field: str | None) -> dict[str, Any]:
    return {"detail": detail, "code": code, "field": field}


def _code(status_code: int) -> str:
    return {status.HTTP_403_FORBIDDEN: "permission_denied", status.HTTP_404_NOT_FOUND: "not_found"}[
        status_code
    ]


def _misread(error: ValidationError) -> dict[str, Any]:
    """What was sent is not of the right shape: a sentence for people, and the messages by field for programs."""
    errors = error.detail if isinstance(error.detail, dict) else {"body": error.detail}
    said = list(_sentences(errors))
    detail = " ".join(f"{field}: {words}" for field, words in said)
    return {**_problem(f"What was sent cannot be read. {detail}", "invalid", said[0][0]), "errors": errors}


def _sentences(errors: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(field, words) of nested messages; a field inside a field reads `mapping.columns`."""
    if isinstance(errors, dict):
        for name, inner in errors.items():
            yield from _sentences(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(errors, list):
        for inner in errors:
            yield from _sentences(inner, path)
    else:
        yield path, str(errors)
