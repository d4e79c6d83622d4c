"""What must hold whatever the plan, the menu and the limits, on generated cases; and that the run's own
checks can fail."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import Behaviour, FundRebalancing, Limits, PlanTerms, Sleeve, prepare, project
from menus.engine.checks import quantiles_are_ordered, run_checks
from menus.engine.contributions import contributions
from menus.engine.exposure import all_holdings, exposures, holdings, takers
from menus.engine.projection import account_paths, balance_at_horizon

from .scenarios import LIMITS, SLEEVES, inside, people, scenario

SLEEVE_NAMES = st.sampled_from(sorted(SLEEVES))
PREPARED = {name: prepare(scenario(name, n_paths=100)) for name in SLEEVES}


@st.composite
def plans(draw) -> PlanTerms:
    upper = draw(st.floats(0.01, 0.1))
    limits = Limits(*(draw(st.floats(0, 100_000)) for _ in range(5)))
    return PlanTerms(
        2026, draw(st.sampled_from([12, 24, 26, 52])), ((draw(st.floats(0, 2)), upper),), {2026: limits}
    )


@settings(max_examples=300, deadline=None)
@given(plan=plans(), seed=st.integers(0, 10_000), raise_rate=st.floats(-0.05, 0.1))
def test_contributions_stay_inside_pay_and_limits(plan, seed, raise_rate):
    group, behaviour = people(6, seed), Behaviour(raise_rate=raise_rate)
    paid = contributions(group, plan, behaviour, 5)
    pay = group.annual_pay[:, None] * (1 + raise_rate) ** np.arange(5)
    limits = plan.limits[2026]
    grown = (1 + behaviour.limit_growth_rate) ** np.arange(5)
    catch_up = max(limits.catch_up_50, limits.catch_up_60_63)
    most = (max(limits.annual_additions, limits.elective_deferral) + catch_up) * grown

    assert (paid >= 0).all()
    assert (paid <= most + 1e-6).all()
    assert (paid <= pay + catch_up * grown + 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(name=SLEEVE_NAMES, seed=st.integers(0, 10_000))
def test_asset_dollars_sum_to_balances_in_every_arm(name, seed):
    prepared, group = PREPARED[name], people(6, seed)
    for arm in prepared.arms:
        dollars = exposures(prepared, arm, all_holdings(prepared, arm, group))
        assert (dollars >= 0).all()
        assert dollars.sum(axis=1) == pytest.approx(group.balances.sum(axis=1))


@settings(max_examples=40, deadline=None)
@given(name=SLEEVE_NAMES, seed=st.integers(0, 10_000))
def test_shares_lie_between_nothing_and_everything(name, seed):
    prepared, group = PREPARED[name], people(4, seed)
    chunk = project(prepared, group)
    shares = chunk.rows["share"][chunk.rows["share"] != -1]

    assert shares.min() >= 0
    assert shares.max() <= 1_000_000
    assert quantiles_are_ordered(chunk).passed


@settings(max_examples=40, deadline=None)
@given(name=SLEEVE_NAMES, seed=st.integers(0, 10_000), factor=st.sampled_from([2, 4, 0.5]))
def test_scaled_money_scales_dollars_and_leaves_shares(name, seed, factor):
    prepared, group = PREPARED[name], people(4, seed, oldest=55)
    scaled = replace(group, balances=group.balances * factor)
    taking = takers(prepared, group)
    for row in range(len(group)):
        once, more = (
            account_paths(
                prepared,
                prepared.arms[1],
                holdings(prepared, prepared.arms[1], who, row, bool(taking[row])),
                money,
            )
            for who, money in ((group, np.full(3, 5000.0)), (scaled, np.full(3, 5000.0 * factor)))
        )
        assert np.array_equal(once.balance * np.float32(factor), more.balance)
        assert np.array_equal(once.digital * np.float32(factor), more.digital)


@settings(max_examples=40, deadline=None)
@given(name=SLEEVE_NAMES, seed=st.integers(0, 10_000))
def test_the_short_way_to_the_horizon_is_the_long_way_to_the_bit(name, seed):
    prepared, group = PREPARED[name], people(3, seed, oldest=55)
    taking, paid = takers(prepared, group), np.full(7, 4000.0)
    for arm in prepared.arms:
        for row in range(len(group)):
            held = holdings(prepared, arm, group, row, bool(taking[row]))
            long_way = account_paths(prepared, arm, held, paid).balance[-1]
            assert np.array_equal(balance_at_horizon(prepared, arm, held, paid), long_way)


@pytest.mark.parametrize("rule", FundRebalancing)
def test_a_sleeve_of_zero_is_the_base_menu_to_the_bit(rule):
    nothing = Sleeve(0.05, inside(0.0, rebalancing=rule))
    group = people(12)
    chunk = project(prepare(scenario(nothing)), group)
    plain = project(prepare(scenario("none")), group)

    assert np.array_equal(chunk.rows["balance"][:, 1], chunk.rows["balance"][:, 0])
    assert np.array_equal(chunk.rows["balance"][:, 0], plain.rows["balance"][:, 0])


def test_a_line_nobody_takes_is_the_base_menu_to_the_bit():
    prepared = prepare(scenario("sell_down", behaviour=Behaviour(take_up_rate=0)))
    chunk = project(prepared, people(12))
    assert np.array_equal(chunk.rows["balance"][:, 1], chunk.rows["balance"][:, 0])


def test_selling_down_leaves_every_path_at_or_below_the_cap():
    prepared = prepare(scenario("sell_down", behaviour=Behaviour(take_up_rate=1, take_up_weight=0.05)))
    group = people(6, oldest=55)
    for row in range(6):
        held = holdings(prepared, prepared.arms[1], group, row, True)
        paths = account_paths(prepared, prepared.arms[1], held, np.full(6, 6000.0))
        crypto, total = paths.opening[-1][1:], sum(paths.opening)[1:]
        elsewhere = sum(
            line[1:] * fund.opening_share[1:6]
            for line, fund in zip(paths.opening[:-1], paths.funds[:-1], strict=True)
        )
        assert (crypto + elsewhere <= 0.05 * total * (1 + 1e-5) + 0.01).all()
        assert paths.sold.max() > 0


def test_blocked_new_money_goes_elsewhere():
    behaviour = Behaviour(take_up_rate=1, take_up_weight=0.05)
    free, blocked = (prepare(scenario(name, behaviour=behaviour)) for name in ("line", "block"))
    group = people(6, oldest=55)
    held = holdings(blocked, blocked.arms[1], group, 0, True)
    paths = account_paths(blocked, blocked.arms[1], held, np.full(6, 6000.0))

    assert paths.new_money.sum(axis=0) == pytest.approx(np.full(6, 6000.0))
    assert paths.new_money[-1].sum() < 0.05 * 36_000
    assert account_paths(
        free, free.arms[1], holdings(free, free.arms[1], group, 0, True), np.full(6, 6000.0)
    ).new_money[-1].sum() == pytest.approx(0.05 * 36_000)


@pytest.mark.parametrize("name", SLEEVES)
def test_every_check_of_a_run_passes(name):
    group = people(12)
    checks = list(run_checks(PREPARED[name], group, project(PREPARED[name], group)))
    assert [check.name for check in checks if not check.passed] == []
    assert len(checks) == 7


def test_checks_notice_what_is_wrong():
    prepared, group = prepare(scenario("calendar", n_paths=100)), people(12)
    chunk = project(prepared, group)
    chunk.rows["balance_today"][0] += 100_000
    chunk.rows["balance"][0, 0, 0] = chunk.rows["balance"][0, 0, 4] + 1
    failed = {check.name for check in run_checks(prepared, group, chunk) if not check.passed}
    assert failed == {"opening", "ordered"}


def test_limits_of_zero_stop_deferral_and_match():
    group = people(6)
    plan = PlanTerms(
        2026,
        26,
        ((0.5, 0.06),),
        {2026: replace(LIMITS, elective_deferral=0, catch_up_50=0, catch_up_60_63=0)},
    )
    assert contributions(group, plan, Behaviour(limit_growth_rate=0), 3).sum() == 0
