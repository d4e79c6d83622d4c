"""What this app says on the front page of a plan: reviews, decisions, documents."""

from __future__ import annotations

from django.urls import reverse

from fiduciary.enums import DecisionStatus, ReviewStatus
from fiduciary.models import Decision, Document, PrudenceReview
from fiduciary.selectors import item_counts, review_sections
from menus.enums import VersionStatus
from menus.models import MenuVersion
from sponsors.models import Plan, User
from sponsors.permissions import Permission as P
from sponsors.today import Section
from sponsors.wording import long_day

REVIEW_STEP = "Review the menu and decide"


def review_section(plan: Plan, permissions: frozenset[P], reader: User) -> Section | None:
    """The review that goes on, with what is unanswered; else the proposal that waits for one.

    A step of the first login only until the first review was closed: later reviews do not bring the checklist back.
    """
    if P.REVIEW_VIEW not in permissions:
        return None
    reviews = PrudenceReview.objects.filter(plan=plan).select_related("version__menu", "plan")
    closed = reviews.filter(status=ReviewStatus.CLOSED).first()
    step = "" if closed else REVIEW_STEP
    going_on = reviews.exclude(status=ReviewStatus.CLOSED).first()
    if going_on:
        return _review_going_on(going_on, step)
    waiting = (
        MenuVersion.objects.filter(plan=plan, status=VersionStatus.PROPOSED).select_related("menu").first()
    )
    if waiting:
        sentence, state = f"{waiting} is proposed and not under review yet.", "attention"
    elif closed:
        sentence, state = f"{closed} of {closed.version} is closed by a signed decision.", "done"
    else:
        sentence, state = "No review yet: it begins when a version of the menu is proposed.", "todo"
    address = reverse("fiduciary:review-list", kwargs={"plan": plan.slug})
    return Section(title="Review", step=step, sentence=sentence, state=state, url=address)


def _review_going_on(review: PrudenceReview, step: str) -> Section:
    counts = item_counts(review_sections(review))
    words = "open" if review.status == ReviewStatus.OPEN else "frozen while its decision awaits signatures"
    return Section(
        title="Review",
        step=step,
        sentence=f"{review} of {review.version} is {words}.",
        figure=f"{counts.get('unanswered', 0)} of {counts['asked']}",
        note="Items unanswered.",
        state="in_progress",
        url=review.get_absolute_url(),
    )


def decision_section(plan: Plan, permissions: frozenset[P], reader: User) -> Section | None:
    """The decision that awaits signatures, above all the reader's own; else the latest one."""
    if P.REVIEW_VIEW not in permissions:
        return None
    decisions = Decision.objects.filter(plan=plan).defer("record").select_related("version__menu", "plan")
    awaiting = list(decisions.filter(status=DecisionStatus.AWAITING_SIGNATURES))
    if awaiting:
        return _awaiting_section(awaiting, permissions, reader)
    latest = decisions.filter(status=DecisionStatus.SIGNED).order_by("-signed_at").first()
    if latest is None or latest.signed_at is None:  # a signed one has its time: the database sees to it
        address = reverse("fiduciary:decision-list", kwargs={"plan": plan.slug})
        return Section(title="Decisions", sentence="Nothing has been decided yet.", url=address)
    return Section(
        title="Decisions",
        sentence=f"{latest}. {latest.version}, signed on {long_day(latest.signed_at)}.",
        state="done",
        url=latest.get_absolute_url(),
    )


def _awaiting_section(awaiting: list[Decision], permissions: frozenset[P], reader: User) -> Section:
    own = [decision for decision in awaiting if may_be_signed_by(decision, permissions, reader)]
    first = own[0] if own else awaiting[0]
    return Section(
        title="Decisions",
        sentence=f"{first} awaits {'your signature' if own else 'signatures'}.",
        figure=f"{first.signatures.count()} of {first.required_signatures}",
        note="Signatures given." if len(awaiting) == 1 else f"{len(awaiting)} decisions await signatures.",
        state="attention" if own else "in_progress",
        url=first.get_absolute_url(),
    )


def may_be_signed_by(decision: Decision, permissions: frozenset[P], reader: User) -> bool:
    """Whether the reader's role signs, the reader has not signed yet and has not stepped aside."""
    if P.DECISION_SIGN not in permissions or decision.signatures.filter(person=reader).exists():
        return False
    return not decision.review.declarations.filter(person=reader, is_recused=True).exists()


def document_section(plan: Plan, permissions: frozenset[P], reader: User) -> Section | None:
    """The latest document."""
    if P.DOCUMENT_VIEW not in permissions:
        return None
    address = reverse("fiduciary:document-list", kwargs={"plan": plan.slug})
    latest = Document.objects.filter(plan=plan).select_related("plan", "job").first()
    if latest is None:
        sentence = "No document yet: a signed decision writes one."
        return Section(title="Documents", sentence=sentence, url=address)
    if not latest.sha256:
        failed = latest.job is not None and latest.job.state == "failed"
        state, words = ("attention", "could not be made") if failed else ("in_progress", "is being made")
        return Section(title="Documents", sentence=f"{latest} {words}.", state=state, url=address)
    return Section(
        title="Documents",
        sentence=f"{latest}.",
        figure=f"{latest.page_count} pages",
        state="done",
        url=latest.get_absolute_url(),
    )
