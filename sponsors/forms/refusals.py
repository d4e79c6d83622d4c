"""A service's refusal, shown where it belongs on the form, with what was typed kept."""

from django import forms

from sponsors.errors import Refusal


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Put the refusal's words at its field, or at the top when the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
