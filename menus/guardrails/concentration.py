"""Funds that depend on one asset or one narrow kind of asset."""

from __future__ import annotations

from collections.abc import Iterator

from menus.guardrails.menu_facts import MenuFacts
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits


@rule("single_coin")
def one_coin_only(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    coins: list[tuple[str, str | None]] = [
        (line.name, line.key) for line in menu.digital_lines if not line.is_diversified
    ]
    sleeve = menu.sleeve
    if sleeve.kind.opens_series and sleeve.is_single_coin:
        coins.append((sleeve.fund_name or "The sleeve's product", None))
    for name, key in coins:
        yield Hit(
            sentence=f"{name} holds a single digital asset; its value depends on one price alone.",
            remedy="Record the cap, the loss that the exposure run shows at falls of 50% and 80%, "
            "and why one coin serves participants.",
            subject=key,
        )


@rule("narrow_line")
def narrow_fund_on_menu(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for line in menu.lines:
        if not line.is_diversified and not line.is_digital:
            yield Hit(
                sentence=f"{line.name} holds one narrow kind of asset and is not diversified in itself.",
                remedy="Tell participants what it is for, and record its part in the menu as a whole.",
                subject=line.key,
            )
