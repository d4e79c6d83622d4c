"""Deferral and match by participant and projected year, inside the statutory limits of the year and the age;
how much of the match is vested.

What is fixed for a plan is put into arrays here (`schedule_terms`); the arithmetic of a person is in
`schedules.py`, compiled, and imported only when somebody asks for it.
"""

from collections.abc import Mapping
from dataclasses import astuple, fields
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .inputs import Behaviour, Limits, People, PlanTerms
from .validation import Floats, Integers, require

# An increase counts in whole steps: IRC 402(g)(4), 414(v)(2)(C), 415(d)(4)(B), 401(a)(17)(B), 414(v)(7)(E).
STEPS = Limits(500, 500, 500, 1_000, 5_000, 5_000)
CATCH_UP_AGE = 50
HIGHER_CATCH_UP_AGES = (60, 63)


class ScheduleTerms(NamedTuple):
    """A plan's terms over the projected years as plain arrays and numbers, ready for a compiled function."""

    limits: Floats  # (n_years, 6) dollars: the fields of Limits in their order; inf where there is no limit
    raises: Floats  # (n_years) pay of the year per dollar of pay in the first
    prior_pay: float  # pay of the year before per dollar of this year's
    tiers: Floats  # (n_tiers, 2): match rate, share of pay up to which it holds
    payrolls: int
    true_up: bool
    offers_roth: bool


def schedule_terms(plan: PlanTerms, behaviour: Behaviour, n_years: int) -> ScheduleTerms:
    """The terms of projected years 1 to `n_years`."""
    known = tuple(sorted(plan.limits.items()))
    growth = 1 + behaviour.raise_rate
    return ScheduleTerms(
        limits=_limit_table(known, behaviour.limit_growth_rate, plan.start_year, n_years).copy(),
        raises=growth ** np.arange(n_years, dtype=np.float64),
        prior_pay=1 / growth,
        tiers=np.array(plan.match_tiers, dtype=np.float64).reshape(-1, 2),
        payrolls=plan.payrolls_per_year,
        true_up=plan.match_true_up,
        offers_roth=plan.offers_roth,
    )


@lru_cache(maxsize=64)
def _limit_table(
    known: tuple[tuple[int, Limits], ...], growth_rate: float, start_year: int, n_years: int
) -> Floats:
    """Limits (n_years, 6) from `start_year`; kept, because plans of one country share them."""
    published = dict(known)
    years = range(start_year, start_year + n_years)
    return np.array([astuple(_limits_of(published, growth_rate, year)) for year in years])


def limits_in(plan: PlanTerms, behaviour: Behaviour, calendar_year: int) -> Limits:
    """The limits of a calendar year: as published, else the last published ones grown at the assumed rate, the
    increase rounded down to the statute's step."""
    return _limits_of(plan.limits, behaviour.limit_growth_rate, calendar_year)


def _limits_of(published: Mapping[int, Limits], growth_rate: float, calendar_year: int) -> Limits:
    last = max(year for year in published if year <= calendar_year)
    if last == calendar_year:
        return published[last]
    growth = (1 + growth_rate) ** (calendar_year - last) - 1
    return Limits(
        **{
            item.name: _raised(getattr(published[last], item.name), growth, getattr(STEPS, item.name))
            for item in fields(Limits)
        }
    )


def _raised(figure: float, growth: float, step: float) -> float:
    """A limit after `growth` (0.05 is 5%); what is no limit (inf) stays none."""
    return figure if np.isinf(figure) else figure + float(np.floor(figure * growth / step + 1e-9)) * step


def schedules(people: People, plan: PlanTerms, behaviour: Behaviour, n_years: int) -> tuple[Floats, Floats]:
    """Deferral and match (n, n_years), (n, n_years) in dollars a year, before anyone's horizon is applied."""
    from .schedules import fill_schedules  # numba, only for who computes

    deferrals, matches = np.empty((2, len(people), n_years))
    terms = schedule_terms(plan, behaviour, n_years)
    fill_schedules(people.ages, people.annual_pay, people.deferral_rates, terms, deferrals, matches)
    return deferrals, matches


def year_contributions(
    people: People, plan: PlanTerms, behaviour: Behaviour, year: int
) -> tuple[Floats, Floats]:
    """Deferral and match in dollars (n), (n) of projected year `year` (1 is the first)."""
    deferrals, matches = schedules(people, plan, behaviour, year)
    return deferrals[:, -1], matches[:, -1]


def contributions(people: People, plan: PlanTerms, behaviour: Behaviour, n_years: int) -> Floats:
    """Deferral plus match (n, n_years) in dollars a year, before anyone's horizon is applied."""
    deferrals, matches = schedules(people, plan, behaviour, n_years)
    return np.add(deferrals, matches, out=deferrals)


def vested_fraction(service_years: Integers | Floats, vesting: tuple[float, ...]) -> Floats:
    """Vested share of employer money (any shape) by years of service, of which completed ones count.

    `vesting` as in `PlanTerms`: past its last entry the last one holds, and no entry means at once.
    """
    steps = np.array(vesting or (1.0,))
    completed = np.floor(np.asarray(service_years, dtype=np.float64)).astype(np.int64)
    return steps[np.clip(completed, 0, len(steps) - 1)]


def employer_money(
    people: People, service_years: Integers, plan: PlanTerms, behaviour: Behaviour
) -> Integers:
    """People, match and the part of that match not vested at its year's end, by projected year (n_years, 3).

    Both moneys in cents, everyone up to their own horizon; `service_years` (n) are completed ones on the
    census date. Whoever left at a year's end would forfeit the part not vested. Nobody leaves in a
    projection, so balances count in full. Results of parts of the people add up, when the shorter one is
    filled with zeros.
    """
    from .schedules import add_employer_money  # numba, only for who computes

    each = len(service_years) == len(people)
    require(each, "service_years", "Years of service are needed for every participant, and for nobody else.")
    years = horizons(people, behaviour)
    n_years = int(years.max(initial=0))
    table = np.zeros((n_years, 3), dtype=np.int64)
    held = vested_fraction(np.arange(len(plan.vesting) or 1), plan.vesting)
    terms = schedule_terms(plan, behaviour, n_years)
    add_employer_money(
        people.ages, people.annual_pay, people.deferral_rates, years, service_years, terms, held, table
    )
    return table


def horizons(people: People, behaviour: Behaviour) -> Integers:
    """Whole years to retirement (n); one for everyone who is there already."""
    return np.maximum(behaviour.retirement_age - people.ages, 1)
