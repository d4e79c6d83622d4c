"""Cases of menus/guardrails/breadth.py."""

import pytest

from menus.guardrails.menu_facts import MenuFacts, PlanFacts
from menus.guardrails.registry import findings_of
from tests.menus.guardrails.examples import (
    BLOCK,
    CAUTION,
    CORE,
    NOTE,
    WINDOW,
    Case,
    case_id,
    changed,
    coin,
    found,
    line,
    menu,
    sound_menu,
    vintages,
)

ELEVEN_MORE = tuple(line(f"MORE{number}") for number in range(11))

CASES = [
    Case("line_count", menu(), ((BLOCK, None, "The menu has 0 lines; 20 to 30 are expected."),)),
    Case("line_count", menu(line("A")), ((BLOCK, None, "The menu has 1 line; 20 to 30 are expected."),)),
    Case(
        "line_count",
        sound_menu(without=("INTL0",)),
        ((BLOCK, None, "The menu has 19 lines; 20 to 30 are expected."),),
    ),
    Case(
        "line_count",
        sound_menu(*ELEVEN_MORE),
        ((BLOCK, None, "The menu has 31 lines; 20 to 30 are expected."),),
    ),
    Case(
        "line_count",
        sound_menu(*ELEVEN_MORE, is_as_found=True),
        ((CAUTION, None, "The menu has 31 lines; 20 to 30 are expected."),),
    ),
    Case("line_count", sound_menu()),
    Case("line_count", sound_menu(*ELEVEN_MORE[:10])),
    Case(
        "core_range",
        sound_menu(without=("CASH",)),
        (
            (
                BLOCK,
                None,
                (
                    "The menu has 2 diversified core funds of 2 kinds of risk (bonds and stocks); "
                    "at least 3 of materially different risk and return are expected."
                ),
            ),
        ),
    ),
    Case(
        "core_range",
        sound_menu(coin(is_core=True), line("INTL9", "intl_equity", is_core=True), without=("CASH",)),
        (
            (
                BLOCK,
                None,
                (
                    "The menu has 3 diversified core funds of 2 kinds of risk (bonds and stocks); "
                    "at least 3 of materially different risk and return are expected."
                ),
            ),
        ),
    ),
    Case(
        "core_range",
        menu(coin(is_core=True)),
        (
            (
                BLOCK,
                None,
                (
                    "The menu has 0 diversified core funds; "
                    "at least 3 of materially different risk and return are expected."
                ),
            ),
        ),
    ),
    Case("core_range", sound_menu()),
    Case("core_range", menu(*vintages(is_core=True), *CORE[:2])),
    Case(
        "core_not_counted",
        sound_menu(coin(is_core=True), line("GOLD", "gold", is_core=True, is_diversified=False)),
        (
            (
                CAUTION,
                "COIN",
                (
                    "COIN Fund is marked as a core line but does not count as one: "
                    "it is not a diversified stock, bond, cash or mixed fund."
                ),
            ),
            (
                CAUTION,
                "GOLD",
                (
                    "GOLD Fund is marked as a core line but does not count as one: "
                    "it is not a diversified stock, bond, cash or mixed fund."
                ),
            ),
        ),
    ),
    Case("core_not_counted", sound_menu(coin())),
    Case(
        "placeholder",
        changed("CASH", is_placeholder=True),
        (
            (
                BLOCK,
                "CASH",
                "CASH Fund stands for a kind of fund; it is not a product that participants can buy.",
            ),
        ),
    ),
    Case("placeholder", sound_menu()),
    Case(
        "coverage_gap",
        sound_menu(without=("BOND",)),
        ((CAUTION, None, "No line of its own covers bonds."),),
    ),
    Case(
        "coverage_gap",
        menu(*vintages(look_through=(("us_equity", 1), ("us_bond", 0))), *CORE[1:]),
        ((CAUTION, None, "No line of its own covers US stocks and international stocks."),),
    ),
    Case(
        "coverage_gap",
        menu(*vintages(look_through=(("us_equity", 1), ("intl_equity", 1))), *CORE[1:]),
        (
            (
                CAUTION,
                None,
                (
                    "No line of its own covers US stocks and international stocks. "
                    "They are reached only inside mixed funds."
                ),
            ),
        ),
    ),
    Case("coverage_gap", menu(line("WORLD", "global_equity"), *CORE[1:])),
    Case(
        "overlap",
        sound_menu(line("B", comparison_key="us_large"), line("A", comparison_key="us_large")),
        ((NOTE, "A", "A Fund and B Fund both cover the same market in the same style."),),
    ),
    Case(
        "overlap",
        sound_menu(*(line(key, comparison_key="us_large") for key in "CAB")),
        ((NOTE, "A", "A Fund, B Fund and C Fund all cover the same market in the same style."),),
    ),
    Case(
        "overlap",
        sound_menu(
            line("A", comparison_key="us_large"),
            line("B", comparison_key="us_large", style="active"),
            line("C", comparison_key="us_small"),
        ),
    ),
    Case(
        "brokerage_window",
        sound_menu(plan=WINDOW),
        (
            (
                NOTE,
                None,
                (
                    "The plan offers a brokerage window, so participants may hold assets that are not on this menu, "
                    "digital assets included. They are not counted in the exposure shown here."
                ),
            ),
        ),
    ),
    Case("brokerage_window", sound_menu()),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_breadth_says_exactly(case: Case) -> None:
    assert found(case) == case.expected


@pytest.mark.parametrize(
    ("lines", "remedy"),
    [
        (sound_menu(without=("INTL0",)), "Add 1 line. Each target-date vintage counts as one line."),
        (sound_menu(*ELEVEN_MORE), "Remove 1 line. Each target-date vintage counts as one line."),
        (menu(), "Add 20 lines. Each target-date vintage counts as one line."),
    ],
)
def test_line_count_remedy_says_how_many(lines: MenuFacts, remedy: str) -> None:
    (finding,) = findings_of("line_count", lines)

    assert (finding.remedy, finding.waivable) == (remedy, False)
    assert finding.figures == {"lines": len(lines.lines), "least": 20, "most": 30}


def test_core_range_is_waivable_only_where_404c_is_not_relied_on() -> None:
    relying = findings_of("core_range", menu(plan=PlanFacts(claims_404c=True)))
    not_relying = findings_of("core_range", menu(plan=PlanFacts(claims_404c=False)))

    assert [finding.waivable for finding in (*relying, *not_relying)] == [False, True]
