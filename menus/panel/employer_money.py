"""The employer's money by year, and how much of it people would lose by leaving; no market path is in it."""

from __future__ import annotations

from typing import Any

from menus.engine import Scenario
from menus.engine.contributions import employer_money
from menus.panel.people import Panel

Row = dict[str, Any]


def employer_money_of(scenario: Scenario, panel: Panel) -> dict[str, list[Row]]:
    """`employer_money` by projected year: people up to their own retirement, the match, and the part of that year's
    match not vested at the year's end. Years with under ten people show none."""
    from menus.engine.cells import SMALLEST_CELL  # pandas, for the worker alone

    table = employer_money(panel.people, panel.service_years, scenario.plan, scenario.behaviour)
    rows = [
        {
            "year": year,
            "calendar_year": scenario.plan.start_year + year - 1,
            "people": people,
            "match_usd": match / 100 if people >= SMALLEST_CELL else None,
            "not_vested_usd": not_vested / 100 if people >= SMALLEST_CELL else None,
        }
        for year, (people, match, not_vested) in enumerate(table.tolist(), start=1)
    ]
    return {"employer_money": rows}
