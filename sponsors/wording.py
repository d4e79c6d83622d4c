"""Words and figures inside sentences that services write and the record keeps; pages print by `templatetags.steward`.

Counts agree with their noun, figures are exact and without idle zeros.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def count(number: int, singular: str, plural: str = "") -> str:
    """`1 line`, `19 lines`, `0 lines`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def agree(number: int, singular: str, plural: str) -> str:
    """The verb or pronoun that fits the number."""
    return singular if number == 1 else plural


def percent(fraction: Decimal) -> str:
    """`0.05` as `5%`, `0.0945` as `9.45%`; exact, never rounded."""
    return f"{plain(fraction * 100)}%"


def percent_rounded(fraction: Decimal, places: int = 2) -> str:
    """A computed fraction as a percentage with at most `places` decimals."""
    return f"{plain(round(fraction * 100, places))}%"


def plain(number: Decimal) -> str:
    """A Decimal without exponent or trailing zeros."""
    return f"{number.normalize():f}"


def dollars(amount: Decimal) -> str:
    """`$0.10`, `$2.00`, `$0.025`: exact, with at least two decimals."""
    whole, _, cents = plain(amount).partition(".")
    return f"${whole}.{cents:0<2}"


def long_day(day: date) -> str:
    """`November 21, 2026`."""
    return f"{day:%B} {day.day}, {day.year}"


def spans(numbers: Iterable[int]) -> str:
    """`25`, `50 to 52`, `25 and 50 to 52`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return listed(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def listed(items: Iterable[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; or with another word."""
    names = list(items)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}" if names else ""
