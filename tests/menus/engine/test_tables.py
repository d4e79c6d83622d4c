"""Figures read off tables against the exact recursion: close, and inside their certified bracket."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import (
    Behaviour,
    CryptoLine,
    InputError,
    LineRebalancing,
    People,
    PlanTerms,
    Prepared,
    Sleeve,
    Tables,
    evaluate,
    merge,
    prepare,
    project,
    tables_for,
)
from menus.engine.bent import STOPPED_FROM
from menus.engine.contributions import contributions
from menus.engine.exact import evaluate_exactly
from menus.engine.exposure import accounts, holdings, takers
from menus.engine.measures import FAN, quantile_errors
from menus.engine.mixes import Mixes, Savers, sort_by_mix
from menus.engine.projection import account_paths
from menus.engine.results import plan_year_frame
from menus.engine.tables import SHARED_BY, TABLES_FROM, shared_mixes, tabulate
from menus.engine.totals import plan_totals

from .generated import behaviours, kept, plans, published_limits, under, weights
from .scenarios import FIRST_AGE, LIMITS, SLEEVES, inside, people, scenario

ROUNDING = (
    4e-6  # of a value: paths are float32, so the exact figure may lie that far outside an exact bracket
)
WORST = 1 / 5  # of the reported sampling error
FREE = sorted(name for name, sleeve in SLEEVES.items() if not sleeve.crypto_line or name == "line")
SHORTFALL = 10  # its column in the brackets, after five percentiles and their errors
PLAN = PlanTerms(2026, 26, ((0.5, 0.06),), {2026: LIMITS})
UNLIMITED = replace(PLAN, limits={2026: replace(LIMITS, **dict.fromkeys(vars(LIMITS), 1e9))})


def mixes_of(prepared: Prepared, *rows: int, takes_up: bool = False) -> Mixes:
    """Everything in one line each."""
    whole = np.eye(len(prepared.scenario.menu.line_keys))[list(rows)]
    return Mixes(whole, whole, np.full(len(rows), takes_up))


def savers(ages, pay, rates, balances, mix=0) -> Savers:
    n = len(ages)
    columns = (np.resize(np.asarray(each, dtype=float), n) for each in (pay, rates, balances))
    return Savers(np.arange(n), np.asarray(ages), *columns, np.resize(mix, n))


def tabulated(prepared: Prepared, mixes: Mixes, who: Savers) -> Tables:
    """Tables as for a run in which everybody occurs often enough to have a shape of their own."""
    return tabulate(prepared, mixes, who, times=1e6)


def exactly(tables: Tables, who: Savers) -> dict:
    """The same people by the exact recursion, each taking up the line as the mix says."""
    taking = tables.mixes.takes_up[who.mix]
    return evaluate_exactly(tables.prepared, who.people(tables.mixes), taking=taking)[0]


def assert_close(read: dict, exact: dict, stray: float = 0.0) -> None:
    """Balances within a fifth of the sampling error reported beside them; whom a limit stops may besides be off by as
    much as contributions may `stray` from the tabulated shape. A figure without error is met as float32 has it."""
    for name, error in (("balance", "balance_error"), ("shortfall", "shortfall_error")):
        room = WORST * exact[error] + (2e-5 + stray) * np.abs(exact[name]) + 1e-3
        off = np.abs(read[name] - exact[name]) - room
        worst = np.unravel_index(off.argmax(), off.shape)
        assert off.max() <= 0, (name, worst, read[name][worst], exact[name][worst], exact[error][worst])
    assert (np.isnan(read["digital"]) == np.isnan(exact["digital"])).all()
    assert (np.isnan(read["share"]) == np.isnan(exact["share"])).all()


def assert_inside(read: dict, exact: dict) -> None:
    """Exact balances, shortfalls and digital dollars lie in the bracket of whoever was read off a table."""
    table = read["by_table"]
    pairs = (
        (exact["balance"], read["low"][:, :, :5], read["high"][:, :, :5]),
        (exact["shortfall"], read["low"][:, :, SHORTFALL], read["high"][:, :, SHORTFALL]),
        (exact["digital"], read["low_digital"][:, :, :3], read["high_digital"][:, :, :3]),
    )
    for values, low, high in pairs:
        room = ROUNDING * np.abs(values) + 1e-6
        outside = (values < low - room) | (values > high + room)
        assert not outside[table].any(), (values[outside], low[outside], high[outside])


# ------------------------------------------------------------- drawn mixes and people
@st.composite
def drawn_mixes(draw, prepared: Prepared) -> Mixes:
    n, lines = draw(st.integers(1, 2)), len(prepared.scenario.menu.line_keys)
    opening = [draw(weights(lines)) for _ in range(n)]
    election = [opening[m] if draw(st.booleans()) else draw(weights(lines)) for m in range(n)]
    has_line = prepared.scenario.sleeve.crypto_line is not None
    return Mixes(
        np.array(opening), np.array(election), np.array([has_line and draw(st.booleans()) for _ in range(n)])
    )


@st.composite
def drawn_savers(draw, n_mixes: int, rich: bool = False) -> Savers:
    """People of few ages, and among them who has or pays nothing, the poor and the rich."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, ages = 24, draw(st.lists(st.integers(FIRST_AGE, 70), min_size=1, max_size=2))
    pay = rng.lognormal(12.3 if rich else 11, 0.6, n).round(2)
    rates = np.where(rng.random(n) < 0.1, 0, rng.uniform(0, 0.5 if rich else 0.2, n)).round(3)
    money = rng.lognormal(10.5, 2, n) * (rng.random(n) > 0.1)
    return savers(rng.choice(ages, n), pay, rates, money.round(2), rng.integers(0, n_mixes, n))


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(FREE), data=st.data(), behaviour=behaviours(retirement_age=65))
def test_savers_whom_nothing_stops_are_read_as_they_are_computed(name, data, behaviour):
    prepared = under(kept(name, ladder=False), UNLIMITED, behaviour)
    mixes = data.draw(drawn_mixes(prepared))
    who = data.draw(drawn_savers(len(mixes)))
    tables = tabulated(prepared, mixes, who)
    read, exact = tables.evaluate(who, brackets=True), exactly(tables, who)

    assert read["by_table"].all()
    assert_close(read, exact)
    assert_inside(read, exact)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(FREE),
    data=st.data(),
    plan=plans(payrolls=(26,), limits=published_limits()),
    behaviour=behaviours(retirement_age=65),
)
def test_savers_whom_the_law_stops_are_read_as_they_are_computed(name, data, plan, behaviour):
    """Under any match, true-up, raise and Roth rule."""
    read, exact, stray = read_and_computed(name, data, plan, behaviour)

    assert_close(read, exact, stray)
    assert_inside(read, exact)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(FREE),
    data=st.data(),
    plan=plans(payrolls=(26,)),
    behaviour=behaviours(retirement_age=65),
)
def test_exact_figures_lie_in_their_bracket_under_any_limits(name, data, plan, behaviour):
    """Limits of nothing, of a billion, and catch-ups above the limit they add to."""
    read, exact, _ = read_and_computed(name, data, plan, behaviour)

    assert_inside(read, exact)


