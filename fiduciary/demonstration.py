"""The demonstration sponsor, built through the same services as the pages. Safe to build again: each step looks first.

The people are synthetic, the funds real. One menu version is adopted with conditions and another is considered and
rejected, because both are good endings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from fiduciary.demonstration_cast import (
    ADVISER,
    CAST,
    CHAIR,
    EMPLOYER,
    MEMBER,
    PASSWORD,
    SECOND,
    Person,
)
from fiduciary.enums import Answer, DecisionStatus, EvidenceKind, Outcome
from fiduciary.models import Decision, PrudenceReview
from fiduciary.selectors import applicable_items
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.decisions import decision_draft, decision_sign
from fiduciary.services.evidence import evidence_add
from fiduciary.services.reviews import response_give, review_open
from fiduciary.worker import Wait
from menus.catalogue import catalogue_load
from menus.enums import Rebalancing, RunStatus, SleeveKind, VersionStatus
from menus.markets import DEFAULT_EDITION, edition_names
from menus.models import Fund, Menu, MenuVersion, ProjectionRun
from menus.services.menus import menu_create
from menus.services.projections import projection_request
from menus.services.sleeves import SleeveTerms, sleeve_set
from menus.services.versions import version_create, version_propose, version_record_as_found
from sponsors.census import Mapping
from sponsors.census.synthesize import census_table, synthesize
from sponsors.enums import PayrollFrequency, VestingKind
from sponsors.models import CensusImport, CensusSnapshot, Plan, PlanSponsor, User
from sponsors.selectors import latest_snapshot
from sponsors.services.census import census_confirm, census_upload
from sponsors.services.memberships import member_add
from sponsors.services.plans import plan_create
from sponsors.services.sponsors import sponsor_create

SPONSOR = "Harbor Point Manufacturing"
PLAN = "Harbor Point 401(k) Plan"
PEOPLE, SEED = 1000, 20261121


@dataclass
class Demonstration:
    """What was built. `steps` are sentences, one for each link of the chain."""

    plan: Plan
    decision: Decision
    rejection: Decision
    steps: list[str]


def build(
    wait: Wait, say: Callable[[str], None] = lambda sentence: None, people: int = PEOPLE
) -> Demonstration:
    """Build the whole chain, or as much of it as is missing. `wait(job)` returns when the worker has ended a job."""
    steps: list[str] = []

    def step(sentence: str) -> None:
        steps.append(sentence)
        say(sentence)

    report = catalogue_load()
    step(f"Fund catalogue: {Fund.objects.count()} funds ({report}).")
    cast = accounts()
    plan = plan_of(cast)
    step(f"{plan.sponsor} sponsors {plan}: {len(CAST)} demonstration logins.")
    people_of(plan, cast, wait, people)
    snapshot = CensusSnapshot.objects.filter(plan=plan).latest("as_of", "created_at")
    step(f"Census: {snapshot.participant_count:,} synthetic participants, ${snapshot.total_balance:,.0f}.")
    menu, adopted, rejected = versions_of(plan, cast)
    step(
        f"{menu}: version {adopted.number} with {adopted.lines.count()} lines and a sleeve; "
        f"{adopted.get_status_display()}."
    )
    run = run_of(adopted, cast, wait)
    step(f"Exposure run {run.number}: {run.paths:,} paths, seed {run.seed}, result {run.result_hash[:12]}.")
    decision = decide(adopted, cast, run, ADOPTION, wait)
    step(f"{decision}, signed by {decision.signatures.count()}.")
    rejection = decide(rejected, cast, None, REJECTION, wait)
    step(f"{rejection}, signed by {rejection.signatures.count()}.")
    return Demonstration(plan, decision, rejection, steps)


def accounts() -> dict[Person, User]:
    """The demonstration logins, each with the demonstration password."""
    return {person: _account(person) for person in CAST}


def _account(person: Person) -> User:
    user = User.objects.filter(email=person.email).first()
    return user or User.objects.create_user(
        person.email, PASSWORD, full_name=person.name, is_platform_administrator=person.role is None
    )


def plan_of(cast: dict[Person, User]) -> Plan:
    """The demonstration sponsor with its plan and its people in their roles."""
    sponsor = PlanSponsor.objects.filter(name=SPONSOR, is_demonstration=True).first() or sponsor_create(
        by=cast[EMPLOYER], name=SPONSOR, title=EMPLOYER.title, is_demonstration=True
    )
    for person in CAST:
        if person.role and not cast[person].memberships.filter(sponsor=sponsor).exists():
            member_add(
                by=cast[EMPLOYER], sponsor=sponsor, email=person.email, role=person.role, title=person.title
            )
    return Plan.objects.filter(sponsor=sponsor, name=PLAN).first() or plan_create(
        by=cast[EMPLOYER],
        sponsor=sponsor,
        name=PLAN,
        recordkeeper="Example Recordkeeping Company",
        named_fiduciary="Retirement Plan Committee of Harbor Point Manufacturing",
        payroll_frequency=PayrollFrequency.BIWEEKLY,
        match_formula=[{"rate": "0.50", "up_to": "0.06"}],
        match_true_up=True,
        auto_enrollment=True,
        default_deferral_rate=Decimal("0.04"),
        vesting_kind=VestingKind.GRADED,
        vesting_years=5,
        required_signatures=2,
    )


def people_of(plan: Plan, cast: dict[Person, User], wait: Wait, people: int = PEOPLE) -> CensusImport:
    """The generated census file, brought in like any recordkeeper's file."""
    as_of = _end_of_last_quarter()
    accepted = CensusImport.objects.filter(plan=plan, status="accepted").first()
    if accepted:
        return accepted
    table = census_table(synthesize(people, SEED, as_of), "wide")
    data = table.to_csv(index=False, lineterminator="\n").encode()
    brought = census_upload(
        by=cast[EMPLOYER], plan=plan, data=data, file_name=f"synthetic-census-{as_of}.csv", as_of=as_of
    )
    confirmed = census_confirm(
        by=cast[EMPLOYER], census_import=brought, mapping=Mapping.from_json(brought.mapping)
    )
    wait(confirmed.job)
    return confirmed


