"""Page steps that several journeys take. Each waits for what a person would see, never for a time."""

import time
from typing import Any

from sponsors.enums import JobState
from sponsors.models import Job
from tests.factories.sponsors import PASSWORD

JOB_PATIENCE_MS = 180_000  # a worker on a busy machine; a journey goes on as soon as the page says so


def wait_for(job: Job | None) -> None:
    """Before a story begins: until the worker has done a job."""
    deadline = time.monotonic() + JOB_PATIENCE_MS / 1000
    while job and job.state in (JobState.NEW, JobState.RUNNING):
        assert time.monotonic() < deadline, f"The worker has not done {job.kind}: {job.progress_note}"
        time.sleep(0.05)
        job.refresh_from_db()
    assert job is None or job.state == JobState.DONE, job.error


def log_in(page: Any, email: str, password: str = PASSWORD) -> None:
    """Through the log-in page, ending on the person's first page."""
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Log in")
    page.get_by_role("heading", level=1, name="Log in").wait_for(state="detached")


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Any, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def follow_in_rail(page: Any, name: str) -> None:
    """On a phone the rail is a menu to be opened first."""
    menu = page.locator(".rail-menu > summary")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation", name="Steps of the work").get_by_role("link", name=name).click()


def expect_heading(page: Any, name: str) -> None:
    page.get_by_role("heading", level=1, name=name).wait_for()


def expect_text(page: Any, text: str, timeout: float | None = None) -> None:
    page.locator("main").get_by_text(text).first.wait_for(timeout=timeout)


def overflow(page: Any) -> int:
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
