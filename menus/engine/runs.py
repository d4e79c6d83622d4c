"""`project`: some participants in, one chunk out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .arms import OWN
from .chunk import Arrays, ProjectionChunk, merge
from .contributions import contributions, horizons
from .exposure import Holding, all_holdings, check_people, doors, exposures, takers
from .factors import FundFactors, Prepared
from .inputs import People
from .measures import FAN, PERCENTILES, above, cents, quantile_errors, quantiles, shortfall, shortfall_error
from .menu import LineRebalancing
from .projection import AccountPaths, account_paths, balance_at_horizon
from .returns import Singles
from .validation import Floats

ENGINE_VERSION = "1.0.0"
SHARE_UNIT = 1_000_000  # shares are kept as whole millionths
BEYOND = -1  # stands in yearly rows after a participant's horizon


def manifest(prepared: Prepared) -> dict[str, Any]:
    """What every result of this run must say about itself."""
    scenario = prepared.scenario
    return {
        "engine_version": ENGINE_VERSION,
        "scenario": scenario.digest,
        "market_edition": scenario.market.edition,
        "market_window": scenario.market.window,
        "market": scenario.market.digest,
        "correlation_change": round(prepared.parameters.largest_change, 9),
        "seed": scenario.seed,
        "n_paths": scenario.n_paths,
        "n_years": scenario.n_years,
        "start_year": scenario.plan.start_year,
        "payrolls_per_year": scenario.plan.payrolls_per_year,
        "cap": scenario.sleeve.cap,
        "sleeve": scenario.sleeve.kind,
        "arms": [{"name": arm.name, "weight": arm.weight} for arm in prepared.arms],
    }


def project(prepared: Prepared, people: People, *, workers: int = 1) -> ProjectionChunk:
    """The projection of `people` in every arm: a chunk to be merged with the others of the run.

    `workers` threads split the people; the result does not depend on their number. Raises `InputError`.
    """
    check_people(prepared, people)
    if workers <= 1 or len(people) < 2 * workers:
        return _project_block(prepared, people)
    cuts = np.linspace(0, len(people), workers + 1).astype(int)
    blocks = [people.take(slice(low, high)) for low, high in pairwise(cuts.tolist())]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return merge(pool.map(lambda block: _project_block(prepared, block), blocks))


def _project_block(prepared: Prepared, people: People) -> ProjectionChunk:
    people = people.take(np.argsort(people.keys, kind="stable"))
    ledger = _Ledger(prepared, people)
    for row in np.lexsort((people.elections.argmax(axis=1), people.ages)).tolist():
        ledger.add(row)  # neighbours of the same age and fund find its factors still in the processor's cache
    return ProjectionChunk(manifest(prepared), ledger.rows, ledger.sums)


@dataclass(frozen=True, eq=False)
class _Shares:
    """Digital share of an account over the years: quantiles (n_years, 3) and paths above the cap (n_years,
    n_paths)."""

    fan: Floats
    above: np.ndarray


class _Ledger:
    """The rows and sums of one block while its participants are projected one by one."""

    def __init__(self, prepared: Prepared, people: People) -> None:
        self.prepared, self.people = prepared, people
        scenario, n = prepared.scenario, len(people)
        self.years = horizons(people, scenario.behaviour)
        self.paid = contributions(people, scenario.plan, scenario.behaviour, scenario.n_years)
        self.taking = takers(prepared, people)
        self.held = {arm.name: all_holdings(prepared, arm, people) for arm in prepared.arms}
        self.tracks = {track: i for i, track in enumerate(prepared.tracks)}
        self.single_shares: dict[tuple[int, int], _Shares] = {}
        self.rows = _empty_rows(n, len(prepared.arms), scenario.n_years) | self._facts()
        self.sums = _empty_sums(len(self.tracks), scenario.n_years, scenario.n_paths, follows_rule(prepared))

    def _facts(self) -> Arrays:
        """What needs no paths: ages, pay, money on day one through each door."""
        people, digital = self.people, self.prepared.scenario.market.digital_index
        arms = self.prepared.arms
        today = [exposures(self.prepared, arm, self.held[arm.name])[:, digital] for arm in arms]
        own_doors = doors(self.prepared, arms[1], self.held[OWN])
        return {
            "key": people.keys,
            "age": people.ages,
            "horizon": self.years,
            "takes_up": self.taking,
            "annual_pay": cents(people.annual_pay),
            "balance_today": cents(people.balances.sum(axis=1)),
            "contributions": cents(self.paid[:, 0]),
            "digital_today": cents(np.stack(today, axis=1)),
            **{f"door_{name}": cents(dollars) for name, dollars in own_doors.items()},
        }

    def add(self, row: int) -> None:
        """Project one participant: the sponsor's own arm year by year, every other arm to the horizon."""
        paid = self.paid[row, : self.years[row]]
        for k, arm in enumerate(self.prepared.arms):
            held = self.held[arm.name][row]
            if arm.name != OWN:
                self._add_balances(row, k, balance_at_horizon(self.prepared, arm, held, paid))
                continue
            paths = account_paths(self.prepared, arm, held, paid)
            self._add_balances(row, k, paths.balance[-1])
            self._add_own(row, paths)
            self._add_sums(row, held, paths)

    def _add_balances(self, row: int, k: int, at_horizon: Singles) -> None:
        ordered, rows = np.sort(at_horizon), self.rows
        rows["balance"][row, k] = cents(quantiles(ordered, PERCENTILES))
        rows["balance_error"][row, k] = cents(quantile_errors(ordered, PERCENTILES))
        rows["shortfall"][row, k], rows["shortfall_error"][row, k] = (
            cents(shortfall(ordered)),
            cents(shortfall_error(ordered)),
        )

    def _add_own(self, row: int, paths: AccountPaths) -> None:
        years, rows, shares = int(self.years[row]), self.rows, self._shares(paths)
        rows["digital"][row, :years] = cents(quantiles(np.sort(paths.digital, axis=1), FAN))
        rows["share"][row, :years] = np.rint(shares.fan * SHARE_UNIT)
        rows["ever_above"][row] = shares.above.any(axis=0).sum()
        rows["sleeve_fees"][row] = cents(paths.sleeve_fees.sum())
        rows["flow"][row] = cents(paths.flow[0])
        for name in ("flow", "rebalanced", "sleeve_fees"):
            self.sums[name][:years] += cents(getattr(paths, name))
        self.sums["above_cap"][:years] += shares.above
        self.sums["people"][:years] += 1

    def _add_sums(self, row: int, held: tuple[Holding, ...], paths: AccountPaths) -> None:
        """Money by track and horizon, from which the plan's own paths follow; whole paths only where a rule
        broke linearity."""
        years = int(self.years[row])
        if paths.ruled:
            self.sums["ruled_balance"][:years] += cents(paths.balance)
            self.sums["ruled_digital"][:years] += cents(paths.digital)
            return
        for item in held:
            at = (self.tracks[item.track], years - 1)
            self.sums["opening"][at] += cents(item.opening)
            self.sums["paid_in"][at][:years] += cents(self.paid[row, :years] * item.election)

    def _shares(self, paths: AccountPaths) -> _Shares:
        """An account with a single fund has that fund's shares, whatever its money: worked out once for all
        who hold it."""
        years = len(paths.closing[0])
        if len(paths.funds) > 1:
            return self._measure(_share(paths))
        key = (id(paths.funds[0]), years)
        if key not in self.single_shares:
            self.single_shares[key] = self._measure(_single_share(paths.funds[0], years))
        return self.single_shares[key]

    def _measure(self, share: Singles) -> _Shares:
        return _Shares(
            quantiles(np.sort(share, axis=1), FAN), above(share, self.prepared.scenario.sleeve.cap)
        )


