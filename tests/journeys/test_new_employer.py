"""An employer begins: an account, a plan, a committee member with a link, and the people of the plan."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from sponsors.census.synthesize import census_table, synthesize
from sponsors.models import CensusImport, CensusSnapshot
from tests.factories.menus import make_catalogue
from tests.factories.sponsors import PASSWORD, census_csv, census_rows
from tests.journeys.steps import JOB_PATIENCE_MS, expect_heading, expect_text, follow, log_in, press

PEOPLE = 60


@pytest.fixture
def census_file() -> bytes:
    table = census_table(synthesize(PEOPLE, 7, date(2026, 6, 30)), "wide")
    return table.to_csv(index=False, lineterminator="\n").encode()


def test_employer_sets_up_plan_member_and_census(page, new_page, live_worker, census_file, settings):
    settings.EMAIL_BACKEND = (
        "django.core.mail.backends.console.EmailBackend"  # as on a site that sends no mail
    )
    make_catalogue()

    register(page)
    set_up_employer(page)
    assert first_steps(page) == {
        "Check the plan facts": "Do this next",
        "Bring in the census": "To do",
        "Design the menu": "To do",
        "Review the menu and decide": "To do",
    }
    state_named_fiduciary(page)
    link = invite_member(page)
    accept_invitation(new_page(), link)
    bring_in_census(page, census_file)

    follow(page, "See the people in figures")
    expect_text(page, f"for {PEOPLE} people")
    follow(page, "Today")
    assert first_steps(page) == {
        "Check the plan facts": "Done",
        "Bring in the census": "Done",
        "Design the menu": "Do this next",
        "Review the menu and decide": "To do",
    }


def test_file_with_social_security_numbers_is_refused_and_not_kept(page, live_server, transactional_db):
    register(page)
    set_up_employer(page)
    rows = [
        {**row, "SSN": f"{612 + n % 80:03}-{n % 90 + 10}-{n + 1234:04}"}
        for n, row in enumerate(census_rows(30))
    ]

    upload(page, census_csv(rows))

    expect(page.get_by_role("alert")).to_contain_text("so nothing of this file was stored")
    expect_heading(page, "Bring in a census")
    expect(page.get_by_label("Date of the census")).to_have_value("2026-06-30")
    assert (CensusImport.objects.count(), CensusSnapshot.objects.count()) == (0, 0)


def register(page: Any) -> None:
    page.goto("/")
    follow(page, "register your company")
    page.get_by_label("Email").fill("alma@millbrook.example")
    page.get_by_label("Your name").fill("Alma Pruitt")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    press(page, "Create the account")
    expect_text(page, "You have no plan here yet.")


def set_up_employer(page: Any) -> None:
    follow(page, "Set up your employer")
    page.get_by_label("Name of the employer").fill("Millbrook Dairy")
    page.get_by_label("Name of the plan").fill("Millbrook 401(k) Plan")
    page.get_by_label("Recordkeeper").fill("Example Recordkeeping Company")
    page.get_by_label("Employer match").fill("50% of the first 6%")
    press(page, "Set up the plan")
    expect_heading(page, "Today")


def first_steps(page: Any) -> dict[str, str]:
    """Each first step with its state, as the Today page shows them."""
    expect_heading(page, "Today")
    steps = page.locator("ol.steps > li").all()
    return {step.locator(".steps-label").inner_text(): step.locator(".badge").inner_text() for step in steps}


def state_named_fiduciary(page: Any) -> None:
    follow(page, "Check the plan facts")
    page.get_by_label("Named fiduciary").fill("Retirement committee of Millbrook Dairy")
    press(page, "Save")
    expect_text(page, "The plan facts are saved.")


def invite_member(page: Any) -> str:
    """The link that the page shows once, to be handed over."""
    follow(page, "Members")
    follow(page, "Add a member")
    page.get_by_label("E-mail address").fill("noor@millbrook.example")
    page.get_by_label("Name", exact=True).fill("Noor Haddad")
    page.get_by_label("Committee member.").check()
    press(page, "Add the member")
    return page.get_by_label("Link to choose a password").input_value()


def accept_invitation(window: Any, link: str) -> None:
    window.goto(link)
    window.get_by_label("New Password", exact=True).fill(PASSWORD)
    window.get_by_label("New Password (again)").fill(PASSWORD)
    press(window, "Save the password")
    log_in(window, "noor@millbrook.example")
    expect_heading(window, "Today")
    window.goto(link)
    expect_heading(window, "This link no longer works")


def bring_in_census(page: Any, data: bytes) -> None:
    upload(page, data)
    expect_heading(page, "Confirm the columns")
    expect(page.get_by_label("birth_date", exact=True)).to_have_value("birth_date")
    press(page, "Confirm and read the file")
    page.get_by_text(f"{PEOPLE} people were accepted; no row was refused.").wait_for(timeout=JOB_PATIENCE_MS)


def upload(page: Any, data: bytes) -> None:
    page.get_by_role("link", name="People", exact=True).first.click()
    follow(page, "Bring in a census")
    file = {"name": "census.csv", "mimeType": "text/csv", "buffer": data}
    page.get_by_label("Census file (CSV)").set_input_files(file)
    page.get_by_label("Date of the census").fill("2026-06-30")
    press(page, "Upload and look at the columns")
