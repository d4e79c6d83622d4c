"""Menus for guardrail tests: a sound one without any finding, and short ways to spoil it."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal as D
from typing import Any

from menus.guardrails.findings import Severity
from menus.guardrails.menu_facts import (
    AgeWeight,
    LineFacts,
    MenuFacts,
    PlanFacts,
    Rebalancing,
    SleeveFacts,
    SleeveKind,
)
from menus.guardrails.registry import findings_of

TODAY = date(2026, 11, 21)
BLOCK, CAUTION, NOTE = Severity.BLOCK, Severity.CAUTION, Severity.NOTE
Expected = tuple[Severity, str | None, str]


@dataclass(frozen=True)
class Case:
    """A menu, and every finding that one rule has about it: severity, line at fault, sentence."""

    rule: str
    menu: MenuFacts
    expected: tuple[Expected, ...] = ()


def found(case: Case) -> tuple[Expected, ...]:
    findings = findings_of(case.rule, case.menu)
    return tuple((finding.severity, finding.subject, finding.sentence) for finding in findings)


def line(key: str, asset_class: str = "us_equity", **facts: Any) -> LineFacts:
    """A cheap, old, diversified index fund."""
    sound: dict[str, Any] = {
        "name": f"{key} Fund",
        "vehicle": "mutual_fund_40act",
        "style": "index",
        "expense_ratio": D("0.0005"),
        "fee_as_of": date(2026, 10, 1),
        "review_benchmark": f"{key} index",
        "chart_benchmark": "S&P 500",
        "inception_on": date(2000, 1, 3),
    }
    return LineFacts(key=key, asset_class=asset_class, **{**sound, **facts})


def vintage(year: int | None, **facts: Any) -> LineFacts:
    """One fund of the Ladder series of Harbor; the income fund without a year."""
    sound = {"family": "Harbor", "series": "Ladder", "vintage": year, "review_benchmark": f"blend {year}"}
    return line(f"TD{year or 'INC'}", "target_date", **{**sound, **facts})


def vintages(**facts: Any) -> tuple[LineFacts, ...]:
    """2025 to 2070, the default series."""
    return tuple(vintage(year, **{"is_default": True, **facts}) for year in range(2025, 2075, 5))


def coin(key: str = "COIN", **facts: Any) -> LineFacts:
    """A spot crypto trust of one coin."""
    sound = {"vehicle": "etp_33act_trust", "is_diversified": False, "digital_weights": (AgeWeight(0, D(1)),)}
    return line(key, "digital_assets", **{**sound, **facts})


CORE = (
    line("STOCK", is_core=True),
    line("BOND", "us_bond", is_core=True),
    line("CASH", "cash", is_core=True),
)
OTHERS = tuple(line(f"INTL{number}", "intl_equity") for number in range(7))


def menu(*lines: LineFacts, **facts: Any) -> MenuFacts:
    """A menu of exactly these lines."""
    return MenuFacts(as_of=TODAY, lines=lines, **facts)


def sound_menu(*more: LineFacts, without: tuple[str, ...] = (), **facts: Any) -> MenuFacts:
    """20 lines that no rule minds, then `more`, less those named."""
    lines = [one for one in (*vintages(), *CORE, *OTHERS) if one.key not in without]
    return menu(*lines, *more, **facts)


def changed(key: str, **facts: Any) -> MenuFacts:
    """The sound menu with other facts about one line."""
    start = sound_menu()
    return replace(
        start, lines=tuple(replace(one, **facts) if one.key == key else one for one in start.lines)
    )


def crypto_sleeve(**terms: Any) -> SleeveFacts:
    """A crypto line of 3% with an enforced cap of 5%."""
    sound: dict[str, Any] = {
        "kind": SleeveKind.CRYPTO_LINE,
        "line_key": "COIN",
        "cap_weight": D("0.05"),
        "target_weight": D("0.03"),
        "blocks_new_money": True,
    }
    return SleeveFacts(**{**sound, **terms})


def both_doors(*weights: tuple[int, str], **terms: Any) -> SleeveFacts:
    """A crypto line of 3% beside a weight by age inside the series, under one enforced cap of 5%."""
    inside = target_date_sleeve(*weights)
    sound = {"kind": SleeveKind.BOTH, "weights": inside.weights, "rebalancing": inside.rebalancing}
    return crypto_sleeve(**{**sound, "fund_name": inside.fund_name, "vehicle": inside.vehicle, **terms})


def target_date_sleeve(*weights: tuple[int, str], **terms: Any) -> SleeveFacts:
    """A sleeve by age, rebalanced by calendar, with a cap of 5%."""
    sound: dict[str, Any] = {
        "kind": SleeveKind.TARGET_DATE,
        "fund_name": "Basket Trust",
        "vehicle": "cit",
        "is_single_coin": False,
        "cap_weight": D("0.05"),
        "weights": tuple(AgeWeight(age, D(weight)) for age, weight in weights or ((25, "0.02"), (65, "0"))),
        "rebalancing": Rebalancing.CALENDAR,
    }
    return SleeveFacts(**{**sound, **terms})


def case_id(case: Case) -> str:
    return case.rule


WINDOW = PlanFacts(has_brokerage_window=True)
