"""What a fund holds, in asset classes of the engine: data/asset_classes.yaml and data/glide_paths.yaml. No Django.

Single-class and balanced funds have constant weights; a target date fund's weights follow the years to its date.
Every look-through is a house reading of public figures, and its `why` says how good the fit is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sponsors.facts import (
    Basis,
    FactError,
    Source,
    check_choice,
    check_keys,
    check_partial_date,
    check_text,
    read_yaml,
    resolve_sources,
)

ASSET_CLASSES_FILE = Path(__file__).parent / "data" / "asset_classes.yaml"
GLIDE_PATHS_FILE = Path(__file__).parent / "data" / "glide_paths.yaml"
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class EngineAsset:
    """An asset class of the engine and the row of the published assumptions behind it ("" for digital assets)."""

    key: str
    label: str
    coverage: tuple[str, ...]
    published_row: str = ""


@dataclass(frozen=True)
class LookThrough:
    """Constant weights of a fund by engine asset, fractions that sum to one."""

    key: str
    label: str
    weights: Mapping[str, float]
    basis: Basis
    why: str
    sources: tuple[Source, ...] = ()
    suggested_review_benchmark: str = ""


@dataclass(frozen=True, eq=False)
class GlidePath:
    """Weights of a target date series by engine asset at some years to the target date.

    `years` (n_points) falling, `weights` (n_points, n_assets) in the order of `engine_assets()`, rows sum to one.
    Straight lines join the points and the ends run on level.
    """

    key: str
    label: str
    years: NDArray[np.float64]
    weights: NDArray[np.float64]
    basis: Basis
    as_of: str
    why: str
    sources: tuple[Source, ...]

    def weights_at(self, years_to_target: Iterable[float] | float) -> NDArray[np.float64]:
        """Weights (n, n_assets) at years to the target date (negative: after it)."""
        wanted = np.atleast_1d(np.asarray(years_to_target, dtype=np.float64))
        columns = [np.interp(wanted, self.years[::-1], column[::-1]) for column in self.weights.T]
        return np.stack(columns, axis=1)


@cache
def engine_assets() -> Mapping[str, EngineAsset]:
    """The engine's asset classes by key, in the order every weight vector uses; digital assets last."""
    entries = _asset_file()["engine_assets"]
    return {key: _engine_asset(key, entry) for key, entry in entries.items()}


def published_row(asset: str) -> str:
    """Name of the published assumption behind an engine asset; FactError when it has none."""
    name = engine_assets()[asset].published_row if asset in engine_assets() else ""
    if not name:
        raise FactError(f"{ASSET_CLASSES_FILE.name}: {asset} has no row in the published assumptions")
    return name


@cache
def look_throughs() -> Mapping[str, LookThrough]:
    return {key: _look_through(key, entry) for key, entry in _asset_file()["look_through"].items()}


def look_through_vector(key: str) -> NDArray[np.float64]:
    """Weights (n_assets) of one look-through in the order of `engine_assets()`."""
    weights = look_throughs()[key].weights
    return np.array([weights.get(asset, 0.0) for asset in engine_assets()])


@cache
def glide_paths() -> Mapping[str, GlidePath]:
    """Glide paths by key, as `glide_path` in funds.yaml names them."""
    raw = read_yaml(GLIDE_PATHS_FILE)
    check_keys(raw, GLIDE_PATHS_FILE.name, required=("digital_assets", "shape", "series"))
    return {key: _glide_path(key, entry, raw["shape"]) for key, entry in raw["series"].items()}


def _check_weights(weights: Mapping[str, float], place: str) -> None:
    """FactError unless these are shares of a whole."""
    for name, weight in weights.items():
        if not 0 <= weight <= 1:
            raise FactError(f"{place}: the weight of {name} is {weight:g}; weights lie between 0 and 1")
    total = sum(weights.values())
    if abs(total - 1) > SUM_TOLERANCE:
        raise FactError(f"{place}: weights sum to {total:.6g}, not to one")


