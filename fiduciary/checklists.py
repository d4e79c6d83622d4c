"""Checklist editions out of data/checklists/<checklist>/<edition>.yaml. No database.

An edition never changes once a review has used it; a new wording is a new file. Answers keep `edition_hash`, so a
review of an old edition still prints the old words. A mistake in a file raises FactError naming file and item.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from fiduciary.enums import Subject
from sponsors.facts import (
    Basis,
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
from sponsors.ledger.canonical import content_hash

CHECKLISTS_DIR = Path(__file__).parent / "data" / "checklists"
PRUDENT_PERSON = "prudent_person"
# A review of one of these is a review of an option on the menu, so the items for any option apply as well.
NOT_AN_OPTION = frozenset({Subject.MENU, Subject.BROKERAGE_WINDOW})
ITEM_KEYS = (
    "id", "section", "factor", "question", "why_it_matters", "evidence", "answer_kind", "citation", "force", "status",
    "as_of", "basis", "applies", "computable", "sources",
)  # fmt: skip


class Force(StrEnum):
    """The legal weight of an item; printed beside it everywhere."""

    LAW = "law"
    PROPOSED = "proposed"
    GUIDANCE = "guidance"
    PRACTICE = "practice"

    @property
    def label(self) -> str:
        return FORCE_LABELS[self]


FORCE_LABELS = {
    Force.LAW: "Law in force",
    Force.PROPOSED: "Proposed rule, not in effect",
    Force.GUIDANCE: "Guidance",
    Force.PRACTICE: "Good practice",
}


class LegalStatus(StrEnum):
    """Where an instrument stood on its as-of date."""

    IN_FORCE = "in_force"
    PROPOSED = "proposed"
    PENDING = "pending"
    RESCINDED = "rescinded"
    NOT_ENACTED = "not_enacted"
    NO_RULE = "no_rule"  # practice: no instrument stands behind it
    NO_RULE_FOUND = "no_rule_found"  # ordered by statute, not found
    NOT_FOUND = "not_found"
    REPORT = "report"
    POLICY = "policy"
    MARKET_EVENT = "market_event"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class AnswerKind(StrEnum):
    """What answers the question, beside the reviewer's judgement."""

    DOCUMENT = "document"
    WRITTEN = "written"
    FIGURES = "figures"
    DATES = "dates"


class Computable(StrEnum):
    """How far figures of the plan fill the item; never the judgement."""

    FULL = "full"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    factors: tuple[str, ...]


@dataclass(frozen=True)
class ChecklistItem:
    """One question. `applies` lists what a review must be about for it to be asked."""

    id: str
    section: str
    factor: str
    question: str
    why_it_matters: str
    evidence: str
    answer_kind: AnswerKind
    citation: str
    force: Force
    status: LegalStatus
    as_of: str
    basis: Basis
    applies: tuple[Subject, ...]
    computable: Computable
    sources: tuple[Source, ...]
    basis_note: str = ""


@dataclass(frozen=True)
class Checklist:
    """One edition. `id` is "<checklist>/<edition>", the value reviews store."""

    checklist: str
    edition: str
    title: str
    in_force_from: date
    as_of: date
    notice: str
    sections: tuple[Section, ...]
    items: tuple[ChecklistItem, ...]
    edition_hash: str

    @property
    def id(self) -> str:
        return f"{self.checklist}/{self.edition}"

    def item(self, item_id: str) -> ChecklistItem:
        """The item of that id; KeyError when the edition has none."""
        return {item.id: item for item in self.items}[item_id]

    def items_for(self, subjects: Collection[str]) -> tuple[ChecklistItem, ...]:
        """Items that apply to a review about `subjects`, in order.

        Whatever is not only the menu or a brokerage window is an option on the menu: the items for any option join in.
        """
        about = {Subject(subject) for subject in subjects}
        if about - NOT_AN_OPTION:
            about.add(Subject.ANY)
        return tuple(item for item in self.items if about.intersection(item.applies))


@cache
def editions(checklist: str = PRUDENT_PERSON, folder: Path = CHECKLISTS_DIR) -> tuple[Checklist, ...]:
    """All editions of one checklist, oldest first."""
    found = [load_edition(path) for path in sorted((folder / checklist).glob("*.yaml"))]
    if not found:
        raise FactError(f"{checklist}: no edition in {folder.name}/")
    return tuple(sorted(found, key=lambda edition: edition.in_force_from))


