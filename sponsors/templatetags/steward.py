"""How Steward prints figures, states and pictures.

A service or selector hands over plain numbers; only these filters turn them into words. A missing
number prints as an en dash, never as zero. A filter never raises: a page is no place to fail.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

NO_VALUE = "–"
MINUS = "−"
NO_BREAK_SPACE = "\u00a0"
# unit, size, smallest amount that is printed in it, decimals: $999,499 is $999 k and $999,500 is $1.0 M
SHORT_UNITS = (
    ("B", Decimal(10**9), Decimal(999_950_000), 1),
    ("M", Decimal(10**6), Decimal(999_500), 1),
    ("k", Decimal(10**3), Decimal(10_000), 0),
)


class Mark(NamedTuple):
    """How a state looks: an icon of the sprite, a kind (the colour) and the word beside it."""

    icon: str
    kind: str
    word: str


STATUS_MARKS = {
    # menu versions
    "draft": Mark("pencil", "neutral", "Draft"),
    "proposed": Mark("send", "note", "Proposed"),
    "adopted": Mark("check-circle", "done", "Adopted"),
    "retired": Mark("archive", "neutral", "Retired"),
    "rejected": Mark("x-circle", "neutral", "Considered and rejected"),
    # jobs and exposure runs
    "new": Mark("clock", "neutral", "Waiting to start"),
    "uploaded": Mark("upload", "note", "Columns to be confirmed"),
    "queued": Mark("clock", "neutral", "Waiting to start"),
    "pending": Mark("clock", "neutral", "Waiting"),
    "running": Mark("running", "note", "Running"),
    "cancelling": Mark("running", "caution", "Stopping"),
    "cancelled": Mark("slash", "neutral", "Cancelled"),
    "failed": Mark("x-circle", "block", "Failed"),
    "done": Mark("check-circle", "done", "Done"),
    # reviews and decisions
    "open": Mark("pencil", "note", "Open"),
    "in_progress": Mark("half", "note", "In progress"),
    "ready": Mark("check-circle", "note", "Ready to decide"),
    "decided": Mark("check-circle", "done", "Decided"),
    "adopt": Mark("check-circle", "done", "Adopted"),
    "adopt_with_conditions": Mark("check-circle", "done", "Adopted with conditions"),
    "defer": Mark("clock", "caution", "Deferred"),
    "reject": Mark("x-circle", "neutral", "Considered and rejected"),
    "signed": Mark("pen", "done", "Signed"),
    "unsigned": Mark("clock", "neutral", "Not signed yet"),
    "recused": Mark("slash", "neutral", "Recused"),
    "waived": Mark("flag", "caution", "Waived"),
    "withdrawn": Mark("undo", "neutral", "Withdrawn"),
    "verified": Mark("check-circle", "done", "Verified"),
    "altered": Mark("octagon", "block", "Does not match"),
    "awaiting_signatures": Mark("pen", "note", "Awaiting signatures"),
    "closed": Mark("lock", "neutral", "Closed"),
    # answers to checklist items
    "met": Mark("check", "done", "Met"),
    "not_met": Mark("x", "block", "Not met"),
    "not_applicable": Mark("minus", "neutral", "Not applicable"),
    "follow_up": Mark("flag", "caution", "Needs follow-up"),
    "unanswered": Mark("circle", "neutral", "Unanswered"),
    # tasks
    "todo": Mark("circle", "neutral", "To do"),
    "blocked": Mark("lock", "neutral", "Cannot start yet"),
    "attention": Mark("triangle", "caution", "Needs attention"),
    "accepted": Mark("check-circle", "done", "Accepted"),
    "refused": Mark("x-circle", "block", "Refused"),
    # differences between two versions
    "added": Mark("plus", "done", "Added"),
    "removed": Mark("minus", "block", "Removed"),
    "changed": Mark("swap", "caution", "Changed"),
    "unchanged": Mark("circle", "neutral", "Unchanged"),
}
SEVERITY_MARKS = {
    "block": Mark("octagon", "block", "Blocks"),
    "caution": Mark("triangle", "caution", "Caution"),
    "note": Mark("info", "note", "Note"),
    "done": Mark("check-circle", "done", "Met"),
}
# The force of a source. "Proposed" can never be read as law: the word says so wherever it is printed.
LEGAL_MARKS = {
    "law": Mark("scales", "neutral", "Law in force"),
    "in_force": Mark("scales", "neutral", "In force"),
    "proposed": Mark("hourglass", "caution", "Proposed rule, not in effect"),
    "rescinded": Mark("slash", "neutral", "Rescinded"),
    "guidance": Mark("info", "neutral", "Guidance in force"),
    "practice": Mark("info", "neutral", "Practice, not a legal requirement"),
    "house": Mark("flask", "neutral", "Steward assumption"),
    "unverified": Mark("triangle", "caution", "Not yet read at the source"),
}


# ---------------------------------------------------------------- figures
def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _print(number: Decimal, decimals: int) -> str:
    """Grouped digits with a real minus sign; what rounds to zero loses its sign."""
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):,.{decimals}f}"


def _own_decimals(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def _with_dollar(printed: str) -> str:
    return f"{MINUS}${printed[1:]}" if printed.startswith(MINUS) else f"${printed}"


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """1234567 -> 1,234,567"""
    amount = _decimal(value)
    return NO_VALUE if amount is None else _print(amount, decimals)


@register.filter
def money(value: Any, decimals: int = 0) -> str:
    """1234567.4 -> $1,234,567, for tables; `money:2` prints the cents."""
    amount = _decimal(value)
    return NO_VALUE if amount is None else _with_dollar(_print(amount, decimals))


@register.filter
def money_short(value: Any) -> str:
    """1234567 -> $1.2 M, for prose; below $10,000 the exact dollars."""
    amount = _decimal(value)
    if amount is None:
        return NO_VALUE
    for unit, size, smallest, decimals in SHORT_UNITS:
        if abs(amount) >= smallest:
            return _with_dollar(_print(amount / size, decimals)) + NO_BREAK_SPACE + unit
    return money(amount)


@register.filter
def percent(value: Any, decimals: int | None = None) -> str:
    """Fraction -> percent: 0.0525 -> 5.25%. A Decimal keeps the decimals it has; a float gets one."""
    fraction = _decimal(value)
    if fraction is None:
        return NO_VALUE
    if decimals is None:
        decimals = 1 if isinstance(value, float) else _own_decimals(fraction * 100)
    return f"{_print(fraction * 100, decimals)}%"


@register.filter
def share(part: Any, whole: Any) -> str:
    """Part of a whole in percent with one decimal; a dash where there is no whole."""
    numerator, denominator = _decimal(part), _decimal(whole)
    if numerator is None or not denominator:
        return NO_VALUE
    return percent(numerator / denominator, 1)


@register.filter
def to_bps(value: Any) -> Decimal | None:
    """Fraction -> basis points, a number for `number:1` or `dollars_per_1000`: 0.0012 -> 12."""
    fraction = _decimal(value)
    return None if fraction is None else fraction * 10_000


@register.filter
def dollars_per_1000(value: Any) -> str:
    """Yearly cost of $1,000 at so many basis points: 12 -> $1.20."""
    amount = _decimal(value)
    return NO_VALUE if amount is None else money(amount / 10, 2)


@register.filter
def signed(printed: str) -> str:
    """Put a plus before a printed figure above zero: {{ change|percent|signed }}."""
    above_zero = any(digit in "123456789" for digit in printed) and not printed.startswith((MINUS, "-"))
    return f"+{printed}" if above_zero else printed


@register.filter
def day(value: Any) -> str:
    """A date, an instant or the ISO text of one (as stored in JSON) -> Nov 21, 2026."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return value or NO_VALUE
    return f"{value:%b} {value.day}, {value.year}" if value else NO_VALUE


