"""The fund catalogue: `data/funds.yaml` -> Fund rows. Repeatable; says what it added, changed and left alone.

Every figure keeps its source. `Fund.facts` is a list-like mapping, in reading order, of

    {"label": "Expense ratio", "value": "0.0004", "unit": "fraction", "basis": "cited", "as_of": "2026-10",
     "sources": [{"id", "title", "publisher", "url", "published_on", "accessed_on", "locator"}], "note": ""}

`basis` is cited (read in the named source), unverified, stale, not_found, placeholder or house (assigned by Steward).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from menus.asset_classes import asset_classes, suggested_review_benchmark
from menus.enums import FeeState, Vehicle
from menus.look_through import glide_paths, look_throughs
from menus.models import Fund
from sponsors.facts import FactError, check_keys, read_yaml, resolve_sources
from sponsors.ledger import record
from sponsors.ledger.canonical import content_hash

FUNDS_FILE = Path(__file__).parent / "data" / "funds.yaml"
PRESETS_FILE = Path(__file__).parent / "data" / "presets.yaml"

REQUIRED = (
    "name",
    "identity",
    "vehicle",
    "asset_class",
    "subclass",
    "style",
    "expense_ratio",
    "review_benchmark",
)
OPTIONAL = (
    "family", "series", "vintage", "look_through", "glide_path", "series_key", "chart_benchmark",
    "inception", "net_assets_usd", "placeholder", "note",
)  # fmt: skip
FACT_KEYS = ("value", "sources", "as_of", "checked_on", "kind", "approximate", "note", "why")
BASES = {  # state in the file -> basis on the page
    "verified": "cited",
    **{state: state for state in ("unverified", "stale", "not_found", "placeholder", "house")},
}
FEE_STATES = {
    "verified": FeeState.VERIFIED,
    "unverified": FeeState.STALE,  # a fee nobody checked is to be checked before it is relied on
    "stale": FeeState.STALE,
    "house": FeeState.STALE,
}
# name in the file -> label and unit, in the order in which the fund page shows them
SOURCED_FACTS = {
    "identity": ("Name and family", "text"),
    "expense_ratio": ("Expense ratio, a year", "fraction"),
    "review_benchmark": ("Benchmark for the review", "text"),
    "chart_benchmark": ("Benchmark for the participants' chart", "text"),
    "inception": ("First offered", "date"),
    "net_assets_usd": ("Net assets", "usd"),
}
ASSIGNED_FACTS = {
    "vehicle": "Legal wrapper",
    "asset_class": "Asset class",
    "subclass": "Kind",
    "style": "Style",
    "series": "Target-date series",
    "vintage": "Target year",
    "look_through": "Looked through as",
    "glide_path": "Glide path",
    "series_key": "Return series",
}
ASSIGNED_WHY = "Assigned by Steward from the fund's name and category."
SUGGESTED_WHY = "A suggestion by asset class to start from: confirm it against the prospectus."


@dataclass
class CatalogueReport:
    """Keys of the funds by what a load did with them. `missing` are in the database but no longer in the file."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.added)} funds added, {len(self.changed)} changed, {len(self.unchanged)} unchanged"
            + (f", {len(self.missing)} no longer in the file and kept" if self.missing else "")
        )


@transaction.atomic
def catalogue_load(path: Path = FUNDS_FILE) -> CatalogueReport:
    """Bring the Fund table to what the file says; a mistake in the file raises FactError and changes nothing.

    A fund that the file no longer names stays, because menus of the past refer to it. Changes of a known fund are
    written to the platform's book.
    """
    report, wanted = CatalogueReport(), read_catalogue(path)
    known = {fund.key: fund for fund in Fund.objects.all()}
    report.missing = sorted(set(known) - set(wanted))
    new = [Fund(key=key, **fields) for key, fields in wanted.items() if key not in known]
    Fund.objects.bulk_create(new)
    report.added = [fund.key for fund in new]
    for key in (key for key in wanted if key in known):
        changed = _update(known[key], wanted[key])
        (report.changed if changed else report.unchanged).append(key)
    return report


def _update(fund: Fund, fields: dict[str, Any]) -> bool:
    """Whether the fund differed from the file and was brought up to it."""
    if fund.catalogue_hash == fields["catalogue_hash"]:
        return False
    before = fund.facts
    for name, value in fields.items():
        setattr(fund, name, value)
    fund.save()
    record("fund.changed", by=None, subject=fund, body={"facts": _changed_facts(before, fund.facts)})
    return True


def _changed_facts(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"from": before.get(name), "to": after.get(name)}
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def read_catalogue(path: Path = FUNDS_FILE) -> dict[str, dict[str, Any]]:
    """Field values of every fund of the file by key, in file order."""
    return {str(key): _fund_fields(str(key), entry, path.name) for key, entry in read_yaml(path).items()}


def _fund_fields(key: str, entry: Any, file: str) -> dict[str, Any]:
    place = f"{file}: {key}"
    check_keys(entry, place, required=REQUIRED, optional=OPTIONAL)
    if entry["asset_class"] not in asset_classes():
        raise FactError(f"{place}: asset class {entry['asset_class']!r} is not in asset_classes.yaml")
    if entry["vehicle"] not in Vehicle.values:
        raise FactError(f"{place}: vehicle {entry['vehicle']!r} is not one of {', '.join(Vehicle.values)}")
    _check_look_through(entry, place)
    facts = _facts(entry, place)
    fields = {
        **{name: str(entry.get(name, "")) for name in ("name", "family", "series", "vehicle")},
        **{name: str(entry.get(name, "")) for name in ("asset_class", "subclass", "style", "series_key")},
        "vintage": str(entry.get("vintage", "")),
        "expense_ratio": _decimal(entry["expense_ratio"].get("value")),
        "fee_state": FEE_STATES.get(entry["expense_ratio"]["state"], FeeState.NOT_FOUND),
        "review_benchmark": facts["review_benchmark"]["value"],
        "chart_benchmark": facts["chart_benchmark"]["value"],
        "inception_on": entry["inception"].get("value") if "inception" in entry else None,
        "is_placeholder": bool(entry.get("placeholder", False)),
        "facts": facts,
    }
    printable = {name: str(value) if name != "facts" else value for name, value in fields.items()}
    return {**fields, "catalogue_hash": content_hash(printable)}


