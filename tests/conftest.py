"""Fixtures shared by all tests. `tests/settings.py` decides what the environment decides."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import settings as hypothesis_settings

from config.supervise import Child, worker_is_ready, worker_start
from sponsors.processes import child_stop, log_tail

# `./test` looks for the same examples every time; a plain pytest run explores.
hypothesis_settings.register_profile("fixed", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("exploring", deadline=None)
hypothesis_settings.load_profile("exploring")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave the browser journeys out")
    parser.addoption("--database-tests", action="store_true", help="run only what can reach a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects, and so counts in pytest's own summary, what this run was asked to leave out."""
    left_out = [item for item in items if not _is_wanted(item, config)]
    items[:] = [item for item in items if _is_wanted(item, config)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def _is_wanted(item: pytest.Item, config: pytest.Config) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    if config.getoption("--no-browser") and "browser" in fixtures:
        return False
    # pytest-django refuses the database to a test without one of these, so it cannot differ between databases.
    reaches_database = bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None
    return reaches_database or not config.getoption("--database-tests")


@pytest.fixture(scope="session")
def worker_process(django_db_setup: None, django_db_blocker: Any) -> Iterator[Child]:
    """One real Celery worker for this process's tests, on the same test database and broker."""
    with django_db_blocker.unblock():
        worker = _start_worker()
    try:
        yield worker
    finally:
        child_stop(worker.process, patience_seconds=1)  # jobs survive a kill, and this one's are over


def _start_worker() -> Child:
    from django.conf import settings
    from django.db import connection

    env = {**os.environ, "DATABASE_URL": _database_url(connection.settings_dict)}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings", "STEWARD_VAR": str(settings.VAR_DIR)}
    return worker_start(env, processes=1)


def replace_worker(worker: Child) -> None:
    """A new process in the place of one that a test has killed, for this test and those after it."""
    worker.process = _start_worker().process
    _wait_for_worker(worker)


@pytest.fixture
def live_worker(worker_process: Child, transactional_db: None) -> Child:
    """The worker, ready to take what this test enqueues."""
    _wait_for_worker(worker_process)
    return worker_process


def _wait_for_worker(worker: Child) -> None:
    deadline = time.monotonic() + 180
    while not worker_is_ready():
        assert worker.process.poll() is None, f"The test worker ended:\n{log_tail(worker.log)}"
        assert time.monotonic() < deadline, f"The test worker did not get ready:\n{log_tail(worker.log)}"
        time.sleep(0.1)


def _database_url(database: dict[str, Any]) -> str:
    """The address of the test database itself, for a process that did not create it."""
    if "sqlite" in database["ENGINE"]:
        return f"sqlite:///{quote(str(database['NAME']))}"
    given = os.environ["DATABASE_URL"]
    server, _, query = given.partition("?")
    return f"{server.rpartition('/')[0]}/{database['NAME']}" + (f"?{query}" if query else "")


@dataclass
class Complaints:
    """What a page complained of: script errors, console errors, broken Content-Security-Policy."""

    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, part: str) -> None:
        """The test provokes a complaint holding `part`, such as "403" for a page that must refuse."""
        self.expected.append(part)

    def unexpected(self) -> list[str]:
        return [text for text in self.seen if not any(part in text for part in self.expected)]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The Chromium that `./test` found, or that STEWARD_CHROMIUM names; journeys fail without one."""
    from playwright.sync_api import sync_playwright

    from tests.browser import FLAGS, browser_environment

    os.environ.update(browser_environment())
    # Playwright's synchronous interface keeps an event loop running here; the tests' own queries are still in order.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["STEWARD_CHROMIUM"], args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails the test in the end when a page complained of anything the test did not expect."""
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected() == []


@pytest.fixture
def new_page(browser: Any, live_server: Any, complaints: Complaints) -> Iterator[Any]:
    """A function that opens a window of its own (one person's session): `new_page(width=390, color_scheme="dark")`."""
    contexts: list[Any] = []

    def open_page(*, width: int = 1280, height: int = 900, **options: Any) -> Any:
        viewport = {"width": width, "height": height}
        context = browser.new_context(base_url=live_server.url, viewport=viewport, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.seen.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note(complaints, page, message))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Any) -> Any:
    """One window at desktop width."""
    return new_page()


def _note(complaints: Complaints, page: Any, message: Any) -> None:
    # A plain-text page names no icon, so Chromium asks for one by itself.
    if message.location["url"].endswith("/favicon.ico"):
        return
    # Chromium reports a broken Content-Security-Policy as a console error (report-only as a warning).
    if message.type == "error" or "Content Security Policy" in message.text:
        complaints.seen.append(f"{page.url}: {message.text}")
