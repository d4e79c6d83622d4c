"""Reading one cell of text into a value. A reader takes stripped, non-empty text and returns the value or raises
CellProblem; it never guesses twice. Money comes out as int cents, dates as ordinals, rates as fractions."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from .ssn import WRITTEN_SSN

LARGEST_CENTS = 100_000_000_000_00  # a hundred billion dollars: more than any one account
RATE_DECIMALS = 5  # a thousandth of a percent, as participants are stored
SHOWN_LENGTH = 40
# Among percents, a bare number below this (a quarter of a percent) is more likely a fraction: say so, do not guess.
SMALLEST_PLAIN_PERCENT = Decimal("0.25")

_PLAIN_MONEY = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,2})?")
_MONEY = re.compile(
    r"(?P<open>\()? ?(?P<minus>-)? ?(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.[0-9]*)?)"
    r" ?(?P<after>-)?(?(open) ?\))"
)
_PERCENT = re.compile(r"(-?[0-9]*\.?[0-9]+|-?[0-9]+\.) ?(%?)")
_LONG_DIGITS = re.compile(r"[0-9]{7,}")
_FORMULA_TEXT = re.compile(r'="(.*)"')
_SPREADSHEET_DAMAGE = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")
_US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: 0?0:00(?::00)?)?")
_ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?|([0-9]{8})")
_NAMED_DATE = re.compile(r"[0-9]{1,2}[- ][A-Za-z]{3}[- ][0-9]{4}")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/ ](?:[0-9]{1,2}|[A-Za-z]{3})[-/ ][0-9]{2}")
_ACTIVE = {
    "a",
    "active",
    "employed",
    "current",
    "eligible",
    "yes",
    "y",
    "true",
    "1",
    "leave",
    "on leave",
    "loa",
    "l",
}
_LEFT = {"t", "term", "terminated", "separated", "retired", "r", "deceased", "d", "former", "inactive", "i"}
_LEFT |= {"left", "no", "n", "false", "0"}


class CellProblem(ValueError):
    """Why a cell cannot be read (`reason`) and what would mend it (`remedy`). Neither holds the value."""

    def __init__(self, reason: str, remedy: str):
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


Reader = Callable[[str], Any]


def read_cells(texts: Sequence[str], reader: Reader) -> list[Any]:
    """A value or a CellProblem for each text; every distinct text is read once."""
    known = {text: _attempt(reader, text) for text in set(texts)}
    return [known[text] for text in texts]


def _attempt(reader: Reader, text: str) -> Any:
    try:
        return reader(text)
    except CellProblem as problem:
        return problem


def shown(text: str) -> str:
    """The cell as a message may show it: short, and without anything that could be an identity number."""
    if WRITTEN_SSN.search(text) or _LONG_DIGITS.search(text):
        return "(not shown)"
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def read_id(text: str) -> str:
    """An id as written: leading zeros stay. ="00123", the spreadsheet's way to keep them, is unwrapped."""
    wrapped = _FORMULA_TEXT.fullmatch(text)
    text = wrapped.group(1).strip() if wrapped else text
    if not text:
        raise CellProblem(
            "The participant id is empty.", "Give every row the employer's own id for the person."
        )
    if _SPREADSHEET_DAMAGE.fullmatch(text):
        raise CellProblem(
            "A spreadsheet has shortened this id.",
            "Format the column as text in the spreadsheet and export again.",
        )
    if len(text) > 64:
        raise CellProblem("The id is longer than 64 characters.", "Use the employer's own id for the person.")
    return text


def read_name(text: str) -> str:
    if len(text) > 100:
        raise CellProblem("The name is longer than 100 characters.", "Shorten it, or leave the column out.")
    return text


def read_money(text: str) -> int:
    """Cents. Takes $, thousands commas, a decimal point; parentheses or a minus at either end mean below zero."""
    if _PLAIN_MONEY.fullmatch(text):  # nearly every cell
        dollars, _, cents_text = text.partition(".")
        return int(dollars) * 100 + int(cents_text.ljust(2, "0"))
    body = text.replace("\u00a0", " ").replace("$", "", 1).strip()
    found = _MONEY.fullmatch(body)
    negative = bool(found and (found["open"] or found["minus"] or found["after"]))
    digits = found["digits"].replace(",", "") if found else ""
    if negative and not digits:  # the accountant's dash for zero
        return 0
    if digits in ("", "."):
        raise CellProblem("This is not an amount in dollars.", "Write it like 12345.67, $12,345.67 or 0.")
    cents = (
        int((Decimal(digits) * 100).to_integral_value(ROUND_HALF_EVEN))
        if len(digits) <= 40
        else LARGEST_CENTS
    )
    if cents >= LARGEST_CENTS:
        raise CellProblem(
            "The amount is a hundred billion dollars or more.", "Check the decimal point and the column."
        )
    return -cents if negative else cents


