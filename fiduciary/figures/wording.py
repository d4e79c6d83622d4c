"""What a statement prints in its own way: weights as chosen, fees, legal wrappers. The rest as on the pages."""

from decimal import Decimal

from menus.enums import Vehicle
from sponsors.templatetags.steward import money
from sponsors.wording import percent_rounded

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


def weight(value: float | Decimal | str) -> str:
    """A weight that somebody chose, with the decimals it was given: 0.02 is 2%, 0.005 is 0.5%."""
    return percent_rounded(Decimal(str(value)), 4)


def fee(value: Decimal | None) -> str:
    """An expense ratio with the decimals it has, at least two."""
    if value is None:
        return "not found"
    whole, _, decimals = weight(value).removesuffix("%").partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}%"


def per_1000(value: Decimal | None) -> str:
    """What a fee takes from $1,000 in a year."""
    return money(None if value is None else value * 1000, 2)


def wrapper(vehicle: str) -> str:
    """The legal wrapper with its article, to stand after "is"."""
    return WRAPPERS[Vehicle(vehicle)]
