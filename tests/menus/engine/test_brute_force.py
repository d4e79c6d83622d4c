"""The yearly recursion against the month-by-month float64 reference on the same paths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import evaluate, prepare
from menus.engine.contributions import contributions, horizons
from menus.engine.exposure import holdings
from menus.engine.measures import FAN, PERCENTILES
from menus.engine.projection import account_paths

from .brute_force import follow
from .generated import groups, scenarios
from .scenarios import SLEEVES, people, scenario

TOLERANCE = 2e-5  # float32 prices compounded over some forty years


@pytest.mark.parametrize("sleeve", SLEEVES)
@pytest.mark.parametrize("payrolls", [12, 52])
def test_every_sleeve_agrees_with_the_months(sleeve, payrolls):
    case = scenario(sleeve, n_paths=100)
    case = case.with_(plan=type(case.plan)(2026, payrolls, case.plan.match_tiers, case.plan.limits))
    prepared, group = prepare(case), people(6)
    paid = contributions(group, case.plan, case.behaviour, case.n_years)
    years = horizons(group, case.behaviour)
    for arm in (prepared.arms[0], prepared.arms[1], prepared.arms[-1]):
        for row in range(len(group)):
            held = holdings(prepared, arm, group, row)
            paths = account_paths(prepared, arm, held, paid[row, : years[row]])
            expected = follow(prepared, arm, group, row)
            scale = np.maximum(expected["balance"], 1)
            context = (arm.name, row)
            assert np.abs(paths.balance - expected["balance"]).max() <= TOLERANCE * scale.max(), context
            assert (np.abs(paths.balance - expected["balance"]) / scale).max() < TOLERANCE, context
            assert (np.abs(paths.digital - expected["digital"]) / scale).max() < TOLERANCE, context
            if arm.name == "own":
                moved = expected["moved"].mean(axis=1)
                assert paths.rebalanced == pytest.approx(moved, rel=1e-3, abs=1e-4 * scale.max()), context


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_figures_of_drawn_people_are_those_of_their_months(data):
    """Any menu, sleeve, plan and person: the figures of the compiled evaluator in every arm and year."""
    case = data.draw(scenarios())
    prepared, group = prepare(case), data.draw(groups(len(case.menu.line_keys), most=2))
    rows = evaluate(prepared, group)
    for row, years in enumerate(rows["horizon"].tolist()):
        for k, arm in enumerate(prepared.arms):
            told = follow(prepared, arm, group, row)
            agree(rows["balance"][row, k], np.quantile(told["balance"][-1], PERCENTILES))
            agree(rows["shortfall"][row, k], np.sort(told["balance"][-1])[:5].mean())
            if arm.name == "own":
                agree(
                    rows["digital"][row, :years],
                    np.quantile(told["digital"], FAN, axis=1).T,
                    group.balances.sum(),
                )


def agree(found, expected, scale=0.0):
    """Within the rounding of float32; near a threshold of a rule, a rounding may decide one path's year."""
    np.testing.assert_allclose(found, expected, 1e-4, 1e-5 * scale + 1e-6)


def test_the_reference_tells_sleeves_apart():
    """A reference that ignored the sleeve would agree with anything."""
    results = {}
    for sleeve in SLEEVES:
        prepared = prepare(scenario(sleeve, n_paths=100))
        results[sleeve] = sum(
            follow(prepared, prepared.arms[1], people(3, oldest=55), row)["digital"].sum() for row in range(3)
        )
    assert len(set(results.values())) == len(SLEEVES)
