"""Cases of menus/guardrails/crypto.py."""

from decimal import Decimal as D

import pytest

from menus.guardrails.menu_facts import AgeWeight
from menus.guardrails.registry import findings_of
from tests.menus.guardrails.examples import (
    BLOCK,
    CAUTION,
    NOTE,
    Case,
    both_doors,
    case_id,
    coin,
    crypto_sleeve,
    found,
    line,
    sound_menu,
    target_date_sleeve,
    vintages,
)

TRUST = (
    "is a trust registered under the 1933 Act. It is not a mutual fund, so the routes to liquidity and valuation "
    "that the proposed rule gives mutual funds do not apply to it."
)
SERIES_KEYS = frozenset(one.key for one in vintages())
HOLDS_COINS = line("MIX", "balanced", digital_weights=(AgeWeight(30, D("0.04")), AgeWeight(60, D("0.01"))))

CASES = [
    Case(
        "sleeve_over_cap",
        sound_menu(coin(), sleeve=crypto_sleeve(target_weight=D("0.08"))),
        ((BLOCK, "COIN", "The sleeve holds 8%, above its own cap of 5%."),),
    ),
    Case(
        "sleeve_over_cap",
        sound_menu(sleeve=target_date_sleeve((25, "0.055"), (65, "0"))),
        ((BLOCK, None, "The sleeve holds 5.5% at age 25, above its own cap of 5%."),),
    ),
    Case(
        "sleeve_over_cap",
        sound_menu(sleeve=target_date_sleeve((25, "0.06"), (35, "0.07"), (45, "0.06"), (65, "0"))),
        (
            (
                BLOCK,
                None,
                "The sleeve holds 7% at age 35, above its own cap of 5%. It is above it at 2 other ages too.",
            ),
        ),
    ),
    Case(
        "sleeve_over_cap",
        sound_menu(coin(), sleeve=both_doors((25, "0.03"), (65, "0"))),
        ((BLOCK, "COIN", "The sleeve holds 5.91% through both doors at age 25, above its own cap of 5%."),),
    ),
    Case("sleeve_over_cap", sound_menu(coin(), sleeve=both_doors((25, "0.03"), (65, "0"), min_age=50))),
    Case("sleeve_over_cap", sound_menu(coin(), sleeve=crypto_sleeve(target_weight=D("0.05")))),
    Case("sleeve_over_cap", sound_menu(sleeve=target_date_sleeve((25, "0.05"), (65, "0")))),
    Case("sleeve_over_cap", sound_menu(coin(), sleeve=crypto_sleeve(target_weight=None))),
    Case("sleeve_over_cap", sound_menu()),
    Case(
        "sleeve_without_cap",
        sound_menu(sleeve=target_date_sleeve(cap_weight=None)),
        ((CAUTION, None, "The sleeve has no cap, so nothing limits how much of a balance it may become."),),
    ),
    Case(
        "sleeve_without_cap",
        sound_menu(coin()),
        (
            (
                CAUTION,
                "COIN",
                (
                    "COIN Fund is on the menu without the terms of a sleeve, so a participant could hold "
                    "a whole balance in it."
                ),
            ),
        ),
    ),
    Case("sleeve_without_cap", sound_menu(coin(), sleeve=crypto_sleeve())),
    Case("sleeve_without_cap", sound_menu()),
    Case(
        "sleeve_cap_mark",
        sound_menu(coin(), sleeve=crypto_sleeve(cap_weight=D("0.10"))),
        (
            (
                CAUTION,
                "COIN",
                "The cap of 10% is above the 5% that providers have used as ceilings. No law sets a cap.",
            ),
        ),
    ),
    Case(
        "sleeve_cap_mark",
        sound_menu(sleeve=target_date_sleeve(cap_weight=D("0.25"))),
        (
            (
                CAUTION,
                None,
                "The cap of 25% is above the 5% and 20% that providers have used as ceilings. No law sets a cap.",
            ),
        ),
    ),
    Case("sleeve_cap_mark", sound_menu(coin(), sleeve=crypto_sleeve())),
    Case(
        "two_doors",
        sound_menu(coin(), HOLDS_COINS, sleeve=crypto_sleeve()),
        (
            (
                BLOCK,
                None,
                (
                    "Two doors are open, a crypto line and digital assets inside other funds. Together a participant "
                    "aged 30 could hold 8.8%, above the cap of 5%."
                ),
            ),
        ),
    ),
    Case(
        "two_doors",
        sound_menu(coin(), sleeve=target_date_sleeve()),
        (
            (
                BLOCK,
                None,
                (
                    "Two doors are open, a crypto line and digital assets inside other funds. Together a participant "
                    "aged 25 could hold 100%, above the cap of 5%."
                ),
            ),
        ),
    ),
    Case("two_doors", sound_menu(coin(), sleeve=crypto_sleeve())),
    Case("two_doors", sound_menu(coin(), sleeve=both_doors((25, "0.02"), (65, "0")))),
    Case(
        "two_doors",
        sound_menu(coin(), sleeve=both_doors((25, "0.02"), (65, "0"), blocks_new_money=False)),
        (
            (
                BLOCK,
                None,
                (
                    "Two doors are open, a crypto line and digital assets inside other funds. Together a participant "
                    "aged 25 could hold 6.9%, above the cap of 5%."
                ),
            ),
        ),
    ),
    Case("two_doors", sound_menu(sleeve=target_date_sleeve())),
    Case(
        "cap_not_enforced",
        sound_menu(coin(), sleeve=crypto_sleeve(blocks_new_money=False)),
        (
            (
                CAUTION,
                "COIN",
                (
                    "Nothing keeps a participant within the cap of 5%: new money is not stopped there "
                    "and holdings above it are not sold."
                ),
            ),
        ),
    ),
    Case("cap_not_enforced", sound_menu(coin(), sleeve=crypto_sleeve())),
    Case(
        "cap_not_enforced", sound_menu(coin(), sleeve=crypto_sleeve(blocks_new_money=False, sells_down=True))
    ),
    Case(
        "trust_1933_act",
        sound_menu(
            coin("B"),
            line("GOLD", "gold", vehicle="etp_33act_trust"),
            sleeve=target_date_sleeve(vehicle="etp_33act_trust"),
        ),
        (
            (CAUTION, None, f"Basket Trust {TRUST}"),
            (CAUTION, "B", f"B Fund {TRUST}"),
            (CAUTION, "GOLD", f"GOLD Fund {TRUST}"),
        ),
    ),
    Case("trust_1933_act", sound_menu(line("ETF", vehicle="etf_40act"), sleeve=target_date_sleeve())),
    Case(
        "new_selection",
        sound_menu(sleeve=target_date_sleeve(), adopted_keys=SERIES_KEYS),
        ((NOTE, None, "The sleeve changes Ladder, which is already on the menu."),),
    ),
    Case(
        "new_selection",
        sound_menu(
            sleeve=target_date_sleeve(), adopted_keys=SERIES_KEYS, adopted_sleeve=target_date_sleeve()
        ),
    ),
    Case("new_selection", sound_menu(sleeve=target_date_sleeve(), adopted_keys=frozenset({"STOCK"}))),
    Case("new_selection", sound_menu(adopted_keys=SERIES_KEYS)),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_crypto_says_exactly(case: Case) -> None:
    assert found(case) == case.expected


def test_sleeve_over_cap_is_never_waivable() -> None:
    over = sound_menu(coin(), sleeve=crypto_sleeve(target_weight=D("0.08")))

    (finding,) = findings_of("sleeve_over_cap", over)

    assert (finding.waivable, finding.key) == (False, "sleeve_over_cap:COIN")
    assert finding.figures == {"weight": "0.08", "cap": "0.05", "places": 1}
