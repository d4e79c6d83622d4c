"""A finished site to look at, and what a failed journey tells: address and words of every window it had open."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error

from fiduciary.demonstration import Demonstration, build
from tests.journeys.steps import wait_for


@pytest.fixture
def site(live_worker: Any, live_server: Any, settings: Any) -> Demonstration:
    """The demonstration with 60 people: runs and documents made by the worker, everything through the services."""
    settings.DEMO = True
    return build(wait_for, people=60)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[Any]:
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser:
        pages = [page for context in browser.contexts for page in context.pages]
        report.sections += [("Window", _seen(page)) for page in pages]
    return report


def _seen(page: Any) -> str:
    try:
        return f"{page.url}\n{page.locator('main').aria_snapshot(timeout=3000)}"
    except Error as error:
        return f"{page.url}\n{error}"
