"""Invented people whose ages, pay, balances, deferrals and choices are distributed like the published ones.

Ages by decade (EBRI/ICI), tenure given age, pay log-normal around the median for the age (BLS), balances log-normal
with the mean and median of the age band (Vanguard), deferrals by age (Vanguard), one target date fund for the share
that holds one, falling with age (Fidelity), own mixes for the rest (EBRI/ICI). What no source gives is a stated
input: `Assumptions`. Pure: the caller gives the seed and the date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import pandas as pd

from .calibration import AGE_BANDS, DECADES, participant_facts
from .errors import CensusFileError

DAYS_PER_YEAR = 365.2425
RETIREMENT_AGE = 65
# Target year -> ticker; 0 stands for the fund of those already retired.
SERIES: dict[str, dict[int, str]] = {
    "Vanguard Target Retirement": {
        0: "VTINX",
        2025: "VTTVX",
        2030: "VTHRX",
        2035: "VTTHX",
        2040: "VFORX",
        2045: "VTIVX",
        2050: "VFIFX",
        2055: "VFFVX",
        2060: "VTTSX",
        2065: "VLXVX",
        2070: "VSVNX",
    }
}
CORE = {"us_large": "FXAIX", "international": "FSPSX", "us_small": "VEXAX", "bond": "FXNAX"}
EQUITY_ROLES = ("us_large", "international", "us_small")


@dataclass(frozen=True)
class Assumptions:
    """House inputs: no source read gives them. Change them where the plan is known."""

    tenure_tilt: float = 0.5  # correlation of balance with tenure among people of one age band
    deferral_shape: float = 4.0  # gamma shape: the standard deviation is half of the mean
    own_mix_concentration: float = 8.0  # beta: the larger, the nearer equity shares are to the line by age
    equity_split: tuple[float, ...] = (
        6.0,
        2.5,
        1.5,
    )  # Dirichlet weights of us_large, international, us_small
    drift: float = 0.08  # how far holdings have moved from elections, as a log standard deviation
    working_from_age: float = 18.0


@dataclass(frozen=True)
class SyntheticCensus:
    """`people` as `calibration.compare` reads it, plus participant_id, birth_date, hire_date.

    `elections` (N, F) whole percents adding up to 100, `holdings` (N, F) cents adding up to the balance, for `funds`.
    """

    people: pd.DataFrame
    funds: tuple[str, ...]
    elections: np.ndarray
    holdings: np.ndarray


def synthesize(
    participants: int,
    seed: int,
    as_of: date,
    *,
    target_dates: Mapping[int, str] | None = None,
    core: Mapping[str, str] | None = None,
    assumptions: Assumptions | None = None,
) -> SyntheticCensus:
    """Draw a census. The same arguments give the same people."""
    if participants < 1:
        raise CensusFileError("A census needs at least one participant.")
    target_dates = dict(sorted((target_dates or SERIES["Vanguard Target Retirement"]).items()))
    core, assumed = core or CORE, assumptions or Assumptions()
    rng = np.random.default_rng(seed)
    age = _ages(rng, participants)
    tenure = _tenures(rng, age, assumed)
    balance = _balances(rng, age, tenure, assumed)
    people = pd.DataFrame({"age": age, "tenure_years": tenure})
    people.insert(0, "participant_id", [f"S{number:06d}" for number in range(1, participants + 1)])
    people["birth_date"] = _days_before(as_of, age)
    people["hire_date"] = _days_before(as_of, tenure)
    people["annual_pay"] = _pays(rng, age)
    people["deferral_rate"] = _deferrals(rng, age, assumed)
    people["balance"] = balance
    funds = (*target_dates.values(), *(core[role] for role in (*EQUITY_ROLES, "bond")))
    elections = _elections(rng, age, as_of, list(target_dates), assumed)
    holdings = _holdings(rng, elections, balance, assumed)
    return SyntheticCensus(_described(people, elections, len(target_dates)), funds, elections, holdings)


def _strata(rng: np.random.Generator, count: int) -> np.ndarray:
    """Uniforms in (0, 1), one in each of `count` equal steps, shuffled: far less noise than independent ones."""
    return (rng.permutation(count) + rng.uniform(0.001, 0.999, count)) / count


def _normal_scores(uniforms: np.ndarray) -> np.ndarray:
    inverse = NormalDist().inv_cdf
    return np.array([inverse(uniform) for uniform in uniforms])


def _ranked(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`values` replaced by uniforms of the same order."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return (ranks + rng.uniform(0.001, 0.999, len(values))) / len(values)


def _ages(rng: np.random.Generator, count: int) -> np.ndarray:
    """Evenly spread inside each decade group, groups by their published shares."""
    shares = participant_facts()["age_share"].latest.value
    edges = [20, *(high for _, high in DECADES.values())]
    cumulative = np.cumsum([0.0, *(shares[key] for key in DECADES)])
    return np.interp(_strata(rng, count), cumulative / cumulative[-1], edges)


def _tenures(rng: np.random.Generator, age: np.ndarray, assumed: Assumptions) -> np.ndarray:
    """Exponential, cut off where working life began; the rate makes the published share stay five years or less."""
    longest = age - assumed.working_from_age
    wanted = participant_facts()["tenure_share"].latest.value["5_years"]
    low, high = 1e-4, 2.0
    for _ in range(50):
        rate = (low + high) / 2
        share = np.mean(-np.expm1(-rate * np.minimum(5.0, longest)) / -np.expm1(-rate * longest))
        low, high = (rate, high) if share < wanted else (low, rate)
    return -np.log1p(_strata(rng, len(age)) * np.expm1(-rate * longest)) / rate


def _pays(rng: np.random.Generator, age: np.ndarray) -> np.ndarray:
    """Whole dollars, log-normal around the median, which runs straight between the middles of the age bands."""
    facts = participant_facts()
    medians = facts["annual_pay_median_by_age"].latest.value
    young = facts["annual_pay_median_20_24"].latest.value
    keys = ("25_34", "35_44", "45_54", "55_64", "65_plus")
    middles = [17.5, 22.5, 30, 40, 50, 60, 67.5]
    median = np.interp(age, middles, [medians["16_19"], young, *(medians[key] for key in keys)])
    sigma = float(facts["annual_pay_sigma"].latest.value)
    return np.round(median * np.exp(sigma * _normal_scores(_strata(rng, len(age)))))


def _balances(
    rng: np.random.Generator, age: np.ndarray, tenure: np.ndarray, assumed: Assumptions
) -> np.ndarray:
    """Dollars and cents. In each band log-normal with the published mean and median, higher for longer tenure:
    people are ranked by a score correlated with tenure, and the k-th of n gets the mean of the k-th n-th part."""
    facts = participant_facts()
    balance = np.zeros(len(age))
    for key, (low, high) in AGE_BANDS.items():
        members = np.flatnonzero((age >= low) & (age < high))
        if not len(members):
            continue
        mean, median = (
            float(facts[f"balance_{name}_by_age"].latest.value[key]) for name in ("mean", "median")
        )
        by_tenure = _normal_scores(_ranked(tenure[members], rng))
        own = rng.standard_normal(len(members))
        score = assumed.tenure_tilt * by_tenure + np.sqrt(1 - assumed.tenure_tilt**2) * own
        balance[members[np.argsort(score)]] = _log_normal_parts(mean, median, len(members))
    return np.round(balance, 2)


def _log_normal_parts(mean: float, median: float, count: int) -> np.ndarray:
    """Means of the `count` equally likely parts of a log-normal, ascending; their mean is exactly `mean`.

    E[X; z < Z < w] = mean * (Phi(sigma - z) - Phi(sigma - w)), with sigma from mean / median = exp(sigma^2 / 2).
    """
    sigma = float(np.sqrt(2 * np.log(mean / median)))
    normal = NormalDist()
    edges = [normal.inv_cdf(step / count) for step in range(1, count)]
    beyond = np.array([1.0, *(normal.cdf(sigma - edge) for edge in edges), 0.0])
    return mean * count * -np.diff(beyond)


def _deferrals(rng: np.random.Generator, age: np.ndarray, assumed: Assumptions) -> np.ndarray:
    """Whole percents of pay from 1 to 40, gamma around the mean of the age band."""
    means = participant_facts()["deferral_rate_mean_by_age"].latest.value
    rate = np.zeros(len(age))
    for key, (low, high) in AGE_BANDS.items():
        members = (age >= low) & (age < high)
        draws = rng.gamma(assumed.deferral_shape, 1 / assumed.deferral_shape, int(members.sum()))
        rate[members] = float(means[key]) * draws / (draws.mean() if len(draws) else 1)
    return np.clip(np.round(rate, 2), 0.01, 0.40)


def _elections(
    rng: np.random.Generator, age: np.ndarray, as_of: date, targets: list[int], assumed: Assumptions
) -> np.ndarray:
    """(N, F) whole percents: target date vintages first, then the core funds in the order of EQUITY_ROLES and bond."""
    count = len(age)
    mix = _own_mixes(rng, age, assumed)
    one_fund, also_one = _target_date_shares(age)
    is_single = _strata(rng, count) < one_fund
    in_series = np.where(is_single, 1.0, (rng.random(count) < also_one) * rng.uniform(0.1, 0.6, count))
    weights = np.zeros((count, len(targets) + mix.shape[1]))
    weights[np.arange(count), _vintage(age, as_of, targets)] = in_series
    weights[:, len(targets) :] = mix * (1 - in_series)[:, None]
    return _whole_shares(weights, np.full(count, 100, dtype=np.int64))


def _target_date_shares(age: np.ndarray) -> tuple[np.ndarray, float]:
    """P(all in one target date fund) by age, and P(some target date fund) for the others. The line runs through the
    figures of the youngest and oldest generation, then shifts so that the mean is the published one."""
    facts = participant_facts()
    shares = facts["single_target_date_share"].latest.value
    line = np.interp(age, [25.0, 65.0], [shares["gen_z"], shares["boomers"]])
    one_fund = np.clip(line + shares["all"] - line.mean(), 0.0, 1.0)
    holders = float(facts["target_date_holders"].latest.value)
    return one_fund, (holders - shares["all"]) / (1 - shares["all"])


def _vintage(age: np.ndarray, as_of: date, targets: list[int]) -> np.ndarray:
    """Index of the vintage nearest to the year of the 65th birthday; the retired fund once that has passed it."""
    years = np.array([year for year in targets if year])
    retires = as_of.year + RETIREMENT_AGE - age
    nearest = np.abs(retires[:, None] - years).argmin(axis=1) + len(targets) - len(years)
    return np.where((0 in targets) & (retires < years[0] - 2.5), 0, nearest)


def _own_mixes(rng: np.random.Generator, age: np.ndarray, assumed: Assumptions) -> np.ndarray:
    """(N, 4) weights of the core funds: equity share by age (published for the 20s and 60s), a few hold none."""
    facts = participant_facts()
    shares = facts["equity_share"].latest.value
    line = np.interp(age, [25.0, 65.0], [shares["20s"], shares["60s"]])
    own = 1 - float(facts["single_target_date_share"].latest.value["all"])
    no_equity = (1 - float(facts["some_equity_share"].latest.value)) / own
    mean = np.minimum(
        line / (1 - no_equity), 0.99
    )  # of those who hold some, so that all together meet the line
    equity = rng.beta(mean * assumed.own_mix_concentration, (1 - mean) * assumed.own_mix_concentration)
    equity[rng.random(len(age)) < no_equity] = 0.0
    split = rng.dirichlet(assumed.equity_split, len(age)) * equity[:, None]
    return np.column_stack([split, 1 - equity])


def _holdings(
    rng: np.random.Generator, elections: np.ndarray, balance: np.ndarray, assumed: Assumptions
) -> np.ndarray:
    """(N, F) cents: elections moved apart by markets, adding up to the balance exactly."""
    drifted = elections * np.exp(assumed.drift * rng.standard_normal(elections.shape))
    return _whole_shares(drifted, np.round(balance * 100).astype(np.int64))


def _whole_shares(weights: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to each row's weights that add up to the row's total: largest remainders."""
    exact = weights / weights.sum(axis=1, keepdims=True) * totals[:, None]
    whole = np.floor(exact).astype(np.int64)
    short = totals - whole.sum(axis=1)
    order = np.argsort(np.argsort(-(exact - whole), axis=1, kind="stable"), axis=1, kind="stable")
    return whole + (order < short[:, None])


