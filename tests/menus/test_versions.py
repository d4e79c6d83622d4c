"""Drafts from every beginning, what stops a proposal, and that nothing frozen ever changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from menus.models import Fund, MenuVersion
from menus.selectors import content, findings
from menus.services.lines import line_add, line_edit, line_remove, line_replace
from menus.services.sleeves import sleeve_remove, sleeve_set
from menus.services.versions import (
    version_adopt,
    version_create,
    version_propose,
    version_record_as_found,
    version_reject,
)
from menus.services.waivers import waiver_approve, waiver_request
from sponsors.enums import Role
from sponsors.errors import Refusal
from sponsors.ledger.canonical import content_hash
from sponsors.ledger.models import LedgerEvent
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
from tests.factories.sponsors import make_member, make_plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("preset", "lines"), [("lean", 20), ("reference", 26), ("wide", 30)])
def test_preset_proposes_without_a_block(preset, lines):
    version = make_version(preset=preset)

    proposed = version_propose(by=author_of(version.plan), version=version)

    assert proposed.lines.count() == lines
    assert proposed.status == "proposed"
    assert proposed.content_hash == content_hash(content(proposed))
    assert [
        found["severity"] for found in proposed.findings_at_proposal if found["severity"] == "block"
    ] == []
    event = LedgerEvent.objects.get(action="menu_version.proposed")
    assert event.body["content_hash"] == proposed.content_hash
    assert len(event.body["content"]["lines"]) == lines


def refused(service, **arguments) -> Refusal:
    """The refusal of a service that must refuse."""
    with pytest.raises(Refusal) as caught:
        service(**arguments)
    return caught.value


def state_of(version: MenuVersion) -> tuple:
    """Everything a refusal must leave alone."""
    version.refresh_from_db()
    events = LedgerEvent.objects.count()
    return content(version), version.status, version.content_hash, version.edit_count, events


def test_menu_of_19_lines_is_not_proposed():
    version = make_version(preset="lean")
    line_remove(by=author_of(version.plan), line=version.lines.get(fund__key="VBIAX"))
    before = state_of(version)

    refusal = refused(version_propose, by=author_of(version.plan), version=version)

    assert refusal.message == (
        "Version 1 was not proposed: one finding blocks it. "
        "(1) The menu has 19 lines; 20 to 30 are expected. Add 1 line. Each target-date vintage counts as one line."
    )
    assert state_of(version) == before


def test_menu_of_31_lines_is_not_proposed():
    version = make_version(preset="wide")
    line_add(by=author_of(version.plan), version=version, fund=make_fund("FTIHX"))
    before = state_of(version)

    refusal = refused(version_propose, by=author_of(version.plan), version=version)

    assert "(1) The menu has 31 lines; 20 to 30 are expected. Remove 1 line." in refusal.message
    assert state_of(version) == before


def test_menu_with_two_kinds_of_core_lines_is_not_proposed():
    version = make_version(preset="reference")
    for key in ("FXNAX", "FIPDX"):
        line_edit(by=author_of(version.plan), line=version.lines.get(fund__key=key), is_core=False)
    before = state_of(version)

    refusal = refused(version_propose, by=author_of(version.plan), version=version)

    assert "at least 3 of materially different risk and return are expected" in refusal.message
    assert state_of(version) == before


def test_every_block_stands_in_the_refusal():
    version = make_version(funds=["FXAIX"])

    refusal = refused(version_propose, by=author_of(version.plan), version=version)

    blocks = [found for found in findings(version) if found.is_blocking]
    assert len(blocks) == 3
    assert refusal.message.startswith("Version 1 was not proposed: 3 findings block it. (1) ")
    assert all(f"{block.sentence} {block.remedy}" in refusal.message for block in blocks)


def test_frozen_version_refuses_every_change():
    version = make_proposed()
    author, line = author_of(version.plan), version.lines.first()
    before = state_of(version)
    changes = [
        (line_add, {"version": version, "fund": make_fund("FTIHX")}),
        (line_replace, {"line": line, "fund": make_fund("FTIHX")}),
        (line_remove, {"line": line}),
        (line_edit, {"line": line, "is_core": True}),
        (sleeve_set, {"version": version, "terms": sleeve_terms()}),
        (sleeve_remove, {"version": version}),
        (version_propose, {"version": version}),
    ]

    refusals = [refused(service, by=author, **arguments) for service, arguments in changes]

    assert {refusal.message for refusal in refusals} == {
        "Version 1 is proposed and can no longer be changed. Start a new version as a copy of it and change that."
    }
    assert state_of(version) == before


def test_frozen_version_keeps_its_hash_when_the_catalogue_changes():
    version = make_proposed()

    Fund.objects.filter(key="FXAIX").update(name="Renamed", expense_ratio="0.01")

    assert content_hash(content(version)) == version.content_hash


def test_adoption_retires_the_version_in_force():
    first = make_proposed()
    author = author_of(first.plan)
    version_adopt(by=author, version=first, decision_label="Decision 1")
    second = version_propose(by=author, version=version_create(by=author, menu=first.menu, copy_of=first))

    adopted = version_adopt(by=author, version=second, decision_label="Decision 2")

    first.refresh_from_db()
    assert (first.status, adopted.status) == ("retired", "adopted")
    assert first.retired_at is not None
    assert adopted.closed_at is not None
    events = LedgerEvent.objects.filter(action__in=["menu_version.adopted", "menu_version.retired"])
    assert [event.action for event in events.order_by("position")] == [
        "menu_version.adopted",
        "menu_version.retired",
        "menu_version.adopted",
    ]


def test_rejected_version_is_closed_for_good():
    version = make_proposed()
    author = author_of(version.plan)

    rejected = version_reject(by=author, version=version, decision_label="Decision 1")

    assert (rejected.status, rejected.closed_at is None) == ("rejected", False)
    again = refused(version_adopt, by=author, version=version, decision_label="Decision 2")
    assert again.message.startswith("Version 1 is considered and rejected; only a proposed version")


@pytest.mark.parametrize("service", [version_adopt, version_reject])
def test_draft_cannot_be_decided_on(service):
    version = make_version(preset="lean")

    refusal = refused(service, by=author_of(version.plan), version=version, decision_label="Decision 1")

    assert (refusal.code, refusal.conflict) == ("version_not_proposed", True)


def test_copy_holds_lines_and_sleeve_but_no_waiver():
    source = make_version(preset="wide")
    make_sleeve(source, "target_date")

    copy = version_create(
        by=author_of(source.plan), menu=source.menu, copy_of=source, purpose="Yearly review"
    )

    assert content(copy) == content(source)
    assert (copy.number, copy.based_on, copy.status, copy.waivers.count()) == (2, source, "draft", 0)


def test_copy_of_another_plans_version_is_refused():
    stranger = make_version(preset="lean")
    menu = make_menu()

    refusal = refused(version_create, by=author_of(menu.plan), menu=menu, copy_of=stranger)

    assert refusal.message == "The version to copy belongs to another plan."
    assert menu.versions.count() == 0


def test_unknown_preset_leaves_no_version_behind():
    menu = make_menu()

    refusal = refused(version_create, by=author_of(menu.plan), menu=menu, preset="huge")

    assert refusal.message == "There is no preset called huge. Choose one of: lean, reference, wide."
    assert menu.versions.count() == 0


def test_menu_as_found_goes_on_record_whatever_its_size():
    version = make_version(funds=["FXAIX", "FXNAX"], is_as_found=True)
    author = author_of(version.plan)

    recorded = version_record_as_found(by=author, version=version)

    assert (recorded.status, recorded.content_hash) == ("adopted", content_hash(content(version)))
    other = version_create(by=author, menu=version.menu, copy_of=version, is_as_found=True)
    assert refused(version_record_as_found, by=author, version=other).code == "already_in_force"


def test_version_not_marked_as_found_needs_a_decision():
    version = make_version(preset="lean")

    refusal = refused(version_record_as_found, by=author_of(version.plan), version=version)

    assert refusal.code == "not_as_found"


# ---------------------------------------------------------------- waivers
def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


def without_default() -> MenuVersion:
    """A draft that nothing stops but the missing default, which can be waived."""
    version = make_version(preset="reference")
    version.lines.update(is_qdia=False)
    return version


def asked(version: MenuVersion, **changes):
    arguments = {
        "finding_key": "default_missing",
        "reason": "All elect on joining.",
        "expires_on": in_days(90),
    }
    return waiver_request(by=author_of(version.plan), version=version, **{**arguments, **changes})


def test_block_yields_to_an_approved_waiver_alone():
    version = without_default()
    author, chair = author_of(version.plan), make_member(version.plan, Role.COMMITTEE_CHAIR)
    waiver = asked(version)
    assert refused(version_propose, by=author, version=version).code == "version_blocked"

    waiver_approve(by=chair, waiver=waiver)
    proposed = version_propose(by=author, version=version)

    stored = {found["key"]: found["waived_until"] for found in proposed.findings_at_proposal}
    assert stored["default_missing"] == in_days(90).isoformat()
    assert LedgerEvent.objects.get(action="waiver.approved").reason == "All elect on joining."


def test_expired_waiver_covers_nothing():
    version = without_default()
    waiver = waiver_approve(by=make_member(version.plan, Role.COMMITTEE_CHAIR), waiver=asked(version))
    waiver.expires_on = in_days(0)
    waiver.save()

    assert refused(version_propose, by=author_of(version.plan), version=version).code == "version_blocked"


def test_own_request_is_not_approved():
    version = without_default()
    waiver = asked(version)

    refusal = refused(waiver_approve, by=author_of(version.plan), waiver=waiver)

    waiver.refresh_from_db()
    assert refusal.message == "You asked for this waiver, so somebody else has to approve it."
    assert waiver.approved_by is None


def test_sole_fiduciary_may_approve_their_own_request():
    plan = make_plan(sole_fiduciary=True, required_signatures=1)
    version = make_version(make_menu(plan), preset="lean")
    version.lines.update(is_qdia=False)

    waiver = waiver_approve(by=author_of(plan), waiver=asked(version))

    assert waiver.approved_by == author_of(plan)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"finding_key": "core_range"}, "finding_gone"),
        ({"finding_key": "chart_benchmark_missing:VMFXX"}, "finding_not_blocking"),
        ({"reason": "  "}, "waiver_reason"),
        ({"expires_on": in_days(0)}, "waiver_past"),
        ({"expires_on": in_days(400)}, "waiver_too_long"),
    ],
)
def test_waiver_request_refused(changes, code):
    version = without_default()
    before = state_of(version)

    with pytest.raises(Refusal) as caught:
        asked(version, **changes)

    assert caught.value.code == code
    assert state_of(version) == before


def test_line_count_cannot_be_waived():
    version = make_version(funds=["FXAIX"])

    refusal = refused(asked, version=version, finding_key="line_count")

    assert refusal.message.startswith(
        "This finding cannot be waived. The menu has 1 line; 20 to 30 are expected."
    )
    assert version.waivers.count() == 0


def test_waiver_lapses_when_the_finding_changes():
    version = make_version(preset="wide")
    author = author_of(version.plan)
    line_edit(by=author, line=version.lines.get(fund__key="FXNAX"), is_qdia=True)
    waiver = asked(version, finding_key="default_several")

    line_edit(by=author, line=version.lines.get(fund__key="VBIAX"), is_qdia=True)
    refusal = refused(waiver_approve, by=make_member(version.plan, Role.COMMITTEE_CHAIR), waiver=waiver)

    assert refusal.code == "waiver_outdated"


def test_version_line_helper_makes_real_rows():
    version = make_version()

    line = make_line(version, "FXAIX", is_core=True)

    assert content(version)["lines"] == [
        {"position": 1, "fund": "FXAIX", "is_qdia": False, "is_core": True, "value_statement": ""}
    ]
    assert str(line) == "Fidelity 500 Index Fund (FXAIX)"