def versions_of(plan: Plan, cast: dict[Person, User]) -> tuple[Menu, MenuVersion, MenuVersion]:
    """The menu as found, a version with a small sleeve in the target-date series, and one with a crypto line."""
    menu = Menu.objects.filter(plan=plan).first() or menu_create(by=cast[EMPLOYER], plan=plan)
    if not menu.versions.exists():
        found = version_create(
            by=cast[EMPLOYER],
            menu=menu,
            preset="lean",
            is_as_found=True,
            purpose="The menu in force when we joined.",
        )
        version_record_as_found(by=cast[EMPLOYER], version=found)
    adopted, rejected = (_proposed(menu, cast, proposal) for proposal in (INSIDE, LINE))
    return menu, adopted, rejected


@dataclass(frozen=True)
class Proposal:
    """A version to be proposed: why, and with which sleeve."""

    purpose: str
    terms: Callable[[], SleeveTerms]


INSIDE = Proposal(
    "26 lines, with a digital-asset weight of at most 2% inside the target-date series.",
    lambda: SleeveTerms(
        kind=SleeveKind.TARGET_DATE,
        fund=Fund.objects.get(key="FBTC"),
        cap=Decimal("0.02"),
        weights_by_age=(
            (25, Decimal("0.02")),
            (45, Decimal("0.01")),
            (60, Decimal("0.005")),
            (65, Decimal(0)),
        ),
        rebalancing=Rebalancing.CALENDAR,
        reason="Small: a total loss costs less than an ordinary bad month of the fund; falls to 0 by age 65.",
    ),
)
LINE = Proposal(
    "26 lines and a bitcoin ETP as a line of its own, capped at 5%.",
    lambda: SleeveTerms(
        kind=SleeveKind.CRYPTO_LINE,
        fund=Fund.objects.get(key="IBIT"),
        cap=Decimal("0.05"),
        target_weight=Decimal("0.05"),
        rebalancing=Rebalancing.SELL_DOWN,
        new_money_block=True,
        reason="Asked for by several employees; 5% is the lower of the two marks seen in the market.",
    ),
)


def _proposed(menu: Menu, cast: dict[Person, User], proposal: Proposal) -> MenuVersion:
    """The version that this proposal became; what else people did on the menu since is left alone."""
    version = menu.versions.filter(purpose=proposal.purpose).order_by("number").first() or version_create(
        by=cast[EMPLOYER], menu=menu, preset="reference", purpose=proposal.purpose
    )
    if version.status != VersionStatus.DRAFT:
        return version
    sleeve_set(by=cast[EMPLOYER], version=version, terms=proposal.terms())
    return version_propose(by=cast[EMPLOYER], version=version)


def run_of(version: MenuVersion, cast: dict[Person, User], wait: Wait) -> ProjectionRun:
    """Finished exposure runs of the version in every market edition, through the job queue; the base one."""
    runs = {name: _run_in(name, version, cast, wait) for name in edition_names()}
    return runs[DEFAULT_EDITION]


def _run_in(edition: str, version: MenuVersion, cast: dict[Person, User], wait: Wait) -> ProjectionRun:
    done = ProjectionRun.objects.filter(
        version=version, market_edition=edition, status=RunStatus.DONE
    ).first()
    if done:
        return done
    run = projection_request(
        by=cast[ADVISER], version=version, snapshot=latest_snapshot(version.plan), market_edition=edition
    )
    wait(run.job)
    return ProjectionRun.objects.get(pk=run.pk)


@dataclass(frozen=True)
class Ending:
    """How a review of the demonstration ends: outcome, words, and how its items are answered."""

    purpose: str
    outcome: Outcome
    reasons: str
    conditions: str = ""


