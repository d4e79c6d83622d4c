"""What /styleguide/ shows: every component with content as it comes in real use, none of it about real people."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

RUN_HASH = "8f14e45fceea167a5a36dedd4bea2543f6a1c7d20b9e64a0d5c1b7e0a3f2d981"
LINES = [
    # fund, share class, vehicle, asset class, bps, weight, status against the adopted version
    ("Total US Stock Index", "Institutional", "Mutual fund", "US stocks", Decimal("2"), Decimal("0.214"), ""),
    ("International Stock Index", "Institutional", "Mutual fund", "Foreign stocks", Decimal("6"), Decimal("0.082"), ""),
    ("Core Bond Index", "Institutional", "Collective trust", "Bonds", Decimal("3.5"), Decimal("0.061"), "changed"),
    ("Target Retirement 2045 Trust with an Optional Digital-Asset Sleeve", "Class R6", "Collective trust",
     "Target date", Decimal("8"), Decimal("0.318"), "added"),
    ("Stable Value Portfolio", "Class III", "Separate account", "Stable value", Decimal("41"), Decimal("0.047"), ""),
    ("Spot Bitcoin Trust", "Shares", "1933 Act trust", "Digital asset", Decimal("25"), Decimal("0.004"), "added"),
]  # fmt: skip


class SampleForm(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label="Name of the plan", help_text="As on the first page of the plan document.")
    cap = forms.DecimalField(label="Cap of the sleeve, percent", max_value=20, help_text="At most 20.")
    lines = forms.IntegerField(label="Lines", required=False)
    adopted_on = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    match = forms.ChoiceField(
        label="Match formula", choices=[("safe", "100% of the first 4% of pay"), ("none", "No match")]
    )
    sleeve = forms.ChoiceField(
        label="Sleeve",
        widget=forms.RadioSelect,
        choices=[
            ("none", "None"),
            ("line", "A crypto line with a cap"),
            ("inside", "Inside the target-date series"),
        ],
        help_text="The choice decides which items of the review apply.",
    )
    reason = forms.CharField(label="Reason", widget=forms.Textarea, required=False)
    census = forms.FileField(label="Census file", required=False, help_text="CSV, at most 20 MB.")
    agreed = forms.BooleanField(
        label="I declare that I have no conflict of interest in this decision",
        help_text="Else recuse yourself.",
    )


FINDINGS = [
    {
        "severity": "block",
        "sentence": "The Spot Bitcoin Trust is marked as the default fund.",
        "why": "Money of people who made no choice would go into a single asset.",
        "remedy": "Mark a target-date, balanced or managed-account fund as the default.",
        "citation": "29 CFR 2550.404c-5(e)",
        "legal_status": "in_force",
        "as_of": date(2026, 11, 1),
    },
    {
        "severity": "caution",
        "sentence": "Digital assets reach 4.6% of the balance of members aged 25 to 34.",
        "why": "Two doors add up: the crypto line and the sleeve inside the target-date series.",
        "remedy": "Lower the cap of the line below 3%, or leave the sleeve out of the 2065 vintage.",
        "citation": "Proposed 29 CFR 2550.404a-6(d)",
        "legal_status": "proposed",
        "as_of": "2026-11-01",
    },
    {
        "severity": "note",
        "sentence": "A cheaper share class of the Stable Value Portfolio is on the market.",
        "remedy": "Write down what the dearer class gives in return, or replace it.",
        "citation": "Common practice of plan committees",
        "legal_status": "practice",
        "as_of": date(2026, 11, 1),
    },
    {"severity": "done", "sentence": "Three core lines of materially different risk are on the menu."},
]


def sample() -> dict[str, Any]:
    """The context of the page."""
    invalid = SampleForm({"name": "", "cap": "45", "lines": "26", "match": "none", "agreed": ""})
    return {
        "findings": FINDINGS,
        "form": SampleForm(initial={"lines": 26}),
        "invalid_form": invalid,
        "lines": LINES,
        "hash": RUN_HASH,
        "crumbs": [{"label": "Menus", "url": "#"}, {"label": "Core menu", "url": "#"}],
        "figures": _figures(),
        "statuses": [
            "draft",
            "proposed",
            "adopted",
            "retired",
            "rejected",
            "running",
            "failed",
            "signed",
            "waived",
        ],
        "tabs": [
            {"label": "Lines", "url": "#tabs", "current": True, "count": 26},
            {"label": "Findings", "url": "#findings", "count": 3},
            {"label": "Compare", "url": "#tables"},
            {"label": "History", "url": "#tables"},
        ],
        "rows": _rows(),
        "panel_rows": [
            {"key": "Lines", "value": "26"},
            {"key": "Choices", "value": "15"},
            {"key": "Weighted cost", "value": "11.4 bps"},
            {"key": "Per $1,000 a year", "value": "$1.14"},
            {"key": "Digital assets, ages 25–34", "value": "4.6%"},
        ],
        "tasks": _tasks(),
        "steps": _steps(),
        "headers": ["Age", "p5", "Median", "p95"],
        "data": [
            ["25–34", "0.2%", "1.1%", "4.6%"],
            ["35–44", "0.1%", "0.8%", "3.2%"],
            ["55–64", "0%", "0.2%", "0.9%"],
        ],
        "chart_svg": _chart(),
        "page_obj": Paginator(range(1234), 50).page(3),
        "as_of": date(2026, 11, 1),
        "total": Decimal("48650123.4"),
    }


def _figures() -> list[dict[str, str]]:
    return [
        {
            "label": "Weighted cost",
            "value": "11.4 bps",
            "note": "$1.14 a year per $1,000",
            "url": "#provenance",
        },
        {"label": "Lines", "value": "26", "note": "15 choices"},
        {
            "label": "Digital assets at 65",
            "value": "1.1%",
            "note": "median; 4.6% at p95",
            "url": "#provenance",
        },
        {"label": "Findings", "value": "3", "note": "one of them blocks"},
    ]


def _rows() -> list[dict[str, str]]:
    return [
        {"key": "Recordkeeper", "value": "Northfield Retirement Services", "change_url": "#"},
        {"key": "Match", "value": "100% of the first 4% of pay", "change_url": "#"},
        {"key": "Vesting", "value": "Immediate", "note": "safe harbor", "change_url": "#"},
        {"key": "Census", "value": "1,000 people as of Sep 30, 2026", "url": "#provenance"},
    ]


def _tasks() -> list[dict[str, str]]:
    return [
        {"label": "Fees and share classes", "url": "#", "status": "done", "hint": "11 of 11 items answered"},
        {
            "label": "Liquidity and valuation",
            "url": "#",
            "status": "in_progress",
            "hint": "6 of 9 items answered",
        },
        {
            "label": "Digital asset",
            "url": "#",
            "status": "attention",
            "hint": "The custody report is older than a year",
        },
        {"label": "Signatures", "status": "blocked", "hint": "Opens when every item is answered"},
    ]


def _steps() -> list[dict[str, str]]:
    return [
        {"label": "Describe the plan", "url": "#", "state": "done", "hint": "Match, vesting, who signs"},
        {
            "label": "Load the people",
            "url": "#",
            "state": "done",
            "hint": "A CSV file as your recordkeeper exports it",
        },
        {"label": "Design the menu", "url": "#", "state": "current", "hint": "Start from 20, 26 or 30 lines"},
        {
            "label": "See what it would mean",
            "url": "#",
            "state": "todo",
            "hint": "One exposure run over your own people",
        },
    ]


def _chart() -> SafeString:
    """Dot and range by age band; colours come from the tokens, so the same drawing serves light and dark."""
    bands = [("25–34", 2, 11, 46, "1.1%"), ("35–44", 1, 8, 32, "0.8%"), ("55–64", 0, 2, 9, "0.2%")]
    marks = format_html_join(
        "",
        '<text x="0" y="{0}" dy="4">{1}</text>'
        '<rect x="{2}" y="{3}" width="{4}" height="8" fill="var(--chart-band-strong)"/>'
        '<circle cx="{5}" cy="{0}" r="5" fill="var(--chart-accent)"/><text x="{6}" y="{0}" dy="4">{7}</text>',
        (
            (
                24 + 32 * row,
                band,
                70 + 9 * low,
                20 + 32 * row,
                9 * (high - low),
                70 + 9 * mid,
                80 + 9 * high,
                label,
            )
            for row, (band, low, mid, high, label) in enumerate(bands)
        ),
    )
    return format_html('<svg viewBox="0 0 560 112" width="560" height="112">{}</svg>', marks)