def edition_in_force(on: date, checklist: str = PRUDENT_PERSON, folder: Path = CHECKLISTS_DIR) -> Checklist:
    """The newest edition in force on a day; FactError before the first one."""
    in_force = [edition for edition in editions(checklist, folder) if edition.in_force_from <= on]
    if not in_force:
        first = editions(checklist, folder)[0]
        raise FactError(f"{checklist}: no edition was in force on {on}; the first is {first.edition}")
    return in_force[-1]


def edition(edition_id: str, folder: Path = CHECKLISTS_DIR) -> Checklist:
    """The edition "<checklist>/<edition>", or "<edition>" of the prudent-person review; FactError if there is none."""
    checklist, _, name = edition_id.rpartition("/")
    for known in editions(checklist or PRUDENT_PERSON, folder):
        if known.edition == name:
            return known
    raise FactError(f"{edition_id}: no such checklist edition")


def load_edition(path: Path) -> Checklist:
    """Read and check one file."""
    raw = read_yaml(path)
    place = f"{path.parent.name}/{path.name}"
    check_keys(
        raw,
        place,
        required=("checklist", "edition", "title", "in_force_from", "as_of", "notice", "sections", "items"),
    )
    if (raw["checklist"], raw["edition"]) != (path.parent.name, path.stem):
        raise FactError(f"{place}: names itself {raw['checklist']}/{raw['edition']}")
    sections = tuple(_section(entry, place) for entry in raw["sections"])
    items = tuple(_item(entry, sections, place) for entry in raw["items"])
    twice = [item_id for item_id, times in Counter(item.id for item in items).items() if times > 1]
    if twice:
        raise FactError(f"{place}: item {', '.join(twice)} stands twice")
    return Checklist(
        checklist=raw["checklist"],
        edition=raw["edition"],
        title=check_text(raw["title"], place),
        in_force_from=check_date(raw["in_force_from"], place),
        as_of=check_date(raw["as_of"], place),
        notice=check_text(raw["notice"], place),
        sections=sections,
        items=items,
        edition_hash=content_hash(json.loads(json.dumps(raw, default=str))),  # dates as they are written
    )


def _section(entry: Any, place: str) -> Section:
    check_keys(entry, f"{place}: sections", required=("id", "title", "factors"))
    return Section(entry["id"], check_text(entry["title"], place), tuple(entry["factors"]))


def _item(entry: Mapping[str, Any], sections: tuple[Section, ...], place: str) -> ChecklistItem:
    where = f"{place}: {entry.get('id', 'an item without id')}"
    check_keys(entry, where, required=ITEM_KEYS, optional=("basis_note",))
    if (entry["section"], entry["factor"]) not in {(s.id, factor) for s in sections for factor in s.factors}:
        raise FactError(f"{where}: no section {entry['section']} with factor {entry['factor']}")
    basis = check_choice(entry["basis"], Basis, where)
    if (basis is Basis.UNVERIFIED) != bool(entry.get("basis_note")):
        raise FactError(f"{where}: an unverified citation says what was not read, and only such a one does")
    return ChecklistItem(
        **{
            name: check_text(entry[name], f"{where}: {name}")
            for name in ("id", "section", "factor", "question")
        },
        why_it_matters=check_text(entry["why_it_matters"], f"{where}: why_it_matters"),
        evidence=check_text(entry["evidence"], f"{where}: evidence"),
        answer_kind=check_choice(entry["answer_kind"], AnswerKind, where),
        citation=check_text(entry["citation"], f"{where}: citation"),
        force=check_choice(entry["force"], Force, where),
        status=check_choice(entry["status"], LegalStatus, where),
        as_of=check_partial_date(entry["as_of"], f"{where}: as_of"),
        basis=basis,
        applies=_subjects(entry["applies"], where),
        computable=check_choice(entry["computable"], Computable, where),
        sources=_sources(entry["sources"], basis, where),
        basis_note=entry.get("basis_note", ""),
    )


def _subjects(names: Any, where: str) -> tuple[Subject, ...]:
    unknown = sorted(set(names) - set(Subject.values))
    if unknown or not names:
        raise FactError(
            f"{where}: applies to {', '.join(unknown) or 'nothing'}, which is not a subject of a review"
        )
    return tuple(Subject(name) for name in names)


def _sources(ids: Any, basis: Basis, where: str) -> tuple[Source, ...]:
    """Good practice may stand on its own; everything else names where it was read."""
    if basis is Basis.HOUSE and ids == []:
        return ()
    return resolve_sources(ids, where)
