"""The status board and the history of the law, out of data/regulatory_timeline.yaml. No database."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fiduciary.checklists import LegalStatus
from sponsors.facts import (
    FactError,
    ReadAs,
    Source,
    check_choice,
    check_id,
    check_keys,
    check_partial_date,
    check_text,
    read_yaml,
    resolve_sources,
)

TIMELINE_FILE = Path(__file__).parent / "data" / "regulatory_timeline.yaml"
# tag "unverified" of the file: nothing on it was read
TAGS = {"text": ReadAs.TEXT, "secondary": ReadAs.SECONDARY, "unverified": ReadAs.NOT_READ}


@dataclass(frozen=True)
class TimelineEntry:
    """One instrument: when, by whom, where it stood on `as_of`, and what would change that. Dates may be partial."""

    key: str
    date: str
    body: str
    instrument: str
    status: LegalStatus
    effect: str
    would_change: str
    as_of: str
    sources: tuple[Source, ...]
    read: ReadAs
    on_status_board: bool

    @property
    def status_line(self) -> str:
        return f"{self.status.label}, as of {self.as_of}"


@cache
def regulatory_timeline(path: Path = TIMELINE_FILE) -> tuple[TimelineEntry, ...]:
    """Every entry, oldest first; FactError for an unordered or repeated one."""
    raw = read_yaml(path)
    check_keys(raw, path.name, required=("timeline",))
    entries = tuple(_entry(item, path.name) for item in raw["timeline"])
    if [entry.date for entry in entries] != sorted(entry.date for entry in entries):
        raise FactError(f"{path.name}: entries are not in order of date")
    if len({entry.key for entry in entries}) != len(entries):
        raise FactError(f"{path.name}: a key stands twice")
    return entries


def status_board() -> tuple[TimelineEntry, ...]:
    """The instruments whose status pages and documents show."""
    return tuple(entry for entry in regulatory_timeline() if entry.on_status_board)


def timeline_entry(key: str) -> TimelineEntry:
    """The entry of that key; KeyError when there is none."""
    return {entry.key: entry for entry in regulatory_timeline()}[key]


def _entry(raw: Any, file: str) -> TimelineEntry:
    place = f"{file}: {raw.get('key', 'an entry without key')}"
    names = ("body", "instrument", "effect", "would_change")
    check_keys(
        raw, place, required=("key", "date", "status", "as_of", "sources", "tag", "on_status_board", *names)
    )
    if raw["tag"] not in TAGS:
        raise FactError(f"{place}: tag {raw['tag']!r} is not one of {', '.join(TAGS)}")
    return TimelineEntry(
        key=check_id(raw["key"], place),
        date=check_partial_date(raw["date"], place),
        **{name: check_text(raw[name], f"{place}: {name}") for name in names},
        status=check_choice(raw["status"], LegalStatus, place),
        as_of=check_partial_date(raw["as_of"], place),
        sources=resolve_sources(raw["sources"], place),
        read=TAGS[raw["tag"]],
        on_status_board=raw["on_status_board"],
    )
