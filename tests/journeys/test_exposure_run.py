"""Exposure runs: one is stopped half-way, another is read, looked at for one person, and computed again."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from menus.enums import SleeveKind
from menus.models import ProjectionRun
from menus.services.projections import LEAST_PATHS, MOST_PATHS
from sponsors.models import Participant, Plan
from tests.factories.menus import author_of, make_menu, make_sleeve, make_version
from tests.factories.sponsors import make_plan, make_snapshot
from tests.journeys.steps import (
    JOB_PATIENCE_MS,
    expect_heading,
    expect_text,
    follow_in_rail,
    log_in,
    overflow,
    press,
)


@pytest.fixture
def plan(live_worker: Any, live_server: Any) -> Plan:
    """A draft with a sleeve in the target-date series, and two censuses: 60 people in March, 1,200 in June."""
    plan = make_plan(name="Harbor 401(k) Plan")
    make_sleeve(make_version(make_menu(plan), preset="reference"), SleeveKind.TARGET_DATE)
    make_snapshot(plan, 60, as_of=date(2026, 3, 31))
    make_snapshot(plan, 1_200, as_of=date(2026, 6, 30))
    return plan


def test_run_is_stopped_and_another_read_and_replayed(page, plan):
    log_in(page, author_of(plan).email)

    start_run(page, census="Census of 2026-06-30 (1200 people)", paths=MOST_PATHS)
    watch_and_stop(page)
    start_run(page, census="Census of 2026-03-31 (60 people)", paths=LEAST_PATHS)
    expect(page.get_by_role("heading", name="What could happen")).to_be_visible(timeout=JOB_PATIENCE_MS)
    read_result(page)
    look_at_one_person(page, Participant.objects.get(plan=plan, participant_id="00005"))
    replay(page)

    runs = ProjectionRun.objects.order_by("number")
    assert [(run.status, bool(run.result)) for run in runs] == [("cancelled", False), ("done", True)]


def start_run(page: Any, *, census: str, paths: int) -> None:
    follow_in_rail(page, "Exposure")
    page.get_by_role("main").get_by_role("link", name="Start").first.click()
    page.get_by_label("Census").select_option(label=census)
    page.get_by_label("Market paths").select_option(str(paths))
    press(page, "Start the run")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Run")


def watch_and_stop(page: Any) -> None:
    """The bar is the job row's, so a reload shows it again; a stopped run has no result."""
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect_text(page, "of 1,200 people")
    page.reload()
    expect_text(page, "of 1,200 people")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("The run was stopped.")).to_be_visible(timeout=JOB_PATIENCE_MS)
    expect(page.get_by_role("button", name="Start it again")).to_be_visible()


def read_result(page: Any) -> None:
    """An answer, pictures that load with their data beside them, tables, and the checks of the run."""
    expect_text(page, "of 60 people would hold digital assets")
    charts = page.locator("figure.chart")
    for picture in charts.locator("img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    charts.first.get_by_text("Data").click()
    expect(charts.first.get_by_role("table")).to_be_visible()
    happens = page.get_by_role("region", name="What could happen")
    assert happens.get_by_role("table").count() >= 4
    expect(happens).to_contain_text("80%")
    happens.get_by_text("Where does this come from?").first.click()
    expect(happens).to_contain_text("How it is worked out")
    expect(page.get_by_text("Fails", exact=True)).to_have_count(0)
    assert overflow(page) == 0


def look_at_one_person(page: Any, person: Participant) -> None:
    page.get_by_label("Pseudonym").fill(person.pseudonym)
    press(page, "Show this person")
    expect_heading(page, person.pseudonym)
    expect_text(page, "this account would come to")
    expect(page.get_by_role("table", name="Year by year")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text(person.surname)
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="Run 2").click()


def replay(page: Any) -> None:
    press(page, "Replay this run")
    expect(page.get_by_text("Identical.")).to_be_visible(timeout=JOB_PATIENCE_MS)