def follows_rule(prepared: Prepared) -> bool:
    """Whether the sponsor's crypto line follows a rule, so that plan totals are no longer linear."""
    line = prepared.scenario.sleeve.crypto_line
    return line is not None and line.rebalancing is not LineRebalancing.NONE


def _share(paths: AccountPaths) -> Singles:
    balance = paths.balance
    return np.divide(paths.digital, balance, out=np.zeros_like(balance), where=balance > 0)


def _single_share(fund: FundFactors, years: int) -> Singles:
    return fund.digital_share[:years]


def _empty_rows(n: int, n_arms: int, n_years: int) -> Arrays:
    """Money in cents (int64), shares in millionths (int32), probabilities as counts of paths (int32)."""

    def money(*shape: int) -> np.ndarray:
        return np.zeros((n, *shape), dtype=np.int64)

    return {
        "balance": money(n_arms, len(PERCENTILES)),
        "balance_error": money(n_arms, len(PERCENTILES)),
        "shortfall": money(n_arms),
        "shortfall_error": money(n_arms),
        "digital": np.full((n, n_years, len(FAN)), BEYOND, dtype=np.int64),
        "share": np.full((n, n_years, len(FAN)), BEYOND, dtype=np.int32),
        "ever_above": np.zeros(n, dtype=np.int32),
        "sleeve_fees": money(),
        "flow": money(),
    }


def _empty_sums(n_tracks: int, n_years: int, n_paths: int, ruled: bool) -> Arrays:
    def whole(*shape: int) -> np.ndarray:
        return np.zeros(shape, dtype=np.int64)

    path_sums = {name: whole(n_years, n_paths) for name in ("ruled_balance", "ruled_digital") if ruled}
    return path_sums | {
        "people": whole(n_years),
        "flow": whole(n_years),
        "rebalanced": whole(n_years),
        "sleeve_fees": whole(n_years),
        "opening": whole(n_tracks, n_years),
        "paid_in": whole(n_tracks, n_years, n_years),
        "above_cap": np.zeros((n_years, n_paths), dtype=np.int32),
    }