def read_and_computed(name, data, plan, behaviour) -> tuple[dict, dict, float]:
    prepared = under(kept(name, ladder=False), plan, behaviour)
    mixes = data.draw(drawn_mixes(prepared))
    who = data.draw(drawn_savers(len(mixes), rich=True))
    tables = tabulated(prepared, mixes, who)
    return tables.evaluate(who, brackets=True), exactly(tables, who), tables.tolerance


# ------------------------------------------------------------- shapes of contributions
def series_tables(plan: PlanTerms, who: Savers) -> Tables:
    prepared = under(kept("calendar", ladder=False), plan, Behaviour())
    return tabulated(prepared, mixes_of(prepared, 0), who)


NO_ROTH = replace(PLAN, offers_roth=False, limits={2026: replace(LIMITS, roth_catch_up_wages=150_000)})
STOPPED = {
    "402(g)": (PLAN, savers([30, 45, 49], 220_000, 0.20, 50_000)),
    "catch-up at 50": (PLAN, savers([48, 50, 55], 250_000, 0.25, 90_000)),
    "catch-up at 60 to 63": (PLAN, savers([58, 59, 61], 250_000, 0.25, 90_000)),
    "pay above 401(a)(17)": (PLAN, savers([30, 40, 50], 600_000, [0.06, 0.10, 0.15], 100_000)),
    "415(c)": (replace(PLAN, match_tiers=((2.0, 0.10),)), savers([30, 40, 50], 300_000, 0.10, 0)),
    "no Roth": (NO_ROTH, savers([52, 55, 61], 260_000, 0.25, 90_000)),
    "no true-up": (replace(PLAN, match_true_up=False), savers([30, 45, 55], 300_000, 0.30, 20_000)),
}