def _days_before(as_of: date, years: np.ndarray) -> list[date]:
    return [as_of - timedelta(days=int(days)) for days in years * DAYS_PER_YEAR]


def _described(people: pd.DataFrame, elections: np.ndarray, vintages: int) -> pd.DataFrame:
    """Adds what `calibration.compare` asks about investments."""
    in_series = elections[:, :vintages].sum(axis=1)
    own = elections[:, vintages:].sum(axis=1)
    equity = elections[:, vintages : vintages + len(EQUITY_ROLES)].sum(axis=1)
    people["in_one_target_date_fund"] = in_series == 100
    people["has_target_date_fund"] = in_series > 0
    people["own_equity_share"] = np.divide(equity, own, out=np.full(len(people), np.nan), where=own > 0)
    return people


def census_table(census: SyntheticCensus, layout: str) -> pd.DataFrame:
    """The census as a file: one row per participant ("wide") or per participant and fund held ("long")."""
    people = census.people
    table = people[["participant_id", "birth_date", "hire_date"]].copy()
    table["annual_pay"] = people["annual_pay"].map("{:.2f}".format)
    table["deferral_rate"] = people["deferral_rate"].map("{:.0%}".format)
    table["balance"] = people["balance"].map("{:.2f}".format)
    table["is_synthetic"] = "yes"
    if layout == "wide":
        return _wide(table, census)
    person, fund = np.nonzero((census.holdings > 0) | (census.elections > 0))
    table = table.iloc[person].reset_index(drop=True)
    table["fund"] = np.array(census.funds)[fund]
    table["fund_balance"] = [_dollars(cents) for cents in census.holdings[person, fund]]
    table["fund_election"] = [f"{percent}%" for percent in census.elections[person, fund]]
    return table


def _wide(table: pd.DataFrame, census: SyntheticCensus) -> pd.DataFrame:
    columns = {
        f"{fund} balance": [_dollars(cents) if cents else "" for cents in census.holdings[:, index]]
        for index, fund in enumerate(census.funds)
    }
    columns |= {
        f"{fund} election": [f"{percent}%" if percent else "" for percent in census.elections[:, index]]
        for index, fund in enumerate(census.funds)
    }
    return pd.concat([table, pd.DataFrame(columns, index=table.index)], axis=1)


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
