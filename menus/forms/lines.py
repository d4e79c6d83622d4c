"""Forms of one line: its marks and value statement."""

from django import forms


class LineForm(forms.Form):
    is_qdia = forms.BooleanField(
        label="Default investment (QDIA)",
        required=False,
        help_text="Where contributions go when a participant chooses nothing. "
        "Each fund of a default target-date series carries the mark.",
    )
    is_core = forms.BooleanField(
        label="Core line",
        required=False,
        help_text="Counts among the three diversified funds a menu needs at least.",
    )
    value_statement = forms.CharField(
        label="Value statement",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Why this fund where a cheaper similar one exists. The review prints it.",
    )
    seen_edits = forms.IntegerField(widget=forms.HiddenInput, required=False)
