"""Dated limits of the law: data/limits.yaml. No Django."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from sponsors.facts import SOURCES_FILE, Fact, load_facts

# The limits of a year by the names of the engine's `Limits`; the last came into force later than the others.
CONTRIBUTION_LIMITS = {
    "elective_deferral": "elective_deferral_limit",
    "catch_up_50": "catch_up_50_limit",
    "catch_up_60_63": "catch_up_60_63_limit",
    "annual_additions": "annual_additions_limit",
    "compensation": "compensation_limit",
    "roth_catch_up_wages": "roth_catch_up_wage_limit",
}
NOT_AT_FIRST = {"roth_catch_up_wages"}


@cache
def limit_facts() -> Mapping[str, Fact]:
    """Every limit by key."""
    return load_facts(SOURCES_FILE.with_name("limits.yaml"))


def contribution_limits() -> dict[int, dict[str, Decimal]]:
    """The limits on contributions, in dollars, of each calendar year for which they are published.

    A limit that was not in force yet is left out of its year.
    """
    facts = {name: limit_facts()[key] for name, key in CONTRIBUTION_LIMITS.items()}
    first = max(_first_year(fact) for name, fact in facts.items() if name not in NOT_AT_FIRST)
    last = min((fact.known_until or fact.latest.since).year for fact in facts.values())
    return {year: _limits_of(year, facts) for year in range(first, last + 1)}


def _limits_of(year: int, facts: Mapping[str, Fact]) -> dict[str, Decimal]:
    end = date(year, 12, 31)
    return {name: fact.decimal_on(end) for name, fact in facts.items() if _first_year(fact) <= year}


def _first_year(fact: Fact) -> int:
    return fact.values[0].since.year


def limits_checked_on() -> date | None:
    """When the next year's limits were last looked for."""
    return limit_facts()[CONTRIBUTION_LIMITS["elective_deferral"]].checked_on
