"""One account followed in full: W(y) = W(y-1) G(y) + C(y) A(y), line by line and path by path.

This is what a page about one participant shows and what the checks look into; `exact.py` measures whole plans
by the same recursion in compiled code, without keeping a path.

A line that no rule touches is linear in its opening balance and contributions. A crypto line with a rule
(sell down, new-money block) is followed year by year, because the rule looks at the participant's own share
on each path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .arms import Arm
from .exposure import Holding
from .factors import CRYPTO_LINE, FundFactors, Prepared
from .measures import above
from .menu import LineRebalancing
from .returns import Singles
from .validation import Floats


@dataclass(frozen=True, eq=False)
class AccountPaths:
    """One participant in one arm. By line, each (n_years, n_paths): `opening` dollars at the start of a year,
    after all rebalancing, and `closing` dollars at its end, before any. `new_money` (n_lines, n_years): mean
    dollars bought; `sold` (n_years): mean dollars that a rule sold. `ruled`: a rule looked at shares, so
    dollars are not linear."""

    funds: tuple[FundFactors, ...]
    opening: tuple[Singles, ...]
    closing: tuple[Singles, ...]
    new_money: Floats
    sold: Floats
    ruled: bool = False

    @cached_property
    def balance(self) -> Singles:
        """Year-end balance (n_years, n_paths)."""
        return _summed(self.closing)

    @cached_property
    def digital_lines(self) -> tuple[Singles, ...]:
        """Year-end digital-asset dollars by line (n_years, n_paths); empty arrays for lines without any."""
        both = zip(self.funds, self.closing, strict=True)
        return tuple(
            line * fund.digital_share[: len(line)] if fund.holds_digital else line[:0] for fund, line in both
        )

    @cached_property
    def digital(self) -> Singles:
        """Year-end digital-asset dollars through every door (n_years, n_paths)."""
        lines = [line for line in self.digital_lines if len(line)]
        return _summed(lines) if lines else np.zeros_like(self.closing[0])

    @property
    def flow(self) -> Floats:
        """Mean dollars of new money that buy digital assets, by year (n_years)."""
        years = self.new_money.shape[1]
        shares = np.array([fund.opening_share[:years].mean(axis=1, dtype=np.float64) for fund in self.funds])
        return (self.new_money * shares).sum(axis=0)

    @property
    def rebalanced(self) -> Floats:
        """Mean dollars moved at year ends inside target-date funds and by the crypto line's rule
        (n_years)."""
        moved = self.sold.copy()
        for fund, line in zip(self.funds, self.closing, strict=True):
            moved += _mean_product(line, fund.moved)
        return moved

    @property
    def sleeve_fees(self) -> Floats:
        """Mean fee of the sleeve by year (n_years): its rate on the average of digital dollars at the year's
        start and end."""
        fees = np.zeros(self.new_money.shape[1])
        for fund, start, end in zip(self.funds, self.opening, self.digital_lines, strict=True):
            if fund.sleeve_fee:
                fees += fund.sleeve_fee * (_mean_product(start, fund.opening_share) + end.mean(axis=1)) / 2
        return fees


def _summed(lines: Sequence[Singles]) -> Singles:
    """Sum of lines (n_years, n_paths); a single line is passed on as it is."""
    total = lines[0]
    for k, line in enumerate(lines[1:]):
        total = np.add(total, line, out=None if k == 0 else total)
    return total


def _mean_product(dollars: Singles, shares: Singles) -> Floats:
    """Mean over paths of dollars times share (n_years); a share that is the same on all paths waits until
    after the mean."""
    shares = shares[: len(dollars)]
    if shares.shape[1] == 1:
        return dollars.mean(axis=1) * shares[:, 0]
    return (dollars * shares).mean(axis=1)


def line_paths(fund: FundFactors, opening: float, contributions: Floats) -> Singles:
    """Dollars in one line at year ends 0..n (n_years + 1, n_paths): W(y) = W(y-1) G(y) + C(y) A(y)."""
    values = np.empty((len(contributions) + 1, fund.growth.shape[1]), dtype=np.float32)
    values[0] = opening
    for year, money in enumerate(contributions.astype(np.float32)):
        np.multiply(values[year], fund.growth[year], out=values[year + 1])
        values[year + 1] += fund.annuity[year] * money
    return values


def rule_of(arm: Arm, held: tuple[Holding, ...]) -> LineRebalancing:
    """The rule that this participant's crypto line follows; NONE for who has no such line."""
    line = arm.sleeve.crypto_line
    return line.rebalancing if line is not None and held[-1].track[0] == CRYPTO_LINE else LineRebalancing.NONE


