"""Figures that the builder shows beside a menu and the rules compare: counts, cost, coverage, exposure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from menus.guardrails.menu_facts import AgeWeight, LineFacts, MenuFacts, SleeveKind

ASSET_GROUPS: dict[str, tuple[str, ...]] = {
    "US stocks": ("us_equity", "global_equity"),
    "international stocks": ("intl_equity", "global_equity"),
    "bonds": ("us_bond", "intl_bond", "tips", "high_yield"),
    "cash or stable value": ("cash", "stable_value"),
    "mixed and target-date": ("balanced", "target_date", "managed_account"),
    "real assets": ("real_estate", "infrastructure", "commodities", "gold"),
    "private assets": ("private_equity", "private_credit"),
    "digital assets": ("digital_assets",),
}


@dataclass(frozen=True)
class MenuCost:
    """Average expense of the menu. `rate` is None when no line has a known fee."""

    rate: Decimal | None
    weighted_by: str  # "balances" or "equal weights"
    lines_without_fee: int

    @property
    def usd_per_1000(self) -> Decimal | None:
        return None if self.rate is None else self.rate * 1000


@dataclass(frozen=True)
class GroupCoverage:
    """Lines that serve one asset group, and whether a mixed fund reaches it too."""

    group: str
    line_keys: tuple[str, ...]
    is_reached_inside_mixed_funds: bool


@dataclass(frozen=True)
class DigitalExposure:
    """Share of a participant's balance in digital assets at one age, through every door the menu opens.

    `fund_weight` is what the target-date or other mixed fund holds; `line_target` and `line_most` what the
    crypto line takes as designed and at its cap (all of the balance without a cap). Holdings in a brokerage
    window are unknown and not counted.
    """

    age: int
    fund_weight: Decimal
    line_target: Decimal
    line_most: Decimal

    @property
    def at_target(self) -> Decimal:
        return _combined(self.line_target, self.fund_weight)

    @property
    def at_most(self) -> Decimal:
        return _combined(self.line_most, self.fund_weight)


def _combined(line_weight: Decimal, fund_weight: Decimal) -> Decimal:
    """The rest of the balance, beside the crypto line, is held in the fund."""
    return line_weight + (1 - line_weight) * fund_weight


def line_count(menu: MenuFacts) -> int:
    """Designated investment alternatives; each target-date vintage is one."""
    return len(menu.lines)


def choice_count(menu: MenuFacts) -> int:
    """What a participant chooses among: a target-date series counts once."""
    return len({line.choice_key for line in menu.lines})


def choices(lines: Iterable[LineFacts]) -> list[tuple[LineFacts, ...]]:
    """Lines grouped into choices; vintages in order, choices by their first key, whatever the order given."""
    groups: dict[tuple[str, ...], list[LineFacts]] = {}
    for line in sorted(lines, key=lambda line: (line.vintage or 0, line.key)):
        groups.setdefault(line.choice_key, []).append(line)
    return sorted((tuple(group) for group in groups.values()), key=lambda group: group[0].key)


def weight_at(path: Sequence[AgeWeight], age: int) -> Decimal:
    """Weight at `age` on the path: straight lines between points, level beyond the ends, 0 without points."""
    points = sorted(path, key=lambda point: point.age)
    if not points:
        return Decimal(0)
    if age <= points[0].age:
        return points[0].weight
    for left, right in pairwise(points):
        if age < right.age:
            share = Decimal(age - left.age) / Decimal(right.age - left.age)
            return left.weight + (right.weight - left.weight) * share
    return points[-1].weight


def sleeve_weight_at(menu: MenuFacts, age: int) -> Decimal:
    """Weight of the target-date sleeve at `age`; 0 without one."""
    return weight_at(menu.sleeve.weights, age) if menu.sleeve.kind.opens_series else Decimal(0)


def digital_ages(menu: MenuFacts) -> tuple[int, ...]:
    """Ages at which some door bends, opens or closes; between them exposure runs straight, so its extremes are among
    them."""
    inside = [point.age for line in menu.lines if not line.is_digital for point in line.digital_weights]
    opens = [age for age in (menu.sleeve.min_age, menu.sleeve.max_age) if age is not None]
    return tuple(sorted({*inside, *opens, *(point.age for point in menu.sleeve.weights)})) or (0,)


def digital_exposure(menu: MenuFacts, ages: Iterable[int]) -> tuple[DigitalExposure, ...]:
    """Exposure at each age, in the order given."""
    return tuple(_exposure_at(menu, age) for age in ages)


def most_digital_exposure(menu: MenuFacts) -> DigitalExposure:
    """The age at which a participant could hold most through all doors; the youngest such age on a tie."""
    return max(
        digital_exposure(menu, digital_ages(menu)), key=lambda exposure: (exposure.at_most, -exposure.age)
    )


def _exposure_at(menu: MenuFacts, age: int) -> DigitalExposure:
    in_funds = fund_weight_at(menu, age)
    return DigitalExposure(age, in_funds, *_crypto_line_door(menu, age, in_funds))


def fund_weight_at(menu: MenuFacts, age: int) -> Decimal:
    """Most digital assets that any fund other than a crypto line holds at `age`, the sleeve included."""
    own = [weight_at(line.digital_weights, age) for line in menu.lines if not line.is_digital]
    return max(own, default=Decimal(0)) + sleeve_weight_at(menu, age)


def _crypto_line_door(menu: MenuFacts, age: int, in_funds: Decimal) -> tuple[Decimal, Decimal]:
    """Weight of the crypto line as designed at `age`, and the most that a participant may hold in it.

    With both doors under one cap that something keeps to, the line takes what the funds leave of the cap.
    """
    sleeve = menu.sleeve
    if not menu.digital_lines:
        return Decimal(0), Decimal(0)
    if not sleeve.kind.opens_line:
        return Decimal(0), Decimal(1)
    if not sleeve.line_is_open_at(age):
        return Decimal(0), Decimal(0)
    cap = Decimal(1) if sleeve.cap_weight is None else sleeve.cap_weight
    is_kept = sleeve.blocks_new_money or sleeve.sells_down
    if sleeve.kind is SleeveKind.BOTH and is_kept:
        cap = max(round((cap - in_funds) / (1 - in_funds), 9), Decimal(0))
    return sleeve.target_weight or Decimal(0), cap


def line_expense(menu: MenuFacts, line: LineFacts, age: int | None = None) -> Decimal | None:
    """Expense ratio of a line with its sleeve's fee mixed in at `age` (the vintage's, unless given)."""
    sleeve = menu.sleeve
    if line.expense_ratio is None or not line.is_target_date or sleeve.expense_ratio is None:
        return line.expense_ratio
    weight = sleeve_weight_at(menu, age_of_vintage(line, menu) if age is None else age)
    return (1 - weight) * line.expense_ratio + weight * sleeve.expense_ratio


def age_of_vintage(line: LineFacts, menu: MenuFacts, retirement_age: int = 65) -> int:
    """Age today of the people a vintage is made for; a retirement income fund serves those retired."""
    return retirement_age if line.vintage is None else retirement_age - (line.vintage - menu.as_of.year)


def menu_cost(menu: MenuFacts) -> MenuCost:
    """Average expense by what participants hold, or with equal weights while no balances are known."""
    priced = [(line, cost) for line in menu.lines if (cost := line_expense(menu, line)) is not None]
    unpriced = len(menu.lines) - len(priced)
    held = sum((line.balance_usd or Decimal(0) for line, _ in priced), Decimal(0))
    if held > 0:
        paid = sum(((line.balance_usd or Decimal(0)) * cost for line, cost in priced), Decimal(0))
        return MenuCost(paid / held, "balances", unpriced)
    rate = sum((cost for _, cost in priced), Decimal(0)) / len(priced) if priced else None
    return MenuCost(rate, "equal weights", unpriced)


def coverage(menu: MenuFacts) -> tuple[GroupCoverage, ...]:
    """For each asset group, the lines that serve it directly."""
    inside = {name for line in menu.lines for name, weight in line.look_through if weight > 0}
    return tuple(
        GroupCoverage(
            group,
            tuple(sorted(line.key for line in menu.lines if line.asset_class in classes)),
            bool(inside & set(classes)),
        )
        for group, classes in ASSET_GROUPS.items()
    )
