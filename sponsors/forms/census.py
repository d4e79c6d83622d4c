"""The two questions of a census import: which file of which day, and which column is what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from sponsors.census import Limits, Mapping, validate_mapping
from sponsors.census.fields import FIELDS
from sponsors.census.mapping import LONG, WIDE

FUND_BALANCE, FUND_ELECTION = "wide:balance", "wide:election"
ROW_BY_FUND = ("fund", "fund_balance", "fund_election")


class CensusUploadForm(forms.Form):
    file = forms.FileField(
        label="Census file (CSV)",
        help_text="As your recordkeeper exports it: one row for each person, or one for each person and fund. "
        "Take out social security numbers first; a file with them is refused and not kept.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        allow_empty_file=True,
    )
    as_of = forms.DateField(
        label="Date of the census",
        help_text="The day whose balances the file gives.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    employee_numbers = forms.CharField(
        label="Columns of nine-digit employee numbers",
        required=False,
        max_length=300,
        help_text="Only when a file was refused for them: names of the columns, separated by commas. By writing them "
        "here you state that they are not social security numbers.",
    )

    def clean_file(self) -> UploadedFile:
        """A file above the limit is not read at all, so its size is all that is known of it."""
        file: UploadedFile = self.cleaned_data["file"]
        limit = Limits().bytes
        if file.size is not None and file.size > limit:
            raise forms.ValidationError(
                f"The file has {file.size:,} bytes and the limit is {limit:,} ({limit / 1e6:g} MB). Nothing of it was "
                "kept. Export only the columns Steward reads, or import one plan at a time."
            )
        return file

    def clean_employee_numbers(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["employee_numbers"].split(",") if name.strip()]


class CensusMappingForm(forms.Form):
    """One question for each column of the file: what is it? Field names carry the column's place, not its name."""

    accept_partial = forms.BooleanField(
        label="Accept the file even if some rows cannot be read",
        required=False,
        help_text="Otherwise one such row refuses the whole file. Either way each is listed with its reason.",
    )

    def __init__(self, data: Any = None, *, headers: Sequence[str], mapping: Mapping) -> None:
        super().__init__(data)
        self.headers = list(headers)
        for place, header in enumerate(headers):
            meaning, fund = _meaning(mapping, header)
            self.fields[f"meaning_{place}"] = forms.ChoiceField(
                label=header, choices=_choices, required=False, initial=meaning
            )
            self.fields[f"fund_{place}"] = forms.CharField(
                label=f"Fund of {header}", required=False, max_length=60, initial=fund
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        self._refuse_doubles()
        self._refuse_nameless_funds()
        if not self.errors:
            for error in validate_mapping(self.mapping(), self.headers):
                self.add_error(None, error.message)
        return cleaned

    def mapping(self) -> Mapping:
        """The mapping as chosen. A column "fund" makes the file one row for each participant and fund."""
        chosen = {header: self.cleaned_data[f"meaning_{place}"] for place, header in enumerate(self.headers)}
        funds = {
            header: self.cleaned_data[f"fund_{place}"].strip() for place, header in enumerate(self.headers)
        }
        columns = {meaning: header for header, meaning in chosen.items() if meaning in FIELDS}
        return Mapping(
            layout=LONG if "fund" in columns else WIDE,
            columns=columns,
            fund_balances={
                header: funds[header] for header in self.headers if chosen[header] == FUND_BALANCE
            },
            fund_elections={
                header: funds[header] for header in self.headers if chosen[header] == FUND_ELECTION
            },
            unread=tuple(header for header in self.headers if not chosen[header]),
        )

    def _refuse_doubles(self) -> None:
        seen: dict[str, str] = {}
        for place, header in enumerate(self.headers):
            meaning = self.cleaned_data[f"meaning_{place}"]
            if meaning not in FIELDS:
                continue
            if meaning in seen:
                self.add_error(
                    f"meaning_{place}",
                    f"“{seen[meaning]}” is already the {FIELDS[meaning].label}. Choose another meaning for one of "
                    "them.",
                )
            seen[meaning] = header

    def _refuse_nameless_funds(self) -> None:
        for place, header in enumerate(self.headers):
            by_fund = self.cleaned_data.get(f"meaning_{place}") in (FUND_BALANCE, FUND_ELECTION)
            if by_fund and not self.cleaned_data[f"fund_{place}"].strip():
                self.add_error(
                    f"fund_{place}", f"Which fund is “{header}” about? Write its ticker, such as VFIAX."
                )


def _meaning(mapping: Mapping, header: str) -> tuple[str, str]:
    """(choice, fund) that a mapping says of a column."""
    if header in mapping.fund_balances:
        return FUND_BALANCE, mapping.fund_balances[header]
    if header in mapping.fund_elections:
        return FUND_ELECTION, mapping.fund_elections[header]
    return next((field for field, column in mapping.columns.items() if column == header), ""), ""


def _choices() -> list[tuple[str, Any]]:
    person = [(name, _sentence(field.label)) for name, field in FIELDS.items() if name not in ROW_BY_FUND]
    return [
        ("", "Not read"),
        ("About the person", person),
        (
            "A column for each fund",
            [(FUND_BALANCE, "Balance in a fund"), (FUND_ELECTION, "Election for a fund")],
        ),
        ("A row for each fund", [(name, _sentence(FIELDS[name].label)) for name in ROW_BY_FUND]),
    ]


def _sentence(label: str) -> str:
    return label[:1].upper() + label[1:]
