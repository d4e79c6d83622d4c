"""How allauth behaves here: sign-up only where the site allows it."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Employers register themselves only when `STEWARD_OPEN_SIGNUP` is on; otherwise they are invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.OPEN_SIGNUP
