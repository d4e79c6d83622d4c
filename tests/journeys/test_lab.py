"""Settings of a sleeve tried in the lab: by slider, at once; side by side in a link; by plain forms too."""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from menus.markets import DEFAULT_EDITION
from menus.models import MenuVersion, Sleeve
from menus.services.lab import LabSetting, lab_answer
from sponsors.models import User
from tests.factories.menus import author_of, make_line, make_sleeve, make_version, sleeve_terms
from tests.factories.sponsors import FUNDS, make_snapshot
from tests.journeys.steps import expect_text, follow, log_in, overflow, press


@pytest.fixture
def draft(live_server: Any) -> MenuVersion:
    version = make_version(funds=FUNDS[:2])
    make_line(version, FUNDS[2], is_qdia=True)
    make_sleeve(version, "both")
    make_snapshot(version.plan, 60)
    terms = sleeve_terms(
        "both", cap=Decimal("0.04")
    )  # other terms than any below, so that no answer is known already
    lab_answer(
        version, LabSetting(terms, Decimal("0.1"), DEFAULT_EDITION)
    )  # a new machine compiles the engine first
    return version


@pytest.mark.parametrize("width", [1280, 390])
def test_a_slider_answers_on_the_same_page(new_page, draft, width):
    page = new_page(width=width)
    open_lab(page, draft, author_of(draft.plan))
    page.evaluate("window.isSamePage = true")
    if width == 390:
        page.get_by_text("Change the setting").click()

    page.get_by_role("slider", name="Cap, % of an account").press("ArrowRight")

    expect_text(page, "both doors, against one cap; cap 5.5%;")
    expect(page.get_by_role("textbox", name="Cap, % of an account")).to_have_value("5.5")
    assert re.search(r"[?&]cap=5\.5&", page.url)
    assert page.evaluate("window.isSamePage") is True
    assert overflow(page) == 0


def test_what_does_not_fit_is_said_beside_the_slider_and_goes_away(new_page, draft):
    page = new_page()
    open_lab(page, draft, author_of(draft.plan))
    cap = page.get_by_role("textbox", name="Cap, % of an account")

    cap.fill("0")
    expect(page.locator("#id_cap_says")).to_contain_text("The cap must lie between 0 and 100%")
    expect_text(page, "No figures for this setting.")
    cap.fill("6")

    expect_text(page, "cap 6%;")
    expect(page.locator("#id_cap_says")).to_be_empty()


@pytest.mark.parametrize("javascript", [True, False])
def test_settings_side_by_side_and_one_used_in_the_draft(new_page, draft, javascript):
    page = new_page(java_script_enabled=javascript)
    open_lab(page, draft, author_of(draft.plan))

    try_weight(page, "3", javascript)
    follow(page, "Keep this setting beside the next")
    try_weight(page, "1", javascript)
    expect(page.get_by_role("columnheader", name="Kept 2")).to_be_visible()
    expect(page.get_by_role("columnheader", name="As the version stands")).to_be_visible()
    follow(page, "Use this setting in the draft")

    expect(page.get_by_label("Expected weight, %")).to_have_value("1")
    assert Sleeve.objects.get(version=draft).target_weight == Decimal("0.02")
    press(page, "Save the terms")
    expect_text(page, "The sleeve's terms are saved.")
    assert Sleeve.objects.get(version=draft).target_weight == Decimal("0.01")


def open_lab(page: Any, draft: MenuVersion, reader: User) -> None:
    log_in(page, reader.email)
    page.goto(draft.get_absolute_url())
    follow(page, "Try other terms in the lab")
    expect_text(page, "Nothing of this is stored")


def try_weight(page: Any, percent: str, javascript: bool) -> None:
    page.locator("#id_target_weight").fill(percent)
    if not javascript:
        press(page, "Answer")
    expect_text(page, f"line {percent}%, taken up by 10% of the people")