ADOPTION = Ending(
    "Decide whether a small digital-asset weight inside the default series serves the participants.",
    Outcome.ADOPT_WITH_CONDITIONS,
    "The weight is small, falls with age and is brought back to its target every year. A fall of 80% would take less "
    "than one percent of the plan's money, and no account would lose more than its cap allows. The cost is known and "
    "flat. The committee read the stress table, the ladder and the accounts on bad paths, and places no weight on "
    "modelled gains: they rest on assumptions that nobody can check.",
    "1. The adviser brings a written custody review within 60 days.\n"
    "2. The plan administrator sends the change notice 45 days before the effective date.\n"
    "3. The committee looks at the exposure figures again in twelve months.",
)
REJECTION = Ending(
    "Decide whether to offer a bitcoin ETP as a line of its own, as several employees asked.",
    Outcome.REJECT,
    "Considered and rejected. The product has a short record of its own and none of the 1940 Act's protections; its "
    "reference asset has fallen by three quarters within ten years. The committee saw no way to "
    "keep accounts at the cap "
    "without selling for participants, and no need that the rest of the menu leaves open. It will "
    "look again in a year.",
)

JUDGEMENTS = {
    "PG-04": "Every member declared before the vote; the declarations are in this review.",
    "PG-05": "The purpose stands at the head of the review; nobody is paid by the outcome.",
    "DA-01": "Custodian named in the prospectus; the written custody review is a condition of this decision.",
}


def decide(
    version: MenuVersion, cast: dict[Person, User], run: ProjectionRun | None, ending: Ending, wait: Wait
) -> Decision:
    """The review of a version, answered, decided and signed; its PDF made by the worker."""
    decision = Decision.objects.filter(version=version).exclude(status=DecisionStatus.WITHDRAWN).first()
    if decision is None:
        review = _review(version, cast, run, ending)
        decision = decision_draft(
            by=cast[CHAIR],
            review=review,
            outcome=ending.outcome,
            reasons=ending.reasons,
            conditions=ending.conditions,
        )
    for person in (CHAIR, MEMBER):
        decision.refresh_from_db()
        if decision.status == DecisionStatus.AWAITING_SIGNATURES and not _has_signed(decision, cast[person]):
            decision_sign(by=cast[person], decision=decision, password=PASSWORD)
    decision.refresh_from_db()
    wait(decision.documents.get().job)
    return decision


def _review(
    version: MenuVersion, cast: dict[Person, User], run: ProjectionRun | None, ending: Ending
) -> PrudenceReview:
    review = PrudenceReview.objects.filter(version=version).first()
    if review is None:
        effective = timezone.localdate() + timedelta(days=75)
        review = review_open(
            by=cast[CHAIR],
            version=version,
            purpose=ending.purpose,
            run=run,
            effective_on=effective,
            notice_sent_on=effective - timedelta(days=45),
            next_review_on=timezone.localdate() + timedelta(days=365),
        )
    answered = set(review.responses.values_list("item_id", flat=True))
    for item, answer, note in _answers(review):
        if item not in answered:
            response_give(by=cast[MEMBER], review=review, item_id=item, answer=answer, note=note)
    _evidence(review, cast)
    for person in (EMPLOYER, CHAIR, MEMBER):
        conflict_declare(by=cast[person], review=review, has_conflict=False)
    conflict_declare(
        by=cast[SECOND],
        review=review,
        has_conflict=True,
        statement="I hold bitcoin privately, about $20,000, since 2021.",
        is_recused=True,
    )
    return review


def _answers(review: PrudenceReview) -> Iterator[tuple[str, str, str]]:
    """An answer to most items; a few stay open, as in life, and the document lists them."""
    for number, item in enumerate(applicable_items(review)):
        figure: dict[str, Any] | None = review.figures.get(item.id)
        if item.id in JUDGEMENTS:
            yield item.id, Answer.MET, JUDGEMENTS[item.id]
        elif figure:
            yield item.id, Answer.MET, "Read and discussed with the figures above."
        elif number % 3 == 0:
            yield item.id, Answer.FOLLOW_UP, "Asked of the provider; the adviser reports at the next meeting."


def _evidence(review: PrudenceReview, cast: dict[Person, User]) -> None:
    if review.evidence.exists():
        return
    asked = {item.id for item in applicable_items(review)}
    for item, title, text in (
        (
            "PG-07",
            "Questions put to the adviser",
            "What happens at the cap? Who trades after a fall? Who holds the keys?",
        ),
        (
            "CX-01",
            "In our own words",
            "It makes money if others pay more later. It pays no income. It can lose all.",
        ),
    ):
        if item in asked:
            evidence_add(
                by=cast[ADVISER], review=review, item_id=item, kind=EvidenceKind.TEXT, title=title, text=text
            )


def _has_signed(decision: Decision, user: User) -> bool:
    return decision.signatures.filter(person=user).exists()


def _end_of_last_quarter() -> date:
    today = timezone.localdate()
    first_month = 3 * ((today.month - 1) // 3) + 1
    return date(today.year, first_month, 1) - timedelta(days=1)
