"""How figures are printed inside a statement. Pages have their own filters; a review keeps the printed words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from menus.enums import Vehicle

MINUS = "−"
WRAPPERS = {
    Vehicle.MUTUAL_FUND: "a mutual fund under the 1940 Act",
    Vehicle.ETF: "an exchange-traded fund under the 1940 Act",
    Vehicle.ETP_TRUST: "an exchange-traded trust under the 1933 Act",
    Vehicle.CIT: "a collective investment trust",
    Vehicle.SEPARATE_ACCOUNT: "a separate account",
    Vehicle.STABLE_VALUE: "a stable value product",
    Vehicle.INTERVAL_FUND: "an interval or tender-offer fund",
    Vehicle.PRIVATE_FUND: "a private fund",
    Vehicle.MANAGED_ACCOUNT: "a managed account",
    Vehicle.ANNUITY: "an annuity",
    Vehicle.BROKERAGE_WINDOW: "a brokerage window",
}


def percent(value: float | Decimal | None, places: int = 1) -> str:
    return "–" if value is None else f"{float(value) * 100:,.{places}f}%".replace("-", MINUS)


def weight(value: float | Decimal | str) -> str:
    """A weight that somebody chose, with the decimals it was given: 0.02 is 2%, 0.005 is 0.5%."""
    return f"{float(value) * 100:.4f}".rstrip("0").rstrip(".") + "%"


def fee(value: Decimal | None) -> str:
    """An expense ratio with the decimals it has, at least two."""
    if value is None:
        return "not found"
    text = f"{float(value) * 100:.4f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}%"


def ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", MINUS)


def usd(value: float | Decimal | None) -> str:
    if value is None:
        return "–"
    number = float(value)
    return f"{MINUS if number < 0 else ''}${abs(number):,.0f}"


def per_1000(value: Decimal | None) -> str:
    return "–" if value is None else f"${float(value) * 1000:,.2f}"


def people(value: float | None) -> str:
    """How many people; results of a run come as floats."""
    return "–" if value is None else f"{value:,.0f}"


def day(value: date | None) -> str:
    return f"{value:%B} {value.day}, {value.year}" if value else "not set"


def count(number: int, one: str, many: str = "") -> str:
    """1 line, 2 lines."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def agree(number: int, one: str, many: str) -> str:
    """The verb that goes with a number: is, are."""
    return one if number == 1 else many


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"


def wrapper(vehicle: str) -> str:
    """The legal wrapper with its article, to stand after "is"."""
    return WRAPPERS[Vehicle(vehicle)]
