"""The same model told month by month in float64: slow, and written without the engine's yearly factors.

Dollars are followed by asset inside every line. It shares with the engine only the drawn prices, the
contributions and the draw of takers.
"""

import numpy as np

from menus.engine import FundRebalancing, LineRebalancing, People, Prepared
from menus.engine.arms import Arm
from menus.engine.contributions import contributions, horizons
from menus.engine.exposure import takers
from menus.engine.glide_path import vintage
from menus.engine.returns import generator, year_levels

MONTHS = 12


class Fund:
    """A line's own portfolio: dollars by asset (n_assets + sleeve, n_paths) of one share, followed month by
    month."""

    def __init__(self, prepared: Prepared, arm: Arm, line: int | None, age: int) -> None:
        self.scenario, self.line = prepared.scenario, line
        self.digital = prepared.scenario.market.digital_index
        self.inside = None
        if line is None:
            assert arm.sleeve.crypto_line is not None
            self.fee = arm.sleeve.crypto_line.fee
            return
        menu = self.scenario.menu
        self.target = vintage(self.scenario, line, age)
        self.fee = menu.expense_ratios[line]
        holds_some_itself = menu.look_through[line, :, self.digital].any()
        if menu.is_target_date[line] and not holds_some_itself:
            self.inside = arm.sleeve.target_date
        self.sleeve_share = np.full(self.scenario.n_paths, self.sleeve_target(1))

    def _at(self, year: int) -> int:
        to_go = self.target - (self.scenario.plan.start_year + year - 1)
        age = self.scenario.behaviour.retirement_age - to_go if self.target else 65
        return min(max(age - self.scenario.menu.first_age, 0), self.scenario.menu.n_ages - 1)

    def sleeve_target(self, year: int) -> float:
        return 0.0 if self.inside is None else self.inside.weights[self._at(year)]

    def start(self, year: int) -> np.ndarray:
        """Shares by asset at the start of the year, the sleeve last (n_assets + 1, n_paths)."""
        n_assets, paths = len(self.scenario.market.assets), self.scenario.n_paths
        if self.line is None:
            return np.eye(n_assets + 1)[n_assets][:, None] * np.ones(paths)
        weights = self.scenario.menu.look_through[self.line, self._at(year)]
        return np.vstack([weights[:, None] * (1 - self.sleeve_share), self.sleeve_share])

    def rebalance(self, share: np.ndarray, year: int) -> np.ndarray:
        """The sleeve's share after the look at the end of the year; returns dollars moved per dollar."""
        if self.inside is None:
            return np.zeros_like(share)
        rule, goal = self.inside.rebalancing, self.sleeve_target(year + 1)
        if rule is FundRebalancing.CALENDAR:
            after = np.full_like(share, goal)
        elif rule is FundRebalancing.NONE:
            after = share
        else:
            after = np.where(np.abs(share - goal) > self.inside.band, goal, share)
        self.sleeve_share = after
        return np.abs(share - after)

    def digital_share(self, shares: np.ndarray) -> np.ndarray:
        return shares[self.digital] + shares[-1]


def payday_split(payrolls: int) -> np.ndarray:
    split = np.zeros(MONTHS + 1)
    for k in range(1, payrolls + 1):
        moment = k * MONTHS / payrolls
        month = min(int(moment), MONTHS - 1)
        split[month] += (1 - (moment - month)) / payrolls
        split[month + 1] += (moment - month) / payrolls
    return split


