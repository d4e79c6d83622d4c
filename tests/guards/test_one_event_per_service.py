"""Every act leaves its trace: each service is called once, and the ledger gains exactly the entries listed here.

An act is a public function of a services module that takes `by` (who acts) or `job` (what the worker was given). One
without a case fails, so that a new service cannot forget its entry. More than one entry needs a reason.
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

import fiduciary.services
import menus.services
import sponsors.services
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.decisions import decision_draft, decision_sign, decision_withdraw
from fiduciary.services.documents import document_order, document_render
from fiduciary.services.evidence import evidence_add
from fiduciary.services.reviews import response_give, review_open, review_refresh
from menus.history_file import history_read
from menus.services.histories import history_import
from menus.services.lines import default_mark, line_add, line_edit, line_remove, line_replace
from menus.services.menus import menu_create
from menus.services.projection_work import projection_run
from menus.services.projections import (
    projection_cancel,
    projection_ended,
    projection_request,
    projection_retry,
)
from menus.services.replays import replay_request, replay_run
from menus.services.sleeves import sleeve_remove, sleeve_set
from menus.services.versions import (
    version_adopt,
    version_create,
    version_propose,
    version_record_as_found,
    version_reject,
)
from menus.services.waivers import waiver_approve, waiver_request
from sponsors.census import Mapping
from sponsors.enums import JobState, Role
from sponsors.jobs.queue import job_claim
from sponsors.ledger.models import LedgerEvent
from sponsors.models import Job
from sponsors.services.census import census_confirm, census_upload
from sponsors.services.census_reading import census_read, census_read_ended
from sponsors.services.memberships import invitation_renew, member_add, membership_end
from sponsors.services.plans import plan_create, plan_edit
from sponsors.services.sponsors import sponsor_create
from sponsors.services.users import user_close, user_reopen
from tests.factories.fiduciary import (
    PURPOSE,
    REASONS,
    make_committee,
    make_decision,
    make_review,
    make_signed,
    sign,
)
from tests.factories.histories import history_bytes, history_rows
from tests.factories.menus import (
    author_of,
    make_fund,
    make_line,
    make_menu,
    make_proposed,
    make_sleeve,
    make_version,
    sleeve_terms,
)
from tests.factories.runs import make_done_run, make_run
from tests.factories.sponsors import (
    AS_OF,
    PASSWORD,
    census_csv,
    census_rows,
    make_member,
    make_plan,
    make_snapshot,
    make_sponsor,
    make_user,
)

Act = Callable[[], Any]


class Case(NamedTuple):
    """`arrange` prepares and returns the act; `entries` are the actions it must record; `why` if they are not one."""

    service: Callable[..., Any]
    arrange: Callable[[], Act]
    entries: list[str]
    why: str = ""


# ---------------------------------------------------------------- sponsors
def creating_a_sponsor() -> Act:
    user = make_user()
    return lambda: sponsor_create(by=user, name="Alder Works")


def creating_a_plan() -> Act:
    sponsor = make_sponsor()
    user = make_member(sponsor)
    return lambda: plan_create(by=user, sponsor=sponsor, name="Alder Plan", plan_number="001")


def editing_a_plan() -> Act:
    plan = make_plan()
    user = make_member(plan)
    return lambda: plan_edit(by=user, plan=plan, recordkeeper="Northfield")


def adding_a_member() -> Act:
    sponsor = make_sponsor()
    user = make_member(sponsor)
    return lambda: member_add(
        by=user, sponsor=sponsor, email="new@example.com", role=Role.COUNSEL, full_name="New"
    )


def inviting_again() -> Act:
    membership = adding_a_member()()
    return lambda: invitation_renew(by=make_member(membership.sponsor), membership=membership)


def ending_a_membership() -> Act:
    sponsor = make_sponsor()
    user, leaving = make_member(sponsor), make_member(sponsor, Role.COUNSEL)
    return lambda: membership_end(by=user, membership=leaving.memberships.get())


def closing_an_account() -> Act:
    admin, user = make_user(is_platform_administrator=True), make_user()
    return lambda: user_close(by=admin, user=user, reason="Left the company.")


def reopening_an_account() -> Act:
    admin, user = make_user(is_platform_administrator=True), make_user(is_active=False)
    return lambda: user_reopen(by=admin, user=user, reason="Came back.")


def uploading_a_census() -> Act:
    plan = make_plan()
    user = make_member(plan)
    data = census_csv(census_rows())
    return lambda: census_upload(by=user, plan=plan, data=data, file_name="census.csv", as_of=AS_OF)


def confirming_a_census() -> Act:
    brought = uploading_a_census()()
    mapping = Mapping.from_json(brought.mapping)
    return lambda: census_confirm(by=brought.imported_by, census_import=brought, mapping=mapping)


def reading_a_census() -> Act:
    job = job_claim(confirming_a_census()().job_id)
    return lambda: census_read(job)


def ending_a_census_read() -> Act:
    job = ended(confirming_a_census()().job)
    return lambda: census_read_ended(job)


# ---------------------------------------------------------------- menus
def creating_a_menu() -> Act:
    plan = make_plan()
    user = make_member(plan)
    return lambda: menu_create(by=user, plan=plan)


def creating_a_version() -> Act:
    make_fund()
    menu = make_menu()
    return lambda: version_create(by=author_of(menu.plan), menu=menu, preset="lean")


def proposing() -> Act:
    version = make_version(preset="reference")
    return lambda: version_propose(by=author_of(version.plan), version=version)


def recording_as_found() -> Act:
    version = make_version(preset="lean", is_as_found=True)
    return lambda: version_record_as_found(by=author_of(version.plan), version=version)


def adopting() -> Act:
    version = make_proposed()
    return lambda: version_adopt(by=author_of(version.plan), version=version, decision_label="Decision 1")


def adopting_after_another() -> Act:
    first = adopting()()
    second = make_proposed(first.menu)
    return lambda: version_adopt(by=author_of(second.plan), version=second, decision_label="Decision 2")


def rejecting() -> Act:
    version = make_proposed()
    return lambda: version_reject(by=author_of(version.plan), version=version, decision_label="Decision 1")


def adding_a_line() -> Act:
    version, fund = make_version(), make_fund("FXAIX")
    return lambda: line_add(by=author_of(version.plan), version=version, fund=fund)


def replacing_a_line() -> Act:
    line, fund = make_line(make_version(), "FXAIX"), make_fund("VFIAX")
    return lambda: line_replace(by=author_of(line.plan), line=line, fund=fund)


def removing_a_line() -> Act:
    line = make_line(make_version(), "FXAIX")
    return lambda: line_remove(by=author_of(line.plan), line=line)


def editing_a_line() -> Act:
    line = make_line(make_version(), "FXAIX")
    return lambda: line_edit(by=author_of(line.plan), line=line, is_core=True)


def marking_the_default() -> Act:
    line = make_line(make_version(), "VFFVX")
    return lambda: default_mark(by=author_of(line.plan), line=line)


def setting_a_sleeve() -> Act:
    version = make_version(preset="reference")
    return lambda: sleeve_set(by=author_of(version.plan), version=version, terms=sleeve_terms())


def removing_a_sleeve() -> Act:
    version = make_version(preset="reference")
    make_sleeve(version)
    return lambda: sleeve_remove(by=author_of(version.plan), version=version)


def asking_for_a_waiver() -> Act:
    from menus.selectors import findings

    version = make_version(funds=["FXAIX"])
    key = next(found.key for found in findings(version) if found.is_blocking and found.waivable)
    fields = {
        "finding_key": key,
        "reason": "For a month.",
        "expires_on": timezone.localdate() + timedelta(days=30),
    }
    return lambda: waiver_request(by=author_of(version.plan), version=version, **fields)


def approving_a_waiver() -> Act:
    waiver = asking_for_a_waiver()()
    chair = make_member(waiver.sponsor, Role.COMMITTEE_CHAIR)
    return lambda: waiver_approve(by=chair, waiver=waiver)


def importing_a_history() -> Act:
    file = history_read(history_bytes(history_rows()))
    return lambda: history_import(by=make_user(), name="ours", file=file, file_name="ours.csv")


def requesting_a_run() -> Act:
    version = make_version(preset="reference")
    snapshot = make_snapshot(version.plan, 20)
    asked = {
        "version": version,
        "snapshot": snapshot,
        "market_edition": "house-2026-base",
        "paths": 1000,
        "seed": 7,
    }
    return lambda: projection_request(by=author_of(version.plan), **asked)


def running() -> Act:
    job = job_claim(make_run(participants=20).job_id)
    return lambda: projection_run(job)


def stopping_a_run() -> Act:
    run = make_run(participants=20)
    return lambda: projection_cancel(by=run.requested_by, run=run)


def retrying_a_run() -> Act:
    run = make_run(participants=20)
    projection_cancel(by=run.requested_by, run=run)
    return lambda: projection_retry(by=run.requested_by, run=run)


def ending_a_run() -> Act:
    job = ended(make_run(participants=20).job)
    return lambda: projection_ended(job)


def requesting_a_replay() -> Act:
    run = make_done_run(participants=20)
    return lambda: replay_request(by=run.requested_by, run=run)


def replaying() -> Act:
    job = job_claim(requesting_a_replay()().pk)
    return lambda: replay_run(job)


def ended(job: Job) -> Job:
    """The job as one that failed."""
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error="The worker stopped.")
    job.refresh_from_db()
    return job


# ---------------------------------------------------------------- fiduciary
def opening_a_review() -> Act:
    version = make_proposed()
    return lambda: review_open(by=author_of(version.plan), version=version, purpose=PURPOSE)


def refreshing_a_review() -> Act:
    review = make_review()
    return lambda: review_refresh(by=review.opened_by, review=review)


def answering() -> Act:
    review = make_review()
    return lambda: response_give(by=review.opened_by, review=review, item_id="PG-04", answer="met")


def adding_evidence() -> Act:
    review = make_review()
    fields = {"item_id": "PG-04", "kind": "text", "title": "Minutes", "text": "All declared."}
    return lambda: evidence_add(by=review.opened_by, review=review, **fields)


def declaring() -> Act:
    review = make_review()
    return lambda: conflict_declare(by=review.opened_by, review=review, has_conflict=False)


def drafting() -> Act:
    review = make_review()
    return lambda: decision_draft(by=review.opened_by, review=review, outcome="adopt", reasons=REASONS)


def withdrawing() -> Act:
    decision = make_decision(make_committee())
    return lambda: decision_withdraw(by=decision.drafted_by, decision=decision, reason="Another look.")


def signing_first() -> Act:
    committee = make_committee()
    decision = make_decision(committee)
    return lambda: decision_sign(by=committee.chair, decision=decision, password=PASSWORD)


def signing_last(outcome: str = "adopt") -> Act:
    committee = make_committee()
    decision = sign(make_decision(committee, outcome=outcome), committee.chair)
    return lambda: decision_sign(by=committee.member, decision=decision, password=PASSWORD)


def ordering_a_document() -> Act:
    decision = make_signed()
    return lambda: document_order(by=decision.drafted_by, decision=decision)


def rendering() -> Act:
    job = job_claim(make_signed().documents.get().job_id)
    return lambda: document_render(job)


TAKES_EFFECT = (
    "the last signature is one act with all that follows from it, each on record under its own name"
)
CASES = [
    Case(sponsor_create, creating_a_sponsor, ["sponsor.created"]),
    Case(plan_create, creating_a_plan, ["plan.created"]),
    Case(plan_edit, editing_a_plan, ["plan.edited"]),
    Case(member_add, adding_a_member, ["membership.added"]),
    Case(invitation_renew, inviting_again, ["membership.invited"]),
    Case(membership_end, ending_a_membership, ["membership.ended"]),
    Case(user_close, closing_an_account, ["user.closed"]),
    Case(user_reopen, reopening_an_account, ["user.reopened"]),
    Case(census_upload, uploading_a_census, ["census.uploaded"]),
    Case(census_confirm, confirming_a_census, ["census.confirmed"]),
    Case(census_read, reading_a_census, ["census.accepted"]),
    Case(census_read_ended, ending_a_census_read, ["census.refused"]),
    Case(menu_create, creating_a_menu, ["menu.created"]),
    Case(version_create, creating_a_version, ["menu_version.created"]),
    Case(version_propose, proposing, ["menu_version.proposed"]),
    Case(version_record_as_found, recording_as_found, ["menu_version.recorded_as_found"]),
    Case(version_adopt, adopting, ["menu_version.adopted"]),
    Case(
        version_adopt,
        adopting_after_another,
        ["menu_version.retired", "menu_version.adopted"],
        "the version in force until now is another subject, and its file must show when it ended",
    ),
    Case(version_reject, rejecting, ["menu_version.rejected"]),
    Case(line_add, adding_a_line, ["menu_line.added"]),
    Case(line_replace, replacing_a_line, ["menu_line.replaced"]),
    Case(line_remove, removing_a_line, ["menu_line.removed"]),
    Case(line_edit, editing_a_line, ["menu_line.edited"]),
    Case(default_mark, marking_the_default, ["menu_line.default_marked"]),
    Case(sleeve_set, setting_a_sleeve, ["sleeve.set"]),
    Case(sleeve_remove, removing_a_sleeve, ["sleeve.removed"]),
    Case(waiver_request, asking_for_a_waiver, ["waiver.requested"]),
    Case(waiver_approve, approving_a_waiver, ["waiver.approved"]),
    Case(history_import, importing_a_history, ["return_history.imported"]),
    Case(projection_request, requesting_a_run, ["projection_run.requested"]),
    Case(projection_run, running, ["projection_run.finished"]),
    Case(projection_cancel, stopping_a_run, ["projection_run.stop_requested"]),
    Case(projection_retry, retrying_a_run, ["projection_run.retried"]),
    Case(projection_ended, ending_a_run, ["projection_run.failed"]),
    Case(replay_request, requesting_a_replay, ["projection_run.replay_requested"]),
    Case(replay_run, replaying, ["projection_run.replayed"]),
    Case(review_open, opening_a_review, ["prudence_review.opened"]),
    Case(review_refresh, refreshing_a_review, ["prudence_review.refreshed"]),
    Case(response_give, answering, ["review_response.given"]),
    Case(evidence_add, adding_evidence, ["evidence.added"]),
    Case(conflict_declare, declaring, ["conflict.declared"]),
    Case(decision_draft, drafting, ["decision.drafted"]),
    Case(decision_withdraw, withdrawing, ["decision.withdrawn"]),
    Case(decision_sign, signing_first, ["decision.signature_given"]),
    Case(
        decision_sign,
        signing_last,
        ["decision.signature_given", "menu_version.adopted", "decision.signed"],
        TAKES_EFFECT,
    ),
    Case(
        decision_sign,
        lambda: signing_last("reject"),
        ["decision.signature_given", "menu_version.rejected", "decision.signed"],
        TAKES_EFFECT,
    ),
    Case(
        decision_sign,
        lambda: signing_last("defer"),
        ["decision.signature_given", "decision.signed"],
        TAKES_EFFECT,
    ),
    Case(
        document_order,
        ordering_a_document,
        [],
        "part of the last signature, whose entry names the record; the finished file has its own entry",
    ),
    Case(document_render, rendering, ["document.rendered"]),
]


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """(dotted name, function) of every public function that a services module defines."""
    for package in (sponsors.services, menus.services, fiduciary.services):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = import_module(found.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == found.name and not name.startswith("_"):
                    yield f"{found.name}.{name}", function


def is_act(function: Callable[..., Any]) -> bool:
    """Whether somebody (`by`) or the worker (`job`, always given) acts through it."""
    parameters = inspect.signature(function).parameters
    job = parameters.get("job")
    return "by" in parameters or (job is not None and job.default is inspect.Parameter.empty)


def test_every_act_has_its_case():
    acts = {name for name, function in services() if is_act(function)}
    cased = {f"{case.service.__module__}.{case.service.__name__}" for case in CASES}

    assert acts == cased


def test_what_is_not_one_entry_has_its_reason():
    assert [case.service.__name__ for case in CASES if (len(case.entries) != 1) != bool(case.why)] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.service.__name__}: {', '.join(case.entries) or 'none'}"
)
def test_act_leaves_exactly_its_entries(case):
    act = case.arrange()
    seen = set(LedgerEvent.objects.values_list("pk", flat=True))

    act()

    added = LedgerEvent.objects.exclude(pk__in=seen).order_by("recorded_at", "position")
    assert [event.action for event in added] == case.entries
