"""Deferral, match and the statutory limits."""

from dataclasses import replace

import numpy as np
import pytest

from menus.engine import Behaviour, Limits, People, PlanTerms
from menus.engine.contributions import catch_up, horizons, limits_in, match_rate, year_contributions

from .scenarios import LIMITS

PLAN = PlanTerms(2026, 26, ((0.5, 0.06),), {2025: replace(LIMITS, elective_deferral=23_500), 2026: LIMITS})


def person(age: int, pay: float, rate: float) -> People:
    one = np.ones((1, 1))
    return People(np.array([1]), np.array([age]), np.array([pay]), np.array([rate]), one, one)


def contributed(age: int, pay: float, rate: float, year: int = 1, plan: PlanTerms = PLAN) -> list[float]:
    deferral, match = year_contributions(person(age, pay, rate), plan, Behaviour(raise_rate=0.03), year)
    return [float(deferral[0]), float(match[0])]


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
    generous = replace(PLAN, match_tiers=((1.0, 0.05),))
    assert contributed(30, 500_000, 0.04, plan=generous) == pytest.approx([20_000, 0.04 * 360_000])


def test_match_gives_way_to_the_annual_additions_limit():
    generous = replace(PLAN, match_tiers=((5.0, 0.06),))
    assert contributed(30, 350_000, 0.07, plan=generous) == pytest.approx([24_500, 72_000 - 24_500])


def test_catch_up_does_not_use_up_annual_additions():
    generous = replace(PLAN, match_tiers=((5.0, 0.06),))
    assert contributed(55, 350_000, 0.5, plan=generous) == pytest.approx([32_500, 72_000 - 24_500])


def test_additions_never_exceed_pay():
    assert contributed(30, 1_000, 1.0) == pytest.approx([1_000, 0])


def test_tiers_add_up():
    tiers = ((1.0, 0.03), (0.5, 0.05))
    assert match_rate(np.array([0, 0.02, 0.04, 0.10]), tiers).tolist() == pytest.approx(
        [0, 0.02, 0.035, 0.04]
    )


def test_published_limits_are_used_as_they_are():
    assert limits_in(PLAN, Behaviour(), 2025).elective_deferral == 23_500
    assert limits_in(PLAN, Behaviour(), 2026) == LIMITS


def test_later_limits_grow_and_round_down_to_their_steps():
    assert limits_in(PLAN, Behaviour(limit_growth_rate=0.025), 2029) == Limits(
        26_000, 8_500, 12_000, 77_000, 385_000
    )


def test_later_limits_never_fall_below_the_last_published():
    assert limits_in(PLAN, Behaviour(limit_growth_rate=0.001), 2027) == LIMITS


def test_catch_up_by_age():
    assert catch_up(LIMITS, np.array([49, 50, 59, 60, 63, 64])).tolist() == [
        0,
        8_000,
        8_000,
        11_250,
        11_250,
        8_000,
    ]


def test_horizon_is_the_retirement_age_and_one_year_beyond_it():
    ages = [22, 64, 65, 70]
    group = People(np.arange(4), np.array(ages), np.ones(4), np.zeros(4), np.ones((4, 1)), np.ones((4, 1)))
    assert horizons(group, Behaviour()).tolist() == [43, 1, 1, 1]
