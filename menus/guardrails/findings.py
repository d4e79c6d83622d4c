"""What a guardrail says: one finding about one menu, ready to be read by a person, stored and printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from sponsors.facts import Basis


class Severity(StrEnum):
    """How much a finding weighs: a block stops proposing unless it is fixed or waived."""

    BLOCK = "block"
    CAUTION = "caution"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class LegalStatus(StrEnum):
    """Where the cited text stands on `Finding.as_of`. A proposed rule binds nobody yet."""

    IN_FORCE = "in_force"
    PROPOSED = "proposed"
    GUIDANCE = "guidance"
    PRACTICE = "practice"

    @property
    def label(self) -> str:
        return {
            LegalStatus.IN_FORCE: "law in force",
            LegalStatus.PROPOSED: "proposed rule, not in effect",
            LegalStatus.GUIDANCE: "guidance in force",
            LegalStatus.PRACTICE: "practice, not a legal requirement",
        }[self]


@dataclass(frozen=True)
class Finding:
    """One finding. `figures` holds the numbers of the sentence as text or whole numbers, ready for JSON."""

    rule: str
    severity: Severity
    subject: str | None  # key of the line at fault; None when it concerns the whole menu
    sentence: str
    why: str
    remedy: str
    citation: str
    legal_status: LegalStatus
    as_of: date  # the day on which the legal status was checked
    sources: tuple[str, ...]
    waivable: bool
    figures: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    basis: Basis = (
        Basis.CITED
    )  # what the limit rests on: a cited text, a house choice, or not yet read at the source

    @property
    def key(self) -> str:
        """Stable name of the finding, by which a waiver refers to it: rule, and line if any."""
        return self.rule if self.subject is None else f"{self.rule}:{self.subject}"

    @property
    def is_blocking(self) -> bool:
        return self.severity is Severity.BLOCK

    def as_record(self) -> dict[str, object]:
        """JSON-able form for the ledger, the API and the PDF."""
        record = asdict(self)
        record.update(
            key=self.key,
            severity=self.severity.value,
            legal_status=self.legal_status.value,
            basis=self.basis.value,
            as_of=self.as_of.isoformat(),
            sources=list(self.sources),
            figures=dict(self.figures),
        )
        return record
