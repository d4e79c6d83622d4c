"""The words that figures and states turn into."""

import enum
import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template

from sponsors.templatetags import steward


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (1234567.4, "$1,234,567"),
        (Decimal("999.50"), "$1,000"),
        (-1234, "−$1,234"),
        (-0.2, "$0"),
        ("1234.56", "$1,235"),
        (None, "–"),
        (float("nan"), "–"),
        ("not a number", "–"),
    ],
)
def test_money_prints_whole_dollars(value, printed):
    assert steward.money(value) == printed


def test_money_prints_cents_when_asked():
    assert steward.money(Decimal("23500.005"), 2) == "$23,500.01"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (9_999, "$9,999"),
        (10_000, "$10\u00a0k"),
        (999_499, "$999\u00a0k"),
        (999_500, "$1.0\u00a0M"),
        (1_234_567, "$1.2\u00a0M"),
        (-48_650_000, "−$48.7\u00a0M"),
        (999_950_000, "$1.0\u00a0B"),
        (None, "–"),
    ],
)
def test_money_short_chooses_the_unit_after_rounding(value, printed):
    assert steward.money_short(value) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Decimal("0.0525"), "5.25%"),
        (Decimal("0.050000"), "5%"),
        (Decimal("1"), "100%"),
        (Decimal("0"), "0%"),
        (0.123456, "12.3%"),
        (-0.5, "−50.0%"),
        (None, "–"),
    ],
)
def test_percent_keeps_the_decimals_of_the_data(value, printed):
    assert steward.percent(value) == printed


def test_percent_rounds_to_the_decimals_asked_for():
    assert steward.percent(Decimal("0.12345"), 2) == "12.35%"


def test_cost_is_the_same_in_every_unit():
    rate = Decimal("0.0012")

    assert steward.to_bps(rate) == Decimal("12.0000")
    assert steward.dollars_per_1000(steward.to_bps(rate)) == "$1.20"


@pytest.mark.parametrize(
    ("part", "whole", "printed"), [(3, 24, "12.5%"), (0, 24, "0.0%"), (3, 0, "–"), (None, 5, "–")]
)
def test_share_has_no_value_without_a_whole(part, whole, printed):
    assert steward.share(part, whole) == printed


@pytest.mark.parametrize(
    ("printed", "with_sign"),
    [("1.3%", "+1.3%"), ("−1.3%", "−1.3%"), ("0.0%", "0.0%"), ("–", "–"), ("$120", "+$120")],
)
def test_signed_marks_only_what_is_above_zero(printed, with_sign):
    assert steward.signed(printed) == with_sign


def test_number_groups_digits():
    assert (steward.number(1234567), steward.number("2.345", 2), steward.number("")) == (
        "1,234,567",
        "2.35",
        "–",
    )


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (date(2026, 3, 1), "Mar 1, 2026"),
        (datetime(2026, 11, 21, 23, 59, tzinfo=UTC), "Nov 21, 2026"),
        ("2026-03-31", "Mar 31, 2026"),
        ("not published", "not published"),
        (None, "–"),
    ],
)
def test_day_prints_dates_and_their_iso_text_alike(value, printed):
    assert steward.day(value) == printed


def test_short_hash_shows_twelve_characters():
    assert (steward.short_hash("8f14e45fceea167a5a36"), steward.short_hash("")) == ("8f14e45fceea", "–")


def test_status_mark_reads_strings_and_enums_alike():
    class Status(enum.Enum):
        ADOPTED = "adopted"

    assert (
        steward.status_mark(Status.ADOPTED)
        == steward.status_mark("Adopted")
        == ("check-circle", "done", "Adopted")
    )


def test_status_mark_of_an_unknown_status_keeps_its_word():
    assert steward.status_mark("on_hold") == ("circle", "neutral", "On hold")


def test_proposed_law_is_never_called_law():
    assert steward.legal_mark("proposed").word == "Proposed rule, not in effect"


def test_every_mark_has_its_drawing_in_the_sprite():
    sprite = ElementTree.parse(finders.find("steward/img/icons.svg"))
    drawn = {symbol.get("id") for symbol in sprite.iter("{http://www.w3.org/2000/svg}symbol")}
    used = {
        mark.icon
        for marks in (steward.STATUS_MARKS, steward.SEVERITY_MARKS, steward.LEGAL_MARKS)
        for mark in marks.values()
    }

    assert used - drawn == set()


def test_icon_is_hidden_from_screen_readers():
    assert Template("{% load steward %}{% icon 'check' %}").render(Context()) == (
        '<svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="/static/steward/img/icons.svg#check"></use></svg>'
    )


def test_table_keeps_rows_and_escapes_what_people_typed():
    rows = "<tbody><tr><td>{{ fund }}</td></tr></tbody>"
    source = "{% load steward %}{% table caption=caption sortable=True %}" + rows + "{% endtable %}"

    html = Template(source).render(Context({"caption": "Funds & costs", "fund": "<b>A</b>"}))

    assert "Funds &amp; costs" in html
    assert "<td>&lt;b&gt;A&lt;/b&gt;</td>" in html
    assert "data-sortable" in html


def test_inline_component_ends_where_the_sentence_goes_on():
    source = '{% load steward %}{% inline "money" value=1234567 %}, of which'

    assert Template(source).render(Context({"url": "/leaks"})) == (
        '<span class="money" title="$1,234,567"><span class="money-short">$1.2\u00a0M</span>'
        '<span class="money-exact">$1,234,567</span></span>, of which'
    )


@pytest.mark.parametrize(
    ("component", "context", "expected"),
    [
        ("badge", {"status": "adopted"}, "Adopted"),
        (
            "citation",
            {"text": "29 CFR 2550.404a-6", "legal_status": "proposed"},
            "not in effect",
        ),
        ("finding", {"finding": {"severity": "block", "sentence": "A menu needs 20 lines."}}, "Blocks"),
        (
            "progress",
            {"value": 3, "max": 10, "label": "Exposure run"},
            '<progress id="progress" value="3" max="10">',
        ),
        (
            "empty_state",
            {"text": "No menu yet.", "action_url": "/new", "action_label": "Start"},
            'href="/new"',
        ),
    ],
)
def test_component_says_its_state_in_words(component, context, expected):
    html = Template(f'{{% include "_components/{component}.html" %}}').render(Context(context))

    assert expected in html
