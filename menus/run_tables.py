"""The tables of a run, as page and PDF print them: plain data with a title, a note, columns and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from menus.run_columns import (
    ABOVE_CAP,
    COSTS,
    EFFECT,
    EMPLOYER,
    FLOWS,
    HOLDERS,
    HOLDINGS,
    HORIZON,
    LADDER,
    REBALANCED,
    REPLACEMENT,
    RISK,
    STRESS,
    TODAY,
    YEARS,
)
from sponsors.templatetags.steward import percent

Row = Mapping[str, Any]
Table = dict[str, Any]

SUPPRESSED = "Groups under ten people are not shown, nor a second one that would give the first away."
CLOSED_GROUP = (
    "The group is closed: everyone counts to their own retirement, nobody joins, so later years hold fewer "
    "people."
)
# its own column, the column that says "all", heading, word
GROUPS = (("age_band", "pay_band", "Age", "age"), ("pay_band", "age_band", "Pay", "pay"))
RISK_LEVELS = (0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2)


def tables_of(result: Mapping[str, Any]) -> list[Table]:
    """Every table of a result, in the order of reading; what an earlier Steward did not compute is left out."""
    by_age, by_pay = (_groups(result["cells"], *group) for group in GROUPS)
    return [
        *_holder_tables(result.get("holders", [])),
        *_year_tables(result),
        *_effect_tables(*by_age),
        *_risk_table(result.get("risk")),
        table(
            "stress",
            "What a fall of digital assets tomorrow would take",
            "Today's holdings, no market model.",
            STRESS,
            result["stress"],
        ),
        *_replacement_table(*by_age),
        *_employer_table(result.get("employer_money", [])),
        table(
            "ladder",
            "Sleeve weights side by side",
            "Dollars of the whole plan today; changes by retirement are means over all people.",
            LADDER,
            result["ladder"],
        ),
        *_detail_tables(*by_age),
        *_effect_tables(*by_pay),
        *_detail_tables(*by_pay),
        by_age_and_pay(result["cells"]),
    ]


def _groups(
    cells: Sequence[Row], own: str, other: str, heading: str, word: str
) -> tuple[list[Row], str, str, str]:
    """Cells of one kind of group with the total last, and the names that its tables need."""
    rows = [
        {**cell, own: "All" if cell[own] == "all" else cell[own]} for cell in cells if cell[other] == "all"
    ]
    return [*rows[1:], *rows[:1]], own, heading, word


def _holder_tables(rows: Sequence[Row]) -> list[Table]:
    if not rows:
        return []
    named = [{**row, "age_band": "All" if row["age_band"] == "all" else row["age_band"]} for row in rows]
    note = (
        "People on day one, each counted once in every column that is true of them. A count of one to nine is not "
        f"shown. {SUPPRESSED}"
    )
    dollars = f"Dollars of the whole group on day one, looked through to what the funds hold. {SUPPRESSED}"
    return [
        table("holders", "People who hold digital assets on day one, by door", note, HOLDERS, named),
        table("holdings", "Digital assets on day one, by door", dollars, HOLDINGS, named),
    ]


def _year_tables(result: Mapping[str, Any]) -> list[Table]:
    paths, payrolls = result["manifest"]["n_paths"], result["manifest"]["payrolls_per_year"]
    note = f"Year ends, percentiles over {paths:,} paths. {CLOSED_GROUP}"
    flows = f"Means over {paths:,} paths, dollars of the whole plan in the year. {CLOSED_GROUP}"
    capped = result["manifest"]["sleeve"] != "none"
    rows = [
        {**row, "payrolls": payrolls, "flow_usd": row["flow_per_payroll_usd"] * payrolls}
        for row in _every_fifth(result["plan_years"])
    ]
    return [
        table("years", "The plan by year, every fifth year", note, YEARS, rows),
        *(
            [table("above-cap", "People above the cap, every fifth year", note, ABOVE_CAP, rows)]
            if capped
            else []
        ),
        table("flow", "What paydays send into digital assets, every fifth year", flows, FLOWS, rows),
        table("rebalanced", "What rebalancing moves, every fifth year", flows, REBALANCED, rows),
    ]


def _effect_tables(rows: Sequence[Row], own: str, heading: str, word: str) -> list[Table]:
    note = (
        "Dollars an account, mean of the group: with the sleeve less without, at the same percentile of the same "
        "paths. Give or take: one standard error of the change, both on the same paths. Worst 5% is the mean of the "
        f"worst twentieth. {SUPPRESSED}"
    )
    title = f"What the sleeve changes by retirement, by {word}"
    return [table(f"effect-by-{word}", title, note, ((own, heading, "text"), *EFFECT), rows)]


def _risk_table(risk: Mapping[str, Any] | None) -> list[Table]:
    if not risk:
        return []
    rows = [
        {**point, "label": percent(point["weight"], 1)}
        for point in risk["curve"]
        if point["weight"] in (*RISK_LEVELS, risk["cap"])
    ]
    own = {**risk, "label": f"This plan on day one: {percent(risk['weight'], 2)}"}
    note = "Yearly variance of the plan's own mix of day one; the rest of the mix is kept in its proportions."
    return [table("risk", "Share of the risk at each share of the money", note, RISK, [*rows, own])]


def _replacement_table(rows: Sequence[Row], own: str, heading: str, word: str) -> list[Table]:
    if REPLACEMENT[1][0] not in rows[0]:
        return []
    note = (
        "Income a year at retirement as a share of the last year's pay, mean of the group at each percentile of the "
        f"paths; other income, such as Social Security, is not in it. {SUPPRESSED}"
    )
    columns = ((own, heading, "text"), *REPLACEMENT)
    return [
        table(
            "replacement",
            f"Income at retirement, by {word}, without and with the sleeve",
            note,
            columns,
            rows,
        )
    ]


def _employer_table(years: Sequence[Row]) -> list[Table]:
    if not years:
        return []
    note = (
        "Dollars of the whole plan in the year, from the plan's terms and the hire dates of the census; no market is "
        "in them. Not vested is the part of that year's match that people would lose by leaving at its end. Nobody "
        f"leaves in the projection, so accounts count in full. {CLOSED_GROUP} Years with under ten people show none."
    )
    title = "The employer's match by year, every fifth year"
    return [table("employer-money", title, note, EMPLOYER, _every_fifth(years))]


def _detail_tables(rows: Sequence[Row], own: str, heading: str, word: str) -> list[Table]:
    first = ((own, heading, "text"),)
    mean = f"Dollars an account, mean of the group. {SUPPRESSED}"
    middle = f"Dollars, median account of the group at each percentile of the paths. {SUPPRESSED}"
    costs = f"Fees in dollars an account to retirement and the chance of standing above the cap once. {SUPPRESSED}"
    return [
        table(f"today-by-{word}", f"Today, by {word}", mean, first + TODAY, rows),
        table(
            f"horizon-by-{word}",
            f"Balance at retirement, by {word}, without and with the sleeve",
            middle,
            first + HORIZON,
            rows,
        ),
        table(f"costs-by-{word}", f"Fees and the cap, by {word}", costs, first + COSTS, rows),
    ]


def by_age_and_pay(cells: Sequence[Row]) -> Table:
    """Change of the median balance, by age band and pay band at once."""
    inner = [cell for cell in cells if "all" not in (cell["age_band"], cell["pay_band"])]
    pays = [cell["pay_band"] for cell in cells if cell["age_band"] == "all" and cell["pay_band"] != "all"]
    ages = dict.fromkeys(cell["age_band"] for cell in inner)
    found = {(cell["age_band"], cell["pay_band"]): cell["effect_p50_usd"] for cell in inner}
    columns = (("age_band", "Age", "text"), *((pay, pay, "usd") for pay in pays))
    rows = [{"age_band": age, **{pay: found.get((age, pay)) for pay in pays}} for age in ages]
    note = f"Dollars an account, mean of the group, change of the median at retirement. {SUPPRESSED}"
    title = "What the sleeve changes at the median, by age and pay"
    return table("effect-by-age-and-pay", title, note, columns, rows)


def table(
    name: str, title: str, note: str, columns: Sequence[tuple[str, str, str]], rows: Sequence[Row]
) -> Table:
    keys = [key for key, _, _ in columns]
    return {
        "name": name,
        "title": title,
        "note": note,
        "columns": [{"key": key, "label": label, "kind": kind} for key, label, kind in columns],
        "rows": [{key: row.get(key) for key in keys} for row in rows],
    }


def _every_fifth(years: Sequence[Row]) -> list[Row]:
    """The first year, every fifth, and the last."""
    shown = [row for row in years if row["year"] % 5 == 0 or row["year"] in (1, years[-1]["year"])]
    return [{**row, "calendar_year": str(row["calendar_year"])} for row in shown]
