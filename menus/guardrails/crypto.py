"""Digital assets on the menu: caps, doors, trading rules, the vehicle, and what counts as a new selection."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from menus.guardrails.menu_facts import MenuFacts, SleeveKind
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits
from menus.guardrails.totals import digital_ages, most_digital_exposure, weight_at
from sponsors.wording import agree, listed, percent, percent_rounded

TRUST_1933 = "etp_33act_trust"


@rule("sleeve_over_cap")
def sleeve_over_its_cap(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    cap = menu.sleeve.cap_weight
    if cap is None:
        return
    over = [(where, weight) for where, weight in sleeve_weights(menu) if weight > cap]
    if over:
        where, weight = max(over, key=lambda pair: pair[1])
        others = len(over) - 1
        more = f" It is above it at {others} other {agree(others, 'age', 'ages')} too." if others else ""
        yield Hit(
            sentence=f"The sleeve holds {percent(weight)}{where}, above its own cap of {percent(cap)}.{more}",
            remedy=f"Lower the sleeve to {percent(cap)} or less, or raise the cap and record why.",
            subject=menu.sleeve.line_key or None,
            figures={"weight": str(weight), "cap": str(cap), "places": len(over)},
        )


def sleeve_weights(menu: MenuFacts) -> list[tuple[str, Decimal]]:
    """Weights the sleeve is designed at, each with the words for where; youngest age first."""
    sleeve, line = menu.sleeve, menu.sleeve.target_weight or Decimal(0)
    if sleeve.kind is SleeveKind.CRYPTO_LINE:
        return [("", line)] if line else []
    if sleeve.kind is SleeveKind.BOTH and line:
        together = ((age, line + (1 - line) * weight_at(sleeve.weights, age)) for age in _open_ages(menu))
        return [(f" through both doors at age {age}", weight) for age, weight in together]
    points = sorted(sleeve.weights, key=lambda point: point.age)
    return [(f" at age {point.age}", point.weight) for point in points]


def _open_ages(menu: MenuFacts) -> list[int]:
    return [age for age in digital_ages(menu) if menu.sleeve.line_is_open_at(age)]


@rule("sleeve_without_cap")
def digital_assets_without_cap(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    if menu.sleeve.kind is not SleeveKind.NONE and menu.sleeve.cap_weight is None:
        yield Hit(
            sentence="The sleeve has no cap, so nothing limits how much of a balance it may become.",
            remedy="Set a cap, and record why that figure.",
            subject=menu.sleeve.line_key or None,
        )
    if menu.sleeve.kind is SleeveKind.NONE:
        for line in menu.digital_lines:
            yield Hit(
                sentence=f"{line.name} is on the menu without the terms of a sleeve, so a participant could "
                "hold a whole balance in it.",
                remedy="Choose the crypto line sleeve and set a cap for it, or remove the line.",
                subject=line.key,
            )


@rule("sleeve_cap_mark")
def cap_above_market_marks(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    cap, usual, high = (
        menu.sleeve.cap_weight,
        limits.weight("sleeve_cap_mark"),
        limits.weight("sleeve_cap_high_mark"),
    )
    if menu.sleeve.kind is SleeveKind.NONE or cap is None or cap <= usual:
        return
    passed = f"{percent(usual)} and {percent(high)}" if cap > high else percent(usual)
    yield Hit(
        sentence=f"The cap of {percent(cap)} is above the {passed} that providers have used as ceilings. "
        "No law sets a cap.",
        remedy=f"Lower the cap to {percent(usual)} or less, or record why this figure suits these "
        "participants.",
        subject=menu.sleeve.line_key or None,
        figures={"cap": str(cap), "mark": str(high if cap > high else usual)},
    )


@rule("two_doors")
def doors_together_over_cap(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """A crypto line at its cap, and the rest of the balance in a fund that holds digital assets as well."""
    most, cap = most_digital_exposure(menu), menu.sleeve.cap_weight
    if not (most.line_most and most.fund_weight) or cap is None or round(most.at_most, 6) <= cap:
        return
    yield Hit(
        sentence="Two doors are open, a crypto line and digital assets inside other funds. Together a "
        f"participant aged {most.age} could hold {percent_rounded(most.at_most)}, above the cap of "
        f"{percent(cap)}.",
        remedy="Close one of the doors, or set the line's cap so that both together stay within it.",
        figures={"age": most.age, "at_most": str(round(most.at_most, 6)), "cap": str(cap)},
    )


@rule("cap_not_enforced")
def crypto_line_cap_without_means(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    sleeve = menu.sleeve
    if not sleeve.kind.opens_line or sleeve.cap_weight is None:
        return
    if not sleeve.blocks_new_money and not sleeve.sells_down:
        yield Hit(
            sentence=f"Nothing keeps a participant within the cap of {percent(sleeve.cap_weight)}: new "
            "money is not stopped there and holdings above it are not sold.",
            remedy="Stop new money at the cap, sell holdings above it, or both, and agree it with the "
            "recordkeeper.",
            subject=sleeve.line_key or None,
            figures={"cap": str(sleeve.cap_weight)},
        )


@rule("trust_1933_act")
def trust_without_1940_act_routes(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    inside = menu.sleeve.kind.opens_series and menu.sleeve.vehicle == TRUST_1933
    trusts = [(line.name, line.key) for line in menu.lines if line.vehicle == TRUST_1933]
    for name, key in [
        *trusts,
        *([(menu.sleeve.fund_name or "The sleeve's product", None)] if inside else []),
    ]:
        yield Hit(
            sentence=f"{name} is a trust registered under the 1933 Act. It is not a mutual fund, so the "
            "routes to liquidity and valuation that the proposed rule gives mutual funds do not apply to "
            "it.",
            remedy="Obtain and question a written description of how it is redeemed and valued, "
            "and answer the liquidity and valuation questions of the review in full.",
            subject=key,
        )


@rule("new_selection")
def sleeve_added_to_existing_fund(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """Only a sleeve that was not there before; a fund that is new itself is reviewed as new anyway."""
    if not menu.sleeve.kind.opens_series or menu.adopted_sleeve.kind.opens_series:
        return
    kept = sorted(
        {line.series or line.name for line in menu.target_date_lines if line.key in menu.adopted_keys}
    )
    if kept:
        yield Hit(
            sentence=f"The sleeve changes {listed(kept)}, which {agree(len(kept), 'is', 'are')} already on "
            "the menu.",
            remedy="Open a new review and select the fund afresh; an amendment of the earlier review is "
            "not enough.",
            figures={"funds": ", ".join(kept)},
        )
