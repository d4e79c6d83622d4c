"""The drawing of charts, shared by page and PDF: a few forms, always the same for the same question.

`svg` draws a specification. Pure: the same specification gives the same bytes. Layout never depends on measured text
(fixed margins, `autosize: none`), so another machine's fonts cannot move a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import vl_convert

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
SERIES = (ACCENT, STRONG, GREY)
WIDTH = 640
MONEY_AXIS = "replace(replace(format(datum.value, '$~s'), 'G', 'B'), 'k', ' k')"
COUNT_AXIS = {"labelExpr": "datum.value % 1 ? '' : format(datum.value, ',d')"}
ROW_LABELS = {"grid": False, "ticks": False, "labelPadding": 10}  # clear of a dot that stands on the axis
PERCENT_AXIS = {"format": ".1~%"}


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


# ---------------------------------------------------------------- forms
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


def ranges(values: Sequence[Row], own: str | None, axis: Spec | None = None) -> Spec:
    """One row per value: a rule from the 5th to the 95th percentile, a dot at the median. `own` stands out."""
    names = [value["label"] for value in values]
    colour = {"condition": {"test": f"datum.label === {json.dumps(own)}", "value": ACCENT}, "value": GREY}
    paint = {"value": ACCENT} if own is None else colour
    y = {"field": "label", "type": "nominal", "sort": names, "axis": ROW_LABELS}
    x_axis = {"axis": {"tickCount": 6, **(axis or {"labelExpr": MONEY_AXIS})}, "type": "quantitative"}
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


def bars(values: Sequence[Row], largest: float) -> Spec:
    """Two bars from zero for each `label`, named in their own `words`: the first of a pair pale, the second strong."""
    names = list(dict.fromkeys(value["label"] for value in values))
    series = list(dict.fromkeys(value["series"] for value in values))
    y = {"field": "label", "type": "nominal", "sort": names, "axis": ROW_LABELS}
    paint = {"field": "series", "scale": {"domain": series, "range": [STRONG, ACCENT]}, "legend": None}
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, largest or 1]},
        "axis": {"labelExpr": MONEY_AXIS, "tickCount": 6},
    }
    return {
        **frame(48 * len(names), left=96, right=112),
        "data": {"values": list(values)},
        "encoding": {"y": y, "yOffset": {"field": "series"}, "x": x},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": paint}},
            {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": {"text": {"field": "words"}}},
        ],
    }


def stacked(values: Sequence[Row], series: Sequence[str]) -> Spec:
    """One bar from zero for each `label`, made of its `series`; the key stands above where more than one is drawn."""
    names = list(dict.fromkeys(value["label"] for value in values))
    y = {"field": "label", "type": "nominal", "sort": names, "axis": ROW_LABELS}
    paint = {
        "field": "series",
        "scale": {"domain": list(series), "range": list(SERIES[: len(series)])},
        "legend": None,
    }
    axis = {"labelExpr": MONEY_AXIS, "tickCount": 6}
    x = {"field": "value", "type": "quantitative", "stack": "zero", "scale": {"domainMin": 0}, "axis": axis}
    order = {"field": "place", "type": "ordinal"}
    bar = {
        "data": {"values": [{**value, "place": series.index(value["series"])} for value in values]},
        "mark": {"type": "bar", "height": {"band": 0.6}},
        "encoding": {"y": y, "x": x, "color": paint, "order": order},
    }
    key = _key(series) if len(series) > 1 else []
    return {**frame(34 * len(names), left=96, right=56, top=44 if key else 20), "layer": [bar, *key]}


def _key(series: Sequence[str]) -> list[Spec]:
    """What the colours mean, at fixed places above the picture."""
    marks: list[Spec] = []
    for i, (name, colour) in enumerate(zip(series, SERIES, strict=False)):
        at = {"x": {"value": 6 + 168 * i}, "y": {"value": -20}}
        square = {
            "type": "point",
            "shape": "square",
            "filled": True,
            "size": 120,
            "color": colour,
            "opacity": 1,
        }
        words = {"type": "text", "align": "left", "dx": 12, "text": name}
        marks += [{"data": {"values": [{}]}, "mark": mark, "encoding": at} for mark in (square, words)]
    return marks


def columns_by_year(values: Sequence[Row]) -> Spec:
    """One column from zero for each `year`, dollars in `value`."""
    x = {
        "field": "year",
        "type": "quantitative",
        "scale": {"nice": False},
        "axis": {"format": "d", "grid": False},
    }
    width = max(2, 0.6 * (WIDTH - 72 - 96) / max(1, len(values)))
    scale = {"domainMin": 0} if any(value["value"] for value in values) else {"domain": [0, 1]}
    return {
        **frame(200, left=72, right=96),
        "data": {"values": list(values)},
        "encoding": {"x": x, "y": y_of("value", {"labelExpr": MONEY_AXIS}, scale)},
        "layer": [{"mark": {"type": "bar", "width": width, "color": STRONG}}],
    }


def curve(values: Sequence[Row], points: Sequence[Row], labels: tuple[str, str]) -> Spec:
    """A line of `share` over `weight` beside the diagonal on which both are equal. Named `points` on it have their
    words above, where a curve that bends upwards leaves room; `labels` name line and diagonal at their right ends."""
    last, lowest = values[-1], min(value["share"] for value in values)
    x_scale = {"nice": False, "domain": [0, last["weight"]]}
    x = {"field": "weight", "type": "quantitative", "scale": x_scale}
    x["axis"] = {"grid": False, "tickCount": 6, **PERCENT_AXIS}
    scale = {"domainMin": min(0.0, lowest), "nice": True}
    ends = [
        {"weight": last["weight"], "share": last["share"], "label": labels[0]},
        {"weight": last["weight"], "share": last["weight"], "label": labels[1]},
    ]
    diagonal = {"type": "line", "color": GREY, "strokeDash": [4, 3]}
    named = {"type": "text", "align": "left", "dx": 6}
    return {
        **frame(260, left=56, right=128),
        "encoding": {"x": x, "y": y_of("share", PERCENT_AXIS, scale)},
        "layer": [
            {"data": {"values": [{"weight": 0, "share": 0}, ends[1]]}, "mark": diagonal},
            {"data": {"values": list(values)}, "mark": {"type": "line", "color": ACCENT, "strokeWidth": 2}},
            {"data": {"values": ends}, "mark": named, "encoding": {"text": {"field": "label"}}},
            *(
                layer
                for place, point in enumerate(points)
                for layer in _pin(point, 14 + 22 * place, last["weight"])
            ),
        ],
    }


def _pin(point: Row, height: int, widest: float) -> list[Spec]:
    """A point with a thin line up to its words, `height` below the top of the picture."""
    left = point["weight"] <= widest / 2
    words = {
        "type": "text",
        "align": "left" if left else "right",
        "dx": 5 if left else -5,
        "text": point["label"],
    }
    marks: list[tuple[Spec, Spec]] = [
        ({"type": "rule", "color": SOFT, "strokeWidth": 0.75}, {"y2": {"value": height}}),
        ({"type": "point", "filled": True, "size": 90, "opacity": 1, "color": ACCENT}, {}),
        (words, {"y": {"value": height + 4}}),
    ]
    return [{"data": {"values": [point]}, "mark": mark, "encoding": encoding} for mark, encoding in marks]


# ---------------------------------------------------------------- shared
def frame(height: int, *, left: int, right: int, top: int = 20) -> Spec:
    """Size with fixed margins; the outer width is the same for every chart."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH - left - right,
        "height": height,
        "autosize": "none",
        "padding": {"left": left, "right": right, "top": top, "bottom": 28},
    }


def y_of(field: str, axis: Spec, scale: Spec) -> Spec:
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {"tickCount": 5, **axis}}
