"""A menu of 26 lines with a small sleeve inside the target-date series, from preset to proposal.

The same story at desktop and at phone width, and once more by plain forms, without JavaScript.
"""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from menus.models import Fund, MenuVersion
from sponsors.models import User
from tests.factories.menus import make_catalogue
from tests.factories.sponsors import make_member, make_plan
from tests.journeys.steps import expect_heading, expect_text, follow, follow_in_rail, log_in, overflow, press

CHEAPER_CLASS = "A cheaper share class of Vanguard Total International Stock"
PARTLY = "so some ages have no default fund"


@pytest.fixture
def administrator(live_server: Any) -> User:
    make_catalogue()
    return make_member(make_plan(name="Harbor 401(k) Plan"), title="CFO")


@pytest.mark.parametrize("width", [1280, 390])
def test_menu_is_designed_and_proposed(new_page, administrator, width):
    page = new_page(width=width)
    start_from_reference_preset(page, administrator)
    page.evaluate("window.isSamePage = true")

    design_lines(page, search=lambda: None)  # the list of funds follows the typing
    assert page.evaluate("window.isSamePage") is True
    assert overflow(page) == 0

    refuse_crypto_as_default(page, search=lambda: None)
    set_sleeve(page)
    propose(page)

    assert_proposed()


def test_menu_is_designed_and_proposed_without_javascript(new_page, administrator):
    page = new_page(java_script_enabled=False)
    start_from_reference_preset(page, administrator)

    design_lines(page, search=lambda: press(page, "Search"))
    refuse_crypto_as_default(page, search=lambda: press(page, "Search"))
    set_sleeve(page)
    propose(page)

    assert_proposed()


def start_from_reference_preset(page: Any, administrator: User) -> None:
    log_in(page, administrator.email)
    follow_in_rail(page, "Menu")
    press(page, "Start the menu")
    page.get_by_label("Reference: 26 lines").check()
    page.get_by_label("Why this version?").fill("Yearly review, with a small sleeve.")
    press(page, "Start the draft")
    expect_totals(page, lines=26)


def design_lines(page: Any, search: Any) -> None:
    """Swap the dear share class, take a vintage off and bring it back, mark default and core: the findings follow."""
    expect(findings(page)).to_contain_text(CHEAPER_CLASS)
    remove(page, "Vanguard Total International Stock Index Fund Admiral Shares")
    expect_totals(page, lines=25)
    expect(findings(page)).not_to_contain_text(CHEAPER_CLASS)
    add(page, "FTIHX", "Fidelity Total International Index Fund", search)
    expect_totals(page, lines=26)

    remove(page, "Vanguard Target Retirement 2070 Fund")
    add(page, "VSVNX", "Vanguard Target Retirement 2070 Fund", search)
    expect(findings(page)).to_contain_text(PARTLY)
    press(page, "Make default : Vanguard Wellington Fund Admiral Shares")
    expect(row(page, "VWENX").get_by_text("Default", exact=True)).to_be_visible()
    press(page, "Make default : Vanguard Target Retirement")
    expect(row(page, "VSVNX").get_by_text("Default", exact=True)).to_be_visible()
    expect(findings(page)).not_to_contain_text(PARTLY)

    press(page, "Core : Fidelity Large Cap Growth Index Fund")
    expect(row(page, "FSPGX").get_by_text("Core", exact=True)).to_be_visible()


def remove(page: Any, name: str) -> None:
    press(page, f"Remove {name}")
    expect_text(page, f"{name} is off the menu.")


def add(page: Any, key: str, name: str, search: Any) -> None:
    page.get_by_label("Name, ticker or kind").fill(key)
    search()
    press(page, f"Add {name}")
    expect_text(page, f"{name} is on the menu.")


def row(page: Any, key: str) -> Any:
    return page.locator(f"#line-{key}")


def findings(page: Any) -> Any:
    return page.locator("#findings")


def expect_totals(page: Any, *, lines: int) -> None:
    """In the panel beside the menu, and in the line that stands for it on a phone."""
    expect(page.locator("#version-panel dl > div").first).to_contain_text(f"{lines}")
    expect(page.locator("#panel-summary")).to_contain_text(f"{lines} lines")


def refuse_crypto_as_default(page: Any, search: Any) -> None:
    add(page, "IBIT", "iShares Bitcoin Trust ETF", search)
    expect_totals(page, lines=27)
    follow(page, "Edit or replace iShares Bitcoin Trust ETF")
    page.get_by_label("Default investment (QDIA)").check()
    page.get_by_label("Value statement").fill("Asked for by employees.")
    press(page, "Save the line")

    expect(page.get_by_role("alert")).to_contain_text("iShares Bitcoin Trust ETF cannot be the default fund.")
    expect(page.get_by_label("Value statement")).to_have_value("Asked for by employees.")
    follow(page, "Back to the menu")
    remove(page, "iShares Bitcoin Trust ETF")
    expect_totals(page, lines=26)


def set_sleeve(page: Any) -> None:
    """2 % while young, falling to 0.5 % at 65: first typed above the cap, which is refused with what was typed kept."""
    follow(page, "Consider a sleeve")
    follow(page, "A crypto weight inside the target-date series")
    page.get_by_label("Crypto fund").select_option(label="Fidelity Wise Origin Bitcoin Fund (FBTC)")
    page.get_by_label("Cap, % of an account").fill("2")
    page.get_by_label("At 25").fill("3")
    page.get_by_label("At 65").fill("0.5")
    page.get_by_label("Once a year, back to the target").check()
    page.get_by_label("Why these figures?").fill("A total loss costs less than an ordinary bad month.")
    press(page, "Save the terms")
    expect(page.get_by_role("alert")).to_contain_text("cap")
    expect(page.get_by_label("At 65")).to_have_value("0.5")

    page.get_by_label("At 25").fill("2")
    press(page, "Save the terms")
    expect_text(page, "The sleeve's terms are saved.")
    expect(page.locator("#version-panel")).to_contain_text("of an account, at age 25")


def propose(page: Any) -> None:
    follow(page, "Check and propose")
    expect_heading(page, "Check before proposing")
    press(page, "Propose version 1")
    expect_heading(page, "Investment menu, version 1")
    expect(page.locator(".object-title")).to_contain_text("Proposed")
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)


def assert_proposed() -> None:
    version = MenuVersion.objects.get()
    keys = set(version.lines.values_list("fund__key", flat=True))
    core = set(version.lines.filter(is_core=True).values_list("fund__key", flat=True))
    assert (version.status, len(keys), "VSVNX" in keys, "IBIT" in keys) == ("proposed", 26, True, False)
    assert "FSPGX" in core
    assert (version.sleeve.fund, version.sleeve.cap) == (Fund.objects.get(key="FBTC"), Decimal("0.02"))
    assert version.lines.filter(is_qdia=True).count() == 11
