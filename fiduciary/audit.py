"""What the auditor's desk asks: decisions of the sponsors a person may audit, acts of a plan, single entries.

Nothing here writes. Every answer starts from what the person may see: `sponsors_audited`, or one plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import CharField, Count, Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from fiduciary.acts import Act, act_of, sentence_of
from fiduciary.enums import DecisionStatus, Outcome
from fiduciary.models import Decision
from sponsors.enums import Role
from sponsors.ledger.models import LedgerEvent
from sponsors.ledger.recorder import book_name
from sponsors.models import Plan, PlanSponsor, User
from sponsors.permissions import Permission
from sponsors.roles import ROLE_PERMISSIONS


# ---------------------------------------------------------------- decisions of many sponsors
@dataclass(frozen=True)
class DecisionFilter:
    """What the auditor looks for; empty fields ask nothing. Person, act and days must hold for one and the same act."""

    sponsor: str = ""
    plan: str = ""
    person: str = ""
    action: str = ""
    outcome: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None


def sponsors_audited(user: User) -> QuerySet[PlanSponsor]:
    """The sponsors whose record the person may read: all for a platform administrator, else by role."""
    if user.is_platform_administrator:
        return PlanSponsor.objects.all()
    roles = [role for role in Role if Permission.AUDIT_VIEW in ROLE_PERMISSIONS[role]]
    held = user.memberships.filter(ended_at=None, role__in=roles)
    return PlanSponsor.objects.filter(pk__in=held.values("sponsor"))


def plans_audited(user: User) -> QuerySet[Plan]:
    """Their plans, by employer and name."""
    plans = Plan.objects.filter(sponsor__in=sponsors_audited(user)).select_related("sponsor")
    return plans.order_by("sponsor__name", "name")


def decisions_audited(user: User, wanted: DecisionFilter) -> QuerySet[Decision]:
    """Their decisions, newest first, each with its signatures and documents; without the record, which is long."""
    found = Decision.objects.filter(sponsor__in=sponsors_audited(user)).defer("record")
    for name, lookup in (("sponsor", "sponsor__slug"), ("plan", "plan__slug"), ("outcome", "outcome")):
        if value := getattr(wanted, name):
            found = found.filter(**{lookup: value})
    if wanted.status:
        found = found.filter(status=wanted.status)
    if wanted.person or wanted.action or wanted.since or wanted.until:
        found = found.filter(Exists(_acts_on_decision(wanted)))
    people = ("sponsor", "plan", "version__menu", "review", "drafted_by")
    return (
        found.select_related(*people)
        .prefetch_related("signatures", "documents")
        .order_by("-drafted_at", "-pk")
    )


def _acts_on_decision(wanted: DecisionFilter) -> QuerySet[LedgerEvent]:
    on_decision = LedgerEvent.objects.filter(
        subject_type="fiduciary.decision", subject_id=Cast(OuterRef("pk"), CharField())
    )
    asked = ActFilter(wanted.person, wanted.action, wanted.since, wanted.until)
    return acts_matching(on_decision, asked)


def outcome_counts(decisions: QuerySet[Decision]) -> list[tuple[str, int]]:
    """(outcome, how many) of the signed decisions; those awaiting signatures or withdrawn are counted as such."""
    rows = decisions.order_by().values_list("status", "outcome").annotate(number=Count("pk"))
    counts: dict[str, int] = {}
    for status, outcome, number in rows:
        label = Outcome(outcome).label if status == DecisionStatus.SIGNED else DecisionStatus(status).label
        counts[label] = counts.get(label, 0) + number
    return sorted(counts.items())


# ---------------------------------------------------------------- acts of one plan
@dataclass(frozen=True)
class ActFilter:
    """Which acts: by whom, of what kind, on which days (of the act, not of its entry)."""

    person: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None
    only_late: bool = False


def acts_of(plan: Plan) -> QuerySet[LedgerEvent]:
    """Entries of the plan, and those of its employer that concern no plan (people and roles), newest first."""
    of_employer = Q(plan_id=None, sponsor_id=plan.sponsor_id)
    return LedgerEvent.objects.filter(Q(plan_id=plan.pk) | of_employer).order_by("-position")


def acts_matching(acts: QuerySet[LedgerEvent], wanted: ActFilter) -> QuerySet[LedgerEvent]:
    """The acts that the filter asks for."""
    if wanted.person:
        acts = acts.filter(actor_id=wanted.person)
    if wanted.action:
        acts = acts.filter(action=wanted.action)
    if wanted.since:
        acts = acts.filter(occurred_on__gte=wanted.since)
    if wanted.until:
        acts = acts.filter(occurred_on__lte=wanted.until)
    if wanted.only_late:
        acts = acts.filter(recorded_at__date__gt=F("occurred_on"))
    return acts


def actors_in(acts: QuerySet[LedgerEvent]) -> list[tuple[str, str]]:
    """(id, name) of everybody who acted, by name."""
    ids = acts.order_by().exclude(actor_id=None).values("actor_id").distinct()
    people = User.objects.filter(pk__in=ids).order_by("full_name", "email")
    return [(str(person.pk), str(person)) for person in people]


def actions_in(acts: QuerySet[LedgerEvent]) -> list[tuple[str, str]]:
    """(action, words) of every kind of act among them, by its words."""
    actions = acts.order_by().values_list("action", flat=True).distinct()
    return sorted(((action, act_of(action).label) for action in actions), key=lambda pair: pair[1])


@dataclass(frozen=True)
class Entry:
    """One entry as a page shows it. `late_days`: days between the act and its entry."""

    event: LedgerEvent
    sentence: str
    act: Act
    late_days: int
    subject_url: str


def entries(events: Iterable[LedgerEvent], plan: Plan, permissions: frozenset[Permission]) -> list[Entry]:
    """The events in words, each with the page of its subject; one query for each kind of subject."""
    events = list(events)
    addresses = _addresses(events, plan, permissions)
    return [
        Entry(
            event=event,
            sentence=sentence_of(event),
            act=act_of(event.action),
            late_days=(event.recorded_at.date() - event.occurred_on).days,
            subject_url=addresses.get((event.subject_type, event.subject_id), ""),
        )
        for event in events
    ]


LONGEST_SHOWN = 3  # more acts of one kind in a row are folded into one line


@dataclass(frozen=True)
class EntryGroup:
    """Neighbouring entries of one kind by one person, such as sixty answers of an evening."""

    entries: tuple[Entry, ...]

    @property
    def is_folded(self) -> bool:
        return len(self.entries) > LONGEST_SHOWN

    @property
    def newest(self) -> Entry:
        return self.entries[0]

    @property
    def oldest(self) -> Entry:
        return self.entries[-1]


def grouped(shown: Iterable[Entry]) -> list[EntryGroup]:
    """The entries in their order, neighbours of one kind by one person together."""
    runs = groupby(shown, key=lambda entry: (entry.event.action, entry.event.actor_label))
    return [EntryGroup(tuple(run)) for _, run in runs]


# ---------------------------------------------------------------- from an entry to the page of its subject
@dataclass(frozen=True)
class SubjectPage:
    """Where a kind of subject is shown: what the reader must be allowed, what to fetch along, the address."""

    permission: Permission
    related: tuple[str, ...]
    address: Callable[[Any, Plan], str]


def _own_page(subject: Any, plan: Plan) -> str:
    return subject.get_absolute_url()


def _plan_page(name: str) -> Callable[[Any, Plan], str]:
    return lambda subject, plan: reverse(name, kwargs={"plan": plan.slug})


def _census_page(census_import: Any, plan: Plan) -> str:
    where = {"plan": census_import.plan.slug, "census_import": census_import.pk}
    return reverse("sponsors:census-import", kwargs=where)


def _waiver_page(waiver: Any, plan: Plan) -> str:
    return waiver.version.get_absolute_url()


def _item_page(evidence: Any, plan: Plan) -> str:
    where = {"plan": evidence.plan.slug, "review": evidence.review.number, "item": evidence.item_id}
    return reverse("fiduciary:review-item", kwargs=where)


def _decision_page(decision: Any, plan: Plan) -> str:
    where = {"plan": decision.plan.slug, "decision": decision.number}
    return reverse("fiduciary:audit-decision", kwargs=where)


SUBJECT_PAGES: dict[str, SubjectPage] = {
    "sponsors.plan": SubjectPage(Permission.PLAN_VIEW, (), _plan_page("sponsors:plan-detail")),
    "sponsors.membership": SubjectPage(Permission.PLAN_VIEW, (), _plan_page("sponsors:member-list")),
    "sponsors.censusimport": SubjectPage(Permission.CENSUS_VIEW, ("plan",), _census_page),
    "menus.menu": SubjectPage(Permission.MENU_VIEW, ("plan",), _own_page),
    "menus.menuversion": SubjectPage(Permission.MENU_VIEW, ("plan", "menu"), _own_page),
    "menus.waiver": SubjectPage(Permission.MENU_VIEW, ("version__plan", "version__menu"), _waiver_page),
    "menus.projectionrun": SubjectPage(Permission.RUN_VIEW, ("plan",), _own_page),
    "fiduciary.prudencereview": SubjectPage(Permission.REVIEW_VIEW, ("plan",), _own_page),
    "fiduciary.evidence": SubjectPage(Permission.REVIEW_VIEW, ("plan", "review"), _item_page),
    "fiduciary.decision": SubjectPage(Permission.AUDIT_VIEW, ("plan",), _decision_page),
    "fiduciary.document": SubjectPage(Permission.DOCUMENT_VIEW, ("plan",), _own_page),
}


def _addresses(
    events: Sequence[LedgerEvent], plan: Plan, permissions: frozenset[Permission]
) -> dict[tuple[str, str], str]:
    """(subject type, subject id) -> address, for the subjects that are still there and that the reader may open."""
    found = {}
    for kind in {event.subject_type for event in events}:
        page = SUBJECT_PAGES.get(kind)
        if page is None or page.permission not in permissions:
            continue
        ids = {event.subject_id for event in events if event.subject_type == kind}
        for subject in _subjects(kind, page, ids, plan):
            found[kind, str(subject.pk)] = page.address(subject, plan)
    return found


def _subjects(kind: str, page: SubjectPage, ids: set[str], plan: Plan) -> Iterable[Model]:
    """The rows themselves; only those of the plan's sponsor, whatever an entry may claim."""
    rows = apps.get_model(kind)._default_manager.filter(pk__in=ids, sponsor=plan.sponsor_id)
    if kind == "fiduciary.decision":
        rows = rows.defer("record")
    return rows.select_related(*page.related) if page.related else rows


# ---------------------------------------------------------------- one entry of the sponsor's book
def book_of(sponsor: PlanSponsor) -> QuerySet[LedgerEvent]:
    """Every entry of the sponsor's book, in order."""
    return LedgerEvent.objects.filter(book=book_name(sponsor)).order_by("position")
