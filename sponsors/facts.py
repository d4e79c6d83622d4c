"""Dated facts with citations: reads the YAML files in `<app>/data/` into frozen objects. No Django.

One shape everywhere:

    elective_deferral_limit:
      description: Most an employee may defer in a calendar year.
      unit: usd_per_year
      basis: cited                      # cited | house (then `why` is required) | unverified
      sources: [irs-notice-2025-67]     # ids in sponsors/data/sources.yaml
      values: {2025-01-01: 23500, 2026-01-01: 24500}   # in force from that date
      known_until: 2026-12-31           # optional: later dates carry the last value forward and say so
      checked_on: 2026-11-21            # optional: when the next value was last looked for

A mistake in a file raises `FactError`, whose message starts with the file and the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

SOURCES_FILE = Path(__file__).parent / "data" / "sources.yaml"
ID_PATTERN = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

UNITS = frozenset({
    "usd", "usd_per_year", "fraction", "fraction_of_pay", "ratio", "years", "days", "lines", "funds", "text",
})  # fmt: skip


class FactError(ValueError):
    """A data file breaks its own rules; the message names the file and the key."""


class Basis(StrEnum):
    """What stands behind a figure. Travels with it to the page and the PDF."""

    CITED = "cited"
    HOUSE = "house"
    UNVERIFIED = "unverified"

    @property
    def label(self) -> str:
        return {"cited": "Cited", "house": "Steward assumption", "unverified": "Not yet read at the source"}[
            self.value
        ]


class SourceKind(StrEnum):
    STATUTE = "statute"
    REGULATION = "regulation"
    PROPOSED_RULE = "proposed_rule"
    ORDER = "order"
    CASE = "case"
    BILL = "bill"
    GUIDANCE = "guidance"
    FILING = "filing"
    PAPER = "paper"
    REPORT = "report"
    DATASET = "dataset"
    SECONDARY = "secondary"  # a law firm, provider or encyclopaedia page about the primary text
    PRESS = "press"  # may date an event; may not support a rule
    MEASURED = "measured"  # computed by us from a named history


class ReadAs(StrEnum):
    """How much of the source was read: its own text, somebody's account of it, or nothing yet."""

    TEXT = "text"
    SECONDARY = "secondary"
    NOT_READ = "not_read"


@dataclass(frozen=True)
class Source:
    """One bibliography entry. `url` is the page that was read; `published_on` may be only a year or a month."""

    id: str
    title: str
    publisher: str
    kind: SourceKind
    read: ReadAs
    accessed_on: date | None = None
    url: str = ""
    published_on: str = ""
    locator: str = ""


@dataclass(frozen=True)
class DatedValue:
    """A number, a text or a flat table by group; the date it is in force from; whether it is only carried past
    the last known date.
    """

    value: Any
    since: date
    is_carried_forward: bool = False


@dataclass(frozen=True)
class Fact:
    key: str
    description: str
    unit: str
    basis: Basis
    sources: tuple[Source, ...]
    values: tuple[DatedValue, ...]
    why: str = ""
    known_until: date | None = None
    checked_on: date | None = None
    file: str = ""

    def on(self, day: date) -> DatedValue:
        """The value in force on `day`; raises FactError before the first one."""
        in_force = [dated for dated in self.values if dated.since <= day]
        if not in_force:
            first = self.values[0].since
            raise FactError(f"{self.file}: {self.key}: no value on {day}; the first is in force from {first}")
        carried = self.known_until is not None and day > self.known_until
        return DatedValue(in_force[-1].value, in_force[-1].since, carried)

    def value_on(self, day: date) -> Any:
        return self.on(day).value

    def decimal_on(self, day: date) -> Decimal:
        """The value as Decimal, exactly as written in the file."""
        return Decimal(str(self.value_on(day)))

    @property
    def latest(self) -> DatedValue:
        return self.values[-1]

    def caveat_on(self, day: date) -> str:
        """Half a sentence for the reader when the value is only carried forward, else an empty string."""
        dated = self.on(day)
        if not dated.is_carried_forward:
            return ""
        checked = f" as of {self.checked_on}" if self.checked_on else ""
        return f"not published for {day.year}{checked}; the value in force from {dated.since} is used."


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe loader that refuses a key written twice instead of keeping the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            names = [key.value for key, _ in node.value]
            twice = sorted({name for name in names if names.count(name) > 1})
            line = node.start_mark.line + 1
            raise FactError(f"{node.start_mark.name}: key written twice near line {line}: {', '.join(twice)}")
        return mapping


