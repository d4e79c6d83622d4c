"""The dated limits on contributions, as projections take them."""

from datetime import date
from decimal import Decimal

from sponsors.limits import CONTRIBUTION_LIMITS, contribution_limits, limit_facts, limits_checked_on


def test_limits_of_each_published_year():
    assert contribution_limits() == {
        2025: {
            "elective_deferral": Decimal(23_500),
            "catch_up_50": Decimal(7_500),
            "catch_up_60_63": Decimal(11_250),
            "annual_additions": Decimal(70_000),
            "compensation": Decimal(350_000),
        },
        2026: {
            "elective_deferral": Decimal(24_500),
            "catch_up_50": Decimal(8_000),
            "catch_up_60_63": Decimal(11_250),
            "annual_additions": Decimal(72_000),
            "compensation": Decimal(360_000),
            "roth_catch_up_wages": Decimal(150_000),
        },
    }


def test_limits_of_a_year_are_published_and_looked_for_together():
    facts = [limit_facts()[key] for key in CONTRIBUTION_LIMITS.values()]
    assert {fact.known_until for fact in facts} == {date(2026, 12, 31)}
    assert {fact.checked_on for fact in facts} == {limits_checked_on()}
    assert all(fact.sources for fact in facts)
