"""The fund catalogue and the presets as data: data/funds.yaml and data/presets.yaml in frozen objects. No Django.

Every figure keeps its state, sources and as-of date (`FundFact`), so that a page can always say where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from menus.look_through import asset_classes, glide_paths, look_throughs
from sponsors.facts import (
    FactError,
    Source,
    check_choice,
    check_date,
    check_keys,
    check_partial_date,
    check_text,
    read_yaml,
    resolve_sources,
)

FUNDS_FILE = Path(__file__).parent / "data" / "funds.yaml"
PRESETS_FILE = Path(__file__).parent / "data" / "presets.yaml"
FACT_NAMES = ("identity", "expense_ratio", "review_benchmark", "inception", "net_assets_usd")


class FactState(StrEnum):
    """How far a figure of the catalogue can be relied on."""

    VERIFIED = "verified"  # read in the named source
    UNVERIFIED = "unverified"  # noted, not checked at the issuer
    STALE = "stale"  # read, but years old
    NOT_FOUND = "not_found"  # looked for
    PLACEHOLDER = "placeholder"  # there is no such product


class FundVehicle(StrEnum):
    """The legal wrapper; the same values as `menus.enums.Vehicle`, which a test compares."""

    MUTUAL_FUND_40ACT = "mutual_fund_40act"
    ETF_40ACT = "etf_40act"
    ETP_33ACT_TRUST = "etp_33act_trust"
    CIT = "cit"
    SEPARATE_ACCOUNT = "separate_account"
    STABLE_VALUE = "stable_value"
    INTERVAL_OR_TENDER_FUND = "interval_or_tender_fund"
    PRIVATE_FUND = "private_fund"
    MANAGED_ACCOUNT = "managed_account"
    ANNUITY = "annuity"
    BROKERAGE_WINDOW = "brokerage_window"


@dataclass(frozen=True)
class FundFact:
    """One figure with its provenance; `value` is None when it was not found. `as_of` may be a year or a month."""

    state: FactState
    value: Any = None
    as_of: str = ""
    sources: tuple[Source, ...] = ()
    kind: str = ""  # of a date: inception, or only the first price that was found
    approximate: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values: state, value (text), as_of, source ids, kind, approximate."""
        return {
            "state": self.state.value,
            "value": None if self.value is None else str(self.value),
            "as_of": self.as_of,
            "sources": [source.id for source in self.sources],
            "kind": self.kind,
            "approximate": self.approximate,
        }


@dataclass(frozen=True)
class FundData:
    """One investment alternative. Exactly one of `look_through` (constant weights) and `glide_path` is set."""

    key: str
    name: str
    family: str
    vehicle: FundVehicle
    asset_class: str
    subclass: str
    style: str
    facts: Mapping[str, FundFact]
    series: str = ""
    vintage: str = ""  # "2045", or "income"; empty for other funds
    look_through: str = ""
    glide_path: str = ""
    series_key: str = ""
    is_placeholder: bool = False
    note: str = ""

    @property
    def expense_ratio(self) -> Decimal | None:
        """Fraction a year, exactly as written; None when it was not found."""
        value = self.facts["expense_ratio"].value
        return None if value is None else Decimal(str(value))

    @property
    def fee_state(self) -> FactState:
        return self.facts["expense_ratio"].state

    @property
    def review_benchmark(self) -> str:
        """The benchmark noted for the fund, else the look-through's suggestion, else empty."""
        noted = self.facts["review_benchmark"].value
        if noted:
            return str(noted)
        return look_throughs()[self.look_through].suggested_review_benchmark if self.look_through else ""

    @property
    def chart_benchmark(self) -> str:
        """The suggested broad-based index of the asset class, empty where the reviewer must choose one."""
        return asset_classes()[self.asset_class].suggested_chart_benchmark

    @property
    def inception_on(self) -> date | None:
        """The legal inception; None when only a first price is known."""
        fact = self.facts.get("inception")
        return fact.value if fact and fact.kind == "inception" else None


@dataclass(frozen=True)
class PresetLine:
    fund: str
    is_qdia: bool = False
    is_core: bool = False


