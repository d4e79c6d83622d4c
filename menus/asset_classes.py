"""Asset classes of the catalogue: their words, their order, what counts as diversified, what a mixed fund holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from menus.look_through import ASSET_CLASSES_FILE, engine_assets, glide_paths, look_throughs
from sponsors.facts import read_yaml

# The plain asset class that stands for each coverage group when a mixed fund is looked through.
CLASS_OF_COVERAGE = {
    "us_stocks": "us_equity",
    "international_stocks": "intl_equity",
    "bonds": "us_bond",
    "capital_preservation": "cash",
    "real_assets": "real_estate",
    "private_assets": "private_equity",
    "digital_assets": "digital_assets",
}
MULTI_COIN = "multi-asset index"


@dataclass(frozen=True)
class AssetClass:
    key: str
    label: str
    is_diversified: bool
    suggested_chart_benchmark: str = ""


@cache
def asset_classes() -> Mapping[str, AssetClass]:
    """Every asset class by key, in the order in which pages list them."""
    return {
        key: AssetClass(key, entry["label"], entry["diversified"], entry.get("suggested_chart_benchmark", ""))
        for key, entry in read_yaml(ASSET_CLASSES_FILE)["asset_classes"].items()
    }


def asset_class_label(key: str) -> str:
    known = asset_classes().get(key)
    return known.label if known else key.replace("_", " ").capitalize()


def is_diversified(asset_class: str, subclass: str) -> bool:
    """Whether the fund is diversified in itself; a basket of several coins is, as far as its one asset class goes."""
    known = asset_classes().get(asset_class)
    return subclass == MULTI_COIN or (known is not None and known.is_diversified)


def suggested_review_benchmark(look_through: str) -> str:
    known = look_throughs().get(look_through)
    return known.suggested_review_benchmark if known else ""


def looked_through(look_through: str) -> Mapping[str, Decimal]:
    """Weight by asset class of a fund with constant weights, by the name of its look-through; empty when unknown."""
    known = look_throughs().get(look_through)
    return _by_class(known.weights) if known else {}


def looked_through_glide_path(glide_path: str, years_to_target: int) -> Mapping[str, Decimal]:
    """Weight by asset class of a target-date fund so many years from its date, in steps of a hundredth of a percent."""
    path = glide_paths().get(glide_path)
    if path is None:
        return {}
    weights = path.weights_at(years_to_target)[0]
    return _by_class(dict(zip(engine_assets(), (round(float(weight), 4) for weight in weights), strict=True)))


def _by_class(weights: Mapping[str, float]) -> dict[str, Decimal]:
    summed: dict[str, Decimal] = {}
    for asset, weight in weights.items():
        asset_class = CLASS_OF_COVERAGE[engine_assets()[asset].coverage[0]]
        summed[asset_class] = summed.get(asset_class, Decimal(0)) + Decimal(str(weight))
    return {asset_class: weight for asset_class, weight in summed.items() if weight}
