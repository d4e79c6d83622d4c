"""The tables of a run, as page and PDF print them: plain data with a title, a note, columns and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Table = dict[str, Any]

SUPPRESSED = "Groups under ten people are not shown, nor a second one that would give the first away."
TODAY = (
    ("people", "People", "count"),
    ("balance_today_usd", "Balance today", "usd"),
    ("digital_today_usd", "Digital assets today", "usd"),
    ("flow_per_payroll_usd", "Flow per payroll", "usd"),
    ("loss_if_down_50_usd", "Loss if they fall 50%", "usd"),
    ("loss_if_down_80_usd", "Loss if they fall 80%", "usd"),
)
HORIZON = (
    ("people", "People", "count"),
    ("without_p5_usd", "5th percentile without", "usd"),
    ("with_p5_usd", "5th percentile with", "usd"),
    ("without_p50_usd", "Median without", "usd"),
    ("with_p50_usd", "Median with", "usd"),
    ("without_p95_usd", "95th percentile without", "usd"),
    ("with_p95_usd", "95th percentile with", "usd"),
)
EFFECT = (
    ("people", "People", "count"),
    ("effect_shortfall_usd", "Worst 5%", "usd"),
    ("effect_p5_usd", "5th percentile", "usd"),
    ("effect_p50_usd", "Median", "usd"),
    ("effect_p95_usd", "95th percentile", "usd"),
    ("sleeve_fees_usd", "Fees of the sleeve", "usd"),
    ("ever_above_cap_probability", "Ever above the cap", "percent"),
)
GROUPS = (("age_band", "pay_band", "Age", "age"), ("pay_band", "age_band", "Pay", "pay"))
LADDER = (
    ("label", "Weight", "text"),
    ("people_holding", "People holding", "count"),
    ("digital_today_usd", "Digital assets today", "usd"),
    ("mean_effect_p5_usd", "Change at the 5th percentile", "usd"),
    ("mean_effect_p50_usd", "at the median", "usd"),
    ("mean_effect_p95_usd", "at the 95th", "usd"),
    ("loss_if_down_80_usd", "Plan's loss if they fall 80%", "usd"),
)
STRESS = (
    ("drop", "Fall of digital assets", "percent"),
    ("plan_loss_usd", "Loss of the plan", "usd"),
    ("people_losing", "People who lose", "count"),
    ("people_losing_over_1_percent", "over 1% of the account", "count"),
    ("people_losing_over_5_percent", "over 5%", "count"),
    ("people_losing_over_10_percent", "over 10%", "count"),
)
YEARS = (
    ("calendar_year", "Year", "text"),
    ("people", "People", "count"),
    ("digital_p5_usd", "Digital assets, 5th percentile", "usd"),
    ("digital_p50_usd", "Median", "usd"),
    ("digital_p95_usd", "95th percentile", "usd"),
    ("share_p50", "Share, median", "percent"),
    ("above_cap_p50", "People above the cap, median", "count"),
    ("above_cap_p95", "95th percentile", "count"),
)


def tables_of(result: Mapping[str, Any]) -> list[Table]:
    """Every table of a result, in the order of reading."""
    tables = []
    for own, other, heading, word in GROUPS:
        rows = [cell for cell in result["cells"] if cell[other] == "all"]
        tables += _group_tables(rows, own, heading, word)
    return [
        *tables,
        by_age_and_pay(result["cells"]),
        table(
            "Sleeve weights side by side",
            "Dollars of the whole plan today; changes by retirement are means over all people.",
            LADDER,
            result["ladder"],
        ),
        table(
            "If digital assets fall tomorrow", "Today's holdings, no market model.", STRESS, result["stress"]
        ),
        table(
            "The plan by year, every fifth year",
            _years_note(result),
            YEARS,
            _every_fifth(result["plan_years"]),
        ),
    ]


def _group_tables(rows: Sequence[Row], own: str, heading: str, word: str) -> list[Table]:
    first = ((own, heading, "text"),)
    named = [{**row, own: "All" if row[own] == "all" else row[own]} for row in rows]
    named = [*named[1:], *named[:1]]  # the total comes last
    return [
        table(
            f"Today, by {word}", f"Dollars an account, mean of the group. {SUPPRESSED}", first + TODAY, named
        ),
        table(
            f"Balance at retirement, by {word}, without and with the sleeve",
            f"Dollars, median account of the group at each percentile of the paths. {SUPPRESSED}",
            first + HORIZON,
            named,
        ),
        table(
            f"What the sleeve changes by retirement, by {word}",
            "Dollars an account, mean of the group: with the sleeve less without, at the same percentile of the same "
            f"paths. Worst 5% is the mean of the worst twentieth. {SUPPRESSED}",
            first + EFFECT,
            named,
        ),
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
    return table("What the sleeve changes at the median, by age and pay", note, columns, rows)


def table(title: str, note: str, columns: Sequence[tuple[str, str, str]], rows: Sequence[Row]) -> Table:
    keys = [key for key, _, _ in columns]
    return {
        "title": title,
        "note": note,
        "columns": [{"key": key, "label": label, "kind": kind} for key, label, kind in columns],
        "rows": [{key: row.get(key) for key in keys} for row in rows],
    }


def _years_note(result: Mapping[str, Any]) -> str:
    paths = result["manifest"]["n_paths"]
    return (
        f"Year ends, percentiles over {paths:,} paths. The group is closed: everyone counts to their own retirement, "
        "nobody joins, so later years hold fewer people."
    )


def _every_fifth(years: Sequence[Row]) -> list[Row]:
    """The first year, every fifth, and the last."""
    shown = [row for row in years if row["year"] % 5 == 0 or row["year"] in (1, years[-1]["year"])]
    return [{**row, "calendar_year": str(row["calendar_year"])} for row in shown]
