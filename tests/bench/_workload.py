"""The work that is timed: a target-date series with a digital sleeve by age, a crypto line beside it, and people
drawn from the published tables.

Five assets (digital assets at 70 % volatility), five-year vintages, sleeve rebalanced once a year inside the fund,
a crypto line that 30 % of people take up at 5 % and leave alone, cap 5 %, monthly payroll, raises 3 %, match 50 % of
6 %, ages 20 to 64. Ages, pay, balances and deferrals follow `sponsors/data/participants.yaml`, where the sources are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from menus.engine import (
    Behaviour,
    CryptoLine,
    Limits,
    Menu,
    People,
    PlanTerms,
    Scenario,
    Sleeve,
    TargetDateSleeve,
)
from menus.engine.exposure import uniform_by_key
from sponsors.census.calibration import AGE_BANDS, DECADES, participant_facts
from tests.menus.engine.scenarios import market

FIRST_AGE, RETIREMENT_AGE = 20, 65
AGES = np.arange(FIRST_AGE, RETIREMENT_AGE)
TAKE_UP_RATE, TAKE_UP_WEIGHT, CAP, SEED = 0.30, 0.05, 0.05, 7
# 2026: elective deferral, catch-up at 50 and at 60-63, annual additions, compensation (sponsors/data/limits.yaml).
LIMITS = Limits(24_500, 8_000, 11_250, 72_000, 360_000)
NO_LIMITS = Limits(1e9, 0, 0, 1e9, 1e9)
DEFERRAL_SHAPE = 4.0  # gamma shape, as in sponsors/census/synthesize.py
BLOCK = 250_000


def workload(paths: int, limits: bool = True, **changes: Any) -> Scenario:
    """The scenario, without a ladder: with and without the sleeve, on `paths` paths."""
    facts: dict[str, Any] = {
        "market": market(),
        "plan": PlanTerms(2026, 12, ((0.5, 0.06),), {2026: LIMITS if limits else NO_LIMITS}),
        "menu": _menu(),
        "sleeve": Sleeve(CAP, _inside(), CryptoLine(fee=0.0025)),
        "behaviour": Behaviour(
            raise_rate=0.03,
            retirement_age=RETIREMENT_AGE,
            take_up_rate=TAKE_UP_RATE,
            take_up_weight=TAKE_UP_WEIGHT,
        ),
        "seed": SEED,
        "n_paths": paths,
        "ladder": (),
    }
    return Scenario(**facts | changes)


def _menu() -> Menu:
    """One target-date series: 90 % stocks until 40, then down to 40 % at 65, in two stock classes, bonds and cash."""
    ages = np.arange(FIRST_AGE, RETIREMENT_AGE + 16)
    stocks = np.clip(0.9 - (ages - 40) * 0.02, 0.3, 0.9)
    weights = [0.6 * stocks, 0.4 * stocks, 0.9 * (1 - stocks), 0.1 * (1 - stocks), 0 * stocks]
    return Menu(
        line_keys=("series",),
        expense_ratios=np.array([0.0010]),
        look_through=np.stack(weights, axis=1)[None],
        first_age=FIRST_AGE,
        target_years=(0,),
        is_target_date=(True,),
    )


def _inside() -> TargetDateSleeve:
    """4 % digital assets for the young, from 40 on down to 1 % at 65, rebalanced once a year."""
    ages = np.arange(FIRST_AGE, RETIREMENT_AGE + 16)
    return TargetDateSleeve(np.clip(0.04 - (ages - 40) * 0.0012, 0.01, 0.04), fee=0.0025)


@dataclass(frozen=True)
class Crowd:
    """People by column, each (n): what both evaluators and every opponent start from."""

    keys: np.ndarray
    ages: np.ndarray
    annual_pay: np.ndarray
    deferral_rates: np.ndarray
    balances: np.ndarray
    takes_up: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: Any) -> "Crowd":
        return Crowd(**{name: values[rows] for name, values in vars(self).items()})

    @property
    def people(self) -> People:
        """The same as the engine's exact recursion takes them: everybody's money in the one series."""
        elections = np.ones((len(self), 1))
        return People(
            self.keys,
            self.ages,
            self.annual_pay,
            self.deferral_rates,
            self.balances[:, None] * elections,
            elections,
        )


def crowd(n: int, seed: int = 1, first_key: int = 0) -> Crowd:
    """`n` people; the same arguments give the same people."""
    rng, facts = np.random.Generator(np.random.SFC64([seed, first_key])), _by_age()
    keys = np.arange(first_key, first_key + n)
    at = np.minimum(np.searchsorted(facts.cumulative, rng.random(n)), len(AGES) - 1)
    pay = facts.pay[at] * np.exp(facts.pay_sigma * rng.standard_normal(n))
    balance = facts.balance[at] * np.exp(facts.balance_sigma[at] * rng.standard_normal(n))
    rates = facts.deferral[at] * rng.standard_gamma(DEFERRAL_SHAPE, n) / DEFERRAL_SHAPE
    rates = np.clip(np.round(rates, 2), 0.01, 0.40)
    takes_up = uniform_by_key(keys, SEED) < TAKE_UP_RATE
    return Crowd(keys, AGES[at], np.round(pay), rates, np.round(balance, 2), takes_up)


def crowds(n: int, seed: int = 1, block: int = BLOCK) -> Iterator[Crowd]:
    """`n` people in blocks, none kept."""
    for first in range(0, n, block):
        yield crowd(min(block, n - first), seed, first)


def spread(everyone: Crowd, n: int) -> Crowd:
    """`n` of them, spread evenly over the ages, so that few people have the horizons of all."""
    by_age = np.argsort(everyone.ages, kind="stable")
    return everyone.take(by_age[((np.arange(n) + 0.5) * len(everyone) / n).astype(int)])


def with_high_pay(some: Crowd) -> Crowd:
    """The same people with pay and deferrals at which the limits of every kind begin to bind, at different years."""
    n = len(some)
    pay, rates = np.geomspace(90_000, 600_000, n), np.resize([0.06, 0.10, 0.15, 0.25, 0.40], n)
    return replace(some, annual_pay=np.round(pay), deferral_rates=rates)


@dataclass(frozen=True)
class _ByAge:
    """The published tables read at each age of `AGES`; `cumulative` are the ages' shares summed up."""

    cumulative: np.ndarray
    pay: np.ndarray
    pay_sigma: float
    balance: np.ndarray
    balance_sigma: np.ndarray
    deferral: np.ndarray


