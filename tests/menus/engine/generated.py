"""Plans, menus, sleeves and people as hypothesis draws them: small, and with the ends of every range in them."""

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import strategies as st

from menus.engine import (
    Behaviour,
    CryptoLine,
    FundRebalancing,
    Limits,
    LineRebalancing,
    Menu,
    People,
    PlanTerms,
    Prepared,
    Scenario,
    Sleeve,
    TargetDateSleeve,
    prepare,
)
from menus.engine.arms import arms_of

from .scenarios import ASSETS, LIMITS, market, scenario

FIRST_AGE, LAST_AGE = 50, 70  # few years, so that a market is drawn in a few milliseconds
DIGITAL = len(ASSETS) - 1
PATHS = 100
PAYROLLS = (12, 24, 26, 52)


class Case:
    """A prepared scenario and people for it; a failing case prints what was drawn, not the market."""

    def __init__(self, prepared: Prepared, people: People) -> None:
        self.prepared, self.people = prepared, people

    def __repr__(self) -> str:
        drawn = self.prepared.scenario
        return f"{drawn.sleeve}, {drawn.behaviour}, {drawn.plan}, lines {drawn.menu.line_keys}, {self.people}"


@cache
def kept(sleeve: str, ladder: bool = True) -> Prepared:
    """A market that many cases share."""
    return prepare(scenario(sleeve, n_paths=PATHS) if ladder else scenario(sleeve, n_paths=PATHS, ladder=()))


def under(prepared: Prepared, plan: PlanTerms, behaviour: Behaviour) -> Prepared:
    """The same market with another plan (of the same payrolls and start) and behaviour (of the same retirement age), on
    which no factor depends."""
    before = prepared.scenario
    assert (plan.payrolls_per_year, plan.start_year) == (
        before.plan.payrolls_per_year,
        before.plan.start_year,
    )
    assert behaviour.retirement_age == before.behaviour.retirement_age
    changed = before.with_(plan=plan, behaviour=behaviour)
    return replace(prepared, scenario=changed, arms=arms_of(changed))


def cents(least: float, most: float) -> st.SearchStrategy[float]:
    """Dollars in whole cents."""
    return st.floats(least, most).map(lambda dollars: round(dollars, 2))


# ------------------------------------------------------------- plans and behaviour
@st.composite
def published_limits(draw: st.DrawFn) -> Limits:
    """Those of 2026, with the Roth rule for nobody, some or everybody."""
    return replace(LIMITS, roth_catch_up_wages=draw(st.sampled_from([float("inf"), 150_000, 0])))


@st.composite
def any_limits(draw: st.DrawFn) -> Limits:
    """Published limits, or limits that bind nobody, everybody or some."""
    if draw(st.booleans()):
        return draw(published_limits())
    dollars = st.one_of(st.sampled_from([0, 500, 24_500]), cents(0, 100_000), st.just(1e9))
    return Limits(*(draw(dollars) for _ in range(5)))


@st.composite
def plans(
    draw: st.DrawFn, payrolls: tuple[int, ...] = PAYROLLS, limits: st.SearchStrategy[Limits] | None = None
) -> PlanTerms:
    bounds = sorted(draw(st.sets(st.integers(1, 20), max_size=3)))
    return PlanTerms(
        2026,
        draw(st.sampled_from(payrolls)),
        tuple((draw(st.integers(0, 300)) / 100, bound / 100) for bound in bounds),
        {2026: draw(any_limits() if limits is None else limits)},
        match_true_up=draw(st.booleans()),
        offers_roth=draw(st.booleans()),
    )


@st.composite
def behaviours(draw: st.DrawFn, retirement_age: int | None = None) -> Behaviour:
    return Behaviour(
        raise_rate=draw(st.sampled_from([0.03, 0.0, -0.05, 0.10])),
        limit_growth_rate=draw(st.sampled_from([0.025, 0.0, 0.10])),
        retirement_age=retirement_age or draw(st.integers(55, 66)),
        take_up_rate=draw(st.sampled_from([0.5, 0.0, 1.0])),
        take_up_weight=draw(st.sampled_from([0.03, 0.0, 0.4])),
        take_up_moves_balance=draw(st.booleans()),
    )


# ------------------------------------------------------------- menus and sleeves
@st.composite
def weights(draw: st.DrawFn, n: int) -> np.ndarray:
    """Fractions (n) that sum to one, some of them often nothing."""
    parts = np.array(draw(st.lists(st.integers(0, 10), min_size=n, max_size=n)), dtype=float)
    parts[draw(st.integers(0, n - 1))] += 1
    return parts / parts.sum()


