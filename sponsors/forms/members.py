from django import forms

from sponsors.enums import Role
from sponsors.roles import ROLE_SENTENCES


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, f"{role.label}. {ROLE_SENTENCES[role]}") for role in Role]


class MemberForm(forms.Form):
    """Who gets which role."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    full_name = forms.CharField(
        label="Name",
        required=False,
        max_length=150,
        help_text="Needed for somebody who has no account here yet; as it should stand under a decision.",
    )
    title = forms.CharField(
        label="Title",
        required=False,
        max_length=120,
        help_text="As it should stand on documents, such as CFO.",
    )
    role = forms.ChoiceField(label="Role", choices=role_choices, widget=forms.RadioSelect)


class MemberEndForm(forms.Form):
    reason = forms.CharField(
        label="Why it ends", required=False, max_length=300, help_text="Kept in the record."
    )
