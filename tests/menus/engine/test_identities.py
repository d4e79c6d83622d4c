"""What must hold whatever the plan, the menu, the limits and the people, on generated cases."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import (
    Behaviour,
    CryptoLine,
    Limits,
    LineRebalancing,
    People,
    PlanTerms,
    Sleeve,
    evaluate,
    prepare,
    project,
)
from menus.engine.checks import run_checks
from menus.engine.contributions import contributions, horizons
from menus.engine.exposure import accounts, digital_dollars, doors, exposures, holdings, opening_weights
from menus.engine.measures import FAN, PERCENTILES, quantile_errors, quantiles, shortfall, shortfall_error
from menus.engine.projection import AccountPaths, account_paths
from menus.engine.sums import MEANS

from .generated import (
    Case,
    behaviours,
    crypto_lines,
    groups,
    kept,
    plans,
    scenarios,
    sleeves,
    target_date_sleeves,
    under,
)
from .scenarios import FIRST_AGE, LIMITS, SLEEVES, people, scenario

BLOCKED = Sleeve(0.05, None, CryptoLine(LineRebalancing.NEW_MONEY_BLOCK))
SLEEVE_NAMES = st.sampled_from(sorted(SLEEVES))
DOLLARS = ("balance_today", "digital_today", "contributions", "flow", "sleeve_fees", "balance", "digital")
OWN = 1


def near(found, expected, rel=2e-5, dollars=2e-3) -> None:
    """Equal but for the rounding of float32 over some forty years."""
    np.testing.assert_allclose(found, expected, rel, dollars)


def paths_of(prepared, group, row, arm=OWN) -> AccountPaths:
    """One participant's account followed year by year and path by path."""
    case = prepared.scenario
    years = int(horizons(group, case.behaviour)[row])
    paid = contributions(group, case.plan, case.behaviour, years)[row]
    return account_paths(
        prepared, prepared.arms[arm], holdings(prepared, prepared.arms[arm], group, row), paid
    )


@st.composite
def cases(draw, **changes):
    """A kept market under a drawn plan and behaviour, with drawn people."""
    market = kept(draw(SLEEVE_NAMES), ladder=False)
    prepared = under(market, draw(plans(payrolls=(26,))), draw(behaviours(retirement_age=65)))
    return Case(prepared, draw(groups(6, **{"first_age": FIRST_AGE, "last_age": 70} | changes)))


@st.composite
def drawn_whole(draw, sleeve=None):
    """A scenario of which everything is drawn, prepared, and people for it."""
    case = draw(scenarios(sleeve))
    return Case(prepare(case), draw(groups(len(case.menu.line_keys))))


# ------------------------------------------------------------- contributions
@st.composite
def plans_of_any_limits(draw) -> PlanTerms:
    upper = draw(st.floats(0.01, 0.1))
    limits = Limits(*(draw(st.floats(0, 100_000)) for _ in range(5)))
    return PlanTerms(
        2026, draw(st.sampled_from([12, 24, 26, 52])), ((draw(st.floats(0, 2)), upper),), {2026: limits}
    )


@settings(max_examples=300, deadline=None)
@given(plan=plans_of_any_limits(), seed=st.integers(0, 10_000), raise_rate=st.floats(-0.05, 0.1))
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


def test_limits_of_zero_stop_deferral_and_match():
    group = people(6)
    plan = PlanTerms(
        2026,
        26,
        ((0.5, 0.06),),
        {2026: replace(LIMITS, elective_deferral=0, catch_up_50=0, catch_up_60_63=0)},
    )
    assert contributions(group, plan, Behaviour(limit_growth_rate=0), 3).sum() == 0


# ------------------------------------------------------------- weights and dollars on day one
def assert_weights_and_dollars_sum_up(prepared, group) -> None:
    held, balances = accounts(prepared, group), group.balances.sum(axis=1)
    digital = prepared.scenario.market.digital_index
    for arm in prepared.arms:
        each = np.array([opening_weights(prepared, arm, track) for track in prepared.tracks])
        dollars = exposures(held, arm)

        assert (each >= 0).all()
        near(each.sum(axis=1), np.ones(len(each)), 1e-9)
        assert (dollars >= 0).all()
        near(dollars.sum(axis=1), balances, 1e-9, 1e-9)
        near(digital_dollars(held, arm), dollars[:, digital], 1e-9, 1e-9)
        near(sum(doors(held, arm).values()), dollars[:, digital], 1e-9, 1e-9)
        assert sum(h.election for h in held.holdings(arm, 0)) == pytest.approx(1)