def read_yaml(path: Path) -> Any:
    """Parse one data file; duplicate keys and broken YAML raise FactError naming the file."""
    try:
        with path.open("rb") as stream:
            return yaml.load(stream, Loader=_StrictLoader)
    except OSError as error:
        raise FactError(f"{path.name}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise FactError(f"{path.name}: is not valid YAML: {error}") from error
    except FactError as error:
        raise FactError(str(error).replace(str(path), path.name)) from None


def check_keys(entry: Any, where: str, *, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Refuse anything but a mapping that has every required key and no unknown one."""
    if not isinstance(entry, Mapping):
        raise FactError(
            f"{where}: is a bare {type(entry).__name__}, expected keys {', '.join(sorted(required))}"
        )
    missing = sorted(set(required) - set(entry))
    unknown = sorted(str(key) for key in set(entry) - set(required) - set(optional))
    if missing or unknown:
        parts = [f"missing {', '.join(missing)}"] * bool(missing) + [f"unknown {', '.join(unknown)}"] * bool(
            unknown
        )
        raise FactError(f"{where}: {'; '.join(parts)}")


def check_id(key: Any, where: str) -> str:
    if not isinstance(key, str) or not ID_PATTERN.fullmatch(key):
        raise FactError(f"{where}: {key!r} is not a lower-case id")
    return key


def check_choice(value: Any, kinds: type[StrEnum], where: str) -> Any:
    """`value` as a member of `kinds`; FactError lists the allowed spellings."""
    try:
        return kinds(value)
    except ValueError:
        raise FactError(
            f"{where}: {value!r} is not one of {', '.join(kind.value for kind in kinds)}"
        ) from None


def check_date(value: Any, where: str) -> date:
    if type(value) is not date:
        raise FactError(f"{where}: {value!r} is not a date (YYYY-MM-DD)")
    return value


def check_partial_date(value: Any, where: str) -> str:
    """A day, a month or a year as ISO text ("2026-03"); an empty value stays empty."""
    if value and not PARTIAL_DATE.fullmatch(str(value)):
        raise FactError(f"{where}: {value!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
    return str(value)


@cache
def load_sources(path: Path = SOURCES_FILE) -> Mapping[str, Source]:
    """The bibliography by id."""
    return {key: _source(key, entry, path.name) for key, entry in (read_yaml(path) or {}).items()}


def resolve_sources(ids: Any, where: str) -> tuple[Source, ...]:
    """Bibliography entries for a non-empty list of ids; an unknown or repeated id raises FactError."""
    if not isinstance(ids, list) or not ids:
        raise FactError(f"{where}: sources must be a list with at least one id")
    known = load_sources()
    unknown = [str(name) for name in ids if name not in known]
    if unknown or len(set(ids)) != len(ids):
        reason = f"unknown source {', '.join(unknown)}" if unknown else "a source is named twice"
        raise FactError(f"{where}: {reason}")
    return tuple(known[name] for name in ids)


@cache
def load_facts(path: Path) -> Mapping[str, Fact]:
    """Every fact of one file by key, in file order."""
    return parse_facts(read_yaml(path), path.name)


def parse_facts(mapping: Any, where: str) -> dict[str, Fact]:
    """Facts out of an already parsed mapping; `where` (the file, and the place in it) starts every error."""
    if not isinstance(mapping, Mapping) or not mapping:
        raise FactError(f"{where}: expected facts by key")
    return {check_id(key, where): parse_fact(key, entry, where) for key, entry in mapping.items()}


def parse_fact(key: str, entry: Any, where: str) -> Fact:
    """One fact; see the module docstring for the shape."""
    place = f"{where}: {key}"
    check_keys(
        entry,
        place,
        required=("description", "unit", "basis", "sources", "values"),
        optional=("why", "known_until", "checked_on"),
    )
    basis = check_choice(entry["basis"], Basis, place)
    if basis is Basis.HOUSE and not entry.get("why"):
        raise FactError(f"{place}: a house value must say why")
    if entry["unit"] not in UNITS:
        raise FactError(
            f"{place}: unit {entry['unit']!r} is unknown; add it to UNITS in sponsors/facts.py if it is new"
        )
    return Fact(
        key=key,
        description=check_text(entry["description"], f"{place}: description"),
        unit=entry["unit"],
        basis=basis,
        sources=_fact_sources(entry["sources"], basis, place),
        values=_dated_values(entry["values"], place),
        why=entry.get("why", ""),
        known_until=_optional_date(entry, "known_until", place),
        checked_on=_optional_date(entry, "checked_on", place),
        file=where,
    )


def check_text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FactError(f"{where}: expected words, found {value!r}")
    return value.strip()


def _fact_sources(ids: Any, basis: Basis, place: str) -> tuple[Source, ...]:
    """A house choice may stand on its own reason; everything else names where it was read."""
    if basis is Basis.HOUSE and ids == []:
        return ()
    return resolve_sources(ids, place)


def _dated_values(values: Any, place: str) -> tuple[DatedValue, ...]:
    if not isinstance(values, Mapping) or not values:
        raise FactError(
            f"{place}: values must be a mapping of date to value, not a bare {type(values).__name__}"
        )
    days = [check_date(day, f"{place}: values") for day in values]
    if days != sorted(days):
        raise FactError(f"{place}: dates are not in order")
    empty = [str(day) for day, value in values.items() if value is None or value == {}]
    if empty:
        raise FactError(f"{place}: no value on {', '.join(empty)}; leave an unknown date out")
    return tuple(DatedValue(_frozen(value), day) for day, value in values.items())


def _frozen(value: Any) -> Any:
    return MappingProxyType(value) if isinstance(value, Mapping) else value


def _optional_date(entry: Mapping[str, Any], name: str, place: str) -> date | None:
    return check_date(entry[name], f"{place}: {name}") if name in entry else None


def _source(key: Any, entry: Any, file: str) -> Source:
    place = f"{file}: {key}"
    check_id(key, file)
    check_keys(
        entry,
        place,
        required=("title", "publisher", "kind", "read"),
        optional=("accessed_on", "url", "published_on", "locator"),
    )
    read = check_choice(entry["read"], ReadAs, place)
    if (read is ReadAs.NOT_READ) == ("accessed_on" in entry):
        raise FactError(f"{place}: accessed_on is for sources that were read, and they all need it")
    published = check_partial_date(entry.get("published_on", ""), f"{place}: published_on")
    return Source(
        id=key,
        title=check_text(entry["title"], f"{place}: title"),
        publisher=check_text(entry["publisher"], f"{place}: publisher"),
        kind=check_choice(entry["kind"], SourceKind, place),
        read=read,
        accessed_on=_optional_date(entry, "accessed_on", place),
        url=entry.get("url", ""),
        published_on=published,
        locator=entry.get("locator", ""),
    )
