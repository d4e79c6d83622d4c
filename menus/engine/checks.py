"""Identities that hold whatever the inputs; run at the end of every run and shown with its results."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from .arms import OWN, Arm
from .chunk import ProjectionChunk
from .contributions import contributions, horizons
from .exposure import accounts, exposures, holdings, mixed_keys, opening_weights
from .factors import Prepared, growth_and_annuity, sleeved_levels
from .inputs import People
from .measures import FAN, PERCENTILES, quantiles
from .projection import AccountPaths, account_paths
from .returns import market_years, payroll_weights
from .runs import evaluate
from .sums import MEANS
from .tables import Tables

SAMPLE = 5


@dataclass(frozen=True)
class Check:
    """One identity: the largest deviation found against the tolerance."""

    name: str
    sentence: str
    largest: float
    tolerance: float

    @property
    def passed(self) -> bool:
        return bool(self.largest <= self.tolerance)


def run_checks(
    prepared: Prepared, people: People, whole: ProjectionChunk, tables: Tables | None = None
) -> Iterator[Check]:
    """All identities for a finished run of `people`, computed with `tables` if any."""
    sample = people.take(np.linspace(0, len(people) - 1, min(SAMPLE, len(people))).astype(int))
    yield weights_sum_to_one(prepared)
    yield exposures_sum_to_balances(prepared, people)
    yield plan_opens_with_its_balances(people, whole)
    yield roll_forward_closes(prepared, sample)
    yield zero_sleeve_changes_nothing(prepared)
    yield doubled_money_doubles_dollars(prepared, sample)
    yield everyone_once(people, whole)
    yield from figures_agree_with_paths(prepared, sample)
    if tables is not None:
        yield tables_keep_their_brackets(prepared, tables, sample)


def own_arm(prepared: Prepared) -> Arm:
    return next(arm for arm in prepared.arms if arm.name == OWN)


def weights_sum_to_one(prepared: Prepared) -> Check:
    """Every track's asset weights on day one, in every arm."""
    pairs = [(arm, track) for arm in prepared.arms for track in prepared.tracks]
    gaps = [abs(opening_weights(prepared, arm, track).sum() - 1) for arm, track in pairs]
    return Check(
        "weights", "The weights of every fund, sleeve included, add up to 100%.", _largest(*gaps), 1e-6
    )


def exposures_sum_to_balances(prepared: Prepared, people: People) -> Check:
    """Dollars by asset class against balances, relative to the largest balance."""
    arm, balances = own_arm(prepared), people.balances.sum(axis=1)
    gap = np.abs(exposures(accounts(prepared, people), arm).sum(axis=1) - balances).max()
    sentence = "Each participant's asset classes add up to the account balance."
    return Check("exposures", sentence, float(gap / max(balances.max(), 1)), 1e-6)


def plan_opens_with_its_balances(people: People, whole: ProjectionChunk) -> Check:
    """Dollars on day one in the result against the people's balances; half a cent a participant may be
    rounding."""
    opened = whole.sums["means"][MEANS.index("balance_today_usd")].sum() / 100
    gap = abs(opened - people.balances.sum())
    sentence = "The plan's money on day one is the sum of its participants' balances."
    return Check("opening", sentence, float(gap), 0.005 * len(people) + 1e-6)


def roll_forward_closes(prepared: Prepared, sample: People) -> Check:
    """Year by year and path by path, relative: closing is opening times growth plus new money times annuity,
    and the next year opens with what the last one closed with, whatever was sold or rebalanced in between."""
    scenario, arm = prepared.scenario, own_arm(prepared)
    paid = contributions(sample, scenario.plan, scenario.behaviour, scenario.n_years)
    years = horizons(sample, scenario.behaviour)
    worst = 0.0
    for row in range(len(sample)):
        held = holdings(prepared, arm, sample, row)
        worst = _largest(
            worst, _roll_forward_gap(account_paths(prepared, arm, held, paid[row, : years[row]]))
        )
    return Check(
        "roll_forward", "Opening balance, new money and return add up to the closing balance.", worst, 1e-5
    )


def _roll_forward_gap(paths: AccountPaths) -> float:
    opened = np.asarray(np.sum([line[1:] for line in paths.opening], axis=0, dtype=np.float64))
    closed = np.asarray(np.sum([line[:-1] for line in paths.closing], axis=0, dtype=np.float64))
    gap = _relative(opened, closed)
    if paths.ruled:  # new money differs by path there
        return gap
    for fund, start, end, bought in zip(
        paths.funds, paths.opening, paths.closing, paths.new_money, strict=True
    ):
        years = len(end)
        grown = start.astype(np.float64) * fund.growth[:years] + bought[:, None] * fund.annuity[:years]
        gap = _largest(gap, _relative(grown, end))
    return gap


