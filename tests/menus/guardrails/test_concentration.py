"""Cases of menus/guardrails/concentration.py."""

import pytest

from tests.menus.guardrails.examples import (
    CAUTION,
    NOTE,
    Case,
    case_id,
    coin,
    found,
    line,
    sound_menu,
    target_date_sleeve,
)

CASES = [
    Case(
        "single_coin",
        sound_menu(coin(), sleeve=target_date_sleeve(is_single_coin=True)),
        (
            (
                CAUTION,
                None,
                "Basket Trust holds a single digital asset; its value depends on one price alone.",
            ),
            (
                CAUTION,
                "COIN",
                "COIN Fund holds a single digital asset; its value depends on one price alone.",
            ),
        ),
    ),
    Case(
        "single_coin",
        sound_menu(sleeve=target_date_sleeve(is_single_coin=True, fund_name="")),
        (
            (
                CAUTION,
                None,
                "The sleeve's product holds a single digital asset; its value depends on one price alone.",
            ),
        ),
    ),
    Case("single_coin", sound_menu(coin(is_diversified=True), sleeve=target_date_sleeve())),
    Case(
        "narrow_line",
        sound_menu(line("GOLD", "gold", is_diversified=False)),
        (
            (
                NOTE,
                "GOLD",
                "GOLD Fund holds one narrow kind of asset and is not diversified in itself.",
            ),
        ),
    ),
    Case("narrow_line", sound_menu(coin())),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_concentration_says_exactly(case: Case) -> None:
    assert found(case) == case.expected