def account_paths(
    prepared: Prepared, arm: Arm, held: tuple[Holding, ...], contributions: Floats
) -> AccountPaths:
    """A participant's paths in an arm over `len(contributions)` years (`contributions`: dollars a year)."""
    funds = tuple(prepared.fund(arm, item.track) for item in held)
    rule = rule_of(arm, held)
    if rule is not LineRebalancing.NONE:
        return _ruled_paths(funds, held, contributions, rule, arm.rule_cap)
    elections = [item.election for item in held]
    values = [
        line_paths(f, item.opening, contributions * item.election)
        for f, item in zip(funds, held, strict=True)
    ]
    opening, closing = tuple(v[:-1] for v in values), tuple(v[1:] for v in values)
    return AccountPaths(
        funds, opening, closing, np.outer(elections, contributions), np.zeros(len(contributions))
    )


def _ruled_paths(
    funds: tuple[FundFactors, ...],
    held: tuple[Holding, ...],
    contributions: Floats,
    rule: LineRebalancing,
    cap: float,
) -> AccountPaths:
    """Year by year, the crypto line last. Start of year: block new money where the share is above the cap.
    Year: growth and purchases. End: what is recorded; then funds rebalance inside; then sell down to the
    cap."""
    years, paths = len(contributions), funds[0].growth.shape[1]
    now = [np.full(paths, item.opening, dtype=np.float32) for item in held]
    others = _elsewhere(held)
    opening, closing = (tuple(np.empty((years, paths), np.float32) for _ in held) for _ in range(2))
    bought, sold = np.zeros((len(held), years)), np.zeros(years)
    for year, paid in enumerate(contributions):
        blocked = np.zeros(paths, dtype=bool)
        if rule is LineRebalancing.NEW_MONEY_BLOCK:
            blocked = above(_share(funds, now, year), cap)
        for k, fund in enumerate(funds):
            opening[k][year] = now[k]
            money = np.float32(paid) * _directed(held, others, k, blocked)
            np.multiply(now[k], fund.growth[year], out=closing[k][year])
            closing[k][year] += money * fund.annuity[year]
            now[k], bought[k, year] = closing[k][year], np.broadcast_to(money, paths).mean()
        if rule is LineRebalancing.SELL_DOWN:
            sold[year] = _sell_down(funds, now, others, year + 1, cap)
    return AccountPaths(funds, opening, closing, bought, sold, ruled=True)


def _elsewhere(held: tuple[Holding, ...]) -> Floats:
    """Where money goes that may not go to the crypto line (n_lines): the other elections, scaled to one. They
    are never all zero, because nobody may put more than the cap into the crypto line."""
    elections = np.array([*(item.election for item in held[:-1]), 0.0])
    return elections / elections.sum()


def _directed(held: tuple[Holding, ...], others: Floats, k: int, blocked: np.ndarray) -> Singles:
    """Share of this year's money that buys line k on each path (1 where it is the same on all, or n_paths)."""
    if not blocked.any():
        return np.full(1, held[k].election, dtype=np.float32)
    redirected = 0.0 if k == len(held) - 1 else held[k].election + held[-1].election * others[k]
    return np.where(blocked, np.float32(redirected), np.float32(held[k].election))


def _share(funds: tuple[FundFactors, ...], now: list[Singles], year: int) -> Singles:
    """Digital share of the account (n_paths) at the start of a year (0 is the first), through every door; 0
    of nothing."""
    digital, total = _digital(funds, now, year), sum(now)
    return np.divide(digital, total, out=np.zeros_like(total), where=total > 0)


def _digital(funds: tuple[FundFactors, ...], now: list[Singles], year: int) -> Singles:
    """Dollars of digital assets (n_paths) at the start of a year (0 is the first), through every door."""
    held = zip(funds, now, strict=True)
    return sum(line * fund.opening_share[year] for fund, line in held if fund.opening_share[year].any())


def _sell_down(
    funds: tuple[FundFactors, ...], now: list[Singles], others: Floats, year: int, cap: float
) -> float:
    """Sell from the crypto line what brings the account's digital share to the cap, or all of it; returns the
    mean dollars.

    x = (digital - cap * total) / (1 - d), where d is the digital share of the lines that the proceeds buy.
    """
    digital = _digital(funds, now, year)
    bought = sum(np.float32(w) * fund.opening_share[year] for w, fund in zip(others, funds, strict=True))
    excess = (digital - np.float32(cap) * sum(now)) / np.maximum(1 - bought, np.float32(1e-6))
    sale = np.clip(excess, 0, now[-1])
    now[-1] = now[-1] - sale
    for k in range(len(now) - 1):
        now[k] = now[k] + np.float32(others[k]) * sale
    return float(sale.mean())
