"""Kept inputs -> the engine's scenario, whole or narrowed to what one participant holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from menus.engine import (
    Behaviour,
    CryptoLine,
    FundRebalancing,
    Limits,
    LineRebalancing,
    Market,
    Menu,
    People,
    PlanTerms,
    Scenario,
    Sleeve,
    TargetDateSleeve,
)
from menus.enums import SleeveKind


def scenario_of(inputs: Mapping[str, Any]) -> Scenario:
    """Everything but the people, as the engine takes it. Raises the engine's `InputError`."""
    market = inputs["market"] | {"assets": tuple(inputs["market"]["assets"])}
    return Scenario(
        market=Market(**market),
        plan=_plan(inputs["plan"]),
        menu=_menu(inputs["menu"]),
        sleeve=_sleeve(inputs["sleeve"]),
        behaviour=Behaviour(**inputs["behaviour"]),
        seed=inputs["seed"],
        n_paths=inputs["paths"],
    )


def _plan(plan: Mapping[str, Any]) -> PlanTerms:
    return PlanTerms(
        start_year=plan["start_year"],
        payrolls_per_year=plan["payrolls_per_year"],
        match_tiers=tuple((rate, up_to) for rate, up_to in plan["match_tiers"]),
        limits={int(year): Limits(**limits) for year, limits in plan["limits"].items()},
        # runs kept by an earlier Steward do not have these
        match_true_up=plan.get("match_true_up", True),
        offers_roth=plan.get("offers_roth", True),
        vesting=tuple(plan.get("vesting", ())),
    )


def _menu(menu: Mapping[str, Any]) -> Menu:
    lines, ages = menu["lines"], menu["last_age"] - menu["first_age"] + 1
    tables = {name: np.array(rows, dtype=np.float64) for name, rows in menu["tables"].items()}
    wide = {name: np.broadcast_to(table, (ages, table.shape[1])) for name, table in tables.items()}
    return Menu(
        line_keys=tuple(line["key"] for line in lines),
        expense_ratios=np.array([line["expense_ratio"] for line in lines]),
        look_through=np.stack([wide[line["table"]] for line in lines]) if lines else np.zeros((0, ages, 0)),
        first_age=menu["first_age"],
        target_years=tuple(line["target_year"] for line in lines),
        is_target_date=tuple(line["target_year"] > 0 for line in lines),
    )


def _sleeve(sleeve: Mapping[str, Any] | None) -> Sleeve:
    if sleeve is None:
        return Sleeve()
    kind = SleeveKind(sleeve["kind"])
    return Sleeve(
        cap=sleeve["cap"],
        target_date=_inside(sleeve) if kind.opens_series else None,
        crypto_line=_line(sleeve) if kind.opens_line else None,
    )


def _inside(sleeve: Mapping[str, Any]) -> TargetDateSleeve:
    return TargetDateSleeve(
        np.array(sleeve["weights"]), FundRebalancing(sleeve["rebalancing"]), sleeve["band"], sleeve["fee"]
    )


def _line(sleeve: Mapping[str, Any]) -> CryptoLine:
    """The line's rule stands under a name of its own where both doors are open; ages only where they are bounded."""
    rule = LineRebalancing(sleeve.get("line_rebalancing", sleeve["rebalancing"]))
    return CryptoLine(rule, sleeve["fee"], sleeve.get("min_age"), sleeve.get("max_age"))


def narrowed(scenario: Scenario, person: People) -> tuple[Scenario, People]:
    """The scenario for one participant: the lines held, the years to the horizon, no ladder. The market's draws depend
    on seed, edition and year alone, so the paths are those of the whole run, at a small part of its memory."""
    menu = scenario.menu
    held = np.flatnonzero((person.balances[0] > 0) | (person.elections[0] > 0))
    first = max(menu.first_age, min(int(person.ages[0]), *(_path_age(scenario, int(line)) for line in held)))
    start = first - menu.first_age
    small = Menu(
        line_keys=tuple(menu.line_keys[line] for line in held),
        expense_ratios=menu.expense_ratios[held],
        look_through=menu.look_through[held, start:],
        first_age=first,
        target_years=tuple(menu.target_years[line] for line in held),
        is_target_date=tuple(menu.is_target_date[line] for line in held),
    )
    inside = scenario.sleeve.target_date
    if inside is not None:
        inside = TargetDateSleeve(inside.weights[start:], inside.rebalancing, inside.band, inside.fee)
    sleeve = Sleeve(scenario.sleeve.cap, inside, scenario.sleeve.crypto_line)
    alone = People(
        person.keys, person.ages, person.annual_pay, person.deferral_rates,
        person.balances[:, held], person.elections[:, held],
    )  # fmt: skip
    return scenario.with_(menu=small, sleeve=sleeve, ladder=()), alone


def _path_age(scenario: Scenario, line: int) -> int:
    """Age on its glide path at which a line starts; the retirement age for what follows none."""
    target = scenario.menu.target_years[line]
    return scenario.behaviour.retirement_age - (target - scenario.plan.start_year if target else 0)
