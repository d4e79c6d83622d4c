"""Cases of menus/guardrails/liquidity.py."""

from decimal import Decimal as D

import pytest

from tests.menus.guardrails.examples import CAUTION, NOTE, Case, case_id, coin, found, line, sound_menu

CASES = [
    Case(
        "illiquid_share",
        sound_menu(line("MIX", "balanced", illiquid_weight=D("0.155"))),
        (
            (
                CAUTION,
                "MIX",
                (
                    "MIX Fund may hold 15.5% in assets that cannot be sold quickly, "
                    "above the 15% that a registered fund may hold."
                ),
            ),
        ),
    ),
    Case("illiquid_share", sound_menu(line("MIX", "balanced", illiquid_weight=D("0.15")))),
    Case(
        "gated_exit",
        sound_menu(line("CREDIT", "private_credit", vehicle="interval_or_tender_fund")),
        (
            (
                CAUTION,
                "CREDIT",
                "CREDIT Fund redeems only at set times or within limits, while participants expect daily access.",
            ),
        ),
    ),
    Case("gated_exit", sound_menu(line("POOL", vehicle="cit"))),
    Case(
        "intraday_vehicle",
        sound_menu(coin()),
        (
            (
                NOTE,
                None,
                (
                    "1 line trades through the day on an exchange (COIN); "
                    "many recordkeepers trade once a day at the closing value."
                ),
            ),
        ),
    ),
    Case(
        "intraday_vehicle",
        sound_menu(line("ETF", vehicle="etf_40act"), coin()),
        (
            (
                NOTE,
                None,
                (
                    "2 lines trade through the day on an exchange (COIN and ETF); "
                    "many recordkeepers trade once a day at the closing value."
                ),
            ),
        ),
    ),
    Case("intraday_vehicle", sound_menu()),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_liquidity_says_exactly(case: Case) -> None:
    assert found(case) == case.expected
