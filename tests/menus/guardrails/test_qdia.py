"""Cases of menus/guardrails/qdia.py."""

import pytest

from menus.guardrails.registry import findings_of
from tests.menus.guardrails.examples import (
    BLOCK,
    CAUTION,
    NOTE,
    Case,
    case_id,
    changed,
    coin,
    found,
    line,
    menu,
    sound_menu,
    vintage,
    vintages,
)

CASES = [
    Case(
        "default_missing",
        menu(*vintages(is_default=False)),
        ((BLOCK, None, "The menu has no default fund."),),
    ),
    Case("default_missing", sound_menu()),
    Case(
        "default_digital",
        sound_menu(coin(is_default=True)),
        (
            (
                BLOCK,
                "COIN",
                "COIN Fund is marked as the default fund. A stand-alone crypto line cannot be the default.",
            ),
        ),
    ),
    Case("default_digital", sound_menu(coin())),
    Case(
        "default_type",
        changed("STOCK", is_default=True),
        (
            (
                BLOCK,
                "STOCK",
                (
                    "STOCK Fund is marked as the default fund but is not a target-date fund, "
                    "a balanced fund or a managed account."
                ),
            ),
        ),
    ),
    Case(
        "default_type",
        menu(
            line("BAL", "balanced", is_default=True),
            line("MAN", "managed_account", is_default=True),
            line("CASH", "cash", is_default=True),
            coin(is_default=True),
        ),
    ),
    Case(
        "default_capital_preservation",
        menu(line("STABLE", "stable_value", is_default=True)),
        (
            (
                NOTE,
                "STABLE",
                (
                    "STABLE Fund preserves capital. Such a fund is a default only for the first 120 days "
                    "after a participant's first contribution."
                ),
            ),
        ),
    ),
    Case("default_capital_preservation", sound_menu()),
    Case(
        "default_several",
        changed("STOCK", is_default=True),
        ((BLOCK, None, "The menu has 2 default funds: STOCK Fund and Ladder. One is expected."),),
    ),
    Case("default_several", sound_menu()),
    Case(
        "default_partial",
        changed("TD2030", is_default=False),
        (
            (
                CAUTION,
                "TD2030",
                "9 of the 10 funds in Ladder are marked as the default, so some ages have no default fund.",
            ),
        ),
    ),
    Case(
        "default_partial",
        menu(vintage(2030, is_default=True), vintage(2040), vintage(2050)),
        (
            (
                CAUTION,
                "TD2040",
                "1 of the 3 funds in Ladder is marked as the default, so some ages have no default fund.",
            ),
        ),
    ),
    Case("default_partial", sound_menu()),
    Case("default_partial", sound_menu(*vintages(is_default=False, series="Other"))),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_qdia_says_exactly(case: Case) -> None:
    assert found(case) == case.expected


def test_default_digital_is_never_waivable() -> None:
    (finding,) = findings_of("default_digital", menu(coin(is_default=True)))

    assert not finding.waivable


def test_default_partial_remedy_counts_the_rest() -> None:
    (one,) = findings_of("default_partial", changed("TD2030", is_default=False))
    (two,) = findings_of(
        "default_partial", menu(vintage(2030, is_default=True), vintage(2040), vintage(2050))
    )

    assert [one.remedy, two.remedy] == [
        "Mark the remaining 1 fund of the series too.",
        "Mark the remaining 2 funds of the series too.",
    ]
