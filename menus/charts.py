"""Charts of an exposure run: one drawing, shared by page and PDF.

`charts_of_run` turns a stored result into Vega-Lite specifications, `svg` draws one. Both are pure: the same result
gives the same bytes. Layout never depends on measured text (fixed margins, `autosize: none`), so another machine's
fonts cannot move a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import vl_convert

from sponsors.templatetags.steward import money, money_short, percent, signed

Spec = dict[str, Any]
Row = Mapping[str, Any]

VEGA_LITE = "6.4"
FONTS = {
    "print": "Libertinus Serif",
    "page": "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Ubuntu, 'Noto Sans', 'DejaVu Sans', sans-serif",
}
# Tokens of css/tokens.css (light, dark). Specifications hold the light value; `svg` exchanges it for other schemes.
COLOURS = {
    "ink": ("#1b2427", "#e7ebea"),
    "soft": ("#566166", "#a5b1b3"),
    "hairline": ("#dedad0", "#2e383b"),
    "accent": ("#0b5a63", "#74c9cf"),
    "grey": ("#8d979a", "#7d8a8d"),
    "band": ("#d3e4e4", "#1f3b3c"),
    "strong": ("#a3c9cb", "#2f5c5f"),
}
INK, SOFT, HAIRLINE, ACCENT, GREY, BAND, STRONG = (light for light, _ in COLOURS.values())
WIDTH = 640
MONEY_AXIS = "replace(replace(format(datum.value, '$~s'), 'G', 'B'), 'k', ' k')"
ROW_LABELS = {"grid": False, "ticks": False, "labelPadding": 10}  # clear of a dot that stands on the axis
NO_CHANGE = "The sleeve changes nothing: no account of this run holds digital assets through it."


@dataclass(frozen=True)
class Chart:
    """One chart: `title` is the finding as a sentence, `alt` says it for who cannot see the picture; `rows` hold the
    printed cells of its data, the first of each naming the row."""

    name: str
    title: str
    subtitle: str
    alt: str
    spec: Spec
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def charts_of_run(result: Mapping[str, Any]) -> list[Chart]:
    """The charts of a finished run, always in the same forms; what has no figure to draw is left out."""
    ages = [cell for cell in result["cells"] if cell["pay_band"] == "all" and cell["age_band"] != "all"]
    shown = [cell for cell in ages if not cell["suppressed"]]
    charts = []
    if result["plan_years"]:
        charts += [dollars_by_year(result["plan_years"]), share_by_year(result["plan_years"])]
    if shown:
        charts += [effect_by_age(shown)]
    if result["ladder"]:
        charts += [effect_by_rung(result["ladder"])]
    if shown:
        charts += [stress_by_age(shown)]
    return charts


def svg(spec: Spec, scheme: str = "print") -> str:
    """The drawing as SVG text. `scheme`: print (the PDF's serif), light or dark (pages, the reader's own sans)."""
    return _drawn(json.dumps(spec, sort_keys=True), scheme)


@lru_cache(maxsize=128)
def _drawn(spec: str, scheme: str) -> str:
    font = FONTS["print" if scheme == "print" else "page"]
    drawing: str = vl_convert.vegalite_to_svg(json.loads(spec), vl_version=VEGA_LITE, config=_config(font))
    if scheme == "dark":
        for light, dark in COLOURS.values():
            drawing = drawing.replace(light, dark)
    return drawing


def _config(font: str) -> Spec:
    axis = {
        "labelColor": SOFT,
        "labelFontSize": 12,
        "gridColor": HAIRLINE,
        "domainColor": HAIRLINE,
        "tickColor": HAIRLINE,
        "title": None,
        "labelLimit": 200,
    }
    return {
        "font": font,
        "background": None,
        "view": {"stroke": None},
        "axis": axis,
        "text": {"fontSize": 12, "fill": INK},
        "aria": False,  # the picture's text alternative stands beside it
    }


# ---------------------------------------------------------------- plan by year
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
        headers=("Year", "People", "5th percentile", "Median", "95th percentile"),
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
        spec=fan(years, columns, {"format": ".1~%"}),
        headers=("Year", "People", "5th percentile", "Median", "95th percentile"),
        rows=tuple(_year_cells(row, [percent(float(row[c]), 2) for c in columns.values()]) for row in years),
    )


def _landmark(years: Sequence[Row]) -> Row:
    """The year that titles speak of: the tenth, or the last of a shorter run."""
    return years[min(9, len(years) - 1)]


def _year_cells(row: Row, figures: list[str]) -> tuple[str, ...]:
    return (str(row["calendar_year"]), f"{row['people']:,}", *figures)


def fan(years: Sequence[Row], columns: Mapping[str, str], axis: Spec) -> Spec:
    """Pale band from the 5th to the 95th percentile, the median as a line, over `calendar_year`."""
    values = [{"year": row["calendar_year"], **{p: row[c] for p, c in columns.items()}} for row in years]
    scale = {"domainMin": 0} if any(value["p95"] for value in values) else {"domain": [0, 1]}
    marked = _label_rows(values)
    x = {
        "field": "year",
        "type": "quantitative",
        "scale": {"nice": False},
        "axis": {"format": "d", "grid": False},
    }
    return {
        **frame(240, left=72, right=96),
        "data": {"values": values},
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {"type": "area", "color": BAND},
                "encoding": {"y": y_of("p5", axis, scale), "y2": {"field": "p95"}},
            },
            {
                "mark": {"type": "line", "color": ACCENT, "strokeWidth": 2},
                "encoding": {"y": y_of("p50", axis, scale)},
            },
            {
                "data": {"values": marked},
                "mark": {"type": "text", "align": "center", "dy": -8},
                "encoding": {"y": y_of("value", axis, scale), "text": {"field": "label"}},
            },
        ],
    }


def _label_rows(values: Sequence[Row]) -> list[Row]:
    """Where the words stand: each on the highest point of its line, away from both edges of the picture."""
    labels = {"p95": "95th percentile", "p50": "Median"}
    edge = len(values) // 5
    peaks = {p: max(values[edge : len(values) - edge], key=itemgetter(p)) for p in labels}
    return [
        {"year": peaks[p]["year"], "value": peaks[p][p], "label": labels[p]} for p in labels if peaks[p][p]
    ]


# ---------------------------------------------------------------- effect at the horizon
def effect_by_age(cells: Sequence[Row]) -> Chart:
    """Dot and range by age band: what the sleeve adds or takes by the horizon."""
    widest = max(cells, key=lambda cell: cell["effect_p95_usd"] - cell["effect_p5_usd"])
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
        spec=_ranges(values, own=None),
        headers=("Age", "People", "5th percentile", "Median", "95th percentile"),
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
        spec=_ranges(values, own=own["label"]),
        headers=("Weight", "5th percentile", "Median", "95th percentile", "Digital assets today"),
        rows=tuple(
            (row["label"], *_effect_cells(row, "mean_effect"), money(row["digital_today_usd"]))
            for row in ladder
        ),
    )


def _effect_words(row: Row, prefix: str = "effect") -> str:
    low, middle, high = _effect_cells(row, prefix)
    return f"{low} at the 5th percentile, {middle} at the median, {high} at the 95th"


def _effect_cells(row: Row, prefix: str) -> tuple[str, ...]:
    return tuple(signed(money(row[f"{prefix}_{p}_usd"])) for p in ("p5", "p50", "p95"))


def _effect_value(row: Row, label: str, prefix: str) -> dict[str, Any]:
    return {"label": label, **{p: row[f"{prefix}_{p}_usd"] for p in ("p5", "p50", "p95")}}


def _ranges(values: Sequence[Row], own: str | None) -> Spec:
    """One row per value: a rule from the 5th to the 95th percentile, a dot at the median. `own` stands out."""
    names = [value["label"] for value in values]
    colour = {"condition": {"test": f"datum.label === {json.dumps(own)}", "value": ACCENT}, "value": GREY}
    paint = {"value": ACCENT} if own is None else colour
    y = {"field": "label", "type": "nominal", "sort": names, "axis": ROW_LABELS}
    x_axis = {"axis": {"labelExpr": MONEY_AXIS, "tickCount": 6}, "type": "quantitative"}
    return {
        **frame(34 * len(names), left=128, right=40),
        "data": {"values": list(values)},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "rule", "color": SOFT},
                "encoding": {"x": {"datum": 0, **x_axis}, "y": {"value": 0}, "y2": {"value": "height"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "opacity": 0.45},
                "encoding": {"x": {"field": "p5", **x_axis}, "x2": {"field": "p95"}, "color": paint},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {"x": {"field": "p50", **x_axis}, "color": paint},
            },
        ],
    }


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
        spec=_bars(cells),
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


def _bars(cells: Sequence[Row]) -> Spec:
    values = [
        {"label": cell["age_band"], "fall": fall, "loss": cell[key], "words": f"{fall}: {money(cell[key])}"}
        for cell in cells
        for fall, key in (("−50%", "loss_if_down_50_usd"), ("−80%", "loss_if_down_80_usd"))
    ]
    names = [cell["age_band"] for cell in cells]
    largest = max(value["loss"] for value in values) or 1
    y = {"field": "label", "type": "nominal", "sort": names, "axis": ROW_LABELS}
    paint = {
        "field": "fall",
        "scale": {"domain": ["−50%", "−80%"], "range": [STRONG, ACCENT]},
        "legend": None,
    }
    x = {
        "field": "loss",
        "type": "quantitative",
        "scale": {"domain": [0, largest]},
        "axis": {"labelExpr": MONEY_AXIS, "tickCount": 6},
    }
    return {
        **frame(48 * len(names), left=96, right=112),
        "data": {"values": values},
        "encoding": {"y": y, "yOffset": {"field": "fall"}, "x": x},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": paint}},
            {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": {"text": {"field": "words"}}},
        ],
    }


# ---------------------------------------------------------------- shared
def frame(height: int, *, left: int, right: int) -> Spec:
    """Size with fixed margins; the outer width is the same for every chart."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH - left - right,
        "height": height,
        "autosize": "none",
        "padding": {"left": left, "right": right, "top": 20, "bottom": 28},
    }


def y_of(field: str, axis: Spec, scale: Spec) -> Spec:
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {"tickCount": 5, **axis}}