@dataclass(frozen=True)
class Preset:
    """A starting menu; `len(lines)` is its size, each target date vintage counted."""

    key: str
    label: str
    description: str
    default_series: str
    lines: tuple[PresetLine, ...]


@cache
def load_funds(path: Path = FUNDS_FILE) -> Mapping[str, FundData]:
    """The catalogue by ticker, in file order."""
    return {key: _fund(key, entry, f"{path.name}: {key}") for key, entry in read_yaml(path).items()}


@cache
def load_presets(path: Path = PRESETS_FILE) -> Mapping[str, Preset]:
    return {key: _preset(key, entry, f"{path.name}: {key}") for key, entry in read_yaml(path).items()}


def _fund(key: str, entry: Any, place: str) -> FundData:
    check_keys(
        entry,
        place,
        required=(
            "name", "identity", "vehicle", "asset_class", "subclass", "style", "expense_ratio", "review_benchmark",
        ),
        optional=(
            "family", "placeholder", "series", "vintage", "look_through", "glide_path", "series_key", "inception",
            "net_assets_usd", "note",
        ),
    )  # fmt: skip
    if entry["asset_class"] not in asset_classes():
        raise FactError(f"{place}: unknown asset class {entry['asset_class']!r}")
    _check_holdings(entry, place)
    return FundData(
        key=key,
        name=check_text(entry["name"], place),
        family=entry.get("family", ""),
        vehicle=check_choice(entry["vehicle"], FundVehicle, place),
        asset_class=entry["asset_class"],
        subclass=entry["subclass"],
        style=entry["style"],
        facts={name: _fact(entry[name], f"{place}: {name}") for name in FACT_NAMES if name in entry},
        series=entry.get("series", ""),
        vintage=str(entry.get("vintage", "")),
        look_through=entry.get("look_through", ""),
        glide_path=entry.get("glide_path", ""),
        series_key=entry.get("series_key", ""),
        is_placeholder=entry.get("placeholder", False),
        note=entry.get("note", ""),
    )


def _check_holdings(entry: Mapping[str, Any], place: str) -> None:
    """A fund says in exactly one way what it holds, and that way exists."""
    ways = {"look_through": look_throughs, "glide_path": glide_paths}
    used = [name for name in ways if name in entry]
    if len(used) != 1 or entry[used[0]] not in ways[used[0]]():
        raise FactError(f"{place}: needs one known look_through or glide_path")


def _fact(entry: Any, place: str) -> FundFact:
    check_keys(
        entry,
        place,
        required=("state",),
        optional=("value", "sources", "as_of", "kind", "approximate", "checked_on"),
    )
    state = check_choice(entry["state"], FactState, place)
    is_read = state not in (FactState.NOT_FOUND, FactState.PLACEHOLDER)
    if is_read != ("sources" in entry) or ("value" in entry and not is_read):
        raise FactError(
            f"{place}: a figure that was read has sources, one that was not has neither value nor sources"
        )
    if "checked_on" in entry:
        check_date(entry["checked_on"], f"{place}: checked_on")
    return FundFact(
        state=state,
        value=entry.get("value"),
        as_of=check_partial_date(entry.get("as_of", entry.get("checked_on", "")), f"{place}: as_of"),
        sources=resolve_sources(entry["sources"], place) if is_read else (),
        kind=entry.get("kind", ""),
        approximate=entry.get("approximate", False),
    )


def _preset(key: str, entry: Any, place: str) -> Preset:
    check_keys(entry, place, required=("label", "description", "default_series", "lines"))
    lines = tuple(_preset_line(line, place) for line in entry["lines"])
    if len({line.fund for line in lines}) != len(lines):
        raise FactError(f"{place}: a fund is listed twice")
    return Preset(key, entry["label"], entry["description"], entry["default_series"], lines)


def _preset_line(entry: Any, place: str) -> PresetLine:
    check_keys(entry, place, required=("fund",), optional=("qdia", "core"))
    if entry["fund"] not in load_funds():
        raise FactError(f"{place}: {entry['fund']!r} is not in {FUNDS_FILE.name}")
    return PresetLine(entry["fund"], entry.get("qdia", False), entry.get("core", False))