def _largest(*gaps: float) -> float:
    """The largest deviation; what is no number stays none, and fails."""
    return float(np.max(gaps))


def _relative(left: np.ndarray, right: np.ndarray) -> float:
    return float((np.abs(left - right) / np.maximum(np.abs(right), 1)).max()) if left.size else 0.0


def zero_sleeve_changes_nothing(prepared: Prepared) -> Check:
    """The first year of the first fund, mixed with a sleeve of weight zero, against the fund itself: equal to
    the bit."""
    scenario = prepared.scenario
    payrolls = payroll_weights(scenario.plan.payrolls_per_year)
    assets = next(market_years(scenario, prepared.parameters, range(len(scenario.market.assets))))
    base, digital = assets[0], assets[scenario.market.digital_index]
    mixed = sleeved_levels(base, digital, np.zeros(1, np.float32), 0.01)[0]
    plain, sleeve = (np.stack(growth_and_annuity(levels, 0.001, payrolls)) for levels in (base, mixed))
    largest = float(np.abs(plain - sleeve).max())
    return Check("zero_sleeve", "A sleeve of zero reproduces the menu without a sleeve exactly.", largest, 0)


def doubled_money_doubles_dollars(prepared: Prepared, sample: People) -> Check:
    """Twice the balances and twice the contributions of one year give twice the dollars on every path,
    relative."""
    arm = own_arm(prepared)
    doubled = replace(sample, balances=sample.balances * 2)
    worst = 0.0
    for row in range(len(sample)):
        once, twice = (
            account_paths(prepared, arm, holdings(prepared, arm, who, row), money)
            for who, money in ((sample, np.full(1, 1000.0)), (doubled, np.full(1, 2000.0)))
        )
        worst = _largest(
            worst, _relative(2 * once.balance, twice.balance), _relative(2 * once.digital, twice.digital)
        )
    return Check("doubling", "Twice the money gives twice the dollars and the same shares.", worst, 1e-5)


def everyone_once(people: People, whole: ProjectionChunk) -> Check:
    """People in the result, and the sum of their mixed keys, against those who were to be projected."""
    expected = mixed_keys(people.keys, 0).sum(dtype=np.uint64)
    same = len(whole) == len(people) and whole.sums["keys"][0] == expected
    return Check("everyone", "Every participant is counted, and counted once.", 0.0 if same else 1.0, 0)


def figures_agree_with_paths(prepared: Prepared, sample: People) -> Iterator[Check]:
    """Percentiles from the compiled evaluator against those of accounts followed one by one, relative; and
    the order of those percentiles."""
    scenario = prepared.scenario
    rows = evaluate(prepared, sample)
    paid = contributions(sample, scenario.plan, scenario.behaviour, scenario.n_years)
    worst = 0.0
    for row, years in enumerate(rows["horizon"].tolist()):
        held = holdings(prepared, own_arm(prepared), sample, row)
        paths = account_paths(prepared, own_arm(prepared), held, paid[row, :years])
        horizon = quantiles(np.sort(paths.balance[-1]), PERCENTILES)
        digital = quantiles(np.sort(paths.digital, axis=1), FAN)
        gaps = _relative(rows["balance"][row, 1], horizon), _relative(rows["digital"][row, :years], digital)
        worst = _largest(worst, *gaps)
    sentence = "The figures of sampled participants are those of their accounts followed path by path."
    yield Check("agreement", sentence, worst, 1e-4)
    steps = [np.diff(rows[name], axis=-1) < 0 for name in ("balance", "digital", "share")]
    wrong = sum(int(step.sum()) for step in steps) + int((rows["shortfall"] > rows["balance"][..., 0]).sum())
    yield Check("ordered", "No lower percentile lies above a higher one.", float(wrong), 0)


def tables_keep_their_brackets(prepared: Prepared, tables: Tables, sample: People) -> Check:
    """Balances of sampled participants as computed exactly and as read off the tables, in sampling errors."""
    exact, read = evaluate(prepared, sample), evaluate(prepared, sample, tables=tables)
    gap = np.abs(read["balance"] - exact["balance"]) / np.maximum(exact["balance_error"], 0.01)
    sentence = "Figures read off tables lie within half their sampling error of the exact ones."
    return Check("tables", sentence, float(gap.max()), 0.5)
