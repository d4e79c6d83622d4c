"""The published peer: monteplan's own `simulate`, one person at a time, with and without digital assets.

Five assets, Student-t months, a glide path, one account with monthly contributions that grow with pay, to 65 (it wants
one year of retirement on top). Its result holds the horizon's percentiles and a fan of wealth by month; it has no
digital dollars or shares by year, so it is asked for less than our full output.
"""

import numpy as np
from monteplan import (
    AccountConfig,
    AssetClass,
    GlidePath,
    MarketAssumptions,
    PlanConfig,
    PolicyBundle,
    SimulationConfig,
    simulate,
)

from menus.engine import Market
from tests.bench._workload import RETIREMENT_AGE

DEGREES_OF_FREEDOM = 5
YOUNG, OLD = np.array([0.54, 0.36, 0.09, 0.01, 0.0]), np.array([0.24, 0.16, 0.54, 0.06, 0.0])
DIGITAL = 0.05


def monteplan_run(
    market: Market, ages: np.ndarray, balances: np.ndarray, paid: np.ndarray, paths: int
) -> np.ndarray:
    """Percentiles at the horizon (n, 2, 5), without and with 5 % digital assets. `paid` (n): dollars in the first
    year."""
    found = np.empty((len(ages), 2, 5))
    for row, person in enumerate(zip(ages.tolist(), balances.tolist(), paid.tolist(), strict=True)):
        for k, digital in enumerate((0.0, DIGITAL)):
            result = simulate(
                _plan(*person), _market(market, digital), PolicyBundle(rebalancing_months=[1]), _paths(paths)
            )
            found[row, k] = list(result.terminal_wealth_percentiles.values())
    return found


def _plan(age: int, balance: float, paid: float) -> PlanConfig:
    account = AccountConfig(account_type="traditional", balance=balance, annual_contribution=paid)
    return PlanConfig(
        current_age=age,
        retirement_age=RETIREMENT_AGE,
        end_age=RETIREMENT_AGE + 1,
        accounts=[account],
        monthly_income=5_000,
        monthly_spending=0,
        income_growth_rate=0.03,
    )


def _paths(paths: int) -> SimulationConfig:
    return SimulationConfig(n_paths=paths, seed=7)


def _market(market: Market, digital: float) -> MarketAssumptions:
    young, old = ((1 - digital) * weights + digital * np.eye(5)[4] for weights in (YOUNG, OLD))
    return MarketAssumptions(
        assets=[
            AssetClass(name=name, weight=w) for name, w in zip(market.assets, young.tolist(), strict=True)
        ],
        expected_annual_returns=market.arithmetic_means.tolist(),
        annual_volatilities=market.volatilities.tolist(),
        correlation_matrix=market.correlations.tolist(),
        inflation_vol=0.0,
        return_model="student_t",
        degrees_of_freedom=DEGREES_OF_FREEDOM,
        glide_path=GlidePath(
            start_age=40, start_weights=young.tolist(), end_age=RETIREMENT_AGE, end_weights=old.tolist()
        ),
    )
