"""Forms of the sponsors app. They check shape; services check meaning."""

from sponsors.forms.accounts import SignupForm

__all__ = ["SignupForm"]
