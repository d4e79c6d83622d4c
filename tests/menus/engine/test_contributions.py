"""Deferral, match, vesting and the statutory limits, against the same told payroll by payroll."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import Behaviour, Limits, People, PlanTerms
from menus.engine.contributions import (
    contributions,
    employer_money,
    horizons,
    limits_in,
    schedule_terms,
    schedules,
    vested_fraction,
    year_contributions,
)
from menus.engine.schedules import catch_up, fill_schedule, matched

from .payroll_by_payroll import schedule_by_hand
from .scenarios import LIMITS

ROTH_LIMITS = replace(LIMITS, roth_catch_up_wages=150_000)
PLAN = PlanTerms(2026, 26, ((0.5, 0.06),), {2025: replace(LIMITS, elective_deferral=23_500), 2026: LIMITS})
BY_PAYROLL = replace(PLAN, match_true_up=False)
PAYROLLS = (12, 24, 26, 52)


def person(age: int, pay: float, rate: float) -> People:
    one = np.ones((1, 1))
    return People(np.array([1]), np.array([age]), np.array([pay]), np.array([rate]), one, one)


def contributed(age: int, pay: float, rate: float, year: int = 1, plan: PlanTerms = PLAN) -> list[float]:
    deferral, match = year_contributions(person(age, pay, rate), plan, Behaviour(raise_rate=0.03), year)
    return [float(deferral[0]), float(match[0])]


# ------------------------------------------------------------- one year
def test_below_the_limits_it_is_rate_times_pay():
    assert contributed(30, 80_000, 0.05) == pytest.approx([4_000, 2_000])


def test_pay_rises_from_the_second_year():
    assert contributed(30, 80_000, 0.05, year=3) == pytest.approx([4_000 * 1.03**2, 2_000 * 1.03**2])


def test_deferral_stops_at_the_elective_limit():
    assert contributed(30, 300_000, 0.15) == pytest.approx([24_500, 0.5 * 0.06 * 300_000])


@pytest.mark.parametrize(
    ("age", "most"), [(48, 24_500), (49, 32_500), (58, 32_500), (59, 35_750), (62, 35_750), (63, 32_500)]
)
def test_catch_up_follows_the_age_attained_in_the_year(age, most):
    assert contributed(age, 340_000, 0.5)[0] == most


def test_match_counts_pay_up_to_the_compensation_limit():
    """As the IRS works its example: half of 5% of the limit, however much above it the person earns."""
    generous = replace(PLAN, match_tiers=((0.5, 0.05),))
    assert contributed(30, 500_000, 0.10, plan=generous) == pytest.approx([24_500, 0.5 * 0.05 * 360_000])


def test_dollars_deferred_from_pay_above_the_limit_are_matched_inside_the_tiers():
    generous = replace(PLAN, match_tiers=((1.0, 0.05),))
    assert contributed(30, 500_000, 0.03, plan=generous) == pytest.approx([15_000, 15_000])


def test_match_gives_way_to_the_annual_additions_limit():
    generous = replace(PLAN, match_tiers=((5.0, 0.06),))
    assert contributed(30, 350_000, 0.07, plan=generous) == pytest.approx([24_500, 72_000 - 24_500])


def test_catch_up_does_not_use_up_annual_additions():
    generous = replace(PLAN, match_tiers=((5.0, 0.06),))
    assert contributed(55, 350_000, 0.5, plan=generous) == pytest.approx([32_500, 72_000 - 24_500])


def test_additions_never_exceed_pay():
    assert contributed(30, 1_000, 1.0) == pytest.approx([1_000, 0])


def test_without_true_up_who_reaches_the_limit_early_loses_match():
    """Monthly pay 20,000, a quarter deferred: four payrolls of 5,000, one of 4,500, then no deferral to match."""
    monthly = replace(BY_PAYROLL, payrolls_per_year=12)
    assert contributed(30, 240_000, 0.25, plan=monthly) == pytest.approx([24_500, 0.5 * 0.06 * 5 * 20_000])
    assert contributed(30, 240_000, 0.25) == pytest.approx([24_500, 0.5 * 0.06 * 240_000])


def test_without_true_up_pay_stops_counting_at_the_compensation_limit():
    """Monthly pay 50,000 counts for seven payrolls and a fifth; 2% a payroll, matched in full."""
    monthly = replace(BY_PAYROLL, payrolls_per_year=12, match_tiers=((1.0, 0.02),))
    assert contributed(30, 600_000, 0.02, plan=monthly) == pytest.approx([12_000, 7_200])


@pytest.mark.parametrize("payrolls", PAYROLLS)
def test_where_no_limit_binds_true_up_changes_nothing(payrolls):
    plan = replace(PLAN, payrolls_per_year=payrolls)
    late = replace(plan, match_true_up=False)
    assert contributed(40, 90_000, 0.08, plan=plan) == contributed(40, 90_000, 0.08, plan=late)


# ------------------------------------------------------------- the Roth rule of catch-up contributions
def test_high_earner_without_a_roth_door_has_no_catch_up():
    plan = replace(PLAN, limits={2026: ROTH_LIMITS}, offers_roth=False)
    assert contributed(54, 200_000, 0.5, plan=plan)[0] == 24_500


def test_high_earner_with_a_roth_door_catches_up_in_full():
    plan = replace(PLAN, limits={2026: ROTH_LIMITS}, offers_roth=True)
    assert contributed(54, 200_000, 0.5, plan=plan)[0] == 32_500


def test_roth_rule_looks_at_the_pay_of_the_year_before():
    """152,000 this year was 147,573 the year before; a year later 152,000 itself is above the 150,000."""
    flat = Behaviour(raise_rate=0.03, limit_growth_rate=0)
    plan = replace(PLAN, limits={2026: ROTH_LIMITS}, offers_roth=False)
    deferrals, _ = schedules(person(54, 152_000, 0.5), plan, flat, 2)
    assert deferrals.tolist() == [[32_500, 24_500]]


def test_roth_rule_starts_with_its_first_published_year():
    years = {2025: LIMITS, 2026: ROTH_LIMITS}
    plan = replace(PLAN, start_year=2025, limits=years, offers_roth=False)
    deferrals, _ = schedules(person(54, 200_000, 0.5), plan, Behaviour(limit_growth_rate=0), 3)
    assert deferrals.tolist() == [[32_500, 24_500, 24_500]]


# ------------------------------------------------------------- published examples
def test_example_of_the_irs_for_pay_above_the_limit():
    """2012: $300,000 a year, $17,000 deferred, half of 5% of pay: the match is $6,250."""
    plan = PlanTerms(2012, 12, ((0.5, 0.05),), {2012: Limits(17_000, 5_500, 5_500, 50_000, 250_000)})
    assert contributed(48, 300_000, 17_000 / 300_000, plan=plan) == pytest.approx([17_000, 6_250])


@pytest.mark.parametrize(("true_up", "match"), [(False, 3_800), (True, 4_800)])
def test_example_of_a_limit_reached_in_the_nineteenth_payroll(true_up, match):
    """2019, thefinancebuff.com: $120,000 in 24 payrolls, $1,000 each deferred, all of the first 4% matched."""
    limits = {2019: Limits(19_000, 6_000, 6_000, 56_000, 280_000)}
    plan = PlanTerms(2019, 24, ((1.0, 0.04),), limits, match_true_up=true_up)
    assert contributed(40, 120_000, 0.20, plan=plan) == pytest.approx([19_000, match])


# ------------------------------------------------------------- whole schedules
TIERS = st.lists(
    st.tuples(st.floats(0, 5), st.floats(0.005, 0.2)), max_size=4, unique_by=lambda tier: tier[1]
).map(lambda tiers: tuple(zip((rate for rate, _ in tiers), sorted(up for _, up in tiers), strict=True)))
PLANS = st.builds(
    PlanTerms,
    start_year=st.sampled_from([2025, 2026]),
    payrolls_per_year=st.sampled_from(PAYROLLS),
    match_tiers=TIERS,
    # 150,000.25 and not 150,000, so that no drawn pay stands on the limit to the last bit
    limits=st.just(
        {
            2025: replace(LIMITS, elective_deferral=23_500, catch_up_50=7_500),
            2026: replace(LIMITS, roth_catch_up_wages=150_000.25),
        }
    ),
    match_true_up=st.booleans(),
    offers_roth=st.booleans(),
)
BEHAVIOURS = st.builds(
    Behaviour, raise_rate=st.floats(-0.05, 0.1), limit_growth_rate=st.sampled_from([0.0, 0.021, 0.025, 0.1])
)


@settings(max_examples=1_000, deadline=None)
@given(
    plan=PLANS,
    behaviour=BEHAVIOURS,
    age=st.integers(20, 70),
    pay=st.floats(5_000, 1_500_000),
    rate=st.one_of(st.just(0.0), st.floats(0, 1)),
)
def test_schedules_are_those_told_payroll_by_payroll(plan, behaviour, age, pay, rate):
    deferrals, matches = schedules(person(age, pay, rate), plan, behaviour, 20)

    expected = np.array(schedule_by_hand(age, pay, rate, plan, behaviour, 20))
    np.testing.assert_allclose(deferrals[0], expected[:, 0], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(matches[0], expected[:, 1], rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("payrolls", PAYROLLS)
@pytest.mark.parametrize("true_up", [True, False])
def test_a_career_that_meets_every_limit(payrolls, true_up):
    """From 47 to 66 on 330,000: 402(g) at once, the catch-ups of 50, 60 and 64, 401(a)(17) and 415(c) on the way."""
    plan = PlanTerms(2026, payrolls, ((1.0, 0.03), (2.5, 0.08)), {2026: ROTH_LIMITS}, match_true_up=true_up)
    behaviour = Behaviour(raise_rate=0.04)

    deferrals, matches = schedules(person(47, 330_000, 0.11), plan, behaviour, 20)

    expected = np.array(schedule_by_hand(47, 330_000, 0.11, plan, behaviour, 20))
    np.testing.assert_allclose(np.stack([deferrals[0], matches[0]], axis=1), expected, rtol=1e-12)
    assert contributions(person(47, 330_000, 0.11), plan, behaviour, 20) == pytest.approx(deferrals + matches)


def test_doing_without_true_up_never_adds_match():
    people = [(age, pay, rate) for age in (30, 52, 61) for pay in (90e3, 400e3) for rate in (0.04, 0.3)]
    for age, pay, rate in people:
        with_true_up, without = contributed(age, pay, rate), contributed(age, pay, rate, plan=BY_PAYROLL)
        assert with_true_up[0] == without[0]
        assert without[1] <= with_true_up[1] + 1e-9


def test_one_schedule_may_stop_before_its_terms():
    terms = schedule_terms(PLAN, Behaviour(), 10)
    deferral, match = np.zeros(3), np.zeros(3)
    fill_schedule(45, 90_000.0, 0.07, terms, deferral, match)

    deferrals, matches = schedules(person(45, 90_000, 0.07), PLAN, Behaviour(), 10)
    assert (deferral.tolist(), match.tolist()) == (deferrals[0, :3].tolist(), matches[0, :3].tolist())


def test_tiers_add_up():
    tiers = np.array([(1.0, 0.03), (0.5, 0.05)])
    assert [matched(rate * 1_000, 1_000.0, tiers) for rate in (0, 0.02, 0.04, 0.10)] == pytest.approx(
        [0, 20, 35, 40]
    )


# ------------------------------------------------------------- limits by year
def test_published_limits_are_used_as_they_are():
    assert limits_in(PLAN, Behaviour(), 2025).elective_deferral == 23_500
    assert limits_in(PLAN, Behaviour(), 2026) == LIMITS


def test_later_limits_grow_by_whole_statutory_steps():
    """The increase is rounded, not the figure: 11,250 goes on to 11,750."""
    plan = replace(PLAN, limits={2026: ROTH_LIMITS})
    assert limits_in(plan, Behaviour(limit_growth_rate=0.025), 2029) == Limits(
        26_000, 8_500, 11_750, 77_000, 385_000, 160_000
    )


def test_later_limits_never_fall_below_the_last_published():
    assert limits_in(PLAN, Behaviour(limit_growth_rate=0.001), 2027) == LIMITS


def test_terms_carry_the_limits_of_each_year():
    rows = schedule_terms(PLAN, Behaviour(), 4).limits.tolist()
    assert [Limits(*row) for row in rows] == [
        limits_in(PLAN, Behaviour(), year) for year in range(2026, 2030)
    ]


def test_catch_up_by_age():
    assert [catch_up(age, 8_000.0, 11_250.0) for age in (49, 50, 59, 60, 63, 64)] == [
        0,
        8_000,
        8_000,
        11_250,
        11_250,
        8_000,
    ]


# ------------------------------------------------------------- vesting
def test_vested_fraction_counts_completed_years():
    graded = (0.0, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    assert vested_fraction(np.array([0, 1.99, 2, 5.5, 6, 40]), graded).tolist() == [0, 0, 0.2, 0.8, 1, 1]
    assert vested_fraction(np.array([0, 3]), ()).tolist() == [1, 1]


def crowd(ages: list[int], pay: float = 100_000, rate: float = 0.06) -> People:
    n = len(ages)
    one = np.ones((n, 1))
    return People(np.arange(n), np.array(ages), np.full(n, pay), np.full(n, rate), one, one)


def test_employer_money_by_year_and_what_of_it_is_not_vested():
    """A cliff of three years: hired this year, two years ago, and one who retires after a year."""
    plan = replace(PLAN, vesting=(0.0, 0.0, 0.0, 1.0))
    found = employer_money(crowd([61, 61, 64]), np.array([0, 2, 0]), plan, Behaviour(raise_rate=0))
    assert found.tolist() == [[3, 900_000, 600_000], [2, 600_000, 300_000], [2, 600_000, 0], [2, 600_000, 0]]


def test_employer_money_vested_at_once_leaves_nothing_to_forfeit():
    found = employer_money(crowd([61, 63]), np.array([0, 0]), PLAN, Behaviour(raise_rate=0))
    assert found[:, 2].tolist() == [0, 0, 0, 0]


def test_employer_money_of_parts_adds_up():
    group, service = crowd([30, 45, 62, 70]), np.array([0, 1, 4, 9])
    plan = replace(PLAN, vesting=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    whole = employer_money(group, service, plan, Behaviour())
    parts = np.zeros_like(whole)
    for rows in (slice(0, 1), slice(1, 4)):
        part = employer_money(group.take(rows), service[rows], plan, Behaviour())
        parts[: len(part)] += part
    assert parts.tolist() == whole.tolist()


def test_vesting_only_ever_rises():
    graded = tuple(k / 6 for k in range(7))
    held = vested_fraction(np.linspace(0, 10, 50), graded)
    assert all(a <= b for a, b in pairwise(held))


def test_horizon_is_the_retirement_age_and_one_year_beyond_it():
    ages = [22, 64, 65, 70]
    group = People(np.arange(4), np.array(ages), np.ones(4), np.zeros(4), np.ones((4, 1)), np.ones((4, 1)))
    assert horizons(group, Behaviour()).tolist() == [43, 1, 1, 1]
