"""The market pages: every edition with its figures and standing, the record, a mix tried; who may read them."""

import pytest
from django.urls import reverse

from menus.engine import Market
from menus.engine.returns import log_returns
from menus.markets import market_edition, selectable_names
from sponsors.enums import Role
from tests.factories.histories import make_history
from tests.factories.sponsors import client_of, make_member, make_plan, make_user

pytestmark = pytest.mark.django_db
LIST, BACKTEST = reverse("menus:market-list"), reverse("menus:market-backtest")
MIX = {"mix": "us_large=57%, us_agg=38%, bitcoin=5%", "rebalance": "quarterly",
       "first_month": "2014-01", "last_month": "2026-07"}  # fmt: skip


@pytest.fixture
def reader():
    return client_of(make_user())


@pytest.mark.parametrize("path", [LIST, BACKTEST, "/markets/house-2026-base/"])
def test_pages_need_an_account_and_no_plan(client, reader, path):
    stranger = client.get(path)

    assert (stranger.status_code, stranger.url) == (302, f"/account/login/?next={path}")
    assert reader.get(path).status_code == 200


def test_list_shows_every_edition_with_its_window_and_the_forecasts(reader):
    make_history("ours")

    text = reader.get(LIST).text

    for name in selectable_names():
        edition = market_edition(name)
        assert reverse("menus:market-detail", args=[name]) in text
        assert edition.window in text
    assert "run from 2% to 39% a year" in text
    assert text.count("VanEck, ") == text.count("Bitwise, ") == 3
    assert "-5.4%" in text.replace("−", "-")


def test_list_shows_the_record_since_1928(reader):
    text = reader.get(LIST).text

    for figure in ("11.79%", "13.55%", "14.11%", "9.94%", "$982,821"):
        assert figure in text


def test_edition_page_names_every_asset_the_repair_and_the_sources(reader):
    edition = market_edition("house-2026-base")

    response = reader.get(reverse("menus:market-detail", args=[edition.name]))

    drawn = log_returns(Market(**edition.engine_inputs()))
    assert [asset.key for asset in response.context["facts"].assets] == list(edition.assets)
    assert f"The largest change is {drawn.largest_change:.3f}, between us_large and us_value" in response.text
    assert (
        "Tried on all 59 published rows, the largest difference from the printed compound return is 0.005 points"
        in response.text
    )
    for source in edition.sources:
        assert source.title in response.text


def test_page_of_an_imported_history_says_what_was_not_checked(reader):
    make_history("ours")

    text = reader.get(reverse("menus:market-detail", args=["history-ours"])).text

    assert "Steward has checked its form, not its source" in text
    assert "Our record keeper." in text
    assert "The record has no series for us_mid" in text
    assert "drawn from 2014-01 to 2026-07, 151 months" in text


def test_who_may_start_runs_is_led_to_one_on_the_edition():
    plan = make_plan()
    led = f"/plans/{plan.slug}/runs/start/?edition=history-2021-2026"

    texts = {
        role: client_of(make_member(plan, role)).get("/markets/history-2021-2026/").text
        for role in (Role.PLAN_ADMINISTRATOR, Role.AUDITOR)
    }

    assert {role: led in text for role, text in texts.items()} == {
        Role.PLAN_ADMINISTRATOR: True, Role.AUDITOR: False,
    }  # fmt: skip


def test_unknown_edition_is_not_found(reader):
    assert reader.get("/markets/house-1999/").status_code == 404


def test_lesson_of_the_window_stands_first(reader):
    response = reader.get(BACKTEST)

    assert "the same 5% of bitcoin in 60/40 added 3.6 points a year over 12.6 years" in response.text
    assert "and 0.6 points over the last 5 years." in response.text
    for figure in ("12.73%", "8.12%", "22.18%", "9.72%"):
        assert figure in response.text
    assert response.context["found"] is None


def test_a_mix_is_tried_and_the_address_holds_the_question(reader):
    response = reader.get(BACKTEST, MIX)

    found = response.context["found"]
    assert (found.window, round(found.annual_return, 4)) == ("2014-01 to 2026-07, 151 months", 0.1273)
    assert "its deepest fall was 21.8%, from 2021-12 to 2022-09, regained in 2023-12" in response.text
    assert "23.6%" in response.text  # bitcoin's share of risk


def test_a_mix_is_tried_on_an_imported_record(reader):
    make_history("ours")

    response = reader.get(BACKTEST, MIX | {"history": "ours"})

    assert response.context["found"].table.name == "ours"
    assert [one["key"] for one in response.context["series"]] == ["us_large", "us_agg", "bitcoin"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"mix": "us_large=60%, us_agg=30%"}, "mix", "The weights sum to 0.9, not to 1."),
        ({"mix": "us_large=60%, us_huge=40%"}, "mix", "us_huge: there is no such series."),
        ({"mix": ""}, "mix", "This field is required."),
        ({"first_month": "2005-01"}, "first_month", "2005-01 is before it."),
        ({"last_month": "2030-01"}, "last_month", "2030-01 is after it."),
        ({"rebalance": "daily"}, "rebalance", "daily is not one of the available choices."),
        ({"history": "nowhere"}, "history", "nowhere is not one of the available choices."),
    ],
)
def test_a_mix_that_cannot_be_is_refused_at_its_field_and_kept(reader, changes, field, words):
    response = reader.get(BACKTEST, MIX | changes)

    assert words in " ".join(response.context["form"].errors[field])
    assert response.context["found"] is None
    assert response.context["form"]["mix"].value() == (MIX | changes)["mix"]


def test_rail_leads_to_the_markets_and_keeps_the_plan(reader):
    plan = make_plan()
    client = client_of(make_member(plan))

    response = client.get(LIST, {"plan": plan.slug})

    assert f"{BACKTEST}?plan={plan.slug}" in response.text
    current = [entry["label"] for entry in response.context["rail"] if entry["current"]]
    assert current == ["Markets"]
