"""Words and figures inside findings: counts that agree with their noun, percentages without idle zeros."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal


def count(number: int, singular: str, plural: str = "") -> str:
    """`1 line`, `19 lines`, `0 lines`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


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
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    names = list(items)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
