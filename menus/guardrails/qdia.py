"""The default fund: where contributions go when a participant chooses nothing (the QDIA)."""

from __future__ import annotations

from collections.abc import Iterator

from menus.guardrails.menu_facts import MenuFacts
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits
from menus.guardrails.totals import choices
from sponsors.wording import count, listed

CAPITAL_PRESERVATION = ("cash", "stable_value")


@rule("default_missing")
def default_missing(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    if not menu.default_lines:
        yield Hit(
            sentence="The menu has no default fund.",
            remedy="Mark a target-date series, a balanced fund or a managed account as the default.",
        )


@rule("default_digital")
def crypto_line_as_default(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for line in menu.default_lines:
        if line.is_digital:
            yield Hit(
                sentence=f"{line.name} is marked as the default fund. A stand-alone crypto line cannot be "
                "the default.",
                remedy="Take the default mark off this line and mark a target-date series, a balanced fund "
                "or a managed account instead.",
                subject=line.key,
            )


@rule("default_type")
def default_of_other_type(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """Crypto lines and capital preservation have rules of their own."""
    allowed = limits.words("qdia_asset_classes")
    for line in menu.default_lines:
        if line.asset_class not in (*allowed, *CAPITAL_PRESERVATION) and not line.is_digital:
            yield Hit(
                sentence=f"{line.name} is marked as the default fund but is not a target-date fund, "
                "a balanced fund or a managed account.",
                remedy="Mark a fund of one of these three types as the default instead.",
                subject=line.key,
            )


@rule("default_capital_preservation")
def default_preserves_capital(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    days = limits.number("capital_preservation_days")
    for line in menu.default_lines:
        if line.asset_class in CAPITAL_PRESERVATION:
            yield Hit(
                sentence=f"{line.name} preserves capital. Such a fund is a default only for the first "
                f"{days} days after a participant's first contribution.",
                remedy=f"Name the fund that takes over after {days} days, or mark another default.",
                subject=line.key,
                figures={"days": days},
            )


@rule("default_several")
def several_defaults(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    defaults = choices(menu.default_lines)
    if len(defaults) > 1:
        names = [group[0].series or group[0].name for group in defaults]
        yield Hit(
            sentence=f"The menu has {len(defaults)} default funds: {listed(names)}. One is expected.",
            remedy="Keep the default mark on one fund or one target-date series.",
            figures={"defaults": len(defaults)},
        )


@rule("default_partial")
def default_series_partly_marked(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for group in choices(menu.target_date_lines):
        marked = sum(line.is_default for line in group)
        if 0 < marked < len(group):
            unmarked = len(group) - marked
            yield Hit(
                sentence=f"{marked} of the {len(group)} funds in {group[0].series} "
                f"{'is' if marked == 1 else 'are'} marked as the default, so some ages have no default fund.",
                remedy=f"Mark the remaining {count(unmarked, 'fund')} of the series too.",
                subject=next(line.key for line in group if not line.is_default),
                figures={"marked": marked, "funds": len(group)},
            )