@pytest.mark.parametrize("law", STOPPED)
def test_who_is_stopped_by_a_limit_is_close_and_inside(law):
    plan, who = STOPPED[law]
    tables = series_tables(plan, who)
    read, exact = tables.evaluate(who, brackets=True), exactly(tables, who)
    free = replace(plan, limits=UNLIMITED.limits)
    case = tables.prepared.scenario
    dollars, unlimited = (
        contributions(who.people(tables.mixes), each, case.behaviour, case.n_years) for each in (plan, free)
    )

    assert (np.abs(dollars - unlimited).max(axis=1) > 1).all()  # the law does stop them
    assert_close(read, exact)
    assert_inside(read, exact)
    np.testing.assert_allclose(read["contributions"], dollars[:, 0])


def test_most_of_those_whom_402g_stops_need_no_recursion_of_their_own():
    for law in ("402(g)", "catch-up at 50", "catch-up at 60 to 63"):
        plan, who = STOPPED[law]
        assert series_tables(plan, who).evaluate(who)["by_table"].all(), law


WITHOUT_A_SHAPE = {
    "nothing paid in from pay above 401(a)(17)": (PLAN, savers([40], 400_000, 0.0, 10_000)),
    "nothing at all": (PLAN, savers([30], 400_000, 0.0, 0)),
    "a match of five times the deferral": (
        replace(PLAN, match_tiers=((5.0, 0.06),)),
        savers([40], 190_000, 0.06, 10_000),
    ),
    "more than all of pay": (replace(PLAN, match_tiers=((1.0, 0.06),)), savers([40], 20_000, 0.97, 10_000)),
    "a deferral limit of nothing": (
        replace(PLAN, limits={2026: replace(LIMITS, elective_deferral=0)}),
        savers([30, 40], 80_000, 0.06, 10_000),
    ),
    "no pay that counts": (
        replace(PLAN, limits={2026: replace(LIMITS, compensation=0)}),
        savers([30, 55], 80_000, 0.06, 10_000),
    ),
}


@pytest.mark.parametrize("why", WITHOUT_A_SHAPE)
def test_who_has_no_tabulated_shape_is_computed_exactly(why):
    plan, who = WITHOUT_A_SHAPE[why]
    tables = series_tables(plan, who)
    read, exact = tables.evaluate(who, brackets=True), exactly(tables, who)

    assert not read["by_table"].any()
    for name, values in exact.items():
        np.testing.assert_allclose(
            read[name], values, 1e-7, 1e-7, err_msg=name
        )  # kept as float32 beside the tables


def test_limits_are_tabulated_for_those_who_are_many():
    """Below `STOPPED_FROM` of a mix and age everybody's own recursion costs less; the whole run alone decides."""
    plan, who = STOPPED["402(g)"]
    prepared = under(kept("calendar", ladder=False), plan, Behaviour())
    by_table = [
        tabulate(prepared, mixes_of(prepared, 0), who, times=times).evaluate(who)["by_table"].tolist()
        for times in (STOPPED_FROM - 1, STOPPED_FROM)
    ]
    assert by_table == [[False] * 3, [True] * 3]


