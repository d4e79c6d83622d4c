"""Asking for a waiver."""

from datetime import timedelta

from django import forms
from django.utils import timezone


def in_six_months():
    return timezone.localdate() + timedelta(days=182)


class WaiverForm(forms.Form):
    reason = forms.CharField(
        label="Why should the plan go ahead all the same?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The reason is printed in the review and in the record of the decision.",
    )
    expires_on = forms.DateField(
        label="Until when?",
        initial=in_six_months,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Twelve months at most; then somebody has to look at it again.",
    )
