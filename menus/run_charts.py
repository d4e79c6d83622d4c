"""Charts of an exposure run: from a stored result to drawings, shared by page and PDF.

Pure: the same result gives the same bytes. A result of an earlier Steward lacks some figures: no charts of those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from menus.charts import Chart, Row, bars, curve, ranges
from menus.holding_charts import (
    PERCENTILES,
    above_cap_by_year,
    dollars_by_year,
    doors_by_age,
    flow_by_year,
    rebalanced_by_year,
    share_by_year,
)
from sponsors.templatetags.steward import money, number, percent, signed

NO_CHANGE = "The sleeve changes nothing: no account of this run holds digital assets through it."
LEVELS = ("p5", "p50", "p95")
POINTS_AXIS = {"format": "+.1~f"}


def charts_of_run(result: Mapping[str, Any]) -> list[Chart]:
    """The charts of a finished run, always in the same forms; what has no figure to draw is left out."""
    years, shown = result["plan_years"], shown_ages(result)
    charts = []
    if holders := shown_holders(result):
        charts.append(doors_by_age(holders))
    if years:
        charts += [dollars_by_year(years), share_by_year(years)]
    if has_cap(result) and any_of(years, "above_cap_p95"):
        charts.append(above_cap_by_year(years, result["manifest"]["cap"]))
    if any_of(years, "flow_per_payroll_usd"):
        charts.append(flow_by_year(years, result["manifest"]["payrolls_per_year"]))
    if any_of(years, "rebalanced_usd"):
        charts.append(rebalanced_by_year(years))
    if shown:
        charts.append(effect_by_age(shown))
    if result.get("risk"):
        charts.append(risk_share(result["risk"], "The cap" if has_cap(result) else "For comparison"))
    if shown:
        charts.append(stress_by_age(shown))
    if has_replacement(result) and shown:
        charts.append(replacement_by_age(shown))
    if result["ladder"]:
        charts.append(effect_by_rung(result["ladder"]))
    return charts


def shown_ages(result: Mapping[str, Any]) -> list[Row]:
    """The result's cells by age over all pay, those too small to show left out."""
    cells = [cell for cell in result["cells"] if cell["pay_band"] == "all" and cell["age_band"] != "all"]
    return [cell for cell in cells if not cell["suppressed"]]


def shown_holders(result: Mapping[str, Any]) -> list[Row]:
    """Who holds what by age, those too few to show left out; empty for a result that does not say."""
    rows = result.get("holders", [])
    return [row for row in rows if row["age_band"] != "all" and not row["suppressed"]]


def any_of(rows: Sequence[Row], name: str) -> bool:
    return any(row[name] for row in rows)


def has_cap(result: Mapping[str, Any]) -> bool:
    """Whether the version has a sleeve: without one there is no cap to be above."""
    return bool(result["manifest"]["sleeve"] != "none")


def has_replacement(result: Mapping[str, Any]) -> bool:
    """Whether the result says what income an account gives at retirement."""
    return "replacement_effect_p50" in result["cells"][0]


# ---------------------------------------------------------------- risk
def risk_share(risk: Mapping[str, Any], mark: str) -> Chart:
    """Curve of the share of risk over the share of money, the plan's own point and the cap, named `mark`, on it."""
    at_cap = next(point for point in risk["curve"] if point["weight"] == risk["cap"])
    title = (
        f"{percent(at_cap['weight'], 1)} of the money in digital assets would carry "
        f"{percent(at_cap['share'], 0)} of the risk of the plan's mix"
    )
    points = [{"weight": at_cap["weight"], "share": at_cap["share"], "label": _pin_words(mark, at_cap)}]
    if risk["weight"]:
        title = f"{risk_words(risk)}; {title}"
        points.insert(
            0,
            {
                "weight": risk["weight"],
                "share": risk["share"],
                "label": _pin_words("This plan on day one", risk),
            },
        )
    return Chart(
        name="risk-share",
        title=title,
        subtitle="Share of the mix's yearly variance carried by digital assets, against their share of the money, "
        "percent; the rest is the plan's own mix",
        alt=f"A curve that bends upwards, above the line on which both shares are equal. {title}.",
        spec=curve(risk["curve"], points, ("Share of risk", "Share of money")),
        headers=("Digital assets", "Share of risk", "The mix swings by"),
        rows=tuple(
            (percent(p["weight"], 1), percent(p["share"], 1), percent(p["volatility"], 1))
            for p in risk["curve"]
        ),
    )


def _pin_words(name: str, point: Mapping[str, Any]) -> str:
    return f"{name}: {percent(point['weight'], 1)} of the money, {percent(point['share'], 1)} of the risk"


def risk_words(risk: Mapping[str, Any]) -> str:
    """The plan's own point in words."""
    return f"{percent(risk['weight'], 1)} of the money carries {percent(risk['share'], 1)} of the risk on day one"


