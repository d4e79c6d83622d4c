"""How broad the menu is: number of lines, core lines, gaps, overlaps, placeholders, a brokerage window."""

from __future__ import annotations

from collections.abc import Iterator

from menus.guardrails.findings import Severity
from menus.guardrails.menu_facts import LineFacts, MenuFacts
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits
from menus.guardrails.totals import choices, coverage, line_count
from sponsors.wording import agree, count, listed

# Asset classes whose risk and return differ materially; a class outside all of them never counts as core.
RISK_GROUPS: dict[str, tuple[str, ...]] = {
    "capital preservation": ("cash", "stable_value"),
    "bonds": ("us_bond", "intl_bond", "tips", "high_yield"),
    "mixed": ("balanced", "target_date", "managed_account"),
    "stocks": ("us_equity", "intl_equity", "global_equity"),
}


@rule("line_count")
def line_count_outside_range(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """A menu recorded as it was found may have any size; the next version may not."""
    lines, least, most = line_count(menu), limits.number("line_count_min"), limits.number("line_count_max")
    if least <= lines <= most:
        return
    change = (
        f"Add {count(least - lines, 'line')}" if lines < least else f"Remove {count(lines - most, 'line')}"
    )
    yield Hit(
        sentence=f"The menu has {count(lines, 'line')}; {least} to {most} are expected.",
        remedy=f"{change}. Each target-date vintage counts as one line."
        + (" The menu may stay on record as it was found." if menu.is_as_found else ""),
        figures={"lines": lines, "least": least, "most": most},
        severity=Severity.CAUTION if menu.is_as_found else None,
    )


@rule("core_range")
def core_lines_too_few(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """Counts kinds of risk rather than funds: three stock index funds are one kind."""
    least = limits.number("core_lines_min")
    core = [line for line in menu.core_lines if counts_as_core(line)]
    kinds = sorted({risk_group(line) for line in core})
    if len(kinds) >= least:
        return
    funds = sum(1 for _ in choices(core))
    spread = f" of {count(len(kinds), 'kind')} of risk ({listed(kinds)})" if kinds else ""
    yield Hit(
        sentence=f"The menu has {count(funds, 'diversified core fund')}{spread}; "
        f"at least {least} of materially different risk and return are expected.",
        remedy=f"Mark {count(least - len(kinds), 'more diversified fund')} as core, of another kind of risk: "
        f"{listed((kind for kind in RISK_GROUPS if kind not in kinds), 'or')}.",
        figures={"core_funds": funds, "kinds": len(kinds), "least": least},
        is_waivable=not menu.plan.claims_404c,
    )


def risk_group(line: LineFacts) -> str:
    """Kind of risk the line stands for, "" for an asset class that none covers."""
    return next((name for name, classes in RISK_GROUPS.items() if line.asset_class in classes), "")


def counts_as_core(line: LineFacts) -> bool:
    """A single-coin or other narrow fund never counts among the diversified core lines."""
    return line.is_diversified and not line.is_digital and bool(risk_group(line))


@rule("core_not_counted")
def core_line_not_counted(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for line in menu.core_lines:
        if not counts_as_core(line):
            yield Hit(
                sentence=f"{line.name} is marked as a core line but does not count as one: "
                "it is not a diversified stock, bond, cash or mixed fund.",
                remedy="Take the core mark off this line; it may stay on the menu.",
                subject=line.key,
            )


@rule("placeholder")
def placeholder_on_menu(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for line in menu.lines:
        if line.is_placeholder:
            yield Hit(
                sentence=f"{line.name} stands for a kind of fund; it is not a product that participants can "
                "buy.",
                remedy="Replace it by the product that the recordkeeper offers, or remove the line.",
                subject=line.key,
            )


@rule("coverage_gap")
def asset_groups_missing(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    groups = {group.group: group for group in coverage(menu)}
    missing = [name for name in limits.words("coverage_required") if not groups[name].line_keys]
    if not missing:
        return
    inside = [name for name in missing if groups[name].is_reached_inside_mixed_funds]
    reached = (
        f" {agree(len(inside), 'It is', 'They are')} reached only inside mixed funds."
        if inside == missing
        else ""
    )
    yield Hit(
        sentence=f"No line of its own covers {listed(missing)}.{reached}",
        remedy="Add a fund for "
        + ("it" if len(missing) == 1 else "each")
        + ", or record why the menu goes without.",
        figures={"missing": len(missing), "groups": ", ".join(missing)},
    )


@rule("overlap")
def funds_doing_the_same_job(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """Active beside index is a choice; two of the same style for one market are an overlap."""
    groups: dict[tuple[str, str], list[LineFacts]] = {}
    for line in menu.lines:
        if line.comparison_key and not line.is_target_date:
            groups.setdefault((line.comparison_key, line.style), []).append(line)
    for group in groups.values():
        if len(group) > 1:
            names = sorted(line.name for line in group)
            yield Hit(
                sentence=f"{listed(names)} {'both' if len(group) == 2 else 'all'} cover the same market "
                "in the same style.",
                remedy="Keep one of them, or record what the others add for participants.",
                subject=min(line.key for line in group),
                figures={"funds": len(group)},
            )


@rule("brokerage_window")
def brokerage_window_open(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    if menu.plan.has_brokerage_window:
        yield Hit(
            sentence="The plan offers a brokerage window, so participants may hold assets that are not on "
            "this menu, digital assets included. They are not counted in the exposure shown here.",
            remedy="Review the window itself: who may use it, what it allows, and why it is offered.",
        )