def follow(prepared: Prepared, arm: Arm, people: People, row: int) -> dict[str, np.ndarray]:
    """Year-end balance and digital dollars (n_years, n_paths) of one participant, before any rebalancing."""
    scenario, age = prepared.scenario, int(people.ages[row])
    years = int(horizons(people, scenario.behaviour)[row])
    paid = contributions(people, scenario.plan, scenario.behaviour, years)[row]
    split = payday_split(scenario.plan.payrolls_per_year)
    lines = [
        i for i in range(len(scenario.menu.line_keys)) if people.balances[row, i] or people.elections[row, i]
    ]
    funds = [Fund(prepared, arm, line, age) for line in lines]
    dollars = [np.full(scenario.n_paths, people.balances[row, i]) for i in lines]
    elections = [people.elections[row, i] for i in lines]
    line, weight = arm.sleeve.crypto_line, arm.take_up_weight
    taker = line is not None and bool(takers(prepared, people)[row])
    rule = line.rebalancing if line is not None else LineRebalancing.NONE
    if taker:
        total, share = np.sum(dollars, axis=0), weight if scenario.behaviour.take_up_moves_balance else 0
        funds, dollars = (
            [*funds, Fund(prepared, arm, None, age)],
            [*(d * (1 - share) for d in dollars), total * share],
        )
        elections = [*(e * (1 - weight) for e in elections), weight]
    result: dict[str, list[np.ndarray]] = {"balance": [], "digital": [], "moved": []}
    for year in range(1, years + 1):
        rng = generator(scenario.seed, scenario.market.digest, year)
        prices = year_levels(prepared.parameters, rng, scenario.n_paths).astype(np.float64)
        blocked = np.zeros(scenario.n_paths, dtype=bool)
        if taker and rule is LineRebalancing.NEW_MONEY_BLOCK:
            digital = sum(d * f.digital_share(f.start(year)) for f, d in zip(funds, dollars, strict=True))
            blocked = digital > arm.rule_cap * (1 + 1e-6) * sum(dollars)
        shares = []
        for k, fund in enumerate(funds):
            away = (
                elections[k] + elections[-1] * elections[k] / sum(elections[:-1]) if taker else elections[k]
            )
            away = 0 if taker and k == len(funds) - 1 else away
            money = paid[year - 1] * np.where(blocked, away, elections[k])
            portfolio, sleeve_fee = fund.start(year), _sleeve_fee(arm, fund)
            held = dollars[k] * portfolio + money * split[0] * portfolio
            for month in range(1, MONTHS + 1):
                growth = np.vstack(
                    [
                        prices[:, month] / prices[:, month - 1],
                        [prices[fund.digital, month] / prices[fund.digital, month - 1]],
                    ]
                )
                growth[-1] *= (1 - sleeve_fee) ** (1 / MONTHS)
                growth *= (1 - fund.fee) ** (1 / MONTHS)
                portfolio, held = portfolio * growth, held * growth
                held = held + money * split[month] * portfolio / portfolio.sum(axis=0)
            dollars[k] = held.sum(axis=0)
            shares.append(portfolio / portfolio.sum(axis=0))
        digital = sum(d * f.digital_share(s) for f, d, s in zip(funds, dollars, shares, strict=True))
        result["balance"].append(np.sum(dollars, axis=0))
        result["digital"].append(digital)
        moved = [
            d * f.rebalance(s[-1], year)
            for f, d, s in zip(funds, dollars, shares, strict=True)
            if f.inside is not None
        ]
        sold = np.zeros(scenario.n_paths)
        if taker and rule is LineRebalancing.SELL_DOWN:
            sold = _sell(funds, dollars, elections, year + 1, arm.rule_cap)
        result["moved"].append(np.sum([sold, *moved], axis=0))
    return {name: np.array(values) for name, values in result.items()}


def _sleeve_fee(arm: Arm, fund: Fund) -> float:
    return 0.0 if fund.inside is None else fund.inside.fee


def _sell(
    funds: list[Fund], dollars: list[np.ndarray], elections: list[float], year: int, cap: float
) -> np.ndarray:
    """Search the sale that brings the account to the cap, by halving: the digital share falls as the sale
    grows."""
    share_of = [fund.digital_share(fund.start(year)) for fund in funds]
    others = np.array(elections[:-1]) / sum(elections[:-1])
    low, high = np.zeros_like(dollars[-1]), dollars[-1].copy()
    total = sum(dollars)
    for _ in range(60):
        sale = (low + high) / 2
        digital = (
            dollars[-1]
            - sale
            + sum((d + w * sale) * s for d, w, s in zip(dollars[:-1], others, share_of[:-1], strict=True))
        )
        low, high = np.where(digital > cap * total, sale, low), np.where(digital > cap * total, high, sale)
    dollars[-1] = dollars[-1] - low
    for k, w in enumerate(others):
        dollars[k] = dollars[k] + w * low
    return low
