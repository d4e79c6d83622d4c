"""What a run takes from the plan's own facts and from the law, and what its reader must know of that."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sponsors.census.snapshot import CensusSnapshotArrays
from sponsors.enums import PayrollFrequency
from sponsors.limits import contribution_limits, limits_checked_on
from sponsors.models import Plan
from sponsors.vesting import vesting_steps
from sponsors.wording import agree, count, long_day, percent_rounded


def plan_inputs(plan: Plan, start_year: int) -> dict[str, Any]:
    """The terms of the plan and the published limits, as JSON for the engine's `PlanTerms`."""
    return {
        "start_year": start_year,
        "payrolls_per_year": PayrollFrequency(plan.payroll_frequency).periods_per_year,
        "match_tiers": [[float(tier["rate"]), float(tier["up_to"])] for tier in plan.match_formula],
        "match_true_up": plan.match_true_up,
        "offers_roth": plan.has_roth,
        "vesting": [float(step) for step in vesting_steps(plan.vesting_kind, plan.vesting_years)],
        "limits": _limits(),
    }


def _limits() -> dict[str, dict[str, float]]:
    """Statutory limits by calendar year as published; the engine carries the last ones forward."""
    return {
        str(year): {name: float(amount) for name, amount in limits.items()}
        for year, limits in contribution_limits().items()
    }


def plan_notes(plan: Plan, arrays: CensusSnapshotArrays, start_year: int, growth_rate: float) -> list[str]:
    """Limits that had to be guessed, and a census that contradicts the plan's facts."""
    return [*_limit_notes(start_year, growth_rate), *_roth_notes(plan, arrays)]


def _limit_notes(start_year: int, growth_rate: float) -> list[str]:
    """Says so when the limits of the first year are not published yet and grown ones stand in for them."""
    last, checked = max(contribution_limits()), limits_checked_on()
    if start_year <= last:
        return []
    when = f" on {long_day(checked)}" if checked else ""
    growth = percent_rounded(Decimal(str(growth_rate)))
    note = (
        f"The legal limits of {start_year} were not published when last looked for{when}: those of {last} stand in for "
        f"them, grown by {growth} a year and rounded down as the law does."
    )
    return [note]


def _roth_notes(plan: Plan, arrays: CensusSnapshotArrays) -> list[str]:
    people = int((arrays.roth_deferral_rate > 0).sum())
    if plan.has_roth or not people:
        return []
    note = (
        f"In the census {count(people, 'person', 'people')} {agree(people, 'defers', 'defer')} to Roth, but the plan "
        "facts say that the plan takes no Roth. The run counts these deferrals and gives high earners no catch-up "
        "contributions, as in a plan without Roth. Correct the plan facts or the census."
    )
    return [note]