@cache
def _by_age() -> _ByAge:
    facts = {key: fact.latest.value for key, fact in participant_facts().items()}
    mean, median = (_banded(facts[f"balance_{name}_by_age"]) for name in ("mean", "median"))
    share = np.array([facts["age_share"][key] / (high - low) for key, (low, high) in _decades()])
    share /= share.sum()
    pay = facts["annual_pay_median_by_age"]
    known = [pay["16_19"], facts["annual_pay_median_20_24"], *(pay[key] for key in list(AGE_BANDS)[1:])]
    return _ByAge(
        cumulative=np.cumsum(share),
        pay=np.interp(AGES + 0.5, [17.5, 22.5, 30, 40, 50, 60, 67.5], known),
        pay_sigma=float(facts["annual_pay_sigma"]),
        balance=median,
        balance_sigma=np.sqrt(2 * np.log(mean / median)),  # log-normal: mean / median = exp(sigma^2 / 2)
        deferral=_banded(facts["deferral_rate_mean_by_age"]),
    )


def _banded(values: dict[str, float]) -> np.ndarray:
    """A figure by published band at each age."""
    band = {age: key for key, (low, high) in AGE_BANDS.items() for age in range(low, high)}
    return np.array([float(values[band[age]]) for age in AGES])


def _decades() -> list[tuple[str, tuple[int, int]]]:
    """For each age the published decade that it lies in."""
    return [(key, (low, high)) for age in AGES for key, (low, high) in DECADES.items() if low <= age < high]
