"""The rules Steward works by: where the law stands, what the guardrails look for, what a review asks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fiduciary.checklists import Checklist, ChecklistItem, Force, editions
from fiduciary.timeline import regulatory_timeline, status_board, timeline_entry
from menus.guardrails.register import theme_of, value_text
from menus.guardrails.registry import RULES
from menus.guardrails.rulebook import RuleEntry, load_rulebook
from sponsors.access import account_view


@dataclass(frozen=True)
class RuleRow:
    """One guardrail with its limits, each as (words, value, what stands behind it)."""

    entry: RuleEntry
    limits: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class EditionRow:
    """A checklist edition: its items by section, and how many stand under each force."""

    edition: Checklist
    sections: tuple[tuple[str, tuple[ChecklistItem, ...]], ...]
    by_force: tuple[tuple[Force, int], ...]


@account_view
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """Status board, guardrails, checklist editions and the history of the law, each with status and date."""
    history = regulatory_timeline()
    context = {
        "rule": timeline_entry("dia_rule"),
        "board": status_board(),
        "history": history[::-1],
        "themes": list(_themes()),
        "guardrails": len(RULES),
        "editions": [_edition_row(edition) for edition in reversed(editions())],
    }
    return render(request, "fiduciary/rule_list.html", context)


def _themes() -> Iterator[tuple[str, list[RuleRow]]]:
    """(theme, guardrails), in the order of the register."""
    book = load_rulebook()
    for theme in dict.fromkeys(theme_of(rule_id) for rule_id in RULES):
        rows = [_rule_row(book[rule_id]) for rule_id in RULES if theme_of(rule_id) == theme]
        yield THEME_TITLES.get(theme, theme.replace("_", " ").capitalize()), rows


THEME_TITLES = {
    "qdia": "Default investment (QDIA)",
    "crypto": "Digital assets",
    "target_date": "Target-date funds",
}


def _rule_row(entry: RuleEntry) -> RuleRow:
    limits = ((fact.description, value_text(fact), fact.basis.label) for fact in entry.thresholds.values())
    return RuleRow(entry, tuple(limits))


def _edition_row(edition: Checklist) -> EditionRow:
    sections = (
        (section.title, tuple(item for item in edition.items if item.section == section.id))
        for section in edition.sections
    )
    counted = Counter(item.force for item in edition.items)
    return EditionRow(edition, tuple(sections), tuple((force, counted[force]) for force in Force))
