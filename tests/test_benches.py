"""The benchmarks tell the truth: every opponent finds what the engine finds, and the harness counts and judges right.

Small sizes throughout: these tests say nothing about speed.
"""

from argparse import Namespace
from functools import cache

import numpy as np
import pytest

from menus.engine import evaluate, prepare
from menus.engine.contributions import contributions
from menus.engine.exposure import uniform_by_key
from tests.bench import _accuracy, _peer, engine, nation
from tests.bench._float64 import float64_reference
from tests.bench._imports import packages_of_check
from tests.bench._numba_brute import numba_brute
from tests.bench._numpy_loop import numpy_quantile, numpy_sort
from tests.bench._opponents import case_of
from tests.bench._plan_sizes import SHARE_OF_PEOPLE, plan_sizes
from tests.bench._race import Line, at_least, at_most, print_lines, race
from tests.bench._sort_wall import rows_of, sort_wall, unsorted
from tests.bench._workload import AGES, SEED, crowd, crowds, spread, with_high_pay, workload
from tests.menus.engine.scenarios import market

PATHS, PEOPLE = 200, 10
OUTPUT = ("balance", "shortfall", "digital", "share", "ever_above")


@cache
def prepared():
    return prepare(workload(PATHS))


@cache
def people(kind):
    few = spread(crowd(1_000), PEOPLE)
    return with_high_pay(few) if kind == "limits bind" else few


def assert_same(found, expected, tolerance):
    for name in OUTPUT:
        years = found[name].shape[1] if found[name].ndim > 1 else None
        np.testing.assert_allclose(
            found[name], expected[name][:, :years] if years else expected[name], tolerance
        )


@pytest.mark.parametrize("kind", ["as drawn", "limits bind"])
@pytest.mark.parametrize("opponent", [numpy_sort, numpy_quantile, numba_brute])
def test_opponent_finds_what_the_engine_finds(opponent, kind):
    case = case_of(prepared(), people(kind))

    found = opponent(case)

    assert_same(found, evaluate(prepared(), case.crowd.people), 2e-5)


@pytest.mark.parametrize("kind", ["as drawn", "limits bind"])
def test_float64_reference_finds_what_the_engine_finds(kind):
    found = float64_reference(prepared(), people(kind))

    assert_same(found, evaluate(prepared(), people(kind).people), 2e-5)
    assert (found["digital_error"][~np.isnan(found["digital"])] > 0).all()


def test_limits_bind_for_high_pay_and_hardly_for_others():
    free = workload(PATHS, limits=False)

    changed = {
        kind: np.mean(_money(workload(PATHS), kind) < _money(free, kind) - 1e-6)
        for kind in ("as drawn", "limits bind")
    }

    assert changed["as drawn"] < 0.2
    assert changed["limits bind"] > 0.5


def _money(scenario, kind):
    return contributions(people(kind).people, scenario.plan, scenario.behaviour, 10).sum(axis=1)


def test_monteplan_without_volatility_grows_by_its_monthly_mean():
    still = market(arithmetic_means=np.full(5, 0.06), volatilities=np.zeros(5), correlations=np.eye(5))

    found = _peer.monteplan_run(still, np.array([55]), np.array([100_000.0]), np.array([0.0]), 100)

    np.testing.assert_allclose(found, np.full((1, 2, 5), 100_000 * 1.005 ** (11 * 12)), 1e-6)


def test_sort_wall_sorts_two_rows_a_year_and_two_at_the_horizon():
    rows = unsorted(workload(PATHS), rows_of(np.array([3, 1])), 1)

    sort_wall(rows)

    assert rows.shape == (12, PATHS)
    assert (np.diff(rows, axis=1) >= 0).all()


def test_crowd_follows_the_published_tables():
    many = crowd(200_000)

    assert set(AGES) == set(many.ages)
    assert 22 < (65 - many.ages).mean() < 24
    young = (many.ages >= 25) & (many.ages < 35)
    assert np.median(many.balances[young]) == pytest.approx(16_255, rel=0.03)
    assert many.balances[young].mean() == pytest.approx(42_640, rel=0.06)
    assert many.deferral_rates[young].mean() == pytest.approx(0.068, rel=0.03)
    assert many.takes_up.mean() == pytest.approx(0.30, rel=0.02)


