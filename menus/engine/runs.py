"""`evaluate`: people in, their figures out. `project`: people in, what they add up to, a chunk to be merged."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .chunk import Arrays, ProjectionChunk, merge
from .contributions import contributions, horizons
from .exact import OWN_ARM, PathSums, evaluate_exactly, follows_rule
from .exposure import Accounts, accounts, check_people, digital_dollars, doors
from .factors import Prepared
from .inputs import People
from .manifest import manifest
from .sums import sums_of
from .tables import Tables
from .validation import Floats, Integers

AT_A_TIME = 2_000  # people whose figures are held in memory at once


def evaluate(
    prepared: Prepared, people: People, *, tables: Tables | None = None, yearly: bool = True, workers: int = 1
) -> Arrays:
    """Every figure of `people`, one row each in their order; dollars and fractions.

    `key`, `age`, `horizon` (years), `takes_up`, `annual_pay`, `final_pay` (of the last year),
    `balance_today`, `contributions` and `flow` (new money into digital assets) of the first year (n);
    `digital_today` (n, n_arms); `door_crypto_line`, `door_target_date`, `door_other_lines` (n) digital
    dollars on day one; at the horizon `balance`, `balance_error` (n, n_arms, 5), `shortfall`,
    `shortfall_error` (n, n_arms); by year `digital`, `share` (n, n_years, 3), NaN beyond the horizon, with
    `yearly` only; `ever_above` paths (n), `sleeve_fees` (n) mean over paths up to the horizon.

    `tables` serve the mixes they were made for; everybody else is computed exactly. Raises `InputError`.
    """
    return _evaluated(prepared, people, tables, yearly, workers)[0]


def project(
    prepared: Prepared, people: People, *, tables: Tables | None = None, workers: int = 1
) -> ProjectionChunk:
    """What `people` add up to in every arm: a chunk to be merged with the others of the run.

    `workers` threads share the people; the result does not depend on their number. Raises `InputError`.
    """
    check_people(prepared, people)  # all of them, before any is computed
    said = manifest(prepared, tables)
    starts = range(0, max(1, len(people)), AT_A_TIME)
    portions = (people.take(slice(start, start + AT_A_TIME)) for start in starts)
    return merge(_projected(prepared, some, tables, workers, said) for some in portions)


def _projected(
    prepared: Prepared, people: People, tables: Tables | None, workers: int, said: dict[str, Any]
) -> ProjectionChunk:
    rows, money, paths = _evaluated(prepared, people, tables, False, workers)
    return ProjectionChunk(said, *sums_of(prepared, people, rows, money, paths))


def _evaluated(
    prepared: Prepared, people: People, tables: Tables | None, yearly: bool, workers: int
) -> tuple[Arrays, Floats, PathSums]:
    """Figures by participant, contributions (n, n_years) and sums by path."""
    check_people(prepared, people)
    if tables is None:
        rows, sums = evaluate_exactly(prepared, people, yearly=yearly, workers=workers)
    else:
        rows, sums = tables.evaluate_people(people, yearly=yearly, workers=workers)
    scenario = prepared.scenario
    money = contributions(people, scenario.plan, scenario.behaviour, scenario.n_years)
    return _facts(prepared, people, money, rows) | rows, money, sums


def _facts(prepared: Prepared, people: People, money: Floats, rows: Arrays) -> Arrays:
    """What needs no paths, and what is linear in the money: a mean over paths of dollars is money times a
    mean."""
    scenario, held = prepared.scenario, accounts(prepared, people)
    years = horizons(people, scenario.behaviour)
    own = prepared.arms[OWN_ARM]
    ruled = held.takes_up & follows_rule(prepared)
    flow, fees = _mean_flow_and_fees(held, years, money, ruled)
    means = rows["ruled_means"]
    return {
        "key": people.keys,
        "age": people.ages,
        "horizon": years,
        "takes_up": held.takes_up,
        "annual_pay": people.annual_pay,
        "final_pay": people.annual_pay * prepared.raises[years - 1],
        "balance_today": held.totals,
        "contributions": money[:, 0],
        "digital_today": np.stack([digital_dollars(held, arm) for arm in prepared.arms], axis=1),
        **{f"door_{name}": dollars for name, dollars in doors(held, own).items()},
        "flow": np.where(ruled, means[:, 0], flow),
        "sleeve_fees": np.where(ruled, means[:, 2], fees),
    }


def _mean_flow_and_fees(
    held: Accounts, years: Integers, money: Floats, ruled: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """First year's new money into digital assets, and the sleeve's fees up to the horizon (n), means over
    paths, of accounts that no rule touches. The fee of a year is the rate on the mean of digital dollars at
    its start and end."""
    prepared, n = held.prepared, len(years)
    slot = prepared.slots[OWN_ARM][held.track]
    opening, election = held.in_arm(prepared.arms[OWN_ARM])
    owner = held.owner
    bought = election * money[owner, 0] * prepared.mean_start_share[slot, 0]
    flow = np.bincount(owner, weights=bought, minlength=n).astype(np.float64)
    charged = np.flatnonzero((prepared.fees[slot] > 0) & ~ruled[owner])
    fees = np.zeros(n)
    for q in np.unique(slot[charged]).tolist():
        entries = charged[slot[charged] == q]
        person = owner[entries]
        last = years[person] - 1
        per_opening, per_paid = prepared.mean_fees(q)
        paid = (money[person] * per_paid[last]).sum(axis=1)
        np.add.at(fees, person, opening[entries] * per_opening[last] + election[entries] * paid)
    return flow, fees
