"""Every main page of a finished site, in light and dark, at desktop and phone width."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from fiduciary.demonstration import Demonstration
from fiduciary.demonstration_cast import EMPLOYER, PASSWORD, PLATFORM
from menus.enums import VersionStatus
from menus.models import MenuVersion
from menus.services.versions import version_create
from sponsors.models import CensusImport, Participant, User
from tests.journeys.steps import log_in, overflow

BEFORE_LOGIN = ["/account/login/", "/account/signup/", "/account/password/reset/"]
OF_PLATFORM = ["/platform/", "/platform/users/", "/platform/health/"]
# Long tables and lists repeat one row of a template: the first of them stand for the rest.
ALIKE = {
    "exclude": [["tbody > tr:nth-child(n+5)"], ["tbody:nth-of-type(n+4)"], ["ul.tasks > li:nth-child(n+5)"]]
}
CONTRAST = {"runOnly": ["color-contrast"]}
EXAMINED = [(1280, "light", {}), (1280, "dark", CONTRAST), (390, "dark", {}), (390, "light", CONTRAST)]
BUILDER = "versions/4/"


def pages(site: Demonstration) -> list[str]:
    """Addresses of the main pages, from the first to the last link of the chain."""
    plan = f"/plans/{site.plan.slug}/"
    menu = f"{plan}menus/investment-menu/"
    draft = f"{menu}{BUILDER}"
    person = Participant.objects.filter(plan=site.plan).earliest("pk").pseudonym
    census = CensusImport.objects.get().pk
    line = MenuVersion.objects.get(number=4).lines.get(fund__key="FXAIX").pk
    of_plan = [
        "",
        "facts/",
        "facts/edit/",
        "members/",
        "members/add/",
        "people/",
        "people/upload/",
        "people/list/",
    ]
    of_plan += [f"people/{person}/", f"people/imports/{census}/", f"people/imports/{census}/columns/"]
    of_plan += ["runs/", "runs/start/", "runs/1/", f"runs/1/people/{person}/", "reviews/", "reviews/1/"]
    of_plan += [
        "reviews/1/items/PG-04/",
        "decisions/",
        "decisions/1/",
        "documents/",
        "audit/",
        "audit/entries/5/",
    ]
    of_plan += ["audit/decisions/1/", "audit/verify/", "menus/"]
    of_menu = ["", "versions/", "versions/2/", "versions/2/compare/"]
    of_draft = [
        "",
        "propose/",
        "sleeve/",
        "sleeve/?kind=target_date",
        "sleeve/?kind=both",
        "lab/",
        f"lines/{line}/",
        "?q=bond",
    ]
    return [
        *(plan + page for page in of_plan),
        *(menu + page for page in of_menu),
        *(draft + page for page in of_draft),
        *(
            "/",
            "/start/",
            "/funds/",
            "/funds/FBTC/",
            "/rules/",
            "/markets/",
            "/markets/house-2026-base/",
            "/markets/backtest/?mix=us_large%3D1&rebalance=none",
            "/audit/",
            "/styleguide/",
            "/account/email/",
        ),
    ]


@pytest.fixture
def finished(site: Demonstration) -> Demonstration:
    """The demonstration, and a fourth version that is still a draft."""
    adopted = MenuVersion.objects.get(status=VersionStatus.ADOPTED)
    version_create(by=User.objects.get(email=EMPLOYER.email), menu=adopted.menu, copy_of=adopted)
    return site


def test_pages_are_accessible_fit_and_stay_at_home(new_page, finished, live_server):
    page, platform = new_page(), new_page()
    strangers = listen_for_strangers(page, live_server.url)
    faults = [fault for address in BEFORE_LOGIN for fault in faults_of(page, address)]
    log_in(page, EMPLOYER.email, PASSWORD)
    faults += [fault for address in pages(finished) for fault in faults_of(page, address)]
    log_in(platform, PLATFORM.email, PASSWORD)
    faults += [fault for address in OF_PLATFORM for fault in faults_of(platform, address)]

    assert (faults, strangers) == ([], [])


def listen_for_strangers(page: Any, home: str) -> list[str]:
    """Fills with every address that is asked for elsewhere than on this server."""
    strangers: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith((f"{home}/", "data:")):
            strangers.append(request.url)

    page.on("request", note)
    return strangers


def faults_of(page: Any, address: str) -> list[str]:
    """What axe and a ruler find on a page; [] when nothing.

    A colour scheme changes nothing but colours, so each width is examined in full once and for contrast once more.
    """
    set_window(page, 1280, "light")
    answer = page.goto(address)
    faults = [f"{address}: answers {answer.status}"] if answer.status != 200 else []
    for width, scheme, rules in EXAMINED:
        set_window(page, width, scheme)
        where = f"{address} at {width} in {scheme}"
        faults += [f"{where}: {overflow(page)} px too wide"] if overflow(page) > 0 else []
        faults += [f"{where}: {fault}" for fault in violations(page, rules)]
    return faults


def set_window(page: Any, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


def violations(page: Any, rules: dict[str, Any]) -> list[str]:
    found = Axe().run(page, ALIKE, {"resultTypes": ["violations"], **rules}).response["violations"]
    return [f"{rule['id']} {node['target']}" for rule in found for node in rule["nodes"]]


def test_main_action_of_the_builder_is_reached_by_keyboard(page, finished):
    """Skip link first; then Tab alone comes to the primary action, and Enter takes it."""
    log_in(page, EMPLOYER.email, PASSWORD)
    page.goto(f"/plans/{finished.plan.slug}/menus/investment-menu/{BUILDER}")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Check and propose")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Check before proposing")).to_be_visible()
    tab_to(page, "Propose version 4")


def tab_to(page: Any, name: str, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"“{name}” is not reached by {most} tabs.")
