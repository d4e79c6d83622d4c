"""What participants add up to: whole numbers by cell, by fund and by path."""

from typing import Any

import numpy as np

from .bands import AGE_BANDS, N_BINS, PAY_BANDS, bin_of, place_of
from .chunk import Arrays
from .contributions import horizons
from .exact import OWN_ARM, PathSums, follows_rule
from .exposure import DOORS, DROPS, accounts, mixed_keys
from .factors import Prepared
from .figures import REPLACED, effects, figures
from .inputs import People
from .manifest import manifest
from .measures import cents
from .validation import Floats, Integers

MILLION = 1_000_000  # shares and probabilities are added in whole millionths
LOSS_THRESHOLDS = (0.01, 0.05, 0.10)
EFFECTS = ("effect_p5", "effect_p25", "effect_p50", "effect_p75", "effect_p95")
REPLACEMENT = tuple(
    f"replacement_{way}_{level}" for level in REPLACED for way in ("without", "with", "effect")
)
MEANS = (
    "balance_today_usd",
    "digital_today_usd",
    *(f"door_{name}_usd" for name in DOORS),
    "contributions_first_year_usd",
    "flow_per_payroll_usd",
    *(f"{name}_usd" for name in EFFECTS),
    *(f"{name}_se_usd" for name in EFFECTS),
    "effect_shortfall_usd",
    "ever_above_cap_probability",
    "sleeve_fees_usd",
    "loss_if_down_50_usd",
    "loss_if_down_80_usd",
    *REPLACEMENT,
)
MEDIANS = tuple(f"{arm}_{level}_usd" for arm in ("without", "with") for level in ("p5", "p50", "p95"))
ERRORS = ("p5", "p50", "p95")  # of the balance with the sleeve: typical relative sampling error
N_CELLS = len(AGE_BANDS) * len(PAY_BANDS)


def sums_of(
    prepared: Prepared, people: People, rows: Arrays, money: Floats, paths: PathSums
) -> tuple[Arrays, Arrays]:
    """(sums, peaks) of people whose figures are `rows` and contributions `money` (n, n_years); cells are (age
    band, pay band), flattened."""
    shown = figures(rows, manifest(prepared))
    cell = place_of(rows["age"], AGE_BANDS) * len(PAY_BANDS) + place_of(rows["annual_pay"], PAY_BANDS)
    share = shown["digital_today_share"]
    sums = {
        "people": _by_cell(np.ones(len(people), np.int64), cell),
        "horizons": np.bincount(rows["horizon"] - 1, minlength=prepared.scenario.n_years),
        "taking_up": np.array([rows["takes_up"].sum()], np.int64),
        "keys": np.array([mixed_keys(people.keys, 0).sum(dtype=np.uint64)]),
        "means": np.stack([_by_cell(whole(name, shown[name]), cell) for name in MEANS]),
        "medians": np.stack([_counts(shown[name], cell, N_CELLS) for name in MEDIANS]),
        "relative_errors": _relative_errors(shown),
        **_arm_sums(prepared, rows),
        "losing": np.array(
            [[(drop * share > over).sum() for over in (0, *LOSS_THRESHOLDS)] for drop in DROPS]
        ),
        **_fund_sums(prepared, people, money),
        "above_cap": paths.above.astype(np.int64),
        "ruled_means": paths.ruled_means,
    }
    if follows_rule(prepared):
        sums |= {"ruled_balance": paths.ruled_balance, "ruled_digital": paths.ruled_digital}
    if paths.nodes is not None:
        sums["nodes"] = paths.nodes
    largest = share.max() if len(share) else 0.0
    return sums, {"digital_share": np.array([np.rint(largest * MILLION)], np.int64)}


def whole(name: str, values: Floats) -> Integers:
    """A figure as it is added: dollars in cents, fractions in millionths."""
    return cents(values) if name.endswith("_usd") else np.rint(values * MILLION).astype(np.int64)


def _by_cell(values: Any, cell: Integers) -> Integers:
    added = np.zeros(N_CELLS, np.int64)
    np.add.at(added, cell, values)
    return added


def _counts(values: Floats, group: Integers, groups: int) -> Integers:
    """People by group and bin of a figure (groups, N_BINS)."""
    return np.bincount(group * N_BINS + bin_of(values), minlength=groups * N_BINS).reshape(groups, N_BINS)


def _relative_errors(shown: Arrays) -> Integers:
    """People by bin of the relative sampling error, in millionths, of balances with the sleeve (3, N_BINS)."""
    found = []
    for level in ERRORS:
        balance = shown[f"with_{level}_usd"]
        there = balance > 0
        error = shown[f"with_{level}_se_usd"][there] / balance[there] * MILLION
        found.append(np.bincount(bin_of(error), minlength=N_BINS))
    return np.stack(found)


def _arm_sums(prepared: Prepared, rows: Arrays) -> Arrays:
    """By arm, over everybody: holders, digital cents today, sums of effects (p5..p95, worst 5%) in cents, and
    people by bin of their balance (p5..p95, worst 5%)."""
    arms = range(len(prepared.arms))
    said = manifest(prepared)
    everybody = np.zeros(len(rows["key"]), np.int64)
    changes = [effects(rows, said, k) for k in arms]
    figures_of = [np.column_stack([rows["balance"][:, k], rows["shortfall"][:, k]]) for k in arms]
    return {
        "arm_holding": (rows["digital_today"] > 0).sum(axis=0),
        "arm_digital": cents(rows["digital_today"]).sum(axis=0),
        "arm_effects": np.array(
            [
                [cents(each[f"{name}_usd"]).sum() for name in (*EFFECTS, "effect_shortfall")]
                for each in changes
            ]
        ),
        "arm_balances": np.array(
            [[_counts(column, everybody, 1)[0] for column in values.T] for values in figures_of]
        ),
    }


def _fund_sums(prepared: Prepared, people: People, money: Floats) -> Arrays:
    """Money by track and horizon, from which the plan's own paths follow, of accounts that no rule touches:
    `opening` (n_tracks, n_years) and `paid_in` (n_tracks, n_years, n_years) in cents; `one_fund` (n_tracks,
    n_years) people whose account is that fund alone."""
    n_years, n_tracks = prepared.scenario.n_years, len(prepared.tracks)
    held = accounts(prepared, people)
    opening, election = held.in_arm(prepared.arms[OWN_ARM])
    owner, last = held.owner, horizons(people, prepared.scenario.behaviour) - 1
    linear = ~(held.takes_up & follows_rule(prepared))[owner]
    at = (held.track[linear], last[owner[linear]])
    sums = {
        "opening": np.zeros((n_tracks, n_years), np.int64),
        "paid_in": np.zeros((n_tracks, n_years, n_years), np.int64),
        "one_fund": np.zeros((n_tracks, n_years), np.int64),
    }
    np.add.at(sums["opening"], at, cents(opening[linear]))
    bought = cents(money[owner[linear]] * election[linear, None])
    np.add.at(sums["paid_in"], at, bought * (np.arange(n_years) <= at[1][:, None]))
    alone = (np.diff(held.first) == 1) & ((held.totals > 0) | money.any(axis=1))
    np.add.at(sums["one_fund"], (held.track[held.first[:-1][alone]], last[alone]), 1)
    return sums
