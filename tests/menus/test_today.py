"""What the front page of a plan says of its menu, runs, review, decisions and documents, and to whom."""

import pytest

from fiduciary.enums import Outcome
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.reviews import response_give
from fiduciary.today import decision_section, document_section, review_section
from menus.models import ProjectionRun
from menus.services.versions import version_propose
from menus.today import menu_section, run_section
from sponsors.access import permissions_of
from sponsors.today import first_steps, sections
from tests.factories.fiduciary import (
    make_committee,
    make_decision,
    make_document,
    make_review,
    make_signed,
    sign,
)
from tests.factories.menus import make_menu, make_proposed, make_version
from tests.factories.runs import make_done_run, make_run
from tests.factories.sponsors import make_plan, make_snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return make_committee()


def said(section, committee, reader=None):
    """Sentence, figure, note and state as the reader gets them."""
    reader = reader or committee.author
    found = section(committee.plan, permissions_of(reader, committee.plan.sponsor), reader)
    return found.sentence, found.figure, found.note, found.state


def test_before_anything_each_section_says_what_belongs_there(committee):
    found = [
        said(one, committee)
        for one in (menu_section, run_section, review_section, decision_section, document_section)
    ]

    assert [state for *_, state in found] == ["todo"] * 5
    assert all(sentence.endswith(".") and (figure, note) == ("", "") for sentence, figure, note, _ in found)


def test_sections_are_closed_to_people_without_the_permission(committee):
    for section in (menu_section, run_section, review_section, decision_section, document_section):
        assert section(committee.plan, frozenset(), committee.author) is None


def test_menu_tells_of_draft_proposal_and_version_in_force(committee):
    menu = make_menu(committee.plan)
    draft = make_version(menu, preset="reference")
    first = said(menu_section, committee)
    version_propose(by=committee.author, version=draft)
    second = said(menu_section, committee)

    assert first == ("No version is in force yet.", "", "Version 1 is a draft.", "in_progress")
    assert second[0] == "No version is in force yet."
    assert second[2].startswith("Version 1 is proposed, with")
    assert second[3] == "done"


def test_findings_of_a_proposal_are_counted_by_severity(committee):
    version = make_proposed(make_menu(committee.plan))
    version.findings_at_proposal = [{"severity": one} for one in ("note", "caution", "note")]
    version.save()

    assert said(menu_section, committee)[2] == "Version 1 is proposed, with 1 caution, 2 notes."


def test_menu_in_force_shows_its_lines(committee):
    decision = make_signed(committee)
    make_version(decision.version.menu, preset="lean")
    day = decision.version.menu.versions.get(number=1).closed_at

    assert said(menu_section, committee) == (
        f"Investment menu, version 1 is in force since {day:%B} {day.day}, {day.year}.",
        f"{decision.version.lines.count()} lines",
        "Version 2 is a draft.",
        "done",
    )


def test_latest_run(committee):
    version = make_version(make_menu(committee.plan), preset="reference")
    run = make_run(version, participants=20)
    waiting = said(run_section, committee)
    ProjectionRun.objects.filter(pk=run.pk).update(status="failed")
    failed = said(run_section, committee)
    make_done_run(version, make_snapshot(committee.plan, 20))

    assert (waiting[0], waiting[3]) == ("Run 1 of Investment menu, version 1: waiting.", "in_progress")
    assert failed[3] == "attention"
    assert said(run_section, committee) == (
        "Run 2 of Investment menu, version 1: done.",
        "1,000 paths",
        "Modelled outcomes, not a forecast.",
        "done",
    )


def test_proposal_without_a_review_asks_for_one(committee):
    make_proposed(make_menu(committee.plan))

    assert said(review_section, committee)[::3] == (
        "Investment menu, version 1 is proposed and not under review yet.",
        "attention",
    )


def test_open_review_counts_what_is_unanswered(committee):
    review = make_review(committee)
    asked = int(said(review_section, committee)[1].split()[-1])
    response_give(by=committee.chair, review=review, item_id="PG-04", answer="met")

    assert said(review_section, committee) == (
        "Review 1 of Investment menu, version 1 is open.",
        f"{asked - 1} of {asked}",
        "Items unanswered.",
        "in_progress",
    )


def test_decision_calls_on_those_who_can_still_sign(committee):
    decision = make_decision(committee)
    conflict_declare(
        by=committee.member,
        review=decision.review,
        has_conflict=True,
        statement="I hold some.",
        is_recused=True,
    )
    sign(decision, committee.author)

    by_reader = {
        name: said(decision_section, committee, getattr(committee, name))
        for name in ("author", "chair", "member")
    }

    awaits = ("Decision 1: Adopt awaits signatures.", "1 of 2", "Signatures given.", "in_progress")
    assert by_reader == {
        "author": awaits,
        "chair": ("Decision 1: Adopt awaits your signature.", "1 of 2", "Signatures given.", "attention"),
        "member": awaits,
    }


def test_signed_decision_and_its_document(committee):
    decision = make_signed(committee, outcome=Outcome.REJECT)
    day = decision.signed_at
    ordered = said(document_section, committee)
    document = make_document(decision)

    assert said(decision_section, committee)[0] == (
        f"Decision 1: Considered and rejected. Investment menu, version 1, signed on {day:%B} {day.day}, {day.year}."
    )
    assert (ordered[0], ordered[3]) == (f"{document} is being made.", "in_progress")
    assert said(document_section, committee) == (f"{document}.", f"{document.page_count} pages", "", "done")


def test_first_steps_end_with_the_first_decision_and_never_come_back():
    facts = {"recordkeeper": "Northfield", "named_fiduciary": "The committee"}
    committee = make_committee(make_plan(**facts))
    reader = committee.author
    make_snapshot(committee.plan)

    def steps():
        found = sections(committee.plan, permissions_of(reader, committee.plan.sponsor), reader)
        return [(step["label"], step["state"]) for step in first_steps(found)]

    before = steps()
    decision = make_signed(committee)
    after = steps()
    make_review(committee, version=make_proposed(decision.version.menu))

    assert before == [
        ("Check the plan facts", "done"),
        ("Bring in the census", "done"),
        ("Design the menu", "current"),
        ("Review the menu and decide", "todo"),
    ]
    assert (after, steps()) == ([], [])
