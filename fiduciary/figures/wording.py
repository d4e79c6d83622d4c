"""How figures are printed inside a statement. Pages have their own filters; a review keeps the printed words."""

from datetime import date
from decimal import Decimal


def percent(value: float | Decimal | None, places: int = 1) -> str:
    return "–" if value is None else f"{float(value) * 100:,.{places}f} %"


def fee(value: Decimal | None) -> str:
    """An expense ratio with the decimals it has, at least two."""
    if value is None:
        return "not found"
    text = f"{float(value) * 100:.4f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')} %"


def usd(value: float | Decimal | None) -> str:
    if value is None:
        return "–"
    number = float(value)
    return f"{'−' if number < 0 else ''}${abs(number):,.0f}"


def per_1000(value: Decimal | None) -> str:
    return "–" if value is None else f"${float(value) * 1000:,.2f}"


def day(value: date | None) -> str:
    return f"{value:%B} {value.day}, {value.year}" if value else "not set"


def count(number: int, one: str, many: str = "") -> str:
    """1 line, 2 lines."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: list[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"
