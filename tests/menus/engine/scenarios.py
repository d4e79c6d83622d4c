"""Small plans for the engine's tests: a market of five assets, a menu of a target-date fund, two vintages and
three lines."""

from typing import Any

import numpy as np

from menus.engine import (
    Behaviour,
    CryptoLine,
    FundRebalancing,
    Limits,
    LineRebalancing,
    Market,
    Menu,
    People,
    PlanTerms,
    Scenario,
    Sleeve,
    TargetDateSleeve,
)

ASSETS = ("us_large", "intl_dev", "us_agg", "cash", "digital_assets")
FIRST_AGE, LAST_AGE = 20, 80
LIMITS = Limits(24_500, 8_000, 11_250, 72_000, 360_000)


def market(**changes: Any) -> Market:
    correlations = np.array(
        [
            [1.00, 0.85, 0.15, 0.00, 0.35],
            [0.85, 1.00, 0.20, 0.00, 0.35],
            [0.15, 0.20, 1.00, 0.10, 0.05],
            [0.00, 0.00, 0.10, 1.00, 0.00],
            [0.35, 0.35, 0.05, 0.00, 1.00],
        ]
    )
    facts: dict[str, Any] = {
        "edition": "test 2026",
        "assets": ASSETS,
        "arithmetic_means": np.array([0.08, 0.085, 0.049, 0.031, 0.15]),
        "volatilities": np.array([0.165, 0.176, 0.048, 0.007, 0.70]),
        "correlations": correlations,
        "window": "2014-09 to 2026-07",
    }
    return Market(**facts | changes)


def menu() -> Menu:
    ages = np.arange(FIRST_AGE, LAST_AGE + 1)
    stocks = np.clip(0.9 - (ages - 40) * 0.02, 0.3, 0.9)
    glide_path = np.stack(
        [0.6 * stocks, 0.4 * stocks, 0.9 * (1 - stocks), 0.1 * (1 - stocks), 0 * stocks], axis=1
    )
    index_lines = [np.tile(row, (len(ages), 1)) for row in np.eye(5)[[0, 2]]]
    mixed = np.tile(
        [0.5, 0.0, 0.48, 0.0, 0.02], (len(ages), 1)
    )  # a balanced fund that holds some digital assets itself
    return Menu(
        line_keys=("series", "vintage_2040", "vintage_2060", "us_index", "bond_index", "balanced"),
        expense_ratios=np.array([0.0012, 0.0010, 0.0010, 0.0003, 0.0004, 0.0020]),
        look_through=np.stack([glide_path, glide_path, glide_path, *index_lines, mixed]),
        first_age=FIRST_AGE,
        target_years=(0, 2040, 2060, 0, 0, 0),
        is_target_date=(True, True, True, False, False, False),
    )


def inside(weight: float = 0.02, **changes: Any) -> TargetDateSleeve:
    ages = np.arange(FIRST_AGE, LAST_AGE + 1)
    return TargetDateSleeve(weight * np.clip((75 - ages) / 35, 0.2, 1), **{"fee": 0.0025} | changes)


SLEEVES = {
    "none": Sleeve(),
    "calendar": Sleeve(0.05, inside()),
    "threshold": Sleeve(0.05, inside(rebalancing=FundRebalancing.THRESHOLD, band=0.01)),
    "drift": Sleeve(0.05, inside(rebalancing=FundRebalancing.NONE)),
    "line": Sleeve(0.05, None, CryptoLine(LineRebalancing.NONE, 0.0025)),
    "sell_down": Sleeve(0.05, None, CryptoLine(LineRebalancing.SELL_DOWN, 0.0025)),
    "block": Sleeve(0.05, inside(), CryptoLine(LineRebalancing.NEW_MONEY_BLOCK, 0.0025)),
    "both": Sleeve(
        0.05, inside(rebalancing=FundRebalancing.NONE), CryptoLine(LineRebalancing.SELL_DOWN, 0.0025)
    ),
}


def scenario(sleeve: Sleeve | str = "calendar", **changes: Any) -> Scenario:
    facts: dict[str, Any] = {
        "market": market(),
        "plan": PlanTerms(2026, 26, ((0.5, 0.06),), {2026: LIMITS}),
        "menu": menu(),
        "sleeve": SLEEVES[sleeve] if isinstance(sleeve, str) else sleeve,
        "behaviour": Behaviour(take_up_rate=0.5),
        "seed": 7,
        "n_paths": 300,
    }
    return Scenario(**facts | changes)


def people(n: int = 12, seed: int = 3, oldest: int = 69) -> People:
    """Random participants over the menu: most hold one target-date line, some a mix, one or two have no
    balance or deferral."""
    rng = np.random.default_rng(seed)
    elections = np.zeros((n, 6))
    for row in range(n):
        if rng.random() < 0.5:
            elections[row, rng.integers(0, 3)] = 1
        else:
            elections[row] = rng.dirichlet(np.ones(6))
    money = rng.lognormal(10.5, 1.2, n) * (rng.random(n) > 0.1)
    return People(
        keys=rng.permutation(n) + 100,
        ages=rng.integers(FIRST_AGE, oldest + 1, n),
        annual_pay=rng.lognormal(11.1, 0.6, n),
        deferral_rates=np.round(rng.uniform(0, 0.2, n) * (rng.random(n) > 0.1), 3),
        balances=elections * money[:, None],
        elections=elections,
    )