# ------------------------------------------------------------- years
@settings(max_examples=120, deadline=None)
@given(drawn_whole())
def test_every_check_of_a_drawn_run_passes(drawn):
    """Weights, exposures, opening balances, roll-forward, zero sleeve, doubling, everyone once, agreement, order."""
    prepared, group = drawn.prepared, drawn.people
    assert_weights_and_dollars_sum_up(prepared, group)

    checks = list(run_checks(prepared, group, project(prepared, group)))

    assert [check for check in checks if not check.passed] == []
    assert len(checks) == 9


@settings(max_examples=300, deadline=None)
@given(cases())
def test_roll_forward_closes_line_by_line(case):
    """Opening times growth plus new money times annuity is what a line closes with, and what opens the next year."""
    prepared, group = case.prepared, case.people
    paths = paths_of(prepared, group, 0)
    years = len(paths.balance)
    for fund, start, end, bought in zip(
        paths.funds, paths.opening, paths.closing, paths.new_money, strict=True
    ):
        paid = bought[:, None] * fund.annuity[:years]
        if not paths.ruled:  # under a rule new money differs by path
            near(end, start * fund.growth[:years] + paid)
    opened, closed = (np.sum(each, axis=0, dtype=np.float64) for each in (paths.opening, paths.closing))
    near(opened[1:], closed[:-1])
    near(opened[0], np.full(opened.shape[1], group.balances[0].sum()))


@settings(max_examples=300, deadline=None)
@given(cases())
def test_figures_are_those_of_accounts_followed_one_by_one(case):
    """The compiled evaluator against the account of every participant, figure by figure."""
    prepared, group = case.prepared, case.people
    rows = evaluate(prepared, group)
    for row, years in enumerate(rows["horizon"].tolist()):
        paths = paths_of(prepared, group, row)
        ordered = np.sort(paths.balance[-1])
        digital, share = np.sort(paths.digital, axis=1), np.sort(share_of(paths), axis=1)
        tiny = (
            2e-5 * float(ordered[-1]) + 2e-3
        )  # a distance between neighbouring paths is a small difference of large ones
        rel = 5e-3 if blocks(paths, prepared) else 2e-5
        near(rows["balance"][row, OWN], quantiles(ordered, PERCENTILES), rel)
        near(rows["balance_error"][row, OWN], quantile_errors(ordered, PERCENTILES), 1e-3, tiny)
        near(rows["shortfall"][row, OWN], shortfall(ordered), rel)
        near(rows["shortfall_error"][row, OWN], shortfall_error(ordered), 1e-3, tiny)
        near(rows["digital"][row, :years], quantiles(digital, FAN), rel)
        near(rows["share"][row, :years], quantiles(share, FAN), max(rel, 2e-4), 1e-6)
        near(rows["flow"][row], paths.flow[0], 1e-4, 1e-2)
        near(rows["sleeve_fees"][row], paths.sleeve_fees.sum(), 1e-4, 1e-2)
        assert_ever_above(int(rows["ever_above"][row]), share_of(paths), prepared.scenario.sleeve.cap)


def blocks(paths, prepared) -> bool:
    """Whether new money is blocked above the cap: there a rounding may decide one path's year, and one path of a
    hundred shows."""
    line = prepared.scenario.sleeve.crypto_line
    return paths.ruled and line.rebalancing is LineRebalancing.NEW_MONEY_BLOCK


def share_of(paths) -> np.ndarray:
    return np.divide(paths.digital, paths.balance, out=np.zeros_like(paths.balance), where=paths.balance > 0)


def assert_ever_above(counted, share, cap):
    """Paths whose largest share lies within rounding of the cap may be counted or not."""
    largest = share.max(axis=0)
    assert (largest > cap * (1 + 1e-4)).sum() <= counted <= (largest > cap * (1 - 1e-4)).sum()


@settings(max_examples=200, deadline=None)
@given(cases())
def test_percentiles_are_ordered_and_shares_lie_between_nothing_and_everything(case):
    prepared, group = case.prepared, case.people
    rows = evaluate(prepared, group)
    within = np.arange(prepared.scenario.n_years) < rows["horizon"][:, None]

    assert all(
        (np.diff(rows[name][~np.isnan(rows[name])].reshape(-1, 3)) >= 0).all()
        for name in ("digital", "share")
    )
    assert (np.diff(rows["balance"]) >= 0).all()
    assert (rows["shortfall"] <= rows["balance"][:, :, 0]).all()
    assert (np.isnan(rows["share"]) == ~within[:, :, None]).all()
    assert (np.isnan(rows["digital"]) == ~within[:, :, None]).all()
    assert rows["share"][within].min() >= 0
    assert rows["share"][within].max() <= 1
    assert ((rows["ever_above"] >= 0) & (rows["ever_above"] <= prepared.scenario.n_paths)).all()


