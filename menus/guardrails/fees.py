"""What the menu costs: unknown and old fees, cheaper classes and comparators, outliers, the average."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from menus.guardrails.findings import Severity
from menus.guardrails.menu_facts import Comparable, FeeState, LineFacts, MenuFacts
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits
from menus.guardrails.target_date import series_name
from menus.guardrails.totals import choices, menu_cost
from sponsors.wording import agree, count, dollars, percent, percent_rounded

STOCKS = ("us_equity", "intl_equity", "global_equity")
BONDS = ("us_bond", "intl_bond", "tips", "high_yield", "cash", "stable_value")


@rule("fee_missing")
def fee_not_known(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for group in choices(line for line in menu.lines if line.expense_ratio is None):
        yield Hit(
            sentence=f"The fee of {named(group)} is not known, so it is left out of the menu's cost.",
            remedy="Enter the expense ratio from the prospectus or the recordkeeper, with its date.",
            subject=group[0].key,
            figures={"lines": len(group)},
        )


def named(group: Sequence[LineFacts]) -> str:
    """The fund, or how many funds of which series."""
    return group[0].name if len(group) == 1 else f"{len(group)} funds of {series_name(group)}"


@rule("fee_stale")
def fee_out_of_date(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    days = limits.number("fee_age_days")
    for group in choices(line for line in menu.lines if is_stale(line, menu, days)):
        dates = [line.fee_as_of for line in group if line.fee_as_of]
        when = f" (last read {min(dates).isoformat()})" if dates else ""
        yield Hit(
            sentence=f"The fee of {named(group)} may be out of date{when}.",
            remedy="Check the expense ratio in the current prospectus and enter it with its date.",
            subject=group[0].key,
            figures={"lines": len(group)},
        )


def is_stale(line: LineFacts, menu: MenuFacts, days: int) -> bool:
    """A known fee that its source calls stale, or that was read too long ago."""
    if line.expense_ratio is None:
        return False
    too_old = line.fee_as_of is not None and menu.as_of - line.fee_as_of > timedelta(days=days)
    return line.fee_state is FeeState.STALE or too_old


@dataclass(frozen=True)
class PriceGap:
    """A line, its fee, and a cheaper fund that could stand in its place."""

    line: LineFacts
    fee: Decimal
    rival: Comparable

    @property
    def gap(self) -> Decimal:
        return self.fee - self.rival.expense_ratio

    @property
    def in_dollars(self) -> str:
        return f"{dollars(self.gap * 1000)} more a year per $1,000"

    @property
    def figures(self) -> dict[str, str | int]:
        return {"fee": str(self.fee), "cheaper": str(self.rival.expense_ratio), "gap": str(self.gap)}


def gaps_by_choice(gaps: Iterable[PriceGap]) -> list[list[PriceGap]]:
    """Gaps of the vintages of one series together."""
    by_key = {gap.line.key: gap for gap in gaps}
    return [[by_key[line.key] for line in group] for group in choices(gap.line for gap in by_key.values())]


@rule("cheaper_share_class")
def cheaper_class_open(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for group in gaps_by_choice(gap for line in menu.lines if (gap := share_class_gap(line))):
        first, sibling = group[0], group[0].rival
        yield Hit(
            sentence=f"A cheaper share class of {named([gap.line for gap in group])} exists: {sibling.key} "
            f"at {percent(sibling.expense_ratio)} instead of {percent(first.fee)} ({first.in_dollars}).",
            remedy=f"Use {sibling.key} if the plan may buy it, or record why it may not.",
            subject=first.line.key,
            figures=first.figures,
        )


def share_class_gap(line: LineFacts) -> PriceGap | None:
    """The gap to a cheaper share class of the same fund, if one is known."""
    sibling, fee = line.cheaper_sibling, line.expense_ratio
    if sibling is None or fee is None or sibling.expense_ratio >= fee:
        return None
    return PriceGap(line, fee, sibling)


@rule("not_cheapest")
def dearer_than_comparator(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """Not choosing the cheapest is no fault in itself; what the extra price buys must be written down."""
    large_gap = limits.weight("fee_gap_caution")
    unexplained = [line for line in menu.lines if not line.has_value_statement]
    for group in gaps_by_choice(gap for line in unexplained if (gap := rival_gap(line, menu))):
        widest = max(group, key=lambda gap: gap.gap)
        yield Hit(
            sentence=f"{widest.line.name} costs {percent(widest.fee)}; {widest.rival.name} covers the same "
            f"market for {percent(widest.rival.expense_ratio)} ({widest.in_dollars}).",
            remedy="Write a value statement that says what justifies the price, or choose the cheaper fund.",
            subject=widest.line.key,
            figures=widest.figures,
            severity=Severity.CAUTION if widest.gap >= large_gap else None,
        )


def rival_gap(line: LineFacts, menu: MenuFacts) -> PriceGap | None:
    """The gap to the cheapest fund of the same market; share classes have a rule of their own."""
    fee = line.expense_ratio
    if fee is None or not line.comparison_key:
        return None
    sibling = line.cheaper_sibling.key if line.cheaper_sibling else line.key
    cheaper = [
        fund
        for fund in rivals(menu)
        if fund.comparison_key == line.comparison_key
        and fund.expense_ratio < fee
        and fund.key not in (line.key, sibling)
    ]
    cheapest = min(cheaper, key=lambda fund: (fund.expense_ratio, fund.key), default=None)
    return PriceGap(line, fee, cheapest) if cheapest else None


def rivals(menu: MenuFacts) -> list[Comparable]:
    """Every fund with a known fee, of the catalogue and of the menu."""
    on_menu = [
        Comparable(line.key, line.name, line.comparison_key, line.expense_ratio)
        for line in menu.lines
        if line.expense_ratio is not None
    ]
    return [*menu.catalogue, *on_menu]


@rule("active_fee_outlier")
def active_fee_high(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for line in menu.lines:
        mark = limits.weight(f"active_fee_mark_{fee_group(line)}")
        if line.style == "active" and line.expense_ratio is not None and line.expense_ratio > mark:
            yield Hit(
                sentence=f"{line.name} is actively managed and costs {percent(line.expense_ratio)}, "
                f"above the mark of {percent(mark)} for its kind.",
                remedy="Record what the manager adds after this fee, or choose a cheaper fund.",
                subject=line.key,
                figures={"fee": str(line.expense_ratio), "mark": str(mark)},
            )


def fee_group(line: LineFacts) -> str:
    return "stocks" if line.asset_class in STOCKS else "bonds" if line.asset_class in BONDS else "other"


@rule("menu_cost")
def menu_costs_much(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    cost, mark = menu_cost(menu), limits.weight("menu_cost_mark")
    if cost.rate is None or cost.rate <= mark:
        return
    unpriced = cost.lines_without_fee
    method = "weighted by balances" if cost.weighted_by == "balances" else "each line counting the same"
    left_out = f" {count(unpriced, 'line')} without a known fee {agree(unpriced, 'is', 'are')} left out."
    yield Hit(
        sentence=f"The menu costs {percent_rounded(cost.rate, 3)} a year on average ({method}), "
        f"above the mark of {percent(mark)}.{left_out if unpriced else ''}",
        remedy="Look at the dearest lines first, and record what they add for their price.",
        figures={"rate": str(round(cost.rate, 6)), "mark": str(mark), "lines_without_fee": unpriced},
    )
