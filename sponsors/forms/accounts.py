from typing import Any

from django import forms
from django.http import HttpRequest

from sponsors.models.user import User


class SignupForm(forms.Form):
    """What Steward asks beside e-mail and password when an employer registers itself (allauth calls `signup`)."""

    full_name = forms.CharField(
        label="Your name", max_length=150, help_text="As it should stand under a decision."
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])

    def clean_full_name(self) -> Any:
        return " ".join(self.cleaned_data["full_name"].split())