# ---------------------------------------------------------------- effect at the horizon
def effect_by_age(cells: Sequence[Row]) -> Chart:
    """Dot and range by age band: what the sleeve adds or takes by the horizon."""
    widest = max(cells, key=lambda cell: max(abs(cell[f"effect_{p}_usd"]) for p in LEVELS))
    finding = (
        f"The sleeve moves the accounts of people aged {widest['age_band']} most: {_effect_words(widest)}"
    )
    changed = any(cell["effect_p5_usd"] or cell["effect_p95_usd"] for cell in cells)
    values = [_effect_value(cell, cell["age_band"], "effect") for cell in cells]
    return Chart(
        name="effect-by-age",
        title=finding if changed else NO_CHANGE,
        subtitle="Change of the balance at retirement against the same menu without the sleeve, dollars, mean by age",
        alt=f"Dot and range for each age band. {finding if changed else NO_CHANGE}.",
        spec=ranges(values, own=None),
        headers=("Age", "People", *PERCENTILES),
        rows=tuple(
            (cell["age_band"], f"{cell['people']:,}", *_effect_cells(cell, "effect")) for cell in cells
        ),
    )


def effect_by_rung(ladder: Sequence[Row]) -> Chart:
    """The ladder: the same effect at fixed weights, and at the sponsor's own."""
    own = next(row for row in ladder if row["weight"] is None)
    fixed = max((row for row in ladder if row["weight"] is not None), key=lambda row: row["weight"])
    title = (
        f"The sponsor's own sleeve changes the mean account by {_effect_words(own, 'mean_effect')}; "
        f"at {fixed['label']} it would be {_effect_words(fixed, 'mean_effect')}"
    )
    values = [_effect_value(row, row["label"], "mean_effect") for row in ladder]
    return Chart(
        name="ladder",
        title=title,
        subtitle="Change of the balance at retirement at each sleeve weight, dollars, mean over all people",
        alt=f"Strip of sleeve weights. {title}.",
        spec=ranges(values, own=own["label"]),
        headers=("Weight", *PERCENTILES, "Digital assets today"),
        rows=tuple(
            (row["label"], *_effect_cells(row, "mean_effect"), money(row["digital_today_usd"]))
            for row in ladder
        ),
    )


def _effect_words(row: Row, prefix: str = "effect") -> str:
    low, middle, high = _effect_cells(row, prefix)
    return f"{low} at the 5th percentile, {middle} at the median, {high} at the 95th"


def _effect_cells(row: Row, prefix: str) -> tuple[str, ...]:
    return tuple(signed(money(row[f"{prefix}_{p}_usd"])) for p in LEVELS)


def _effect_value(row: Row, label: str, prefix: str) -> dict[str, Any]:
    return {"label": label, **{p: row[f"{prefix}_{p}_usd"] for p in LEVELS}}


def replacement_by_age(cells: Sequence[Row]) -> Chart:
    """Dot and range by age band: what the sleeve adds to or takes from income at retirement, in points of last pay."""
    widest = max(cells, key=lambda cell: max(abs(cell[f"replacement_effect_{p}"]) for p in LEVELS))
    low, middle, high = _point_cells(widest)
    title = (
        f"Income at retirement changes most for people aged {widest['age_band']}: {low} points of their last pay at "
        f"the 5th percentile, {middle} at the median, {high} at the 95th"
    )
    changed = any(cell["replacement_effect_p5"] or cell["replacement_effect_p95"] for cell in cells)
    finding = title if changed else NO_CHANGE
    values = [
        {"label": c["age_band"], **{p: 100 * c[f"replacement_effect_{p}"] for p in LEVELS}} for c in cells
    ]
    return Chart(
        name="replacement",
        title=finding,
        subtitle="Change of yearly income at retirement, in percentage points of the last year's pay, mean by age",
        alt=f"Dot and range for each age band. {finding}.",
        spec=ranges(values, own=None, axis=POINTS_AXIS),
        headers=("Age", "People", *PERCENTILES),
        rows=tuple((cell["age_band"], f"{cell['people']:,}", *_point_cells(cell)) for cell in cells),
    )


def _point_cells(cell: Row) -> tuple[str, ...]:
    return tuple(signed(number(100 * cell[f"replacement_effect_{p}"], 2)) for p in LEVELS)


# ---------------------------------------------------------------- stress
def stress_by_age(cells: Sequence[Row]) -> Chart:
    """Bars from zero: what an account loses if digital assets fall 50% or 80% tomorrow."""
    most = max(cells, key=lambda cell: cell["loss_if_down_80_usd"])
    title = (
        f"If digital assets fell 80% tomorrow, accounts of people aged {most['age_band']} would lose most: "
        f"{money(most['loss_if_down_80_usd'])} on average"
    )
    none = "A fall of digital assets would take nothing from any account tomorrow"
    finding = title if most["loss_if_down_80_usd"] else none
    return Chart(
        name="stress-by-age",
        title=finding,
        subtitle="Loss in the account on the day of the fall, dollars, mean by age",
        alt=f"Two bars for each age band. {finding}.",
        spec=bars(_losses(cells), max(c["loss_if_down_80_usd"] for c in cells)),
        headers=("Age", "People", "Fall of 50%", "Fall of 80%"),
        rows=tuple(
            (
                c["age_band"],
                f"{c['people']:,}",
                money(c["loss_if_down_50_usd"]),
                money(c["loss_if_down_80_usd"]),
            )
            for c in cells
        ),
    )


def _losses(cells: Sequence[Row]) -> list[Row]:
    return [
        {
            "label": cell["age_band"],
            "series": fall,
            "value": cell[key],
            "words": f"{fall}: {money(cell[key])}",
        }
        for cell in cells
        for fall, key in (("−50%", "loss_if_down_50_usd"), ("−80%", "loss_if_down_80_usd"))
    ]
