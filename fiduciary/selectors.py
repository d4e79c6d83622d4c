"""Questions about reviews, decisions and documents. Every answer starts from one plan or one scoped queryset."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from fiduciary import checklists
from fiduciary.checklists import Checklist, ChecklistItem
from fiduciary.enums import DecisionStatus, ReviewStatus
from fiduciary.models import Decision, Document, Evidence, PrudenceReview, ReviewResponse
from menus.enums import RunStatus, VersionStatus
from menus.models import MenuVersion, ProjectionRun
from sponsors.errors import Refusal
from sponsors.ledger.models import LedgerEvent
from sponsors.models import Plan, User

# A printed figure, or what stands in its place.
FIGURE = re.compile(r"[+−]?\$?\d[\d.,]*%?|–|under 10|not found|record too short")


@dataclass(frozen=True)
class ItemState:
    """One checklist item as a review stands: the item, its figure, its answer, how much evidence."""

    item: ChecklistItem
    figure: dict[str, Any] | None
    response: ReviewResponse | None
    evidence_count: int

    @property
    def state(self) -> str:
        return self.response.answer if self.response else "unanswered"

    @property
    def table(self) -> dict[str, Any] | None:
        """The figure's table, each cell with whether its column holds figures only and so stands at the right."""
        if not self.figure or not self.figure["rows"]:
            return None
        rows = self.figure["rows"]
        right = [all(FIGURE.fullmatch(cell) for cell in column) for column in zip(*rows, strict=True)]
        return {
            "headers": list(zip(self.figure["headers"], right, strict=True)),
            "rows": [list(zip(row, right, strict=True)) for row in rows],
        }


@dataclass(frozen=True)
class SectionState:
    """A section of the checklist with its items and how many are answered."""

    title: str
    items: tuple[ItemState, ...]

    @property
    def answered(self) -> int:
        return sum(item.response is not None for item in self.items)


def reviews_of(plan: Plan) -> QuerySet[PrudenceReview]:
    return PrudenceReview.objects.filter(plan=plan).select_related(
        "version__menu", "opened_by", "run", "plan", "sponsor"
    )


def review_of(plan: Plan, number: int) -> PrudenceReview:
    """One review of the plan. Raises Http404."""
    return get_object_or_404(reviews_of(plan), number=number)


def versions_awaiting_review(plan: Plan) -> QuerySet[MenuVersion]:
    """Proposed versions that no open review looks at; after a deferral a version waits here again."""
    under_review = PrudenceReview.objects.filter(plan=plan).exclude(status=ReviewStatus.CLOSED)
    proposed = MenuVersion.objects.filter(plan=plan, status=VersionStatus.PROPOSED)
    return proposed.exclude(pk__in=under_review.values("version")).select_related("menu", "plan")


def finished_runs(plan: Plan) -> QuerySet[ProjectionRun]:
    return ProjectionRun.objects.filter(plan=plan, status=RunStatus.DONE).select_related("version")


def decisions_of(plan: Plan) -> QuerySet[Decision]:
    return Decision.objects.filter(plan=plan).select_related(
        "version__menu", "review", "drafted_by", "plan", "sponsor"
    )


def decision_of(plan: Plan, number: int) -> Decision:
    """One decision of the plan. Raises Http404."""
    return get_object_or_404(decisions_of(plan), number=number)


def documents_of(plan: Plan) -> QuerySet[Document]:
    return Document.objects.filter(plan=plan).select_related("decision__review", "job", "plan")


def edition_of(review: PrudenceReview) -> Checklist:
    """The checklist edition that the review froze when it was opened."""
    return checklists.edition(f"{review.checklist}/{review.checklist_edition}")


def section_title(edition: Checklist, item: ChecklistItem) -> str:
    """The heading an item stands under: its section, or its factor where a section has several."""
    section = next(section for section in edition.sections if section.id == item.section)
    return section.title if len(section.factors) == 1 else item.factor.replace("_", " ").capitalize()


def applicable_items(review: PrudenceReview) -> list[ChecklistItem]:
    """The checklist items that this review asks, in the order of the edition it froze.

    Raises Refusal when the edition's file is no longer the one that was frozen.
    """
    edition = edition_of(review)
    if edition.edition_hash != review.checklist_hash:
        raise Refusal(
            f"The checklist edition {review.checklist_edition} on this server differs from the one this review was "
            "opened with. Restore the original file of that edition; nothing was changed.",
            code="checklist_changed",
            conflict=True,
        )
    return list(edition.items_for(review.subjects))


def applicable_item(review: PrudenceReview, item_id: str) -> ChecklistItem:
    """One applicable item; a Refusal names an item that this review does not ask."""
    for item in applicable_items(review):
        if item.id == item_id:
            return item
    raise Refusal(f"{item_id} is not asked in this review.", field="item_id", code="item_unknown")


def review_sections(review: PrudenceReview) -> list[SectionState]:
    """The review's items by section, each with figure, current answer and evidence count. Three queries."""
    answers = {
        response.item_id: response
        for response in ReviewResponse.objects.filter(review=review, is_current=True).select_related(
            "answered_by"
        )
    }
    evidence: dict[str, int] = {}
    for item_id in Evidence.objects.filter(review=review).values_list("item_id", flat=True):
        evidence[item_id] = evidence.get(item_id, 0) + 1
    sections: dict[str, list[ItemState]] = {}
    edition = edition_of(review)
    for item in applicable_items(review):
        sections.setdefault(section_title(edition, item), []).append(
            ItemState(item, review.figures.get(item.id), answers.get(item.id), evidence.get(item.id, 0))
        )
    return [SectionState(title, tuple(items)) for title, items in sections.items()]


def item_counts(sections: list[SectionState]) -> dict[str, int]:
    """How many items are asked, and how many stand in each state. Never a score."""
    states = [item.state for section in sections for item in section.items]
    return {"asked": len(states), **{state: states.count(state) for state in sorted(set(states))}}


def neighbours(sections: list[SectionState], item_id: str) -> tuple[str | None, str | None]:
    """The item before and the item after, in the order of the checklist."""
    ids = [item.item.id for section in sections for item in section.items]
    place = ids.index(item_id)
    return (ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None)


def declaration_of(review: PrudenceReview, person: User) -> Any:
    """What a person declared in this review, or None."""
    return review.declarations.filter(person=person).first()


def withdrawal_reason(decision: Decision) -> str:
    """Why the decision was withdrawn, as the ledger keeps it; empty for one that was not."""
    if decision.status != DecisionStatus.WITHDRAWN:
        return ""
    withdrawn = LedgerEvent.objects.filter(
        action="decision.withdrawn", subject_type=decision._meta.label_lower, subject_id=str(decision.pk)
    )
    return withdrawn.values_list("reason", flat=True).first() or ""


def decision_in_force(review: PrudenceReview) -> Decision | None:
    """The review's decision that is not withdrawn, or None."""
    return review.decisions.exclude(status=DecisionStatus.WITHDRAWN).first()
