"""Reviews, answers, declarations and decisions, through the services that people use.

A committee here is a plan administrator (who writes the menu), a chair and a member; `PASSWORD` signs for each.
"""

from dataclasses import dataclass
from typing import Any

from fiduciary.enums import Outcome
from fiduciary.models import Decision, Document, PrudenceReview
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.decisions import decision_draft, decision_sign
from fiduciary.services.documents import document_order
from fiduciary.services.reviews import review_open
from menus.models import MenuVersion
from sponsors.enums import Role
from sponsors.jobs.runner import run_claimed
from sponsors.models import Plan, User
from tests.factories.menus import author_of, make_menu, make_proposed
from tests.factories.sponsors import PASSWORD, make_member, make_plan

PURPOSE = "Decide whether this menu serves the participants."
REASONS = "The menu covers what people need at a low cost."


@dataclass(frozen=True)
class Committee:
    """The people who decide for one plan."""

    plan: Plan
    author: User
    chair: User
    member: User

    def declare(self, review: PrudenceReview) -> None:
        """All three say that they have no conflict."""
        for person in (self.author, self.chair, self.member):
            conflict_declare(by=person, review=review, has_conflict=False)


def make_committee(plan: Plan | None = None, **charter: Any) -> Committee:
    """A committee of a new plan; `charter` gives required_signatures or sole_fiduciary."""
    plan = plan or make_plan(**charter)
    chair = make_member(plan, Role.COMMITTEE_CHAIR, title="Chair of the committee")
    return Committee(plan, author_of(plan), chair, make_member(plan, Role.COMMITTEE_MEMBER))


def make_review(
    committee: Committee | None = None, *, version: MenuVersion | None = None, **fields: Any
) -> PrudenceReview:
    """An open review of a proposed version (the reference menu unless given), opened by the chair."""
    committee = committee or make_committee()
    version = version or make_proposed(make_menu(committee.plan, by=committee.author))
    return review_open(by=committee.chair, version=version, **{"purpose": PURPOSE, **fields})


def make_decision(
    committee: Committee,
    *,
    review: PrudenceReview | None = None,
    outcome: Outcome = Outcome.ADOPT,
    **fields: Any,
) -> Decision:
    """A decision that awaits signatures; everybody has declared, nobody has a conflict."""
    review = review or make_review(committee)
    committee.declare(review)
    words = {"reasons": REASONS, "conditions": "Look again in a year." if "conditions" in outcome else ""}
    return decision_draft(by=committee.chair, review=review, outcome=outcome, **{**words, **fields})


def sign(decision: Decision, *people: User) -> Decision:
    """Signatures in order; the decision as it stands afterwards."""
    for person in people:
        decision_sign(by=person, decision=decision, password=PASSWORD)
    decision.refresh_from_db()
    return decision


def make_signed(committee: Committee | None = None, **fields: Any) -> Decision:
    """A decision in effect, signed by chair and member; its document is ordered, not yet made."""
    committee = committee or make_committee()
    return sign(make_decision(committee, **fields), committee.chair, committee.member)


def make_document(decision: Decision) -> Document:
    """The decision's finished PDF, made by the job that the last signature ordered."""
    document = document_order(by=decision.drafted_by, decision=decision)
    run_claimed(document.job_id)
    document.refresh_from_db()
    return document
