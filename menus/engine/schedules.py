"""Contributions of one person, year by year, as compiled scalar code: other kernels call `fill_schedule`.

The arithmetic of docs/engine.md section 6. Built for a million people: a working life takes about a
microsecond, with or without true-up. Imported inside functions only, so that nothing loads numba before it is
needed.
"""

import numpy as np

from .compiling import compiled
from .contributions import CATCH_UP_AGE, HIGHER_CATCH_UP_AGES, ScheduleTerms
from .validation import Floats, Integers

FIRST_HIGHER_AGE, LAST_HIGHER_AGE = HIGHER_CATCH_UP_AGES
# Columns of `ScheduleTerms.limits`: the fields of `Limits`, in their order.
ELECTIVE, CATCH_UP, HIGHER_CATCH_UP, ADDITIONS, COMPENSATION, ROTH_WAGES = range(6)


@compiled
def fill_schedule(
    age: int, pay: float, rate: float, terms: ScheduleTerms, deferral_out: Floats, match_out: Floats
) -> None:
    """Deferral and match of one person in dollars a year, into `deferral_out` and `match_out` (n_years each).

    `age`: completed years on the census date; `pay`: dollars of the first projected year; `rate`: of pay,
    pre-tax and Roth together. The outputs may be shorter than the terms, not longer.
    """
    # Helpers take plain numbers: handing the terms on would count references in every year, at ten times the time.
    limits, raises, tiers = terms.limits, terms.raises, terms.tiers
    for year in range(len(deferral_out)):
        earned = pay * raises[year]
        elective, countable = limits[year, ELECTIVE], min(earned, limits[year, COMPENSATION])
        most = elective
        if terms.offers_roth or earned * terms.prior_pay <= limits[year, ROTH_WAGES]:
            most += catch_up(age + year + 1, limits[year, CATCH_UP], limits[year, HIGHER_CATCH_UP])
        wanted = rate * earned
        deferral = min(wanted, most)
        if terms.true_up or (wanted <= most and earned <= countable):
            match = matched(deferral, countable, tiers)
        else:
            match = matched_by_payroll(wanted, earned, most, countable, terms.payrolls, tiers)
        room = min(limits[year, ADDITIONS], earned) - min(deferral, elective)
        deferral_out[year], match_out[year] = deferral, min(match, max(room, 0.0))


@compiled
def catch_up(age_attained: int, standard: float, higher: float) -> float:
    """Dollars above 402(g) by the age attained in the year: none below 50, the higher ones from 60 to 63."""
    if age_attained < CATCH_UP_AGE:
        return 0.0
    return higher if FIRST_HIGHER_AGE <= age_attained <= LAST_HIGHER_AGE else standard


@compiled
def matched(deferral: float, pay: float, tiers: Floats) -> float:
    """Match in dollars: each tier's rate on the dollars deferred inside it, tiers being shares of `pay`."""
    total, lower = 0.0, 0.0
    for tier in range(len(tiers)):
        upper = tiers[tier, 1] * pay
        total += tiers[tier, 0] * max(min(deferral, upper) - lower, 0.0)
        lower = upper
    return total


@compiled
def matched_by_payroll(
    wanted: float, pay: float, most: float, countable: float, payrolls: int, tiers: Floats
) -> float:
    """Match in dollars of a year in which every payroll is matched for itself and nothing is made up later.

    Level payrolls are alike until the first limit is reached: the deferral dollars (`most`) or the pay that
    counts (`countable`). One payroll then stands across that limit, and none after it is matched. So a year
    is a number of whole payrolls and one part, never a walk over 52.
    """
    deferral, earned = wanted / payrolls, pay / payrolls
    if deferral <= 0.0:
        return 0.0
    whole = min(np.floor(min(most / deferral, countable / earned)), payrolls)
    match = whole * matched(deferral, earned, tiers)
    if whole < payrolls:
        left, counts = max(most - whole * deferral, 0.0), max(countable - whole * earned, 0.0)
        match += matched(min(deferral, left), min(earned, counts), tiers)
    return match


@compiled
def fill_schedules(
    ages: Integers, pay: Floats, rates: Floats, terms: ScheduleTerms, deferrals: Floats, matches: Floats
) -> None:
    """`fill_schedule` for everyone: `deferrals` and `matches` (n, n_years)."""
    for row in range(len(ages)):
        fill_schedule(ages[row], pay[row], rates[row], terms, deferrals[row], matches[row])


@compiled
def add_employer_money(
    ages: Integers,
    pay: Floats,
    rates: Floats,
    horizons: Integers,
    service_years: Integers,
    terms: ScheduleTerms,
    vested: Floats,
    table: Integers,
) -> None:
    """Add everyone's match to `table` (n_years, 3): people, cents of match, cents of it not vested at year end.

    `vested`: share after 0, 1, 2 ... completed years of service, the last for ever.
    """
    deferral, match = np.empty(len(table)), np.empty(len(table))
    for row in range(len(ages)):
        years = horizons[row]
        fill_schedule(ages[row], pay[row], rates[row], terms, deferral[:years], match[:years])
        for year in range(years):
            completed = min(service_years[row] + year + 1, len(vested) - 1)
            table[year, 0] += 1
            table[year, 1] += round(match[year] * 100)
            table[year, 2] += round(match[year] * 100 * (1 - vested[completed]))
