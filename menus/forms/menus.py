"""Forms of menus and versions."""

from typing import Any

from django import forms

from menus.catalogue import load_presets
from menus.enums import VersionStatus
from menus.models import Menu, MenuVersion

EMPTY = "empty"


class MenuForm(forms.Form):
    name = forms.CharField(label="Name of the menu", max_length=120, initial="Investment menu")


class VersionForm(forms.Form):
    """How a new version begins: empty, from a preset, or as a copy of an earlier version of the menu."""

    start = forms.ChoiceField(label="Start from", widget=forms.RadioSelect)
    purpose = forms.CharField(
        label="Why this version?",
        max_length=300,
        required=False,
        help_text="One sentence for whoever reads the record later, such as: Yearly review, adds a bond fund.",
    )
    is_as_found = forms.BooleanField(
        label="This is the menu that was in force when the plan joined",
        required=False,
        help_text="It may have any number of lines and goes on record without a decision.",
    )

    def __init__(self, *args: Any, menu: Menu, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.copies = {f"copy-{version.number}": version for version in menu.versions.all()}
        presets = [
            (key, f"{one.label} ({one.choices} choices). {one.description}")
            for key, one in load_presets().items()
        ]
        copies = [(key, _copy_label(version)) for key, version in self.copies.items()]
        self.fields["start"].choices = [*presets, (EMPTY, "Empty: choose every fund yourself."), *copies]
        in_force = [key for key, version in self.copies.items() if version.status == VersionStatus.ADOPTED]
        self.fields["start"].initial = next(iter(in_force), "reference")

    def beginning(self) -> dict[str, Any]:
        """Arguments of `version_create`."""
        start = self.cleaned_data["start"]
        return {
            "preset": "" if start == EMPTY or start in self.copies else start,
            "copy_of": self.copies.get(start),
            "purpose": self.cleaned_data["purpose"],
            "is_as_found": self.cleaned_data["is_as_found"],
        }


def _copy_label(version: MenuVersion) -> str:
    purpose = f": {version.purpose}" if version.purpose else ""
    return f"A copy of version {version.number}, {version.get_status_display().lower()}{purpose}"