def _glide_path(key: str, entry: Any, shape: Mapping[str, Any]) -> GlidePath:
    place = f"{GLIDE_PATHS_FILE.name}: series: {key}"
    check_keys(entry, place, required=("label", "basis", "as_of", "sources", "why", "anchors"))
    for anchor in entry["anchors"]:
        if not 0 <= anchor["equity"] <= 1:
            raise FactError(f"{place}: an equity share of {anchor['equity']:g}; shares lie between 0 and 1")
    years, stocks, bonds = _shape_arrays(shape)
    anchors = [(anchor["years_to_target"], anchor["equity"]) for anchor in entry["anchors"]]
    points = np.array(sorted({*years, *(float(year) for year, _ in anchors)}, reverse=True))
    equity = _moved(points, years, stocks.sum(axis=1), anchors)
    return GlidePath(
        key=key,
        label=check_text(entry["label"], place),
        years=points,
        weights=_mix(points, years, stocks, equity) + _mix(points, years, bonds, 1 - equity),
        basis=check_choice(entry["basis"], Basis, place),
        as_of=check_partial_date(entry["as_of"], place),
        why=check_text(entry["why"], place),
        sources=resolve_sources(entry["sources"], place),
    )


def _moved(
    points: NDArray[np.float64],
    years: NDArray[np.float64],
    equity: NDArray[np.float64],
    anchors: list[tuple[float, float]],
) -> NDArray[np.float64]:
    """The shape's equity share at `points`, moved so that it passes through the anchors, kept within 0 and 1.

    The move is exact at an anchor, changes in a straight line between two and stays beyond the outer ones.
    """
    level = np.interp(points, years[::-1], equity[::-1])
    if not anchors:
        return level
    at, target = np.array(sorted(anchors)).T
    move = target - np.interp(at, years[::-1], equity[::-1])
    return np.clip(level + np.interp(points, at, move), 0.0, 1.0)


def _mix(
    points: NDArray[np.float64],
    years: NDArray[np.float64],
    part: NDArray[np.float64],
    total: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(n_points, n_assets): `total` spread over assets in the proportions of `part` (n_years, n_assets)."""
    columns = np.stack([np.interp(points, years[::-1], column[::-1]) for column in part.T], axis=1)
    return columns / columns.sum(axis=1, keepdims=True) * total[:, None]


def _shape_arrays(
    shape: Mapping[str, Any],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Years (n) falling, and the stock and bond parts of the shape as engine assets (n, n_assets)."""
    for point in shape["points"]:
        place = f"{GLIDE_PATHS_FILE.name}: shape: {point['years_to_target']} years to the target date"
        _check_weights({name: point[name] for name in shape["components"]}, place)
    years = np.array([point["years_to_target"] for point in shape["points"]], dtype=np.float64)
    parts = {
        name: np.array([point[name] for point in shape["points"]])[:, None] * look_through_vector(key)
        for name, key in shape["components"].items()
    }
    stocks = sum(part for name, part in parts.items() if name.endswith("_equity"))
    bonds = sum(part for name, part in parts.items() if not name.endswith("_equity"))
    return years, np.asarray(stocks), np.asarray(bonds)


@cache
def _asset_file() -> Mapping[str, Any]:
    raw = read_yaml(ASSET_CLASSES_FILE)
    parts = ("coverage_groups", "asset_classes", "engine_assets", "look_through")
    check_keys(raw, ASSET_CLASSES_FILE.name, required=parts)
    return raw


def _engine_asset(key: str, entry: Any) -> EngineAsset:
    place = f"{ASSET_CLASSES_FILE.name}: engine_assets: {key}"
    check_keys(entry, place, required=("label", "coverage"), optional=("published_row",))
    unknown = sorted(set(entry["coverage"]) - set(_asset_file()["coverage_groups"]))
    if unknown:
        raise FactError(f"{place}: unknown coverage group {', '.join(unknown)}")
    return EngineAsset(key, entry["label"], tuple(entry["coverage"]), entry.get("published_row", ""))


def _look_through(key: str, entry: Any) -> LookThrough:
    place = f"{ASSET_CLASSES_FILE.name}: look_through: {key}"
    check_keys(
        entry,
        place,
        required=("label", "weights", "basis", "why"),
        optional=("sources", "suggested_review_benchmark"),
    )
    unknown = sorted(set(entry["weights"]) - set(engine_assets()))
    if unknown:
        raise FactError(f"{place}: unknown {', '.join(unknown)}")
    _check_weights(entry["weights"], place)
    return LookThrough(
        key=key,
        label=check_text(entry["label"], place),
        weights=entry["weights"],
        basis=check_choice(entry["basis"], Basis, place),
        why=check_text(entry["why"], place),
        sources=resolve_sources(entry["sources"], place) if "sources" in entry else (),
        suggested_review_benchmark=entry.get("suggested_review_benchmark", ""),
    )
