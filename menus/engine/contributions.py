"""Deferral and match by participant and projected year, inside the statutory limits of the year and the
age."""

from dataclasses import fields

import numpy as np

from .inputs import Behaviour, Limits, People, PlanTerms
from .validation import Floats, Integers

# Later limits move in these steps: IRC 402(g)(4), 414(v)(2)(C), 415(d)(4)(B), 401(a)(17)(B).
STEPS = Limits(500, 500, 500, 1_000, 5_000)
CATCH_UP_AGE = 50
HIGHER_CATCH_UP_AGES = (60, 63)


def limits_in(plan: PlanTerms, behaviour: Behaviour, calendar_year: int) -> Limits:
    """The limits of a calendar year: as published, else the last published ones grown at the assumed rate,
    each rounded down to its statutory step and never below the last published figure."""
    last = max(year for year in plan.limits if year <= calendar_year)
    growth = (1 + behaviour.limit_growth_rate) ** (calendar_year - last)
    published = plan.limits[last]

    def later(name: str) -> float:
        figure, step = getattr(published, name), getattr(STEPS, name)
        return float(max(figure, np.floor(figure * growth / step + 1e-9) * step))

    return Limits(**{item.name: later(item.name) for item in fields(Limits)})


def catch_up(limits: Limits, ages_attained: Integers) -> Floats:
    """Catch-up allowance (n) by the age attained in the year: none below 50, the higher one from 60 to 63."""
    higher = (ages_attained >= HIGHER_CATCH_UP_AGES[0]) & (ages_attained <= HIGHER_CATCH_UP_AGES[1])
    standard = np.where(ages_attained >= CATCH_UP_AGE, limits.catch_up_50, 0.0)
    return np.where(higher, limits.catch_up_60_63, standard)


def match_rate(deferral_rates: Floats, tiers: tuple[tuple[float, float], ...]) -> Floats:
    """Match as a fraction of pay (n): each tier's rate on the part of the deferral that falls inside it."""
    matched, lower = np.zeros_like(deferral_rates), 0.0
    for rate, upper in tiers:
        matched = matched + rate * (np.clip(deferral_rates, lower, upper) - lower)
        lower = upper
    return matched


def year_contributions(
    people: People, plan: PlanTerms, behaviour: Behaviour, year: int
) -> tuple[Floats, Floats]:
    """Deferral and match in dollars (n), (n) of projected year `year` (1 is the first).

    Pay grows by the raise from the second year on. The deferral stops at 402(g) plus the catch-up; the match
    is worked out over the whole year on pay up to 401(a)(17); deferral without catch-up and match together
    stop at 415(c) (or at pay), and it is the match that gives way.
    """
    limits = limits_in(plan, behaviour, plan.start_year + year - 1)
    pay = people.annual_pay * (1 + behaviour.raise_rate) ** (year - 1)
    allowance = catch_up(limits, people.ages + year)
    deferral = np.minimum(people.deferral_rates * pay, limits.elective_deferral + allowance)
    match = match_rate(deferral / pay, plan.match_tiers) * np.minimum(pay, limits.compensation)
    annual_additions = np.minimum(limits.annual_additions, pay)
    room = np.maximum(annual_additions - np.minimum(deferral, limits.elective_deferral), 0)
    return deferral, np.minimum(match, room)


def contributions(people: People, plan: PlanTerms, behaviour: Behaviour, n_years: int) -> Floats:
    """Deferral plus match (n, n_years) in dollars a year, before anyone's horizon is applied."""
    yearly = [sum(year_contributions(people, plan, behaviour, year)) for year in range(1, n_years + 1)]
    return np.stack(yearly, axis=1)


def horizons(people: People, behaviour: Behaviour) -> Integers:
    """Whole years to retirement (n); one for everyone who is there already."""
    return np.maximum(behaviour.retirement_age - people.ages, 1)
