"""Reads menus/data/guardrails.yaml: each rule's title, reason, severity, legal authority and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from menus.guardrails.findings import LegalStatus, Severity
from sponsors.facts import (
    Basis,
    Fact,
    FactError,
    check_choice,
    check_date,
    check_keys,
    check_text,
    parse_facts,
    read_yaml,
    resolve_sources,
)

GUARDRAILS_FILE = Path(__file__).parents[1] / "data" / "guardrails.yaml"


@dataclass(frozen=True)
class Authority:
    """A text that rules cite, and where it stood on `as_of`."""

    key: str
    citation: str
    status: LegalStatus
    as_of: date
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class RuleEntry:
    """The data side of one rule."""

    id: str
    title: str
    why: str
    severity: Severity
    is_waivable: bool
    basis: Basis
    authority: Authority
    paragraph: str
    variation: str  # when the facts change severity or waiver, in words
    thresholds: Mapping[str, Fact]

    @property
    def citation(self) -> str:
        return (
            f"{self.authority.citation}, paragraph {self.paragraph}"
            if self.paragraph
            else self.authority.citation
        )

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Sources of the authority and of the limits, each once."""
        limits = [source.id for fact in self.thresholds.values() for source in fact.sources]
        return tuple(dict.fromkeys([*self.authority.source_ids, *limits]))


@dataclass(frozen=True)
class Limits:
    """The limits one rule declares, as in force on a day; asking for another one is a KeyError."""

    entry: RuleEntry
    day: date

    def weight(self, name: str) -> Decimal:
        return self.entry.thresholds[name].decimal_on(self.day)

    def number(self, name: str) -> int:
        return int(self.entry.thresholds[name].value_on(self.day))

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self.entry.thresholds[name].value_on(self.day))


@cache
def load_rulebook(path: Path = GUARDRAILS_FILE) -> Mapping[str, RuleEntry]:
    """Every rule entry by id, in file order; a mistake raises FactError naming the place."""
    raw = read_yaml(path)
    check_keys(raw, path.name, required=("authorities", "thresholds", "rules"))
    authorities = {key: _authority(key, entry, path.name) for key, entry in raw["authorities"].items()}
    thresholds = parse_facts(raw["thresholds"], f"{path.name}: thresholds")
    return {key: _rule(key, entry, authorities, thresholds, path.name) for key, entry in raw["rules"].items()}


def _authority(key: str, entry: Any, file: str) -> Authority:
    place = f"{file}: authorities: {key}"
    check_keys(entry, place, required=("citation", "status", "as_of", "sources"))
    return Authority(
        key=key,
        citation=check_text(entry["citation"], place),
        status=check_choice(entry["status"], LegalStatus, place),
        as_of=check_date(entry["as_of"], place),
        source_ids=tuple(source.id for source in resolve_sources(entry["sources"], place)),
    )


def _rule(
    key: str, entry: Any, authorities: Mapping[str, Authority], thresholds: Mapping[str, Fact], file: str
) -> RuleEntry:
    place = f"{file}: rules: {key}"
    check_keys(
        entry,
        place,
        required=("title", "why", "severity", "waivable", "basis", "authority"),
        optional=("paragraph", "variation", "thresholds"),
    )
    names = entry.get("thresholds", [])
    unknown = sorted({entry["authority"]} - set(authorities)) + sorted(set(names) - set(thresholds))
    if unknown or not isinstance(entry["waivable"], bool):
        raise FactError(
            f"{place}: unknown {', '.join(unknown)}"
            if unknown
            else f"{place}: waivable must be true or false"
        )
    return RuleEntry(
        id=key,
        title=check_text(entry["title"], place),
        why=check_text(entry["why"], place),
        severity=check_choice(entry["severity"], Severity, place),
        is_waivable=entry["waivable"],
        basis=check_choice(entry["basis"], Basis, place),
        authority=authorities[entry["authority"]],
        paragraph=entry.get("paragraph", ""),
        variation=entry.get("variation", ""),
        thresholds={name: thresholds[name] for name in names},
    )
