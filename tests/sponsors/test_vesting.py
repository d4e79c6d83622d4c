"""Vesting: the plan's facts as steps by year of service, and in words."""

from decimal import Decimal
from itertools import pairwise

import pytest

from sponsors.enums import VestingKind
from sponsors.vesting import vesting_steps, vesting_words


@pytest.mark.parametrize(
    ("kind", "years", "steps"),
    [
        (VestingKind.IMMEDIATE, 0, []),
        (VestingKind.CLIFF, 3, ["0", "0", "0", "1"]),
        (VestingKind.GRADED, 4, ["0", "0.25", "0.5", "0.75", "1"]),
        (VestingKind.GRADED, 6, ["0", "0", "0.2", "0.4", "0.6", "0.8", "1"]),
    ],
)
def test_steps_by_completed_year_of_service(kind, years, steps):
    assert list(vesting_steps(kind, years)) == [Decimal(step) for step in steps]


@pytest.mark.parametrize("years", range(1, 7))
def test_graded_steps_are_never_slower_than_the_law_allows(years):
    """IRC 411(a)(2)(B): a fifth after two years, then a fifth more with each."""
    least = [Decimal(max(year - 1, 0)) / 5 for year in range(years + 1)]
    steps = vesting_steps(VestingKind.GRADED, years)
    assert all(step >= floor for step, floor in zip(steps, least, strict=True))
    assert all(low <= high for low, high in pairwise(steps))
    assert steps[-1] == 1


def test_steps_in_words():
    assert vesting_words(VestingKind.IMMEDIATE, 0) == "Immediate"
    assert vesting_words(VestingKind.CLIFF, 3) == "100% after 3 years of service"
    assert vesting_words(VestingKind.GRADED, 3) == (
        "33.33% after 1 year of service, 66.67% after 2, 100% after 3"
    )
    assert vesting_words(VestingKind.GRADED, 6) == (
        "20% after 2 years of service, 40% after 3, 60% after 4, 80% after 5, 100% after 6"
    )