@register.filter
def short_hash(value: str | None) -> str:
    """First twelve characters of a hash, as people compare it."""
    return str(value)[:12] if value else NO_VALUE


# ---------------------------------------------------------------- states
def _mark(marks: dict[str, Mark], value: Any) -> Mark:
    # An enum of the standard library prints its name; its value is what the maps know.
    key = str(getattr(value, "value", value)).strip().lower().replace(" ", "_").replace("-", "_")
    return marks.get(key) or Mark("circle", "neutral", key.replace("_", " ").capitalize())


@register.filter
def status_mark(value: Any) -> Mark:
    """Icon, kind and word of a status; an unknown one keeps its own word."""
    return _mark(STATUS_MARKS, value)


@register.filter
def severity_mark(value: Any) -> Mark:
    """Icon, kind and word of a finding's severity."""
    return _mark(SEVERITY_MARKS, value)


@register.filter
def legal_mark(value: Any) -> Mark:
    """Icon, kind and word of a source's force."""
    return _mark(LEGAL_MARKS, value)


@register.filter
def message_kind(level_tag: str) -> Mark:
    """Icon and kind of one of Django's messages: success, info, warning, error."""
    severity = {"success": "done", "warning": "caution", "error": "block"}.get(level_tag, "note")
    return SEVERITY_MARKS[severity]


# ---------------------------------------------------------------- tags
@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing of the sprite; hidden from screen readers, so write the word beside it."""
    sprite = static("steward/img/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', sprite, name
    )


@register.simple_tag
def inline(component: str, **context: Any) -> SafeString:
    """A component inside a sentence: {% inline "money" value=total %}, without the line end of its file.

    It sees only what is handed over, so a page's own `text` or `kind` cannot leak into it.
    """
    return mark_safe(render_to_string(f"_components/{component}.html", context).strip())


@register.simple_block_tag
def table(
    content: str, caption: str, note: str = "", sortable: bool = False, hide_caption: bool = False
) -> str:
    """Wrap <thead>, <tbody>, <tfoot> in a captioned table that scrolls inside its own container."""
    return render_to_string(
        "_components/table.html",
        {
            "content": content,
            "caption": caption,
            "note": note,
            "sortable": sortable,
            "hide_caption": hide_caption,
        },
    )
