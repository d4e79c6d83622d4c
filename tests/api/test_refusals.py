"""Each refusal of the main job through the API: the service's own words, and everything as it was before."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.decisions import decision_draft, decision_sign
from menus.models import MenuVersion
from menus.selectors import content
from menus.services.lines import line_add, line_edit, line_remove
from menus.services.projection_work import projection_run
from menus.services.projections import projection_cancel
from menus.services.sleeves import sleeve_set
from menus.services.versions import version_propose
from menus.services.waivers import waiver_approve
from sponsors.census import Mapping
from sponsors.enums import Role
from sponsors.errors import Refusal
from sponsors.jobs.queue import JobCancelled, job_claim
from sponsors.models import CensusImport, CensusRefusal, CensusSnapshot, LedgerEvent, Participant
from sponsors.services.census import census_confirm, census_upload
from sponsors.services.memberships import member_add
from sponsors.services.plans import plan_edit
from tests.api.calls import Caller, work
from tests.factories.fiduciary import REASONS, make_committee, make_decision, make_signed
from tests.factories.menus import author_of, make_fund, make_sleeve, make_version, sleeve_terms
from tests.factories.sponsors import (
    AS_OF,
    PASSWORD,
    census_csv,
    census_rows,
    make_member,
    make_plan,
    make_snapshot,
)

pytestmark = pytest.mark.django_db


def words_of(act: Callable[..., Any], **asked: Any) -> dict[str, Any]:
    """What the service says when it is asked directly."""
    with pytest.raises(Refusal) as refused:
        act(**asked)
    return {"detail": refused.value.message, "code": refused.value.code, "field": refused.value.field}


def address(version: MenuVersion) -> str:
    return f"plans/{version.plan.slug}/menus/{version.menu.slug}/versions/{version.number}/"


def state_of(version: MenuVersion) -> tuple:
    version.refresh_from_db()
    return content(version), version.status, version.edit_count, LedgerEvent.objects.count()


# ---------------------------------------------------------------- menus and sleeves
def nineteen_lines() -> MenuVersion:
    version = make_version(preset="lean")
    line_remove(by=author_of(version.plan), line=version.lines.get(fund__key="VBIAX"))
    return version


def thirty_one_lines() -> MenuVersion:
    version = make_version(preset="wide")
    line_add(by=author_of(version.plan), version=version, fund=make_fund("FTIHX"))
    return version


def two_kinds_of_core_lines() -> MenuVersion:
    version = make_version(preset="reference")
    for key in ("FXNAX", "FIPDX"):
        line_edit(by=author_of(version.plan), line=version.lines.get(fund__key=key), is_core=False)
    return version


@pytest.mark.parametrize("build", [nineteen_lines, thirty_one_lines, two_kinds_of_core_lines])
def test_blocked_menu_is_not_proposed(build):
    version = build()
    author, before = author_of(version.plan), state_of(version)

    answer = Caller(author).post(f"{address(version)}propose/", expect=409)

    assert answer == words_of(version_propose, by=author, version=version)
    assert state_of(version) == before


def test_crypto_line_is_never_the_default():
    version = make_version(preset="reference")
    author = author_of(version.plan)
    line = line_add(by=author, version=version, fund=make_fund("IBIT"))
    before = state_of(version)

    edited = Caller(author).patch(f"{address(version)}lines/{line.pk}/", {"is_qdia": True}, expect=400)
    marked = Caller(author).post(f"{address(version)}lines/{line.pk}/default/", expect=400)

    assert edited == marked == words_of(line_edit, by=author, line=line, is_qdia=True)
    assert state_of(version) == before


def test_sleeve_above_its_cap_is_refused():
    version = make_version(preset="reference")
    author, before = author_of(version.plan), state_of(version)
    body = {
        "kind": "crypto_line",
        "fund": "IBIT",
        "cap": "0.05",
        "target_weight": "0.06",
        "rebalancing": "sell_down",
    }

    answer = Caller(author).put(f"{address(version)}sleeve/", body, expect=400)

    terms = sleeve_terms(target_weight=Decimal("0.06"))
    assert answer == words_of(sleeve_set, by=author, version=version, terms=terms)
    assert answer["field"] == "target_weight"
    assert state_of(version) == before


def test_fund_stands_on_a_menu_once():
    version = make_version(funds=["FXAIX"])
    author, before = author_of(version.plan), state_of(version)

    answer = Caller(author).post(f"{address(version)}lines/", {"fund": "FXAIX"}, expect=409)

    assert answer == words_of(line_add, by=author, version=version, fund=make_fund("FXAIX"))
    assert state_of(version) == before


def test_change_that_rests_on_an_old_page_is_refused():
    version = make_version(funds=["FXAIX"])
    author, line = author_of(version.plan), version.lines.get()
    line_edit(by=author, line=line, is_core=True)
    before = state_of(version)

    body = {"value_statement": "Cheapest of its kind.", "seen_edits": 0}
    answer = Caller(author).patch(f"{address(version)}lines/{line.pk}/", body, expect=409)
    sleeve = {"kind": "crypto_line", "fund": "IBIT", "cap": "0.05", "rebalancing": "none", "seen_edits": 0}
    other = Caller(author).put(f"{address(version)}sleeve/", sleeve, expect=409)

    assert answer == other == words_of(line_edit, by=author, line=line, is_core=False, seen_edits=0)
    assert answer["code"] == "edited_meanwhile"
    assert state_of(version) == before


def test_frozen_version_is_not_changed():
    version = make_version(preset="reference")
    author = author_of(version.plan)
    make_sleeve(version)
    version_propose(by=author, version=version)
    before, caller = state_of(version), Caller(author)
    line = version.lines.first()

    answers = [
        caller.post(f"{address(version)}lines/", {"fund": "VTABX"}, expect=409),
        caller.patch(f"{address(version)}lines/{line.pk}/", {"is_core": False}, expect=409),
        caller.delete(f"{address(version)}lines/{line.pk}/", expect=409),
        caller.post(f"{address(version)}lines/{line.pk}/replace/", {"fund": "VTABX"}, expect=409),
        caller.delete(f"{address(version)}sleeve/", expect=409),
        caller.post(f"{address(version)}propose/", expect=409),
    ]

    said = words_of(line_remove, by=author, line=line)
    assert answers == [said] * len(answers)
    assert state_of(version) == before


def test_own_waiver_is_not_approved():
    version = two_kinds_of_core_lines()
    plan_edit(by=author_of(version.plan), plan=version.plan, claims_404c=False)
    author, day = author_of(version.plan), timezone.localdate() + timedelta(days=30)
    caller = Caller(author)
    body = {"finding_key": "core_range", "reason": "Bonds follow in May.", "expires_on": day.isoformat()}
    asked = caller.post(f"{address(version)}waivers/", body)

    answer = caller.post(f"{address(version)}waivers/{asked['id']}/approve/", expect=400)

    assert answer == words_of(waiver_approve, by=author, waiver=version.waivers.get())
    assert caller.all(f"{address(version)}waivers/")[0]["approved_by"] is None


# ---------------------------------------------------------------- census
def nothing_kept(plan) -> bool:
    of_plan = {"plan": plan}
    return not (
        CensusSnapshot.objects.filter(**of_plan).exists() or Participant.objects.filter(**of_plan).exists()
    )


def upload(caller: Caller, plan, data: bytes, expect: int = 201) -> Any:
    file = SimpleUploadedFile("census.csv", data, "text/csv")
    return caller.upload(
        f"plans/{plan.slug}/census/imports/", {"file": file, "as_of": AS_OF.isoformat()}, expect
    )


def with_social_security_numbers() -> bytes:
    numbers = ["219-09-9999", "457-55-5462", "078-05-1120"]
    return census_csv([{**row, "SSN": number} for row, number in zip(census_rows(3), numbers, strict=True)])


@pytest.mark.parametrize(
    "data", [with_social_security_numbers(), b"", b"\x00\x01garbage" * 5_000_000, b"garbage\n" * 6_250_000],
    ids=["social security numbers", "empty", "45 MB of bytes", "50 MB of text"],
)  # fmt: skip
def test_file_that_is_no_census_is_refused_before_anything_is_kept(data):
    plan = make_plan()
    administrator = make_member(plan)

    answer = upload(Caller(administrator), plan, data, expect=400)

    asked = {"by": administrator, "plan": plan, "data": data, "file_name": "census.csv", "as_of": AS_OF}
    assert answer == words_of(census_upload, **asked)
    assert (answer["code"], answer["field"]) == ("census_file_refused", "file")
    assert not CensusImport.objects.exists()
    assert nothing_kept(plan)


def test_census_without_a_column_is_not_read():
    plan = make_plan()
    administrator = make_member(plan)
    rows = [{key: value for key, value in row.items() if key != "annual_pay"} for row in census_rows(3)]
    caller = Caller(administrator)
    brought = upload(caller, plan, census_csv(rows))

    answer = caller.post(f"plans/{plan.slug}/census/imports/{brought['id']}/confirm/", expect=400)

    found = CensusImport.objects.get()
    mapping = Mapping.from_json(found.mapping)
    assert answer == words_of(census_confirm, by=administrator, census_import=found, mapping=mapping)
    assert (answer["field"], found.status) == ("mapping", "uploaded")
    assert nothing_kept(plan)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ({"balance": "-12.50"}, "The balance is below zero."),
        ({"birth_date": "2990-01-01"}, "The birth lies after the census date 2026-06-30."),
    ],
    ids=["negative balance", "born in the future"],
)
def test_census_with_a_row_that_cannot_be_is_refused_with_row_reason_and_remedy(cell, reason):
    plan = make_plan()
    caller = Caller(make_member(plan))
    rows = census_rows(3)
    rows[1] |= cell
    brought = upload(caller, plan, census_csv(rows))
    where = f"plans/{plan.slug}/census/imports/{brought['id']}/"

    caller.post(f"{where}confirm/", expect=200)
    work()

    answer, refused = caller.get(where), caller.all(f"{where}refusals/")
    assert (answer["status"], answer["snapshot"]) == ("refused", None)
    assert answer["error"] == CensusImport.objects.get().error != ""
    assert refused == list(CensusRefusal.objects.values("row", "column", "value_shown", "reason", "remedy"))
    assert (refused[0]["row"], refused[0]["reason"], refused[0]["remedy"] != "") == (3, reason, True)
    assert nothing_kept(plan)


def test_same_file_twice_changes_nothing():
    plan = make_plan()
    caller, data = Caller(make_member(plan)), census_csv(census_rows(3))
    first = upload(caller, plan, data)
    caller.post(f"plans/{plan.slug}/census/imports/{first['id']}/confirm/", expect=200)
    work()
    before = LedgerEvent.objects.count(), list(Participant.objects.values_list())

    again = upload(caller, plan, data)
    confirmed = caller.post(f"plans/{plan.slug}/census/imports/{again['id']}/confirm/", expect=200)

    assert (again["id"], confirmed["status"]) == (first["id"], "accepted")
    assert (LedgerEvent.objects.count(), list(Participant.objects.values_list())) == before


# ---------------------------------------------------------------- runs
def test_run_stopped_half_way_leaves_no_result():
    version = make_version(funds=["FXAIX", "FXNAX"])
    plan, author = version.plan, author_of(version.plan)
    make_snapshot(plan, 3)
    caller = Caller(author)
    asked = {"menu": version.menu.slug, "version": 1, "paths": 1000}
    caller.post(f"plans/{plan.slug}/runs/", asked)
    run = version.runs.get()
    job = job_claim(run.job_id)

    stopping = caller.post(f"plans/{plan.slug}/runs/1/cancel/", expect=200)
    with pytest.raises(JobCancelled):
        projection_run(job)

    assert stopping["job"]["state"] == "running"
    run.refresh_from_db()
    assert (run.result, run.result_hash) == (None, "")


def test_run_that_ended_is_not_stopped():
    version = make_version(funds=["FXAIX", "FXNAX"])
    plan, author = version.plan, author_of(version.plan)
    make_snapshot(plan, 3)
    caller = Caller(author)
    caller.post(f"plans/{plan.slug}/runs/", {"menu": version.menu.slug, "version": 1, "paths": 1000})
    caller.post(f"plans/{plan.slug}/runs/1/cancel/", expect=200)
    before = LedgerEvent.objects.count()

    answer = caller.post(f"plans/{plan.slug}/runs/1/cancel/", expect=409)

    run = version.runs.get()
    assert answer == words_of(projection_cancel, by=author, run=run)
    assert (run.status, run.result, LedgerEvent.objects.count()) == ("cancelled", None, before)


# ---------------------------------------------------------------- decisions
def test_signing_with_a_wrong_password_signs_nothing():
    committee = make_committee()
    decision = make_decision(committee)
    before = LedgerEvent.objects.count()

    there = f"plans/{committee.plan.slug}/decisions/1/sign/"
    answer = Caller(committee.member).post(there, {"password": "guess"}, expect=400)

    assert answer == words_of(decision_sign, by=committee.member, decision=decision, password="guess")
    assert answer["field"] == "password"
    assert (decision.signatures.count(), LedgerEvent.objects.count()) == (0, before)


def test_recused_member_does_not_sign():
    committee = make_committee()
    decision = make_decision(committee)
    conflict_declare(
        by=committee.member,
        review=decision.review,
        has_conflict=True,
        statement="I hold bitcoin.",
        is_recused=True,
    )
    before = LedgerEvent.objects.count()

    there = f"plans/{committee.plan.slug}/decisions/1/sign/"
    answer = Caller(committee.member).post(there, {"password": PASSWORD}, expect=400)

    assert answer == words_of(decision_sign, by=committee.member, decision=decision, password=PASSWORD)
    assert (answer["code"], decision.signatures.count(), LedgerEvent.objects.count()) == (
        "recused",
        0,
        before,
    )


def test_second_decision_on_a_version_is_refused():
    committee = make_committee()
    decision = make_signed(committee)
    before = LedgerEvent.objects.count()

    body = {"review": 1, "outcome": "reject", "reasons": REASONS}
    answer = Caller(committee.chair).post(f"plans/{committee.plan.slug}/decisions/", body, expect=409)

    asked = {"by": committee.chair, "review": decision.review, "outcome": "reject", "reasons": REASONS}
    assert answer == words_of(decision_draft, **asked)
    assert (decision.version.decisions.count(), LedgerEvent.objects.count()) == (1, before)


# ---------------------------------------------------------------- plans and people
def test_plan_facts_that_cannot_be_are_refused():
    plan = make_plan()
    administrator = make_member(plan)

    answer = Caller(administrator).patch(f"plans/{plan.slug}/", {"vesting_kind": "cliff"}, expect=400)

    assert answer == words_of(plan_edit, by=administrator, plan=plan, vesting_kind="cliff")
    plan.refresh_from_db()
    assert plan.vesting_kind == "immediate"


def test_somebody_who_has_a_role_gets_no_second_one():
    plan = make_plan()
    administrator, chair = make_member(plan), make_member(plan, Role.COMMITTEE_CHAIR)
    body = {"email": chair.email, "role": "auditor"}

    answer = Caller(administrator).post(f"plans/{plan.slug}/members/", body, expect=409)

    asked = {"sponsor": plan.sponsor, "email": chair.email, "role": Role.AUDITOR}
    assert answer == words_of(member_add, by=administrator, **asked)
    assert chair.memberships.count() == 1