def test_crowds_are_the_same_whenever_they_are_drawn_and_have_keys_of_their_own():
    first, again = (list(crowds(250, block=100)) for _ in range(2))

    assert [len(block) for block in first] == [100, 100, 50]
    np.testing.assert_array_equal(np.concatenate([block.keys for block in first]), np.arange(250))
    np.testing.assert_array_equal(first[2].balances, again[2].balances)
    assert not np.array_equal(first[0].balances, first[1].balances)


def test_plan_sizes_add_up_and_have_the_published_segments():
    sizes = plan_sizes(10_000, 1_260_000)

    assert sizes.sum() == 1_260_000
    assert sizes.min() >= 1
    largest = np.sort(sizes)[-55:].sum() / 1_260_000  # the 0.55 % largest plans
    assert largest == pytest.approx(SHARE_OF_PEOPLE[3], abs=0.08)


def test_plan_sizes_refuse_more_plans_than_people():
    with pytest.raises(ValueError, match="too few"):
        plan_sizes(10, 9)


def test_race_lets_contenders_take_turns():
    turns = []

    seconds = race({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, 3)

    assert turns == ["a", "b"] * 3
    assert all(value >= 0 for value in seconds.values())


def test_verdicts_and_table(capsys):
    lines = [at_least("speed", 41.2, 40), at_least("share", 0.59, 0.6, "{:.0%}"), at_most("error", 0.3, 0.2)]
    lines.append(Line("peer", "x3"))

    print_lines(lines)

    assert [line.reached for line in lines] == [True, False, False, True]
    assert lines[0] == Line("speed", "x41.2", "at least x40", True)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "what      measured  asked         verdict",
        "speed        x41.2  at least x40  reached",
        "share          59%  at least 60%  MISSED",
        "error          0.3  at most 0.2   MISSED",
        "peer            x3                told",
    ]


def test_manage_py_check_loads_neither_pandas_nor_numba():
    loaded = packages_of_check()

    assert {"django", "menus", "numpy"} <= loaded
    assert not {"pandas", "numba"} & loaded


def test_tables_are_judged_by_sampling_errors_and_brackets():
    truth = {"balance": np.array([[[100.0, 0.0]]]), "shortfall": np.array([[50.0]])}
    rows = {"balance": np.array([[[101.0, 0.0]]]), "balance_error": np.array([[[4.0, 0.0]]])}
    rows |= {"shortfall": np.array([[50.0]]), "shortfall_error": np.array([[2.0]])}
    brackets = {"balance": (np.array([[[99.0, np.nan]]]), np.array([[[99.9, np.nan]]]))}

    found = _accuracy.distances(rows, truth)

    np.testing.assert_allclose(found["balance"], [0.25, 0.0])
    np.testing.assert_allclose(found["shortfall"], [0.0])
    assert _accuracy.outside_of(brackets, truth) == 1


def test_nation_adds_up_everybody_once(monkeypatch):
    monkeypatch.setattr(nation, "PORTION", 700)  # so that plans are cut between portions
    arguments = Namespace(participants=5_000, plans=40, paths=PATHS, workers=2, offering=0.5)

    country, cost = nation.nation(arguments)

    rows = evaluate(prepared(), crowd(5_000).people)
    plan = np.repeat(np.arange(40), country.people)
    expected = {
        "flow": rows["flow"],
        "digital_today": rows["digital_today"][:, 1],
        "above": rows["ever_above"] / PATHS,
        "effect": rows["balance"][:, 1, 2] - rows["balance"][:, 0, 2],
    }
    offered = uniform_by_key(np.arange(40), SEED) < 0.5
    assert country.people.sum() == 5_000
    assert 0 < offered.sum() < 40
    for name, values in expected.items():
        tolerance = (
            1e-6 if name in ("flow", "digital_today") else 1e-2
        )  # the rest is read off tables of few paths
        np.testing.assert_allclose(
            getattr(country, name), np.bincount(plan, values * offered[plan]), tolerance
        )
    money = contributions(crowd(5_000).people, workload(PATHS).plan, workload(PATHS).behaviour, 1)
    assert country.flow_by_year[0] == pytest.approx(country.flow.sum())
    assert 0 < country.flow_by_year[0] < money.sum() * 0.1
    assert cost.compute > 0
    assert cost.peak_mb > 50


def test_engine_benchmark_runs_and_its_exit_status_is_its_verdict(capsys):
    status = engine.main(["--quick", "--only", "exact"])

    words = capsys.readouterr().out
    assert "exact, 500 people with limits, S=1,000: times Numba" in words
    assert "load average" in words
    assert status == (1 if "MISSED" in words else 0)
