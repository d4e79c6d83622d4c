"""The auditor reads a sponsor's decisions, checks that they still hold, and can change nothing."""

from typing import Any

from playwright.sync_api import expect

from fiduciary.demonstration_cast import AUDITOR, PASSWORD, PLATFORM
from sponsors.ledger.models import LedgerEvent
from tests.factories.fiduciary import make_committee, make_decision
from tests.factories.sponsors import make_plan
from tests.journeys.steps import JOB_PATIENCE_MS, expect_heading, expect_text, follow, log_in, press


def test_auditor_reads_checks_and_changes_nothing(page, site, complaints):
    log_in(page, AUDITOR.email, PASSWORD)

    filter_decisions(page)
    open_file(page)
    check_files(page)
    compare_versions(page)
    verify_book(page)
    replay_run(page)
    refuse_change(page, complaints)


def test_platform_administrator_sees_every_sponsor(page, site):
    elsewhere = make_plan(name="Meridian 401(k) Plan")
    make_decision(make_committee(elsewhere))
    log_in(page, PLATFORM.email, PASSWORD)

    page.goto("/audit/")
    expect_text(page, "3 decisions of 2 plans.")
    page.get_by_label("Employer").select_option(label="Meridian Tool Company")
    press(page, "Show")
    expect_text(page, "1 decision matches the filters.")
    page.goto("/platform/")
    expect(page.get_by_role("main")).to_contain_text("Harbor Point Manufacturing")
    expect(page.get_by_role("main")).to_contain_text("Meridian Tool Company")


def filter_decisions(page: Any) -> None:
    follow(page, "All audits")
    expect_text(page, "2 decisions of 1 plan.")
    page.get_by_label("Outcome").select_option(label="Considered and rejected")
    page.get_by_label("Person who acted").select_option(index=1)
    press(page, "Show")
    expect_text(page, "matches the filters.")
    follow(page, "Show all")
    expect_text(page, "2 decisions of 1 plan.")


def open_file(page: Any) -> None:
    follow(page, "Decision 1: Adopt with conditions")
    expect_text(page, "File of the decision")
    expect_text(page, "2 of 2")
    expect(page.get_by_role("table", name="Signatures given")).to_contain_text("Miriam Osei")
    expect(page.get_by_role("region", name="What the ledger says")).to_contain_text("Drafted Decision 1")


def check_files(page: Any) -> None:
    """Hashes, evidence, the document rendered again byte for byte, the whole book."""
    follow(page, "Check the files too")
    results = page.get_by_role("table", name="What was compared just now")
    expect(results).to_contain_text("Rendered again", timeout=JOB_PATIENCE_MS)
    rows = results.get_by_role("row")
    expect(results.get_by_text("Agrees", exact=True)).to_have_count(rows.count() - 1)


def compare_versions(page: Any) -> None:
    page.get_by_label("Compare with").select_option(label="Version 1, retired")
    press(page, "Compare")
    expect_heading(page, "What changes")
    expect_text(page, "From version 1 to version 2: 7 added, 1 removed")
    expect(page.get_by_role("table", name="Sleeve")).to_contain_text("FBTC")


def verify_book(page: Any) -> None:
    page.get_by_role("navigation", name="Steps of the work").get_by_role("link", name="Audit").click()
    follow(page, "Verify the book")
    expect_text(page, "Every hash holds")
    expect(page.get_by_role("main")).to_contain_text(f"{LedgerEvent.objects.count()}")


def replay_run(page: Any) -> None:
    page.get_by_role("navigation", name="Steps of the work").get_by_role("link", name="Exposure").click()
    follow(page, "Run 1")
    press(page, "Replay this run")
    expect(page.get_by_text("Identical.")).to_be_visible(timeout=JOB_PATIENCE_MS)


def refuse_change(page: Any, complaints: Any) -> None:
    """No page offers a change; who asks for one by its address is told that the role does not include it."""
    complaints.expect("403")
    entries = LedgerEvent.objects.count()
    page.get_by_role("navigation", name="Steps of the work").get_by_role("link", name="Menu").click()
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    here = page.url
    page.goto(f"{here}investment-menu/versions/")
    expect(page.get_by_role("main")).to_contain_text("Your role does not include this")
    assert LedgerEvent.objects.count() == entries
