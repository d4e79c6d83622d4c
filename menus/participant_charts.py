"""Charts of one participant of a run, in the forms and by the drawing of `menus.charts`."""

from __future__ import annotations

from collections.abc import Sequence

from menus.charts import ACCENT, GREY, MONEY_AXIS, Chart, Row, Spec, fan, frame, y_of
from sponsors.templatetags.steward import money_short, percent

LEVELS = ("p5", "p50", "p95")


def charts_of_participant(rows: Sequence[Row]) -> list[Chart]:
    """Balance with and without the sleeve, and the digital share with it, over the person's years. Their data stands in
    the page's own table."""
    without, inside = ([row for row in rows if row["arm"] == arm] for arm in ("without", "with"))
    return [balances(without, inside), share(inside)]


def balances(without: Sequence[Row], inside: Sequence[Row]) -> Chart:
    last, base = inside[-1], without[-1]
    title = (
        f"At {last['age']} the account holds {money_short(last['balance_p50_usd'])} on the middle path with the "
        f"sleeve and {money_short(base['balance_p50_usd'])} without it"
    )
    return Chart(
        name="balance",
        title=title,
        subtitle="Balance at year end by age, dollars: median, 5th to 95th percentile; dashed grey without the sleeve",
        alt=f"Two fans over {len(inside)} years. {title}.",
        spec=_two_fans(without, inside),
        headers=(),
        rows=(),
    )


def share(inside: Sequence[Row]) -> Chart:
    highest = max(inside, key=lambda row: row["share_p95"])
    title = (
        f"At {highest['age']} one path in twenty has {percent(float(highest['share_p95']), 1)} of the account or more "
        "in digital assets"
    )
    values = [{**row, "calendar_year": row["age"]} for row in inside]
    return Chart(
        name="share",
        title=title if highest["share_p95"] else "This account holds no digital assets in any year",
        subtitle="Digital assets as a share of the account at year end by age, percent: 5th, 50th and 95th percentile",
        alt=f"Fan chart over {len(inside)} years. {title}.",
        spec=fan(values, {level: f"share_{level}" for level in LEVELS}, {"format": ".1~%"}),
        headers=(),
        rows=(),
    )


def _two_fans(without: Sequence[Row], inside: Sequence[Row]) -> Spec:
    x_axis = {"format": "d", "grid": False}
    x = {"field": "age", "type": "quantitative", "scale": {"nice": False, "zero": False}, "axis": x_axis}
    layers = [*_one_fan(without, GREY, [4, 3]), *_one_fan(inside, ACCENT, [1, 0])]
    return {**frame(260, left=72, right=40), "encoding": {"x": x}, "layer": layers}


def _one_fan(rows: Sequence[Row], colour: str, dash: list[int]) -> list[Spec]:
    axis, scale = {"labelExpr": MONEY_AXIS}, {"domainMin": 0}
    values = [{"age": row["age"], **{level: row[f"balance_{level}_usd"] for level in LEVELS}} for row in rows]
    band, line = y_of("p5", axis, scale), y_of("p50", axis, scale)
    return [
        {
            "data": {"values": values},
            "mark": {"type": "area", "color": colour, "opacity": 0.22},
            "encoding": {"y": band, "y2": {"field": "p95"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "line", "color": colour, "strokeWidth": 2, "strokeDash": dash},
            "encoding": {"y": line},
        },
    ]
