"""API answers for refusals: the same words as the pages."""

from typing import Any

from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from sponsors.errors import Refusal


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """A `Refusal` becomes 400, or 409 when it clashes with the present state; the rest is as Django REST has it."""
    if isinstance(error, Refusal):
        code = status.HTTP_409_CONFLICT if error.conflict else status.HTTP_400_BAD_REQUEST
        return Response({"detail": error.message, "code": error.code, "field": error.field}, status=code)
    return rest_exception_handler(error, context)