@st.composite
def menus(draw: st.DrawFn) -> Menu:
    """One to four lines: a series, vintages, and funds that may hold digital assets themselves."""
    n, ages = draw(st.integers(1, 4)), LAST_AGE - FIRST_AGE + 1
    dated = [draw(st.booleans()) for _ in range(n)]
    series = dated.index(True) if True in dated and draw(st.booleans()) else -1
    look_through = np.zeros((n, ages, len(ASSETS)))
    for line in range(n):
        width = DIGITAL if dated[line] and draw(st.booleans()) else len(ASSETS)
        young, old = draw(weights(width)), draw(weights(width))
        part = np.linspace(0, 1, ages)[:, None] if dated[line] else np.zeros((ages, 1))
        look_through[line, :, :width] = (1 - part) * young + part * old
    years = [draw(st.sampled_from([2030, 2040])) if is_dated else 0 for is_dated in dated]
    if series >= 0:
        years[series] = 0
    return Menu(
        line_keys=tuple(f"line_{line}" for line in range(n)),
        expense_ratios=np.array([draw(st.sampled_from([0, 0.0005, 0.02])) for _ in range(n)]),
        look_through=look_through,
        first_age=FIRST_AGE,
        target_years=tuple(years),
        is_target_date=tuple(dated),
    )


@st.composite
def target_date_sleeves(draw: st.DrawFn, least: float = 0.0, most: float = 0.3) -> TargetDateSleeve:
    young, old = draw(st.floats(least, most)), draw(st.floats(least, most))
    return TargetDateSleeve(
        np.linspace(young, old, LAST_AGE - FIRST_AGE + 1),
        draw(st.sampled_from(FundRebalancing)),
        draw(st.sampled_from([0.0, 0.01, 0.2])),
        draw(st.sampled_from([0.0, 0.0025, 0.09])),
    )


@st.composite
def crypto_lines(draw: st.DrawFn) -> CryptoLine:
    return CryptoLine(
        draw(st.sampled_from(LineRebalancing)),
        draw(st.sampled_from([0.0, 0.0025])),
        draw(st.sampled_from([None, 55])),
        draw(st.sampled_from([None, 60])),
    )


@st.composite
def sleeves(draw: st.DrawFn) -> Sleeve:
    return Sleeve(
        draw(st.sampled_from([0.05, 0.01, 0.5])),
        draw(st.none() | target_date_sleeves()),
        draw(st.none() | crypto_lines()),
    )


@st.composite
def scenarios(draw: st.DrawFn, sleeve: st.SearchStrategy[Sleeve] | None = None) -> Scenario:
    """Everything drawn but the size of the run."""
    volatilities = np.array([0.165, 0.176, 0.048, 0.007, draw(st.sampled_from([0.7, 0.0, 1.2]))])
    return scenario(
        draw(sleeves() if sleeve is None else sleeve),
        market=market(volatilities=volatilities),
        plan=draw(plans()),
        menu=draw(menus()),
        behaviour=draw(behaviours()),
        seed=draw(st.integers(0, 2**63 - 1)),
        n_paths=PATHS,
        ladder=draw(st.sampled_from([(), (0.0, 0.2)])),
    )


# ------------------------------------------------------------- people
@st.composite
def groups(
    draw: st.DrawFn, n_lines: int, first_age: int = FIRST_AGE, last_age: int = 72, most: int = 4
) -> People:
    """One to `most` people: no balance or a large one, no deferral or all of pay, one line or several; new money may
    take other lines than the balance."""
    n = draw(st.integers(1, most))
    money = st.one_of(st.sampled_from([0.0, 0.01, 1e7]), cents(1, 1e6))
    held = np.array([draw(weights(n_lines)) * draw(money) for _ in range(n)])
    return People(
        keys=np.array(draw(st.lists(st.integers(0, 2**40), min_size=n, max_size=n, unique=True))),
        ages=np.array([draw(st.integers(first_age, last_age)) for _ in range(n)]),
        annual_pay=np.array(
            [draw(st.sampled_from([1.0, 60_000, 400_000]) | cents(1, 1e6)) for _ in range(n)]
        ),
        deferral_rates=np.array(
            [
                draw(st.sampled_from([0, 0.06, 1]) | st.floats(0, 1).map(lambda rate: round(rate, 4)))
                for _ in range(n)
            ]
        ),
        balances=held,
        elections=np.array([draw(weights(n_lines)) for _ in range(n)]),
    )
