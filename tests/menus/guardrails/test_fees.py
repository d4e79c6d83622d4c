"""Cases of menus/guardrails/fees.py."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from menus.guardrails.menu_facts import Comparable, FeeState, LineFacts
from menus.guardrails.registry import findings_of
from tests.menus.guardrails.examples import (
    CAUTION,
    NOTE,
    Case,
    case_id,
    changed,
    found,
    line,
    menu,
    sound_menu,
    vintages,
)

CHEAP = Comparable("CHEAP", "Cheap Fund", "us_large", D("0.0003"))
SIBLING = Comparable("ADM", "Admiral Class", "us_large", D("0.0004"))


def large(key: str = "BIG", fee: str | None = "0.0004", **facts: Any) -> LineFacts:
    return line(key, comparison_key="us_large", expense_ratio=None if fee is None else D(fee), **facts)


CASES = [
    Case(
        "fee_missing",
        changed("STOCK", expense_ratio=None),
        ((CAUTION, "STOCK", "The fee of STOCK Fund is not known, so it is left out of the menu's cost."),),
    ),
    Case(
        "fee_missing",
        menu(*vintages(expense_ratio=None)),
        (
            (
                CAUTION,
                "TD2025",
                "The fee of 10 funds of Harbor Ladder is not known, so it is left out of the menu's cost.",
            ),
        ),
    ),
    Case("fee_missing", sound_menu()),
    Case(
        "fee_stale",
        changed("STOCK", fee_as_of=date(2025, 10, 16)),
        ((CAUTION, "STOCK", "The fee of STOCK Fund may be out of date (last read 2025-10-16)."),),
    ),
    Case(
        "fee_stale",
        changed("STOCK", fee_state=FeeState.STALE, fee_as_of=None),
        ((CAUTION, "STOCK", "The fee of STOCK Fund may be out of date."),),
    ),
    Case("fee_stale", changed("STOCK", fee_as_of=date(2025, 10, 17))),
    Case("fee_stale", changed("STOCK", expense_ratio=None, fee_state=FeeState.STALE)),
    Case(
        "cheaper_share_class",
        sound_menu(large(fee="0.0015", cheaper_sibling=SIBLING)),
        (
            (
                CAUTION,
                "BIG",
                (
                    "A cheaper share class of BIG Fund exists: ADM at 0.04% instead of 0.15% "
                    "($1.10 more a year per $1,000)."
                ),
            ),
        ),
    ),
    Case("cheaper_share_class", sound_menu(large(fee="0.0004", cheaper_sibling=SIBLING))),
    Case(
        "not_cheapest",
        sound_menu(large(), catalogue=(CHEAP,)),
        (
            (
                NOTE,
                "BIG",
                "BIG Fund costs 0.04%; Cheap Fund covers the same market for 0.03% ($0.10 more a year per $1,000).",
            ),
        ),
    ),
    Case(
        "not_cheapest",
        sound_menu(large(fee="0.0023"), large("TINY", fee="0.0003")),
        (
            (
                CAUTION,
                "BIG",
                "BIG Fund costs 0.23%; TINY Fund covers the same market for 0.03% ($2.00 more a year per $1,000).",
            ),
        ),
    ),
    Case(
        "not_cheapest",
        menu(
            *vintages(comparison_key="ladder", expense_ratio=D("0.0008")),
            catalogue=(Comparable("X", "X Fund", "ladder", D("0.0007")),),
        ),
        (
            (
                NOTE,
                "TD2025",
                "TD2025 Fund costs 0.08%; X Fund covers the same market for 0.07% ($0.10 more a year per $1,000).",
            ),
        ),
    ),
    Case("not_cheapest", sound_menu(large(fee="0.0003"), catalogue=(CHEAP,))),
    Case("not_cheapest", sound_menu(large(has_value_statement=True), catalogue=(CHEAP,))),
    Case("not_cheapest", sound_menu(large(fee=None), catalogue=(CHEAP,))),
    Case("not_cheapest", sound_menu(large(fee="0.0005", cheaper_sibling=SIBLING), catalogue=(SIBLING,))),
    Case(
        "active_fee_outlier",
        sound_menu(
            line("STAR", style="active", expense_ratio=D("0.0076")),
            line("BOND2", "us_bond", style="active", expense_ratio=D("0.0051")),
        ),
        (
            (
                CAUTION,
                "BOND2",
                "BOND2 Fund is actively managed and costs 0.51%, above the mark of 0.5% for its kind.",
            ),
            (
                CAUTION,
                "STAR",
                "STAR Fund is actively managed and costs 0.76%, above the mark of 0.75% for its kind.",
            ),
        ),
    ),
    Case(
        "active_fee_outlier",
        sound_menu(
            line("STAR", style="active", expense_ratio=D("0.0075")), line("INDEX", expense_ratio=D("0.02"))
        ),
    ),
    Case(
        "menu_cost",
        menu(line("A", expense_ratio=D("0.0060")), line("B", expense_ratio=D("0.0050"))),
        (
            (
                CAUTION,
                None,
                "The menu costs 0.55% a year on average (each line counting the same), above the mark of 0.5%.",
            ),
        ),
    ),
    Case(
        "menu_cost",
        menu(
            line("A", expense_ratio=D("0.0070"), balance_usd=D("900")),
            line("B", expense_ratio=D("0.0020"), balance_usd=D("100")),
            line("C", expense_ratio=None),
        ),
        (
            (
                CAUTION,
                None,
                (
                    "The menu costs 0.65% a year on average (weighted by balances), above the mark of 0.5%. "
                    "1 line without a known fee is left out."
                ),
            ),
        ),
    ),
    Case("menu_cost", menu(line("A", expense_ratio=D("0.0050")))),
    Case("menu_cost", menu(line("A", expense_ratio=None))),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_fees_say_exactly(case: Case) -> None:
    assert found(case) == case.expected


def test_not_cheapest_figures_are_exact() -> None:
    (finding,) = findings_of("not_cheapest", sound_menu(large(), catalogue=(CHEAP,)))

    assert finding.figures == {"fee": "0.0004", "cheaper": "0.0003", "gap": "0.0001"}