def read_date(text: str) -> int:
    """Proleptic ordinal of a date written 1980-02-28, 19800228, 2/28/1980 or 28-Feb-1980."""
    try:
        if iso := _ISO_DATE.fullmatch(text):
            return date.fromisoformat(iso.group(1) or iso.group(2)).toordinal()
        if us := _US_DATE.fullmatch(text):
            month, day, year = map(int, us.groups())
            return date(year, month, day).toordinal()
        if _NAMED_DATE.fullmatch(text):
            return datetime.strptime(text.replace(" ", "-"), "%d-%b-%Y").date().toordinal()  # noqa: DTZ007
    except ValueError:
        raise CellProblem(
            "There is no such day in the calendar.",
            "Write dates as YYYY-MM-DD, or month/day/year in that order.",
        ) from None
    if _SHORT_YEAR.fullmatch(text):
        raise CellProblem(
            "The year has two digits, so the century is unknown.",
            "Write the year with four digits, as in 1980-02-28.",
        )
    raise CellProblem(
        "This is not a date.", "Write dates as YYYY-MM-DD, or month/day/year with a four-digit year."
    )


def read_year(text: str) -> int:
    """Ordinal of 1 July of a birth year: the middle of the year stands for the day that the file does not give."""
    if not re.fullmatch(r"[0-9]{4}", text) or text == "0000":
        raise CellProblem("This is not a year.", "Write the year of birth with four digits, as in 1980.")
    return date(int(text), 7, 1).toordinal()


def read_active(text: str) -> bool:
    """Whether an employment status means that the person still works here."""
    word = text.lower().strip(".")
    if word in _ACTIVE:
        return True
    if word in _LEFT:
        return False
    raise CellProblem(
        "This employment status is unknown.",
        "Write Active or Terminated, or leave the column out of the mapping.",
    )


@dataclass(frozen=True)
class PercentReading:
    """How bare numbers of a column are meant, decided once for all its cells: 6 is 6%, or 0.06 is 6%."""

    in_percent: bool

    def __call__(self, text: str) -> float:
        """Fraction (0.06 for six percent). Above 100% and below zero are refused here."""
        number = _PERCENT.fullmatch(text)
        if not number:
            raise CellProblem(
                "This is not a percentage.", "Write it like 6%, 6 or 0.06, the same way in every row."
            )
        value, signed = Decimal(number.group(1)), number.group(2) == "%"
        if self.in_percent and not signed and 0 < value < SMALLEST_PLAIN_PERCENT:
            raise CellProblem(
                "The other rows are written in percent, so this reads as less than a quarter of a percent.",
                "Write it with a percent sign, as in 6%.",
            )
        fraction = value / 100 if signed or self.in_percent else value
        if fraction < 0:
            raise CellProblem("The percentage is below zero.", "Write a percentage from 0 to 100.")
        if fraction > 1:
            raise CellProblem("The percentage is above 100%.", "Write a percentage from 0 to 100.")
        return float(round(fraction, RATE_DECIMALS))

    def described(self, column: str) -> str:
        return (
            f"“{column}” was read in percent: 6 means 6%."
            if self.in_percent
            else f"“{column}” was read as fractions: 0.06 means 6%."
        )


def percent_reading(texts: Iterable[str], *, whole_means_all: bool) -> PercentReading:
    """Decide from a column's own numbers (headers mislead: spreadsheets save 0.06 under "Deferral %"). A percent sign
    anywhere means percent; else the majority of the numbers above zero, so that one wrong cell turns no other around.

    `whole_means_all`: a column of nothing but 0 and 1 is 0 and 100% (an election), not 0 and 1% (a deferral).
    """
    counts = Counter(texts)
    if any(text.endswith("%") for text in counts):
        return PercentReading(True)
    numbers = {text: Decimal(text) for text in counts if _PERCENT.fullmatch(text)}
    above_zero = sum(counts[text] for text, number in numbers.items() if number > 0)
    above_one = sum(counts[text] for text, number in numbers.items() if number > 1)
    if above_zero and all(number in (0, 1) for number in numbers.values()):
        return PercentReading(not whole_means_all)
    return PercentReading(2 * above_one > above_zero)
