"""How somebody who was given a role gets in: a link to choose a password, mailed or handed over."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest

from sponsors.models import User

BACKENDS_THAT_SEND_NOTHING = ("console", "dummy", "filebased")


def mail_is_sent() -> bool:
    """Whether this site's mail leaves the machine."""
    return not any(name in settings.EMAIL_BACKEND for name in BACKENDS_THAT_SEND_NOTHING)


def invitation_send(request: HttpRequest, user: User) -> str:
    """Let a new person in: mails a link, or returns it for the inviter to hand over where no mail is sent.

    The link works once, for as long as a password reset does. Empty for somebody who already has a password: nobody
    else is ever given a way into an existing account.
    """
    if user.has_usable_password():
        return ""
    adapter = get_adapter(request)
    uid, token = user_pk_to_url_str(user), default_token_generator.make_token(user)
    link = adapter.get_reset_password_from_key_url(f"{uid}-{token}")
    if not mail_is_sent():
        return link
    context = {"user": user, "password_reset_url": link, "uid": uid, "key": token, "request": request}
    adapter.send_password_reset_mail(user, user.email, context)
    return ""
