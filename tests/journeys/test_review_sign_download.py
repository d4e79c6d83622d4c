"""The review of a menu with a sleeve: answered, decided, signed by two, and downloaded as a PDF that validates."""

from pathlib import Path
from typing import Any

import page as page_validation
import pytest
from playwright.sync_api import expect

from fiduciary.models import Decision, Signature
from menus.enums import SleeveKind
from menus.models import MenuVersion
from menus.services.versions import version_propose
from sponsors.enums import Role
from sponsors.ledger.canonical import sha256_hex
from sponsors.models import User
from tests.factories.fiduciary import Committee, make_committee
from tests.factories.menus import make_menu, make_sleeve, make_version
from tests.factories.runs import make_run
from tests.factories.sponsors import PASSWORD, make_member, make_plan
from tests.journeys.steps import (
    JOB_PATIENCE_MS,
    expect_text,
    follow,
    follow_in_rail,
    log_in,
    press,
    wait_for,
)

EVIDENCE = b"%PDF-1.7\nprospectus, pages 12 to 14\n%%EOF\n"


@pytest.fixture
def committee(live_worker: Any, live_server: Any) -> Committee:
    """A committee with a proposed version that has a sleeve, and a finished run of it."""
    committee = make_committee(make_plan(name="Harbor 401(k) Plan"))
    version = make_version(make_menu(committee.plan), preset="reference")
    make_sleeve(version, SleeveKind.TARGET_DATE)
    version = version_propose(by=committee.author, version=version)
    wait_for(make_run(version).job)
    return committee


@pytest.fixture
def holder(committee: Committee) -> User:
    """A second member, who holds bitcoin and will step aside."""
    return make_member(committee.plan, Role.COMMITTEE_MEMBER)


def test_review_is_answered_signed_and_downloaded(new_page, committee, holder, tmp_path):
    chair, member, aside = (window_of(new_page, user) for user in (committee.chair, committee.member, holder))

    open_review(chair)
    answer_items(member)
    add_evidence(member)
    declare(chair)
    declare(member)
    declare(aside, statement="I hold bitcoin privately.")
    draft_decision(chair)
    refuse_wrong_password(chair)
    refuse_recused(aside)
    sign(chair, "1 of 2 signatures still missing.")
    sign(member, "Signed by 2")
    pdf = download(member, tmp_path)

    assert_valid(pdf)
    decision = Decision.objects.get()
    assert (decision.status, decision.outcome) == ("signed", "adopt_with_conditions")
    assert MenuVersion.objects.get().status == "adopted"
    assert sha256_hex(pdf) == decision.documents.get().sha256
    assert {signature.person for signature in Signature.objects.all()} == {committee.chair, committee.member}


def window_of(new_page: Any, user: User) -> Any:
    window = new_page()
    log_in(window, user.email)
    return window


def open_review(page: Any) -> None:
    follow_in_rail(page, "Review")
    page.get_by_role("link", name="Open a review").click()
    page.get_by_label("Why the committee looks at this").fill(
        "Decide whether the sleeve serves the participants."
    )
    page.get_by_label("Exposure run").select_option(index=1)
    page.get_by_label("Next review on").fill("2027-11-01")
    press(page, "Open the review")
    expect_text(page, "Its computable items are filled from the figures.")


def go_to_review(page: Any) -> None:
    follow_in_rail(page, "Review")
    page.get_by_role("link", name="Review 1", exact=True).click()


def answer_items(page: Any) -> None:
    """An answer that needs a reason is refused without one and kept; then two items in a row."""
    go_to_review(page)
    page.locator("ul.tasks a").first.click()
    first = page.get_by_role("heading", level=1).inner_text()
    page.get_by_label("Needs follow-up").check()
    press(page, "Save and go on")
    expect(page.get_by_role("alert")).to_contain_text("needs a reason in the note")
    expect(page.get_by_label("Needs follow-up")).to_be_checked()

    page.get_by_label("Why", exact=True).fill("The adviser reports at the next meeting.")
    press(page, "Save and go on")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    page.get_by_label("Met", exact=True).check()
    press(page, "Save")
    expect(page.locator(".object-title .badge")).to_have_text("Met")


def add_evidence(page: Any) -> None:
    page.get_by_text("Add evidence", exact=True).click()
    page.get_by_label("File", exact=True).and_(page.locator("[type=radio]")).check()
    page.get_by_label("Title").fill("Prospectus")
    file = {"name": "prospectus.pdf", "mimeType": "application/pdf", "buffer": EVIDENCE}
    page.locator("input[type=file]").set_input_files(file)
    press(page, "Add the evidence")
    with page.expect_download() as arriving:
        follow(page, "prospectus.pdf")
    assert Path(arriving.value.path()).read_bytes() == EVIDENCE


def declare(page: Any, statement: str = "") -> None:
    go_to_review(page)
    follow(page, "Declare a conflict, or none")
    if statement:
        page.get_by_label("Yes, I declare one").check()
        page.get_by_label("What it is").fill(statement)
        page.get_by_label("I step aside from this decision").check()
    else:
        page.get_by_label("No, I have none").check()
    press(page, "Put my declaration on record")
    expect_text(page, "Your declaration is on record.")


def draft_decision(page: Any) -> None:
    follow(page, "Draft the decision")
    page.get_by_label("Adopt with conditions").check()
    page.get_by_label("Reasons").fill(
        "Small, falling with age, rebalanced every year; the stress is bearable."
    )
    page.get_by_role("textbox", name="Conditions").fill("The adviser brings a custody review within 60 days.")
    press(page, "Draft the decision")
    expect_text(page, "2 of 2 signatures still missing.")


def refuse_wrong_password(page: Any) -> None:
    page.get_by_label("Your password").fill("not the password")
    press(page, "Sign the decision")
    expect(page.get_by_role("alert")).to_contain_text("The password is not right. Nothing was signed.")
    assert Signature.objects.count() == 0


def refuse_recused(page: Any) -> None:
    """The page offers no signing; who asks for it all the same is refused in words."""
    go_to_decision(page)
    expect_text(page, "You stepped aside from this review")
    expect(page.get_by_role("button", name="Sign the decision")).to_have_count(0)
    answer = page.evaluate(
        """async (password) => {
            const headers = JSON.parse(document.body.getAttribute("hx-headers"));
            const body = new URLSearchParams({password});
            return (await fetch(`${location.pathname}sign/`, {method: "POST", headers, body})).text();
        }""",
        PASSWORD,
    )
    assert "Another member of the committee must sign." in answer
    assert Signature.objects.count() == 0


def go_to_decision(page: Any) -> None:
    follow_in_rail(page, "Decisions")
    page.get_by_role("main").get_by_role("link", name="Decision 1: Adopt with conditions", exact=True).click()


def sign(page: Any, outcome: str) -> None:
    go_to_decision(page)
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Sign the decision")
    expect_text(page, outcome)


def download(page: Any, folder: Path) -> bytes:
    """The page follows the worker by itself until the PDF is there."""
    button = page.get_by_role("link", name="Download the PDF")
    expect(button).to_be_visible(timeout=JOB_PATIENCE_MS)
    with page.expect_download() as arriving:
        button.click()
    arriving.value.save_as(folder / "review.pdf")
    return (folder / "review.pdf").read_bytes()


def assert_valid(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF")
    reports = [page_validation.validate_pdf_bytes(pdf, profile=profile) for profile in ("3a", "ua1")]
    assert [report.is_compliant for report in reports] == [True, True]