# ------------------------------------------------------------- twice the money
@settings(max_examples=250, deadline=None)
@given(case=cases(), factor=st.sampled_from([2, 4, 0.5]))
def test_scaled_money_scales_dollars_and_leaves_shares(case, factor):
    """Balances, pay and limits in another unit: every dollar is as many times as large, nothing else changes. A power
    of two is exact in floating point, so it is so to the bit."""
    prepared, group = case.prepared, case.people
    behaviour = replace(
        prepared.scenario.behaviour, limit_growth_rate=0
    )  # limits rise in whole steps of dollars
    plan = prepared.scenario.plan
    scaled_limits = {
        year: Limits(*(factor * value for value in vars(each).values())) for year, each in plan.limits.items()
    }
    once = evaluate(under(prepared, plan, behaviour), group)
    scaled = replace(group, balances=group.balances * factor, annual_pay=group.annual_pay * factor)
    more = evaluate(under(prepared, replace(plan, limits=scaled_limits), behaviour), scaled)

    for name in (*DOLLARS, "balance_error", "shortfall", "shortfall_error"):
        np.testing.assert_array_equal(more[name], once[name] * factor, name)
    for name in ("share", "ever_above", "takes_up", "horizon"):
        np.testing.assert_array_equal(more[name], once[name], name)


# ------------------------------------------------------------- a sleeve of nothing
def assert_as_base(prepared, group, exactly=True) -> None:
    """The sponsor's arm is the base menu to the bit, in every figure at the horizon and, if `exactly`, by year."""
    rows = evaluate(prepared, group)
    plain = evaluate(prepare(prepared.scenario.with_(sleeve=Sleeve(prepared.scenario.sleeve.cap))), group)

    for name in ("balance", "balance_error", "shortfall", "shortfall_error", "digital_today"):
        np.testing.assert_array_equal(rows[name][:, OWN], rows[name][:, 0], name)
        np.testing.assert_array_equal(rows[name][:, OWN], plain[name][:, OWN], name)
    assert (rows["effect_error"][:, OWN] <= 1e-6 * rows["balance"][:, OWN]).all()
    for name in ("digital", "share", "flow"):  # an empty line is one more to add up
        np.testing.assert_allclose(rows[name], plain[name], 0 if exactly else 1e-5, 1e-9, err_msg=name)
    if exactly:
        np.testing.assert_array_equal(rows["ever_above"], plain["ever_above"])


@settings(max_examples=60, deadline=None)
@given(drawn_whole(st.builds(Sleeve, st.just(0.05), target_date_sleeves(0.0, 0.0))))
def test_a_target_date_sleeve_of_zero_is_the_base_menu_to_the_bit(drawn):
    assert_as_base(drawn.prepared, drawn.people)


@settings(max_examples=60, deadline=None)
@given(drawn=drawn_whole(st.builds(Sleeve, st.just(0.05), st.none(), crypto_lines())), nobody=st.booleans())
def test_a_crypto_line_of_nothing_is_the_base_menu_to_the_bit(drawn, nobody):
    """Nobody takes it up, or everybody puts nothing in."""
    prepared, group = drawn.prepared, drawn.people
    rate, weight = (0.0, 0.05) if nobody else (1.0, 0.0)
    behaviour = replace(prepared.scenario.behaviour, take_up_rate=rate, take_up_weight=weight)

    assert_as_base(under(prepared, prepared.scenario.plan, behaviour), group, exactly=nobody)


def test_a_sleeve_of_something_is_not_the_base_menu():
    """Else the two tests above would pass for an engine that ignores sleeves."""
    for sleeve in ("calendar", "line"):
        prepared = under(kept(sleeve), kept(sleeve).scenario.plan, Behaviour(take_up_rate=1))
        rows = evaluate(prepared, people(12))
        assert (rows["balance"][:, OWN] != rows["balance"][:, 0]).any()


# ------------------------------------------------------------- rules
def test_selling_down_leaves_every_path_at_or_below_the_cap():
    prepared = prepare(scenario("sell_down", behaviour=Behaviour(take_up_rate=1, take_up_weight=0.05)))
    group = people(6, oldest=55)
    for row in range(6):
        held = holdings(prepared, prepared.arms[1], group, row)
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
    held = holdings(blocked, blocked.arms[1], group, 0)
    paths = account_paths(blocked, blocked.arms[1], held, np.full(6, 6000.0))

    assert paths.new_money.sum(axis=0) == pytest.approx(np.full(6, 6000.0))
    assert paths.new_money[-1].sum() < 0.05 * 36_000
    assert account_paths(
        free, free.arms[1], holdings(free, free.arms[1], group, 0), np.full(6, 6000.0)
    ).new_money[-1].sum() == pytest.approx(0.05 * 36_000)


