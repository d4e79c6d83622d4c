"""ORM -> MenuFacts: what the guardrails may know about a version, read with a fixed number of queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

import numpy as np
from django.utils import timezone

from menus.asset_classes import MULTI_COIN, is_diversified, looked_through, looked_through_glide_path
from menus.catalogue import partial_day
from menus.enums import FeeState, Rebalancing, VersionStatus
from menus.guardrails import menu_facts as rule
from menus.guardrails.menu_facts import AgeWeight, Comparable, LineFacts, MenuFacts, PlanFacts, SleeveFacts
from menus.models import Fund, MenuLine, MenuVersion, Sleeve
from sponsors.census import read_snapshot
from sponsors.models import CensusSnapshot, Plan

FEE_STATES = {
    FeeState.VERIFIED: rule.FeeState.VERIFIED,
    FeeState.STALE: rule.FeeState.STALE,
    FeeState.NOT_FOUND: rule.FeeState.MISSING,
}
REBALANCING = {Rebalancing.CALENDAR: rule.Rebalancing.CALENDAR, Rebalancing.THRESHOLD: rule.Rebalancing.BAND}
MIXED = ("balanced", "target_date", "managed_account")
# "Vanguard Total Stock Market Index Fund" is the fund; what follows is the class of its shares.
SHARE_CLASS = re.compile(
    r"\s+(admiral|admiral shares|etf shares|investor shares|institutional shares|institutional premium class"
    r"|i class|class r-6|class k|class k shares|institutional class)$",
    re.IGNORECASE,
)


def menu_facts(version: MenuVersion, on: date | None = None) -> MenuFacts:
    """Everything the guardrails may know about a version on a day (default: today), in six queries."""
    funds = list(Fund.objects.defer("facts").exclude(is_placeholder=True).exclude(expense_ratio=None))
    adopted = _adopted(version)
    return MenuFacts(
        as_of=on or timezone.localdate(),
        lines=_lines(version, funds),
        sleeve=_sleeve(Sleeve.objects.filter(version=version).select_related("fund").first()),
        plan=PlanFacts(version.plan.has_brokerage_window, version.plan.claims_404c),
        catalogue=tuple(_comparable(fund) for fund in funds),
        adopted_keys=frozenset(adopted.lines.values_list("fund__key", flat=True)) if adopted else frozenset(),
        adopted_sleeve=_sleeve(getattr(adopted, "sleeve", None)),
        is_as_found=version.is_as_found,
    )


def _adopted(version: MenuVersion) -> MenuVersion | None:
    """The version of the same menu that is in force, unless it is this one."""
    in_force = MenuVersion.objects.filter(menu_id=version.menu_id, status=VersionStatus.ADOPTED)
    return in_force.exclude(pk=version.pk).select_related("sleeve__fund").first()


def _lines(version: MenuVersion, funds: list[Fund]) -> tuple[LineFacts, ...]:
    lines = list(MenuLine.objects.filter(version=version).select_related("fund"))
    balances = balances_by_fund(version.plan)
    siblings = _cheapest_by_fund(funds)
    return tuple(_line(line, balances, siblings) for line in lines)


def _line(
    line: MenuLine, balances: Mapping[str, Decimal], siblings: Mapping[tuple[str, str], Fund]
) -> LineFacts:
    facts = fund_line_facts(line.fund)
    sibling = siblings.get(_fund_identity(line.fund))
    cheaper = (
        sibling if sibling and sibling.key != line.fund.key and _is_cheaper(sibling, line.fund) else None
    )
    return replace(
        facts,
        id=line.pk,
        is_default=line.is_qdia,
        is_core=line.is_core,
        has_value_statement=bool(line.value_statement.strip()),
        cheaper_sibling=_comparable(cheaper) if cheaper else None,
        balance_usd=balances.get(line.fund.key, Decimal(0)) if balances else None,
    )


def fund_line_facts(fund: Fund) -> LineFacts:
    """A fund as a line without marks: what the catalogue alone says of it."""
    return LineFacts(
        key=fund.key,
        name=fund.name,
        asset_class=fund.asset_class,
        vehicle=fund.vehicle,
        family=fund.family,
        series=fund.series,
        vintage=int(fund.vintage) if fund.vintage.isdigit() else None,
        subclass=fund.subclass,
        style=fund.style,
        comparison_key=comparison_key(fund),
        expense_ratio=fund.expense_ratio,
        fee_state=FEE_STATES[FeeState(fund.fee_state)],
        fee_as_of=partial_day(_fact(fund, "expense_ratio", "as_of"))
        if fund.expense_ratio is not None
        else None,
        is_diversified=is_diversified(fund.asset_class, fund.subclass),
        is_placeholder=fund.is_placeholder,
        look_through=_look_through(fund),
        review_benchmark=fund.review_benchmark,
        chart_benchmark=fund.chart_benchmark,
        inception_on=fund.inception_on,
    )


def comparison_key(fund: Fund) -> str:
    """Funds with the same key do the same job: asset class and kind, for a target-date fund its target year."""
    kind = fund.vintage if fund.is_target_date else fund.subclass
    return "" if fund.is_placeholder or not kind else f"{fund.asset_class}/{kind}"


def _look_through(fund: Fund) -> tuple[tuple[str, Decimal], ...]:
    """What a mixed fund holds; nothing for the others, whose asset class says it."""
    if fund.asset_class not in MIXED:
        return ()
    if path := _fact(fund, "glide_path", "value"):
        target = int(fund.vintage) if fund.vintage.isdigit() else timezone.localdate().year - 10
        weights = looked_through_glide_path(path, target - timezone.localdate().year)
    else:
        weights = looked_through(_fact(fund, "look_through", "value"))
    return tuple(sorted(weights.items()))


def _fact(fund: Fund, name: str, part: str) -> str:
    return str(fund.facts.get(name, {}).get(part, ""))


def _comparable(fund: Fund) -> Comparable:
    assert fund.expense_ratio is not None  # only funds with a known fee are compared
    return Comparable(fund.key, fund.name, comparison_key(fund), fund.expense_ratio)


def _fund_identity(fund: Fund) -> tuple[str, str]:
    """The same for all share classes of one fund."""
    return fund.family, SHARE_CLASS.sub("", fund.name).casefold()


def _cheapest_by_fund(funds: Iterable[Fund]) -> dict[tuple[str, str], Fund]:
    cheapest: dict[tuple[str, str], Fund] = {}
    for fund in funds:
        known = cheapest.setdefault(_fund_identity(fund), fund)
        if _is_cheaper(fund, known):
            cheapest[_fund_identity(fund)] = fund
    return cheapest


def _is_cheaper(one: Fund, other: Fund) -> bool:
    known = one.expense_ratio is not None and other.expense_ratio is not None
    return known and one.expense_ratio < other.expense_ratio  # type: ignore[operator]


def _sleeve(sleeve: Sleeve | None) -> SleeveFacts:
    if sleeve is None:
        return SleeveFacts()
    in_series = sleeve.opens_series
    return SleeveFacts(
        kind=rule.SleeveKind(sleeve.kind),
        line_key=sleeve.fund.key if sleeve.opens_line else "",
        fund_name=sleeve.fund.name if in_series else "",
        vehicle=sleeve.fund.vehicle if in_series else "",
        is_single_coin=sleeve.fund.subclass != MULTI_COIN,
        cap_weight=sleeve.cap,
        target_weight=sleeve.target_weight,
        weights=tuple(
            AgeWeight(int(point["age"]), Decimal(point["weight"])) for point in sleeve.weights_by_age
        ),
        rebalancing=REBALANCING.get(Rebalancing(sleeve.rebalancing), rule.Rebalancing.NONE),
        band_weight=sleeve.band,
        blocks_new_money=sleeve.opens_line and sleeve.new_money_block,
        sells_down=sleeve.line_rule == Rebalancing.SELL_DOWN,
        min_age=sleeve.min_age,
        max_age=sleeve.max_age,
        expense_ratio=sleeve.fund.expense_ratio if in_series else None,
    )


def balances_by_fund(plan: Plan) -> Mapping[str, Decimal]:
    """What the plan's people hold today by fund key, in dollars, from the latest census; empty without one."""
    snapshot = CensusSnapshot.objects.filter(plan=plan).first()
    return _balances_of_file(snapshot.file.name, snapshot.sha256) if snapshot else {}


@lru_cache(maxsize=64)
def _balances_of_file(name: str, sha256: str) -> Mapping[str, Decimal]:
    """Snapshots never change, so one is read once in a process; its hash tells two of the same name apart."""
    with CensusSnapshot._meta.get_field("file").storage.open(name) as stream:
        arrays = read_snapshot(stream.read())
    cents = np.zeros(len(arrays.fund_keys), dtype=np.int64)
    np.add.at(cents, arrays.holding_funds, arrays.holding_cents)
    return {str(key): Decimal(int(amount)) / 100 for key, amount in zip(arrays.fund_keys, cents, strict=True)}
