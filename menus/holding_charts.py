"""Charts of what a plan's people hold: by door on day one, by year, above the cap, paid in and rebalanced."""

from __future__ import annotations

from collections.abc import Sequence

from menus.charts import COUNT_AXIS, MONEY_AXIS, PERCENT_AXIS, Chart, Row, columns_by_year, fan, stacked
from sponsors.templatetags.steward import money, money_short, number, percent

DOOR_WORDS = {
    "crypto_line": "A crypto line",
    "target_date": "Target-date funds",
    "other_lines": "Other funds of the menu",
}
PERCENTILES = ("5th percentile", "Median", "95th percentile")


def doors_by_age(rows: Sequence[Row]) -> Chart:
    """Stacked bars: dollars in digital assets by age and door."""
    doors = [door for door in DOOR_WORDS if any(row[f"{door}_usd"] for row in rows)]
    most = max(rows, key=lambda row: row["digital_usd"])
    title = (
        f"On day one people aged {most['age_band']} hold most: {money_short(most['digital_usd'])} in digital assets, "
        f"{percent(most['share'], 1)} of their accounts"
    )
    finding = title if doors else "On day one nobody's account holds digital assets through any door"
    values = [
        {"label": row["age_band"], "series": DOOR_WORDS[door], "value": row[f"{door}_usd"]}
        for row in rows
        for door in doors or DOOR_WORDS
    ]
    return Chart(
        name="doors",
        title=finding,
        subtitle="Digital assets on day one by age, dollars of the whole group, by the door they came in through",
        alt=f"Stacked bar for each age band. {finding}.",
        spec=stacked(values, [DOOR_WORDS[door] for door in doors or DOOR_WORDS]),
        headers=("Age", *DOOR_WORDS.values(), "Together", "Share of accounts"),
        rows=tuple(
            (
                row["age_band"],
                *(money(row[f"{door}_usd"]) for door in DOOR_WORDS),
                money(row["digital_usd"]),
                percent(row["share"], 2),
            )
            for row in rows
        ),
    )


# ---------------------------------------------------------------- by year
def dollars_by_year(years: Sequence[Row]) -> Chart:
    """Fan of the plan's digital-asset dollars."""
    year = _landmark(years)
    low, middle, high = (year[f"digital_{p}_usd"] for p in ("p5", "p50", "p95"))
    title = (
        f"At the end of {year['calendar_year']} the plan's people hold {money_short(middle)} in digital assets on the "
        f"middle path; nine paths in ten lie between {money_short(low)} and {money_short(high)}"
    )
    columns = {p: f"digital_{p}_usd" for p in ("p5", "p50", "p95")}
    return Chart(
        name="digital-dollars",
        title=title if high else "The plan's people hold no digital assets in any year",
        subtitle="Digital assets in all accounts together at year end, dollars: 5th, 50th and 95th percentile of paths",
        alt=f"Fan chart over {len(years)} years. {title}.",
        spec=fan(years, columns, {"labelExpr": MONEY_AXIS}),
        headers=("Year", "People", *PERCENTILES),
        rows=tuple(_year_cells(row, [money(row[column]) for column in columns.values()]) for row in years),
    )


def share_by_year(years: Sequence[Row]) -> Chart:
    """Fan of digital assets as a share of the plan's money."""
    year = _landmark(years)
    low, middle, high = (percent(float(year[f"share_{p}"]), 1) for p in ("p5", "p50", "p95"))
    title = (
        f"At the end of {year['calendar_year']} digital assets are {middle} of the plan's money on the middle path; "
        f"nine paths in ten lie between {low} and {high}"
    )
    columns = {p: f"share_{p}" for p in ("p5", "p50", "p95")}
    return Chart(
        name="digital-share",
        title=title if year["share_p95"] else "Digital assets are no part of the plan's money in any year",
        subtitle="Share of all accounts together at year end, percent: 5th, 50th and 95th percentile of paths",
        alt=f"Fan chart over {len(years)} years. {title}.",
        spec=fan(years, columns, PERCENT_AXIS),
        headers=("Year", "People", *PERCENTILES),
        rows=tuple(_year_cells(row, [percent(float(row[c]), 2) for c in columns.values()]) for row in years),
    )


def _landmark(years: Sequence[Row]) -> Row:
    """The year that titles speak of: the tenth, or the last of a shorter run."""
    return years[min(9, len(years) - 1)]


def _year_cells(row: Row, figures: list[str]) -> tuple[str, ...]:
    return (str(row["calendar_year"]), f"{row['people']:,}", *figures)


def above_cap_by_year(years: Sequence[Row], cap: float) -> Chart:
    """Fan of the number of people whose account stands above the cap."""
    most = max(years, key=lambda row: row["above_cap_p95"])
    title = (
        f"At the end of {most['calendar_year']} {number(most['above_cap_p50'])} of {number(most['people'])} people "
        f"are above the cap of {percent(cap, 1)} on the middle path, {number(most['above_cap_p95'])} or more on one "
        "path in twenty"
    )
    columns = {p: f"above_cap_{p}" for p in ("p5", "p50", "p95")}
    return Chart(
        name="above-cap",
        title=title,
        subtitle="People whose share of digital assets, through every door, is above the cap at year end: 5th, 50th "
        "and 95th percentile of paths",
        alt=f"Fan chart over {len(years)} years. {title}.",
        spec=fan(years, columns, COUNT_AXIS),
        headers=("Year", "People", *PERCENTILES),
        rows=tuple(_year_cells(row, [number(row[column]) for column in columns.values()]) for row in years),
    )


def flow_by_year(years: Sequence[Row], payrolls: int) -> Chart:
    """Columns: new money that buys digital assets each year."""
    first = years[0]
    title = (
        f"In {first['calendar_year']} each of {payrolls} paydays sends {money_short(first['flow_per_payroll_usd'])} "
        f"into digital assets by itself, {money_short(first['flow_per_payroll_usd'] * payrolls)} in the year"
    )
    flows = [row["flow_per_payroll_usd"] for row in years]
    return Chart(
        name="flow",
        title=title,
        subtitle="Contributions that buy digital assets, dollars a year, mean over the paths",
        alt=f"Columns over {len(years)} years. {title}.",
        spec=columns_by_year(
            [
                {"year": row["calendar_year"], "value": flow * payrolls}
                for row, flow in zip(years, flows, strict=True)
            ]
        ),
        headers=("Year", "People", "Paydays", "Per payday", "In the year"),
        rows=tuple(
            _year_cells(row, [str(payrolls), money(flow), money(flow * payrolls)])
            for row, flow in zip(years, flows, strict=True)
        ),
    )


def rebalanced_by_year(years: Sequence[Row]) -> Chart:
    """Columns: dollars that rebalancing moves each year."""
    most = max(years, key=lambda row: row["rebalanced_usd"])
    title = (
        f"Rebalancing moves {money_short(years[0]['rebalanced_usd'])} in {years[0]['calendar_year']} and most, "
        f"{money_short(most['rebalanced_usd'])}, in {most['calendar_year']}"
    )
    return Chart(
        name="rebalanced",
        title=title,
        subtitle="Dollars moved into or out of digital assets at year end to keep to the rules, mean over the paths",
        alt=f"Columns over {len(years)} years. {title}.",
        spec=columns_by_year(
            [{"year": row["calendar_year"], "value": row["rebalanced_usd"]} for row in years]
        ),
        headers=("Year", "People", "Moved"),
        rows=tuple(_year_cells(row, [money(row["rebalanced_usd"])]) for row in years),
    )
