"""Cases of menus/guardrails/target_date.py."""

from decimal import Decimal as D

import pytest

from menus.guardrails.menu_facts import Rebalancing
from tests.menus.guardrails.examples import (
    BLOCK,
    CAUTION,
    Case,
    case_id,
    coin,
    crypto_sleeve,
    found,
    line,
    menu,
    sound_menu,
    target_date_sleeve,
    vintage,
)

CASES = [
    Case(
        "series_incomplete",
        sound_menu(without=("TD2040",)),
        (
            (
                CAUTION,
                "TD2025",
                "Harbor Ladder has no vintage near the retirement year of people aged 50 to 52.",
            ),
        ),
    ),
    Case(
        "series_incomplete",
        menu(*(vintage(year) for year in (2025, 2030, 2036, 2040, 2045, 2050, 2055, 2062))),
        ((CAUTION, "TD2025", "Harbor Ladder has no vintage near the retirement year of people aged 25."),),
    ),
    Case(
        "series_incomplete",
        menu(*(vintage(year) for year in (2025, 2030, 2035, 2045, 2050, 2055, 2062))),
        (
            (
                CAUTION,
                "TD2025",
                "Harbor Ladder has no vintage near the retirement year of people aged 25 and 50 to 52.",
            ),
        ),
    ),
    Case("series_incomplete", sound_menu()),
    Case("series_incomplete", sound_menu(vintage(None), without=("TD2025",))),
    Case(
        "series_mixed",
        sound_menu(vintage(2031, family="Summit", series="Path")),
        (
            (
                CAUTION,
                None,
                (
                    "The menu holds funds of 2 target-date series: Harbor Ladder and Summit Path. "
                    "Their glide paths differ, so neighbouring ages may be treated differently."
                ),
            ),
        ),
    ),
    Case("series_mixed", sound_menu()),
    Case(
        "sleeve_without_home",
        menu(line("A"), sleeve=target_date_sleeve()),
        (
            (
                BLOCK,
                None,
                "The sleeve sits inside the target-date series, but the menu has no target-date fund.",
            ),
        ),
    ),
    Case(
        "sleeve_without_home",
        sound_menu(sleeve=crypto_sleeve(line_key="STOCK")),
        (
            (
                BLOCK,
                None,
                "The sleeve is a crypto line, but the fund it names is not a crypto fund on this menu.",
            ),
        ),
    ),
    Case("sleeve_without_home", sound_menu(coin(), sleeve=crypto_sleeve())),
    Case("sleeve_without_home", sound_menu(sleeve=target_date_sleeve())),
    Case(
        "sleeve_without_rebalancing",
        sound_menu(sleeve=target_date_sleeve(rebalancing=Rebalancing.NONE)),
        (
            (
                CAUTION,
                None,
                "The target-date sleeve has no rebalancing rule, so a rise in price can carry it past its weight.",
            ),
        ),
    ),
    Case("sleeve_without_rebalancing", sound_menu(sleeve=target_date_sleeve())),
    Case("sleeve_without_rebalancing", sound_menu(coin(), sleeve=crypto_sleeve())),
    Case(
        "sleeve_band_over_cap",
        sound_menu(sleeve=target_date_sleeve((45, "0.04"), (25, "0.05"), (65, "0"), band_weight=D("0.01"))),
        (
            (
                CAUTION,
                None,
                "With a band of 1% the sleeve may drift above its cap of 5% at age 25.",
            ),
        ),
    ),
    Case(
        "sleeve_band_over_cap",
        sound_menu(sleeve=target_date_sleeve((45, "0.04"), (25, "0.045"), band_weight=D("0.015"))),
        (
            (
                CAUTION,
                None,
                "With a band of 1.5% the sleeve may drift above its cap of 5% at ages 25 and 45.",
            ),
        ),
    ),
    Case("sleeve_band_over_cap", sound_menu(sleeve=target_date_sleeve(band_weight=D("0.03")))),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_target_date_says_exactly(case: Case) -> None:
    assert found(case) == case.expected