def _check_look_through(entry: Mapping[str, Any], place: str) -> None:
    """FactError unless it is known what the fund holds: a run could not look through it."""
    path, name = entry.get("glide_path", ""), entry.get("look_through", "")
    if path and path not in glide_paths():
        raise FactError(f"{place}: glide path {path!r} is not in glide_paths.yaml")
    if not path and name not in look_throughs():
        raise FactError(f"{place}: look-through {name!r} is not in asset_classes.yaml")


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _facts(entry: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Every fact of one fund with what stands behind it; assigned ones first need no source but say whose they are."""
    sourced = {
        name: _sourced_fact(label, unit, entry[name], f"{place}: {name}")
        for name, (label, unit) in SOURCED_FACTS.items()
        if name in entry
    }
    sourced["identity"]["value"] = ", ".join(filter(None, [entry["name"], entry.get("family", "")]))
    _suggest(sourced, "review_benchmark", suggested_review_benchmark(entry.get("look_through", "")))
    _suggest(sourced, "chart_benchmark", asset_classes()[entry["asset_class"]].suggested_chart_benchmark)
    assigned = {
        name: _fact(label, str(entry[name]), "text", "house", note=ASSIGNED_WHY)
        for name, label in ASSIGNED_FACTS.items()
        if name in entry
    }
    note = {"note": _fact("Note", entry["note"], "text", "house")} if "note" in entry else {}
    return {**sourced, **assigned, **note}


def _suggest(facts: dict[str, Any], name: str, suggestion: str) -> None:
    """Put Steward's suggestion, marked as such, where no benchmark was found."""
    label, unit = SOURCED_FACTS[name]
    found = facts.setdefault(name, _fact(label, "", unit, "not_found"))
    if suggestion and not found["value"]:
        facts[name] = _fact(label, suggestion, unit, "house", note=SUGGESTED_WHY)


def _sourced_fact(label: str, unit: str, raw: Any, place: str) -> dict[str, Any]:
    check_keys(raw, place, required=("state",), optional=FACT_KEYS)
    if raw["state"] not in BASES:
        raise FactError(f"{place}: state {raw['state']!r} is not one of {', '.join(BASES)}")
    sources = resolve_sources(raw["sources"], place) if "sources" in raw else ()
    if raw["state"] == "verified" and not sources:
        raise FactError(f"{place}: is called verified but names no source")
    value = "" if raw.get("value") is None else str(raw["value"])
    as_of = str(raw.get("as_of") or raw.get("checked_on") or "")
    return _fact(
        label,
        value,
        unit,
        BASES[raw["state"]],
        as_of=as_of,
        sources=[_source(s) for s in sources],
        note=_note(raw),
    )


def _fact(label: str, value: str, unit: str, basis: str, **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "basis": basis,
        "as_of": "",
        "sources": [],
        "note": "",
        **more,
    }


def _note(raw: Mapping[str, Any]) -> str:
    notes = [
        "First price in the source; the legal start may be earlier."
        if raw.get("kind") == "first_price"
        else "",
        "Approximate." if raw.get("approximate") else "",
        str(raw.get("note") or raw.get("why") or ""),
    ]
    return " ".join(filter(None, notes))


def _source(source: Any) -> dict[str, str]:
    names = ("id", "title", "publisher", "url", "published_on", "accessed_on", "locator")
    return {name: str(getattr(source, name) or "") for name in names}


@dataclass(frozen=True)
class PresetLine:
    fund: str
    is_qdia: bool
    is_core: bool


@dataclass(frozen=True)
class Preset:
    """A menu to start from: a place to begin, not a recommendation."""

    key: str
    label: str
    description: str
    lines: tuple[PresetLine, ...]

    @property
    def choices(self) -> int:
        """The default series counts once."""
        return len([line for line in self.lines if not line.is_qdia]) + any(
            line.is_qdia for line in self.lines
        )


@cache
def load_presets(path: Path = PRESETS_FILE) -> Mapping[str, Preset]:
    """The presets by key, in file order."""
    return {key: _preset(key, entry, path.name) for key, entry in read_yaml(path).items()}


def _preset(key: str, entry: Any, file: str) -> Preset:
    place = f"{file}: {key}"
    check_keys(entry, place, required=("label", "description", "lines"))
    for line in entry["lines"]:
        check_keys(line, place, required=("fund",), optional=("qdia", "core"))
    lines = tuple(
        PresetLine(line["fund"], line.get("qdia", False), line.get("core", False)) for line in entry["lines"]
    )
    return Preset(key, entry["label"], entry["description"], lines)


def partial_day(text: str) -> date | None:
    """First day of "2026-10-03", "2026-10" or "2026"; None for an empty text."""
    if not text:
        return None
    year, month, day = [int(part) for part in [*text.split("-"), "1", "1"][:3]]
    return date(year, month, day)
