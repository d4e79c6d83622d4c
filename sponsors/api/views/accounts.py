"""Tokens: a password is exchanged for one, with the same limits on guessing as at the log-in page."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from sponsors.api.access import ACCOUNT, OperationPermission
from sponsors.api.operations import Operations, operation
from sponsors.api.serializers.plans import LogInSerializer, TokenSerializer
from sponsors.errors import Refusal


class Tokens(Operations):
    noun = "token"
    tag = "Account"

    def get_permissions(self) -> list[Any]:
        return [AllowAny() if self.action == "create" else OperationPermission()]

    @operation(ACCOUNT, body=LogInSerializer, answer=TokenSerializer, throttle="token")
    def create(self, request: Request, sent: dict[str, Any]) -> Token:
        """Get a token for an e-mail address and password.

        It stands for the person until it is revoked. The same person always gets the same token.
        """
        try:
            user = get_adapter().authenticate(request._request, **sent)
        except ValidationError:
            raise Throttled(detail="Too many log-ins failed. Wait five minutes, then try again.") from None
        if user is None or not user.is_active:
            raise Refusal("The e-mail address or the password is not right.", field="password", code="log_in")
        return Token.objects.select_related("user").get_or_create(user=user)[0]

    @operation(ACCOUNT, status=204)
    def revoke(self, request: Request) -> None:
        """Make your token useless. A new one can be had with the password."""
        Token.objects.filter(user=request.user).delete()
