from django import forms

from fiduciary.enums import Outcome


class DecisionForm(forms.Form):
    """What is to be decided, and why."""

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=Outcome,
        widget=forms.RadioSelect,
        help_text="An adoption puts the version in force with the last signature. A deferral leaves it proposed, "
        "for a later review. A rejection closes it; it is as full an ending, with its own document.",
    )
    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What was weighed, and what tipped the balance. A rejection deserves reasons as full as an adoption.",
    )
    conditions = forms.CharField(
        label="Conditions",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For an adoption with conditions: each with who sees to it and by when.",
    )
    dissent = forms.CharField(
        label="Dissent",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Who saw it otherwise, and why.",
    )


class SignForm(forms.Form):
    """The password again, under what is signed."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class WithdrawForm(forms.Form):
    """Why a drafted decision is taken back."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}))
