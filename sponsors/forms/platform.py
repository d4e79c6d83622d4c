from django import forms


class UserSearchForm(forms.Form):
    """Who is looked for."""

    q = forms.CharField(
        label="Name or address", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )


class ReasonForm(forms.Form):
    """Why an account is closed or opened again."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}))