def test_flow_by_year_is_that_of_everybody_added_up():
    """Straight savers, stopped ones and ones computed exactly; for any number of workers."""
    who = savers(
        [30, 40, 50, 62, 40], [60_000, 250_000, 80_000, 90_000, 400_000], [0.06, 0.2, 0.1, 0.5, 0], 10_000
    )
    tables = series_tables(PLAN, who)
    found = [tables.evaluate(who, workers=workers)["flow_by_year"] for workers in (1, 2)]
    case = tables.prepared.scenario
    expected = np.zeros(case.n_years)
    for row, years in enumerate(exact_horizons(who).tolist()):
        person = who.people(tables.mixes).take([row])
        paid = contributions(person, case.plan, case.behaviour, years)[0]
        held = holdings(tables.prepared, tables.prepared.arms[1], person, 0)
        expected[:years] += account_paths(tables.prepared, tables.prepared.arms[1], held, paid).flow

    np.testing.assert_allclose(found[0], expected, 1e-5)
    np.testing.assert_allclose(found[1], found[0], 1e-12)


def exact_horizons(who: Savers) -> np.ndarray:
    return np.maximum(65 - who.ages, 1)


@pytest.mark.parametrize("name", ["calendar", "line"])
def test_figures_by_year_lie_close_to_the_exact_ones(name):
    """Digital dollars and shares of mixed accounts, in sampling errors of their own paths."""
    prepared = kept(name, ladder=False)
    mix = np.array([[0.5, 0, 0, 0.2, 0, 0.3]])
    tables = tabulate(prepared, Mixes(mix, mix[:, ::-1], np.array([name == "line"])))
    who = savers([25, 35, 45, 55, 63, 50], [60_000, 90_000, 250_000], [0.05, 0.1, 0.2], [0, 5_000, 100_000])
    read = tables.evaluate(who)
    for row, years in enumerate(read["horizon"].tolist()):
        person = who.people(tables.mixes).take([row])
        paid = contributions(person, prepared.scenario.plan, prepared.scenario.behaviour, years)[0]
        held = accounts(prepared, person, tables.mixes.takes_up).holdings(prepared.arms[1], 0)
        paths = account_paths(prepared, prepared.arms[1], held, paid)
        for figure, values in (("digital", paths.digital), ("share", paths.digital / paths.balance)):
            ordered = np.sort(values, axis=1)
            truth = np.quantile(ordered, FAN, axis=1).T
            room = WORST * quantile_errors(ordered, FAN) + 1e-5 * np.abs(truth)
            assert (np.abs(read[figure][row, :years] - truth) <= room).all(), (figure, row)


# ------------------------------------------------------------- people above the cap
@cache
def crowd() -> People:
    """400 people in three mixes with digital assets, some of them stopped by limits."""
    rng, n = np.random.default_rng(5), 400
    mixes = np.array([[1, 0, 0, 0, 0, 0], [0.4, 0, 0, 0.2, 0.2, 0.2], [0, 0, 0, 0.5, 0, 0.5]])[
        rng.integers(0, 3, n)
    ]
    return People(
        np.arange(n),
        rng.integers(FIRST_AGE, 66, n),
        rng.lognormal(11.4, 0.7, n),
        rng.choice([0.03, 0.06, 0.10, 0.25], n),
        mixes * rng.lognormal(10, 1.5, n)[:, None],
        mixes,
    )


@cache
def crowd_in_a_plan() -> Prepared:
    """A cap that many are above now and then, a crypto line that nobody touches and sleeves that drift."""
    sleeve = Sleeve(0.03, inside(), CryptoLine(LineRebalancing.NONE, 0.0025))
    behaviour = Behaviour(take_up_rate=0.4, take_up_weight=0.02)
    return prepare(scenario(sleeve, n_paths=200, ladder=(), behaviour=behaviour))


@cache
def crowd_tables() -> Tables:
    return tabulated(crowd_in_a_plan(), *sort_by_mix(crowd(), takers(crowd_in_a_plan(), crowd())))


