"""What is left to do in a review, and who still has to sign its decision, in words that a member can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from fiduciary.enums import DecisionStatus, ReviewStatus
from fiduciary.models import Decision, PrudenceReview
from fiduciary.selectors import SectionState, decision_in_force
from sponsors.models import Membership, PlanSponsor, User
from sponsors.permissions import Permission
from sponsors.roles import ROLE_PERMISSIONS


@dataclass(frozen=True)
class Task:
    """One step of a review; the names are those of the component `task_list.html`."""

    label: str
    hint: str
    status: str
    status_text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Signer:
    """Somebody whose role signs, and how that stands: signed, may sign, has to declare first, stepped aside."""

    person: User
    role: str
    status: str
    status_text: str
    hint: str = ""


def signing_members(sponsor: PlanSponsor) -> list[Membership]:
    """Everybody whose role signs for the sponsor today, by name."""
    roles = [role for role, held in ROLE_PERMISSIONS.items() if Permission.DECISION_SIGN in held]
    return list(
        Membership.objects.filter(sponsor=sponsor, ended_at=None, role__in=roles).select_related("user")
    )


# ---------------------------------------------------------------- the review
def review_tasks(
    review: PrudenceReview, sections: Sequence[SectionState], permissions: frozenset[Permission]
) -> list[Task]:
    """The four steps from an open review to a signed decision, with links to those that the reader may take."""
    decision = decision_in_force(review)
    return [
        _answering(review, sections),
        _declaring(review, signing_members(review.sponsor), Permission.CONFLICT_DECLARE in permissions),
        _drafting(review, decision, Permission.DECISION_DRAFT in permissions),
        _signing(decision),
    ]


def first_unanswered(sections: Sequence[SectionState]) -> str | None:
    """The item to go on with, in the order of the checklist."""
    return next((i.item.id for section in sections for i in section.items if i.response is None), None)


def _answering(review: PrudenceReview, sections: Sequence[SectionState]) -> Task:
    asked, answered = (
        sum(len(section.items) for section in sections),
        sum(section.answered for section in sections),
    )
    done, item = f"{answered} of {asked}", first_unanswered(sections)
    if review.status != ReviewStatus.OPEN:
        return Task("Answer the items", f"{done} answered; the answers are frozen.", "done", done)
    if item is None:
        return Task("Answer the items", "Every item has an answer; each can still be changed.", "done", done)
    url = reverse("fiduciary:review-item", kwargs={**_where(review), "item": item})
    hint = f"Go on with {item}. What stays unanswered is listed in the document."
    return Task("Answer the items", hint, "in_progress" if answered else "todo", done, url)


def _where(review: PrudenceReview) -> dict[str, str | int]:
    return {"plan": review.plan.slug, "review": review.number}


def _declaring(review: PrudenceReview, members: Sequence[Membership], may_declare: bool) -> Task:
    declared = set(review.declarations.values_list("person", flat=True))
    missing = [str(member.user) for member in members if member.user_id not in declared]
    done = f"{len(members) - len(missing)} of {len(members)}"
    label = "Declare conflicts of interest, or none"
    if review.status == ReviewStatus.CLOSED:
        return Task(label, "Closed with the decision.", "done", done)
    if not missing:
        return Task(label, "Everybody whose role signs has declared.", "done", done)
    url = reverse("fiduciary:review-declare", kwargs=_where(review)) if may_declare else ""
    hint = f"Not yet: {', '.join(missing)}. Nobody can sign before declaring."
    return Task(label, hint, "in_progress" if declared else "todo", done, url)


def _drafting(review: PrudenceReview, decision: Decision | None, may_draft: bool) -> Task:
    label = "Draft the decision"
    if decision is not None:
        return Task(label, str(decision), "done", "Drafted", decision.get_absolute_url())
    hint = "The chair or the plan administrator writes it down with its reasons; the answers are frozen from then on."
    url = reverse("fiduciary:decision-draft", kwargs=_where(review)) if may_draft else ""
    return Task(label, hint, "todo", url=url)


def _signing(decision: Decision | None) -> Task:
    label = "Sign the decision"
    if decision is None:
        return Task(label, "When it is drafted.", "blocked")
    given = decision.signatures.count()
    done = f"{given} of {decision.required_signatures}"
    if decision.status == DecisionStatus.SIGNED:
        return Task(label, "Signed and in effect.", "done", done, decision.get_absolute_url())
    hint = "Each signer gives the password again; the last signature makes the decision take effect."
    return Task(label, hint, "in_progress" if given else "todo", done, decision.get_absolute_url())


# ---------------------------------------------------------------- the decision
def signers_of(decision: Decision) -> list[Signer]:
    """Everybody whose role signs, each with what they have done or have to do."""
    signed = set(decision.signatures.values_list("person", flat=True))
    declarations = {one.person_id: one for one in decision.review.declarations.all()}
    authors = {decision.version.created_by_id, decision.version.proposed_by_id, decision.drafted_by_id}
    found = []
    for member in signing_members(decision.sponsor):
        declaration = declarations.get(member.user_id)
        if member.user_id in signed:
            state = ("signed", "Signed", "")
        elif declaration is None:
            state = (
                "todo",
                "Has to declare first",
                "Declares in the review whether there is a conflict of interest.",
            )
        elif declaration.is_recused:
            state = ("recused", "Stepped aside", "")
        else:
            state = ("unsigned", "May sign", _author_hint(member.user_id in authors, decision))
        found.append(Signer(member.user, member.get_role_display(), *state))
    return found


def _author_hint(is_author: bool, decision: Decision) -> str:
    if not is_author or decision.sole_fiduciary:
        return ""
    return (
        "Wrote the menu version or drafted the decision, so one signature at least must be somebody else's."
    )
