"""Target-date series: whole, of one family, and a sleeve inside that is kept to its weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from menus.guardrails.menu_facts import LineFacts, MenuFacts, Rebalancing
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits
from menus.guardrails.totals import choices
from sponsors.wording import agree, count, listed, percent, spans


@rule("series_incomplete")
def series_with_missing_vintages(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for group in choices(menu.target_date_lines):
        missing = missing_target_years(group, menu.as_of.year, limits)
        if missing:
            ages = [limits.number("retirement_age") - (year - menu.as_of.year) for year in missing]
            yield Hit(
                sentence=f"{series_name(group)} has no vintage near the retirement year of people aged {spans(ages)}.",
                remedy="Add the missing vintages, or record how these participants are served.",
                subject=group[0].key,
                figures={"youngest": min(ages), "oldest": max(ages), "vintages": len(group)},
            )


def missing_target_years(group: Sequence[LineFacts], this_year: int, limits: Limits) -> list[int]:
    """Retirement years of working people that no vintage comes close to, latest last."""
    working_years = limits.number("retirement_age") - limits.number("youngest_age")
    offered = [this_year if line.vintage is None else line.vintage for line in group]
    near = limits.number("vintage_gap_years")
    years = range(this_year, this_year + working_years + 1)
    return [year for year in years if min(abs(year - vintage) for vintage in offered) > near]


def series_name(group: Sequence[LineFacts]) -> str:
    """Family and series as the page says them, or the fund's name outside a series."""
    first = group[0]
    return f"{first.family} {first.series}".strip() if first.series else first.name


@rule("series_mixed")
def several_target_date_series(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    groups = choices(menu.target_date_lines)
    if len(groups) > 1:
        names = [series_name(group) for group in groups]
        yield Hit(
            sentence=f"The menu holds funds of {len(groups)} target-date series: {listed(names)}. "
            "Their glide paths differ, so neighbouring ages may be treated differently.",
            remedy="Keep one series, or record why participants are better served by more.",
            figures={"series": len(groups)},
        )


@rule("sleeve_without_home")
def sleeve_names_nothing_on_menu(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    sleeve = menu.sleeve
    if sleeve.kind.opens_series and not menu.target_date_lines:
        yield Hit(
            sentence="The sleeve sits inside the target-date series, but the menu has no target-date fund.",
            remedy="Add a target-date series, or choose another kind of sleeve.",
        )
    if sleeve.kind.opens_line and menu.line(sleeve.line_key) not in menu.digital_lines:
        yield Hit(
            sentence="The sleeve is a crypto line, but the fund it names is not a crypto fund on this menu.",
            remedy="Choose the crypto line that the sleeve's terms apply to, or set the sleeve to none.",
        )


@rule("sleeve_without_rebalancing")
def sleeve_never_rebalanced(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    if menu.sleeve.kind.opens_series and menu.sleeve.rebalancing is Rebalancing.NONE:
        yield Hit(
            sentence="The target-date sleeve has no rebalancing rule, so a rise in price can carry it past "
            "its weight.",
            remedy="Set a calendar or a band after which the sleeve is brought back to its weight.",
        )


@rule("sleeve_band_over_cap")
def sleeve_may_drift_over_cap(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """Weights above the cap themselves are another rule's business."""
    sleeve = menu.sleeve
    if not sleeve.kind.opens_series or sleeve.cap_weight is None or not sleeve.band_weight:
        return
    cap, band = sleeve.cap_weight, sleeve.band_weight
    drifting = sorted(point.age for point in sleeve.weights if point.weight <= cap < point.weight + band)
    if drifting:
        ages = f"{agree(len(drifting), 'age', 'ages')} {listed(str(age) for age in drifting)}"
        yield Hit(
            sentence=f"With a band of {percent(band)} the sleeve may drift above its cap of {percent(cap)} "
            f"at {ages}.",
            remedy="Narrow the band, lower the weight, or raise the cap and record why.",
            figures={"cap": str(cap), "band": str(band), "ages": count(len(drifting), "age")},
        )