def test_paths_ever_above_the_cap_are_counted_as_the_exact_recursion_counts_them():
    exact, read = (evaluate(crowd_in_a_plan(), crowd(), tables=t) for t in (None, crowd_tables()))
    paths = crowd_in_a_plan().scenario.n_paths
    off = np.abs(read["ever_above"] - exact["ever_above"]) / paths
    one_fund = (crowd().elections > 0).sum(axis=1) + exact["takes_up"] == 1

    assert 0.1 < (exact["ever_above"] / paths).mean() < 0.9
    assert (off[one_fund] == 0).all()
    assert off.mean() < 0.002
    assert off.max() <= 0.03


def test_plan_totals_with_tables_are_the_exact_ones():
    """Dollars follow from the same sums, so they are the same to the bit; people above the cap stand at the nearest
    node."""
    prepared = crowd_in_a_plan()
    exact = plan_totals(prepared, project(prepared, crowd()))
    tables = crowd_tables()
    whole = merge(
        [project(prepared, crowd().take(slice(k, k + 100)), tables=tables) for k in (300, 100, 0, 200)]
    )
    read = plan_totals(prepared, whole, tables)

    for name in ("balance", "digital", "flow", "rebalanced", "sleeve_fees"):
        np.testing.assert_array_equal(getattr(read, name), getattr(exact, name), name)
    off = np.abs(read.above_cap - exact.above_cap)
    assert exact.above_cap.max() > 100
    assert off.mean() < 0.002 * len(crowd())
    assert off.max() <= 0.03 * len(crowd())
    frames = [plan_year_frame(whole, totals)["people_above_cap_p50"] for totals in (read, exact)]
    assert np.abs(frames[0] - frames[1]).max() <= 0.01 * len(crowd())


def test_people_above_the_cap_are_those_counted_one_by_one():
    """The exact totals, of which the test above speaks, against every account path by path."""
    prepared, group = crowd_in_a_plan(), crowd().take(slice(0, 60))
    case, above = prepared.scenario, np.zeros((prepared.scenario.n_years, prepared.scenario.n_paths))
    for row in range(len(group)):
        years = max(65 - int(group.ages[row]), 1)
        paid = contributions(group, case.plan, case.behaviour, years)[row]
        paths = account_paths(
            prepared, prepared.arms[1], holdings(prepared, prepared.arms[1], group, row), paid
        )
        above[:years] += paths.digital / paths.balance > case.sleeve.cap * (1 + 1e-6)

    found = plan_totals(prepared, project(prepared, group)).above_cap
    assert (found != above).mean() < 0.001  # a share within rounding of the cap
    assert np.abs(found - above).max() <= 1


# ------------------------------------------------------------- mixes
@settings(max_examples=200, deadline=None)
@given(n=st.integers(1, 30), seed=st.integers(0, 10_000))
def test_sorting_by_mix_keeps_everybody_and_their_money(n, seed):
    group = people(n, seed)
    taking = np.random.default_rng(seed).random(n) < 0.3
    mixes, who = sort_by_mix(group, taking)
    again = who.people(mixes)

    assert (who.keys.tolist(), who.ages.tolist()) == (group.keys.tolist(), group.ages.tolist())
    np.testing.assert_allclose(again.balances, group.balances, 1e-8, 1e-8)
    np.testing.assert_allclose(again.elections, group.elections, 1e-8, 1e-8)
    np.testing.assert_array_equal(mixes.takes_up[who.mix], taking)
    np.testing.assert_allclose(mixes.opening.sum(axis=1), 1)


def test_the_same_mix_is_found_whatever_the_size_of_the_balance():
    group = people(1)
    alike = People(
        np.arange(3),
        np.array([30, 40, 50]),
        np.full(3, 50_000.0),
        np.full(3, 0.05),
        group.elections[[0, 0, 0]] * np.array([[0.0], [1 / 3], [1e6]]),
        group.elections[[0, 0, 0]],
    )
    mixes, who = sort_by_mix(alike, np.zeros(3, bool))
    assert (len(mixes), who.mix.tolist()) == (1, [0, 0, 0])


