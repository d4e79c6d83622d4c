"""When employer money becomes the participant's own: the plan's facts as steps by year of service, and in words."""

from decimal import Decimal

from sponsors.enums import VestingKind
from sponsors.wording import count, percent_rounded

# Graded over six years nearly always means the slowest schedule that IRC 411(a)(2)(B) allows, which begins in year two.
SIX_YEARS = tuple(map(Decimal, ("0", "0", "0.2", "0.4", "0.6", "0.8", "1")))


def vesting_steps(kind: str, years: int) -> tuple[Decimal, ...]:
    """Vested share after 0, 1, 2 ... completed years of service, the last of them 1; empty for at once."""
    if kind == VestingKind.IMMEDIATE or not years:
        return ()
    if kind == VestingKind.CLIFF:
        return (*[Decimal(0)] * years, Decimal(1))
    if years == len(SIX_YEARS) - 1:
        return SIX_YEARS
    return tuple(Decimal(year) / years for year in range(years + 1))


def vesting_words(kind: str, years: int) -> str:
    """`20% after 2 years of service, 40% after 3, ... 100% after 6`; `Immediate`."""
    steps = vesting_steps(kind, years)
    gained = [(year, share) for year, share in enumerate(steps) if share]
    if not gained:
        return "Immediate"
    first, share = gained[0]
    words = [f"{percent_rounded(share)} after {count(first, 'year')} of service"]
    return ", ".join(words + [f"{percent_rounded(share)} after {year}" for year, share in gained[1:]])
