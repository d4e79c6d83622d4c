from typing import Any

from django import forms

from fiduciary.enums import Answer, EvidenceKind
from fiduciary.selectors import finished_runs, versions_awaiting_review
from menus.models import MenuVersion, ProjectionRun
from sponsors.models import Plan


def date_field(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RunField(forms.ModelChoiceField):
    """A finished exposure run, told apart by version, market edition and day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"label": "Exposure run", "required": False, "empty_label": "No run"}
        super().__init__(queryset=ProjectionRun.objects.none(), **kwargs)

    def label_from_instance(self, run: ProjectionRun) -> str:
        day = (
            f", {run.finished_at:%B} {run.finished_at.day}, {run.finished_at.year}" if run.finished_at else ""
        )
        return f"{run}: version {run.version.number}, {run.market_edition}, {run.paths:,} paths{day}"


class DatesForm(forms.Form):
    """The three dates a review carries."""

    effective_on = date_field("Takes effect on", "When the change would reach participants.")
    notice_sent_on = date_field(
        "Notice to participants on", "29 CFR 2550.404a-5 asks for 30 to 90 days before."
    )
    next_review_on = date_field("Next review on", "The duty to monitor goes on after the decision.")


class ReviewOpenForm(DatesForm):
    """Which proposed version, why, and with which finished run."""

    version = forms.ModelChoiceField(
        label="Proposed version", queryset=MenuVersion.objects.none(), empty_label="Choose a version"
    )
    purpose = forms.CharField(
        label="Why the committee looks at this",
        help_text="In a sentence, for the benefit of the participants only.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    run = RunField(
        help_text="A finished run of the same version; its figures fill the computable items.",
    )
    field_order = ["version", "purpose", "run", "effective_on", "notice_sent_on", "next_review_on"]

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        awaiting = versions_awaiting_review(plan)
        self.fields["version"].queryset = awaiting
        self.fields["run"].queryset = finished_runs(plan).filter(version__in=awaiting)
        if len(awaiting) == 1:
            self.initial.setdefault("version", awaiting[0].pk)


class ReviewRefreshForm(DatesForm):
    """Another run or other dates for an open review."""

    run = RunField()
    field_order = ["run", "effective_on", "notice_sent_on", "next_review_on"]

    def __init__(self, *args: Any, version: MenuVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["run"].queryset = finished_runs(version.plan).filter(version=version)


class ResponseForm(forms.Form):
    """One answer to one item."""

    answer = forms.ChoiceField(label="Answer", choices=Answer, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Needed for every answer but “met”; worth writing for each.",
    )


class EvidenceForm(forms.Form):
    """A text, a link or a file that supports an answer."""

    kind = forms.ChoiceField(
        label="Kind", choices=EvidenceKind, widget=forms.RadioSelect, initial=EvidenceKind.TEXT
    )
    title = forms.CharField(label="Title", max_length=200)
    text = forms.CharField(label="Text", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    url = forms.CharField(label="Link", required=False, max_length=500)
    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,
        help_text="PDF, PNG, JPEG, Office or text, up to 20 MB.",
    )


class ConflictForm(forms.Form):
    """What a person declares before deciding."""

    has_conflict = forms.TypedChoiceField(
        label="Do you have an interest in the outcome?",
        choices=[("no", "No, I have none"), ("yes", "Yes, I declare one")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text="Your own crypto or fund holdings, ties to a provider, family or business interests.",
    )
    statement = forms.CharField(label="What it is", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    is_recused = forms.BooleanField(label="I step aside from this decision", required=False)
