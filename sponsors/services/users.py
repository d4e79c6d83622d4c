"""Accounts: a platform administrator closes one, or opens it again. Nobody's record changes by that."""

from django.db import transaction

from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import User


@transaction.atomic
def user_close(*, by: User, user: User, reason: str) -> User:
    """Let a person log in no more. Their memberships, answers and signatures stay as they are.

    Refuses one's own account, an account that is closed, and a missing reason.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise Refusal(
            "You cannot close your own account. Ask another platform administrator.", code="own_account"
        )
    if not user.is_active:
        raise Refusal(f"The account of {user} is already closed.", code="already_closed", conflict=True)
    return _set_active(by, user, is_active=False, reason=reason)


@transaction.atomic
def user_reopen(*, by: User, user: User, reason: str) -> User:
    """Let a person log in again. Refuses an account that is open, and a missing reason."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise Refusal(f"The account of {user} is open already.", code="already_open", conflict=True)
    return _set_active(by, user, is_active=True, reason=reason)


def _set_active(by: User, user: User, *, is_active: bool, reason: str) -> User:
    if not reason.strip():
        raise Refusal("Say why; the platform's book keeps it.", field="reason", code="reason_missing")
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    action = "user.reopened" if is_active else "user.closed"
    record(action, by=by, subject=user, body={"user_id": user.pk}, reason=reason.strip())
    return user
