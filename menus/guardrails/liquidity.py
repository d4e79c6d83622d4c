"""Getting in and out: illiquid holdings, funds that redeem only at times, funds traded through the day."""

from __future__ import annotations

from collections.abc import Iterator

from menus.guardrails.menu_facts import MenuFacts
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits
from sponsors.wording import agree, count, listed, percent

INTRADAY = ("etf_40act", "etp_33act_trust")
GATED = ("interval_or_tender_fund", "private_fund")


@rule("illiquid_share")
def too_much_illiquid(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    most = limits.weight("illiquid_weight_max")
    for line in menu.lines:
        if line.illiquid_weight > most:
            yield Hit(
                sentence=f"{line.name} may hold {percent(line.illiquid_weight)} in assets that cannot be "
                f"sold quickly, above the {percent(most)} that a registered fund may hold.",
                remedy="Ask the manager how redemptions are met, and record why the share suits the plan.",
                subject=line.key,
                figures={"illiquid": str(line.illiquid_weight), "most": str(most)},
            )


@rule("gated_exit")
def fund_redeems_only_at_times(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for line in menu.lines:
        if line.vehicle in GATED:
            yield Hit(
                sentence=f"{line.name} redeems only at set times or within limits, while participants "
                "expect daily access.",
                remedy="Obtain its redemption terms and liquidity programme in writing, and test them "
                "against retirements, loans, hardship and a change of recordkeeper.",
                subject=line.key,
            )


@rule("intraday_vehicle")
def funds_traded_through_the_day(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """One finding for all of them: the question goes to the recordkeeper once."""
    keys = sorted(line.key for line in menu.lines if line.vehicle in INTRADAY)
    if keys:
        yield Hit(
            sentence=f"{count(len(keys), 'line')} {agree(len(keys), 'trades', 'trade')} through the day on "
            f"an exchange ({listed(keys)}); many recordkeepers trade once a day at the closing value.",
            remedy="Ask the recordkeeper whether it unitises exchange-traded funds or offers another "
            "route, and at what cost.",
            figures={"lines": len(keys)},
        )
