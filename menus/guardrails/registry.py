"""Collects the rules and runs them: `findings_for(menu)` is the one question the rest of Steward asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from menus.guardrails.findings import Finding, Severity
from menus.guardrails.menu_facts import MenuFacts
from menus.guardrails.rulebook import Limits, RuleEntry, load_rulebook


@dataclass(frozen=True)
class Hit:
    """What a rule found wrong, in words; the rulebook adds severity, reason and citation.

    `severity` and `is_waivable` are given only where the facts change what the rulebook says.
    """

    sentence: str
    remedy: str
    subject: str | None = None
    figures: Mapping[str, str | int] = field(default_factory=dict)
    severity: Severity | None = None
    is_waivable: bool | None = None


Check = Callable[[MenuFacts, Limits], Iterable[Hit]]
RULES: dict[str, Check] = {}  # in the order of registration, which is the order of reading


def rule(rule_id: str) -> Callable[[Check], Check]:
    """Register a check under its id in guardrails.yaml."""

    def register(check: Check) -> Check:
        if rule_id in RULES:
            raise ValueError(f"two rules are called {rule_id}")
        RULES[rule_id] = check
        return check

    return register


def findings_of(rule_id: str, menu: MenuFacts) -> tuple[Finding, ...]:
    """Findings of one rule, in the order of their subjects."""
    entry = load_rulebook()[rule_id]
    found = [_finding(entry, hit) for hit in RULES[rule_id](menu, Limits(entry, menu.as_of))]
    return tuple(sorted(found, key=lambda finding: finding.subject or ""))


def findings_for(menu: MenuFacts) -> tuple[Finding, ...]:
    """All findings about a menu, gravest first, then in the order of the rules and of the lines' keys."""
    found = [finding for rule_id in RULES for finding in findings_of(rule_id, menu)]
    return tuple(sorted(found, key=lambda finding: finding.severity.rank))


def _finding(entry: RuleEntry, hit: Hit) -> Finding:
    return Finding(
        rule=entry.id,
        severity=hit.severity or entry.severity,
        subject=hit.subject,
        sentence=hit.sentence,
        why=entry.why,
        remedy=hit.remedy,
        citation=entry.citation,
        legal_status=entry.authority.status,
        as_of=entry.authority.as_of,
        sources=entry.source_ids,
        waivable=entry.is_waivable if hit.is_waivable is None else hit.is_waivable,
        figures=dict(hit.figures),
        basis=entry.basis,
    )