def shared(n: int, line: int = 3, first: int = 0) -> People:
    whole = np.eye(6)[[line] * n]
    return People(
        np.arange(first, first + n), np.full(n, 40), np.full(n, 5e4), np.full(n, 0.05), whole * 1_000, whole
    )


def together(*groups: People) -> People:
    names = ("keys", "ages", "annual_pay", "deferral_rates", "balances", "elections")
    return People(**{name: np.concatenate([getattr(each, name) for each in groups]) for name in names})


def test_mixes_worth_a_table_are_shared_by_many_and_follow_no_rule():
    many, few = shared(SHARED_BY), shared(SHARED_BY - 1, line=4, first=SHARED_BY)
    everyone_takes = Behaviour(take_up_rate=1)
    free, ruled = (
        under(kept(name, ladder=False), kept(name).scenario.plan, everyone_takes)
        for name in ("line", "sell_down")
    )

    found, holders = shared_mixes(free, together(many, few))

    assert found.elections.tolist() == [np.eye(6)[3].tolist()]
    assert found.takes_up.tolist() == [True]
    assert (holders.keys.tolist(), set(holders.mix)) == (many.keys.tolist(), {0})
    assert [len(each) for each in shared_mixes(ruled, many)] == [0, 0]


def test_tables_are_made_for_large_runs_that_share_a_mix():
    prepared = kept("none", ladder=False)
    n = TABLES_FROM
    rng = np.random.default_rng(1)
    apart = rng.dirichlet(np.ones(6), n)

    assert tables_for(prepared, shared(n - 1)) is None
    assert tables_for(prepared, replace(shared(n), balances=apart, elections=apart)) is None
    made = tables_for(prepared, shared(n))
    assert made is not None
    assert len(made.mixes) == 1


def test_who_has_no_table_is_computed_exactly_beside_those_who_have():
    """A run of people with a table, without one, and under a rule."""
    prepared = under(kept("both", ladder=False), kept("both").scenario.plan, Behaviour(take_up_rate=0.3))
    group = together(shared(20), replace(people(20), keys=np.arange(500, 520)))
    tables = tabulate(prepared, mixes_of(prepared, 3))
    read, exact = evaluate(prepared, group, tables=tables), evaluate(prepared, group)
    tabled = ~exact["takes_up"] & (group.elections[:, 3] == 1)

    assert 0 < tabled.sum() < 20
    for name, values in exact.items():
        np.testing.assert_array_equal(read[name][~tabled], values[~tabled], name)
    assert_close({k: v[tabled] for k, v in read.items()}, {k: v[tabled] for k, v in exact.items()})


YOUNG = savers([19], 3e5, 0.25, 0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda p: tabulate(p, Mixes(np.ones((1, 6)), np.ones((1, 6)) / 6, np.array([False]))),
            "sum to 100%",
        ),
        (
            lambda p: tabulate(p, Mixes(np.ones((1, 5)) / 5, np.ones((1, 6)) / 6, np.array([False]))),
            "6 lines",
        ),
        (lambda p: tabulate(p, mixes_of(p, 0, takes_up=True)), "under a rule is not tabulated"),
        (lambda p: tabulated(p, mixes_of(p, 0), YOUNG).evaluate(YOUNG), "younger than"),
    ],
)
def test_what_cannot_be_tabulated_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make(kept("sell_down", ladder=False))


def test_close_and_inside_can_fail():
    """Else the tests above would pass for anything."""
    who = savers([30, 50], 60_000, 0.06, 20_000)
    tables = series_tables(PLAN, who)
    read, exact = tables.evaluate(who, brackets=True), exactly(tables, who)
    larger = exact | {"balance": exact["balance"] * 1.2}

    with pytest.raises(AssertionError):
        assert_close(read, larger)
    with pytest.raises(AssertionError):
        assert_inside(read, larger)
    with pytest.raises(AssertionError):
        assert_inside(read, exact | {"digital": exact["digital"] * 1.2})
