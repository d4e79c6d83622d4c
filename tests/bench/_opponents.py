"""What an opponent is given and what it must return: the same people, the same monthly prices, the same full output.

None of them uses the engine's yearly factors, its unit paths or its tables; they share with it the drawn prices and
the contributions, both made before their clock starts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from menus.engine import Prepared, Scenario
from menus.engine.contributions import contributions, horizons
from menus.engine.factors import needed_assets
from menus.engine.glide_path import line_weights, sleeve_weight, vintage
from menus.engine.returns import MONTHS, market_years, payroll_weights
from tests.bench._workload import Crowd

HORIZON = (0.05, 0.25, 0.50, 0.75, 0.95)
FAN = (0.05, 0.50, 0.95)
Output = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """People sorted by age, and the market month by month. Every account is in the series (line 0), and a taker's in
    the crypto line too, which no rule touches.

    `years` (n) to the horizon; `paid` (n, n_years) dollars a year; `funds` (n) which of the `vintages` each holds.
    By vintage and month, (n_vintages, n_years * 12, n_paths) float32: `without` and `with_sleeve` are growth of a
    month after fees; `digital` (n_vintages, n_years, n_paths) is the sleeved fund's digital share at year end;
    `crypto` (n_years * 12, n_paths) the crypto line. `payday` (13): share of a year's pay bought at each month-end.
    """

    scenario: Scenario
    crowd: Crowd
    years: np.ndarray
    paid: np.ndarray
    funds: np.ndarray
    without: np.ndarray
    with_sleeve: np.ndarray
    digital: np.ndarray
    crypto: np.ndarray
    payday: np.ndarray

    @property
    def opening(self) -> tuple[np.ndarray, np.ndarray]:
        """Dollars on day one (n) in the series and in the crypto line, with the sleeve."""
        moved = self.taken * self.crowd.balances
        return self.crowd.balances - moved, moved

    @property
    def taken(self) -> np.ndarray:
        """Share of money (n) that goes to the crypto line."""
        return self.crowd.takes_up * self.scenario.behaviour.take_up_weight

    def empty(self) -> Output:
        n, n_years = self.paid.shape
        return {
            "balance": np.empty((n, 2, len(HORIZON))),
            "shortfall": np.empty((n, 2)),
            "digital": np.full((n, n_years, len(FAN)), np.nan),
            "share": np.full((n, n_years, len(FAN)), np.nan),
            "ever_above": np.zeros(n, dtype=np.int64),
        }


Opponent = Callable[[Case], Output]


def case_of(prepared: Prepared, some: Crowd) -> Case:
    """The people in order of age (oldest first, so that who is still there is always at the end), with their market."""
    scenario = prepared.scenario
    some = some.take(np.argsort(-some.ages, kind="stable"))
    people, paths = some.people, scenario.n_paths
    vintages, funds = np.unique(
        [vintage(scenario, 0, age) for age in some.ages.tolist()], return_inverse=True
    )
    years = horizons(people, scenario.behaviour)
    n_years = int(years.max())
    shape = (len(vintages), n_years * MONTHS, paths)
    without, inside = np.empty(shape, np.float32), np.empty(shape, np.float32)
    digital = np.empty((len(vintages), n_years, paths), np.float32)
    crypto = np.empty((n_years * MONTHS, paths), np.float32)
    market = market_years(scenario, prepared.parameters, needed_assets(scenario))
    for year, prices in zip(range(n_years), market, strict=False):
        months = slice(year * MONTHS, (year + 1) * MONTHS)
        crypto[months] = _growth(*_crypto(scenario, prices))
        for k, target in enumerate(vintages.tolist()):
            without[k, months], _ = _fund_year(scenario, prices, target, year + 1, False)
            inside[k, months], digital[k, year] = _fund_year(scenario, prices, target, year + 1, True)
    paid = contributions(people, scenario.plan, scenario.behaviour, n_years)
    payday = payroll_weights(scenario.plan.payrolls_per_year)
    return Case(scenario, some, years, paid, funds, without, inside, digital, crypto, payday)


def _fund_year(
    scenario: Scenario, prices: np.ndarray, target: int, year: int, sleeved: bool
) -> tuple[np.ndarray, np.ndarray]:
    """A vintage's growth by month (12, n_paths) and its digital share at year end: bought at the year's weights and
    held."""
    weights = line_weights(scenario, 0, target, year)
    level = np.tensordot(weights.astype(np.float32), prices, axes=1)
    inside = np.zeros_like(level)
    if sleeved:
        assert scenario.sleeve.target_date is not None
        weight = sleeve_weight(scenario, scenario.sleeve.target_date.weights, target, year)
        net = _net(scenario.sleeve.target_date.fee)
        inside = np.float32(weight) * net * prices[scenario.market.digital_index]
        level = np.float32(1 - weight) * level + inside
    fee = float(scenario.menu.expense_ratios[0])
    return _growth(level, fee), inside[-1] / level[-1]


def _crypto(scenario: Scenario, prices: np.ndarray) -> tuple[np.ndarray, float]:
    assert scenario.sleeve.crypto_line is not None
    return prices[scenario.market.digital_index], scenario.sleeve.crypto_line.fee


def _growth(level: np.ndarray, fee: float) -> np.ndarray:
    return level[1:] / level[:-1] * np.float32((1 - fee) ** (1 / MONTHS))


def _net(fee: float) -> np.ndarray:
    return ((1 - fee) ** (np.arange(MONTHS + 1) / MONTHS)).astype(np.float32)[:, None]


def read_off(ordered: np.ndarray, probabilities: tuple[float, ...]) -> np.ndarray:
    """Quantiles (..., n_probabilities) of ascending rows, straight between neighbouring ranks."""
    place = np.array(probabilities) * (ordered.shape[-1] - 1)
    below = place.astype(int)
    low, high = ordered[..., below], ordered[..., np.minimum(below + 1, ordered.shape[-1] - 1)]
    return low + (place - below) * (high - low)


def worst(ordered: np.ndarray) -> np.ndarray:
    """Mean of the worst 5 % of ascending rows."""
    return ordered[..., : max(1, ordered.shape[-1] // 20)].mean(axis=-1, dtype=np.float64)
