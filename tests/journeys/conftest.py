"""What a failed journey tells: the address and the words of the page it stood on."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[Any]:
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page:
        report.sections.append(("The page it stood on", _seen(page)))
    return report


def _seen(page: Any) -> str:
    try:
        return f"{page.url}\n{page.locator('main').aria_snapshot(timeout=3000)}"
    except Error as error:
        return f"{page.url}\n{error}"