def test_who_stands_at_the_cap_is_not_blocked_by_a_rounding():
    """Everybody takes up as much as the cap allows; in the first year all of it still buys the line."""
    behaviour = Behaviour(take_up_rate=1, take_up_weight=0.05)
    prepared = prepare(scenario(BLOCKED, n_paths=100, ladder=(0.2,), behaviour=behaviour))
    n, mix = 300, np.array([[0, 0, 0, 0.7, 0.3, 0]])
    money = np.random.default_rng(0).lognormal(10, 1, (n, 1))
    group = People(
        np.arange(n), np.full(n, 60), np.full(n, 6e4), np.full(n, 0.05), mix * money, np.repeat(mix, n, 0)
    )

    rows = evaluate(prepared, group)

    near(rows["flow"], 0.05 * rows["contributions"], 1e-6)


@settings(max_examples=100, deadline=None)
@given(
    case=cases(),
    low=st.integers(20, 70),
    high=st.integers(20, 70),
    name=st.sampled_from(["line", "sell_down", "both"]),
)
def test_only_eligible_ages_take_up_the_crypto_line(case, low, high, name):
    """Who is outside the ages holds what they would hold if there were no line, to the bit."""
    group = case.people
    low, high = min(low, high), max(low, high)
    before, behaviour = kept(name), Behaviour(take_up_rate=1)
    closed = Sleeve(before.scenario.sleeve.cap, before.scenario.sleeve.target_date)
    line = replace(before.scenario.sleeve.crypto_line, min_age=low, max_age=high)
    some = replace(
        before, scenario=before.scenario.with_(sleeve=replace(before.scenario.sleeve, crypto_line=line))
    )
    rows = evaluate(under(some, some.scenario.plan, behaviour), group)
    inside = (group.ages >= low) & (group.ages <= high)

    assert rows["takes_up"].tolist() == inside.tolist()
    assert ((rows["door_crypto_line"] > 0) == (inside & (group.balances.sum(axis=1) > 0))).all()
    outside = evaluate(replace(before, scenario=before.scenario.with_(sleeve=closed)), group)
    for figure in ("digital", "share", "ever_above", "digital_today"):
        np.testing.assert_array_equal(rows[figure][~inside], outside[figure][~inside], figure)


# ------------------------------------------------------------- sums
@settings(max_examples=150, deadline=None)
@given(cases(most=6))
def test_sums_of_a_chunk_are_its_rows_added_up(case):
    prepared, group = case.prepared, case.people
    rows, sums = evaluate(prepared, group), project(prepared, group).sums

    assert sums["people"].sum() == len(group)
    assert sums["taking_up"][0] == rows["takes_up"].sum()
    assert np.repeat(np.arange(len(sums["horizons"])), sums["horizons"]).tolist() == sorted(
        rows["horizon"] - 1
    )
    for name, figure in (("balance_today_usd", "balance_today"), ("sleeve_fees_usd", "sleeve_fees")):
        added = sums["means"][MEANS.index(name)].sum() / 100
        assert added == pytest.approx(rows[figure].sum(), abs=0.005 * len(group) + 1e-6)
    assert sums["arm_digital"] / 100 == pytest.approx(
        rows["digital_today"].sum(axis=0), abs=0.005 * len(group) + 1e-6
    )
    assert (sums["medians"].sum(axis=(1, 2)) == len(group)).all()


def test_cases_reach_what_they_are_about():
    """Drawn people include those whom limits stop, those who pay nothing in, rules, and accounts of nothing."""
    seen = set()

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(cases())
    def look(case):
        prepared, group = case.prepared, case.people
        paid = contributions(group, prepared.scenario.plan, prepared.scenario.behaviour, 2)
        wanted = group.deferral_rates * group.annual_pay
        seen.update({("stopped", bool((paid[:, 0] < wanted - 1).any())), ("idle", bool((paid == 0).any()))})
        seen.add(("empty", bool((group.balances.sum(axis=1) == 0).any())))
        seen.add(("rule", project(prepared, group).sums.keys() >= {"ruled_balance"}))

    look()
    assert seen == {(name, truth) for name in ("stopped", "idle", "empty", "rule") for truth in (False, True)}


@settings(max_examples=60, deadline=None)
@given(sleeves())
def test_a_drawn_sleeve_names_its_doors(sleeve):
    doors_there = {"target_date": sleeve.target_date, "crypto_line": sleeve.crypto_line}
    named = {"none": set(), "both": set(doors_there)}.get(sleeve.kind, {sleeve.kind})
    assert named == {
        name for name, door in doors_there.items() if isinstance(door, CryptoLine) or door is not None
    }
