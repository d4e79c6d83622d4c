"""A finished run as JSON: what pages, charts, reviews and the PDF read. No row of a single participant is kept."""

from __future__ import annotations

from typing import Any

from menus.engine import People, Prepared, ProjectionChunk, Tables
from menus.panel.day_one import day_one_of
from menus.panel.employer_money import employer_money_of
from menus.panel.people import Panel
from menus.run_tables import tables_of

# Names of the engine's frames as readers know them: a cell's means and medians differ in nothing but the figure.
PREFIXES = {"mean_": "", "median_": "", "people_above_cap": "above_cap"}
CENTS, SMALL = 2, 9


def result_of(
    whole: ProjectionChunk, prepared: Prepared, panel: Panel, notes: list[str], tables: Tables | None = None
) -> dict[str, Any]:
    """Cells, plan years, ladder, stress, holders, risk, checks, manifest, tables and notes. Figures are rounded
    (dollars to cents), so that the same result has the same hash; what is suppressed or unknown is None."""
    summary = _summary(whole, prepared, panel.people, tables)
    frames = summary.to_dict(
        "cells", "plan_years", "ladder", "stress", "checks"
    )  # none of single participants
    taking = int(whole.sums["taking_up"][0])
    result: dict[str, Any] = {
        "cells": [_renamed(row) for row in frames["cells"]],
        "plan_years": [_with_flow(_renamed(row), prepared) for row in frames["plan_years"]],
        "ladder": frames["ladder"],
        "stress": frames["stress"],
        "checks": frames["checks"],
        "manifest": frames["manifest"],
        "people": {
            "projected": len(panel.people),
            "taking_up": taking,
            "left_out": [list(pair) for pair in panel.left_out],
        },
        "notes": [*notes, *panel.notes, *_take_up_note(prepared, taking, len(panel.people))],
        **day_one_of(prepared, panel.people),
        **employer_money_of(prepared.scenario, panel),
    }
    result = _rounded(result)
    return result | {"tables": tables_of(result)}


def _take_up_note(prepared: Prepared, taking: int, people: int) -> list[str]:
    if prepared.scenario.sleeve.crypto_line is None:
        return []
    note = (
        f"{taking:,} of {people:,} people are assumed to take up the crypto line (drawn by lot). Means are over "
        "everyone; the median account of a group usually holds none."
    )
    return [note]


def _summary(whole: ProjectionChunk, prepared: Prepared, people: People, tables: Tables | None) -> Any:
    from menus.engine.results import summarise  # pandas is for the worker; pages do without it

    return summarise(whole, prepared, people, tables)


def _with_flow(year: dict[str, Any], prepared: Prepared) -> dict[str, Any]:
    """The year with its paydays and what they send into digital assets together."""
    payrolls = prepared.scenario.plan.payrolls_per_year
    return {**year, "payrolls": payrolls, "flow_usd": year["flow_per_payroll_usd"] * payrolls}


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {_plain(name): value for name, value in row.items()}


def _plain(name: str) -> str:
    for prefix, instead in PREFIXES.items():
        if name.startswith(prefix):
            return instead + name.removeprefix(prefix)
    return name


def _rounded(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each, name) for each in value]
    if isinstance(value, float) and name == "people" and value == value:
        return int(value)  # a count, which pandas keeps as a float beside suppressed ones
    if isinstance(value, float):
        # NaN is not JSON, and PostgreSQL does not keep the sign of a zero
        return None if value != value else round(value, CENTS if name.endswith("_usd") else SMALL) + 0.0
    return value
