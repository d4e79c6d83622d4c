"""manage.py market and manage.py backtest: what they print, for people and for programs."""

import json
from io import StringIO
from itertools import pairwise

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from menus.engine import Market
from menus.engine.bootstrap import year_moments
from menus.engine.returns import log_returns
from menus.markets import edition_names, market_edition
from menus.panel.market_facts import market_facts
from tests.factories.histories import make_history

pytestmark = pytest.mark.django_db


def said(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


# ---------------------------------------------------------------- market
def test_market_as_json_names_figures_sources_and_repair() -> None:
    body = json.loads(said("market", "--edition", "house-2026-base", "--json"))

    us_large = next(asset for asset in body["assets"] if asset["key"] == "us_large")
    assert us_large == {
        "key": "us_large",
        "label": "US large companies",
        "arithmetic": 0.0794,
        "volatility": 0.1647,
        "compound": 0.06705,
        "published_compound": 0.067,
        "behind": "U.S. Large Cap",
    }
    assert body["correlation_repair"]["pair"] == ["us_large", "us_value"]
    assert body["compound_check"]["published_rows"] == 59
    assert abs(body["compound_check"]["largest_difference"]) < 6e-5
    assert (body["as_of"], body["window"]) == ("2026-07-31", market_edition("house-2026-base").window)
    assert [source["id"] for source in body["sources"]] == [
        "jpm-ltcma-2026", "vaneck-bitcoin-2026", "monthly-returns-2026-07",
    ]  # fmt: skip
    assert "not a forecast" in body["note"]


@pytest.mark.parametrize("name", edition_names())
def test_correlations_are_reported_after_a_repair_that_is_reported_too(name: str) -> None:
    edition = market_edition(name)
    facts = market_facts(edition)
    drawn = log_returns(Market(**edition.engine_inputs()))

    assert facts.repair.largest_change == drawn.largest_change
    assert np.linalg.eigvalsh(facts.correlations)[0] > 0
    moved = np.abs(facts.correlations - edition.correlations)
    if facts.repair.pair is None:
        assert moved.max() < 1e-10
    else:
        one, other = (edition.assets.index(asset) for asset in facts.repair.pair)
        assert moved[one, other] == moved.max() == pytest.approx(drawn.largest_change, abs=1e-3)
        assert abs(facts.repair.after - facts.repair.before) == pytest.approx(drawn.largest_change)


def test_market_in_words_has_a_line_for_each_asset() -> None:
    text = said("market", "--edition", "house-2026-loss")

    assert "digital_assets       -5.40%     74.99%   -25.87%" in text
    assert "at most by 0.0188, us_large with us_value (0.9605 to 0.9417 by month)" in text
    assert "Source: J.P. Morgan 2026 Long-Term Capital Market Assumptions" in text


def test_market_of_a_history_shows_its_window_blocks_and_exact_moments() -> None:
    body = json.loads(said("market", "--edition", "history-2021-2026-block-6", "--json"))

    market = Market(**market_edition("history-2021-2026-block-6").engine_inputs())
    moments = year_moments(market.history)
    assert body["window"] == "drawn from 2021-08 to 2026-07, 60 months, in blocks of 6 months on average"
    assert (body["block_months"], body["correlation_repair"]["largest_change"]) == (6, 0.0)
    assert [asset["arithmetic"] for asset in body["assets"]] == moments.means.round(6).tolist()
    assert body["assets"][-1]["compound"] == pytest.approx(0.091, abs=5e-4)


def test_market_of_an_imported_history_leaves_out_what_it_lacks() -> None:
    make_history("ours")

    body = json.loads(said("market", "--edition", "history-ours", "--json"))

    assert [asset["key"] for asset in body["assets"]] == ["us_large", "us_agg", "digital_assets"]
    assert "us_mid" in body["lacking"]
    assert body["sources"][0]["title"] == "Our record keeper."


@pytest.mark.parametrize("name", ["house-1999", "history-1999", ""])
def test_unknown_edition_lists_those_there_are(name: str) -> None:
    with pytest.raises(CommandError, match="house-2026-loss, house-2026-bear"):
        said("market", "--edition", name)


def test_forecasts_of_the_editions_stand_in_order_of_return() -> None:
    compounds = [
        json.loads(said("market", "--edition", name, "--json"))["assets"][-1]["compound"]
        for name in edition_names()
    ]

    assert all(low < high for low, high in pairwise(compounds))


# ---------------------------------------------------------------- backtest
MIX = ("--mix", "us_large=.6,us_agg=.4", "--rebalance", "quarterly", "--from", "2014-01", "--to", "2026-07")


def test_backtest_as_json() -> None:
    body = json.loads(said("backtest", *MIX, "--json"))

    assert body["window"] == {"first_month": "2014-01", "last_month": "2026-07", "months": 151}
    assert (body["annual_return"], body["volatility"]) == (0.091439, 0.095722)
    assert body["cumulative_return"] == pytest.approx((1 + body["annual_return"]) ** (151 / 12) - 1, abs=1e-4)
    assert body["drawdown"] == {
        "depth": 0.200821, "high": "2021-12", "low": "2022-09", "recovered": "2024-02",
    }  # fmt: skip
    assert [(one["series"], one["weight"], one["risk_share"]) for one in body["series"]] == [
        ("us_large", 0.6, 0.897263), ("us_agg", 0.4, 0.102737),
    ]  # fmt: skip
    assert body["sources"][0].startswith("Monthly total returns to July 2026")


def test_backtest_in_words() -> None:
    text = said("backtest", *MIX)

    assert text.startswith("2014-01 to 2026-07, 151 months, rebalanced every third month\n")
    assert "return a year          9.14%" in text
    assert "deepest fall         -20.08%  2021-12 to 2022-09, regained in 2024-02" in text


def test_backtest_of_an_imported_history_is_that_of_its_figures() -> None:
    make_history("ours")

    ours = json.loads(said("backtest", *MIX, "--history", "ours", "--json"))

    same = json.loads(said("backtest", *MIX, "--json"))
    named = {"history", "history_sha256", "sources"}
    assert {key: ours[key] for key in ours.keys() - named} == {key: same[key] for key in same.keys() - named}
    assert ours["history_sha256"] != same["history_sha256"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mix", "us_large=.6,us_agg=.3"), "The weights sum to 0.9"),
        (("--mix", "us_large=.6,nothing=.4"), "nothing: there is no such series"),
        (("--mix", "bitcoin=1", "--from", "2001-01"), "2001-01 is before it"),
        (
            ("--mix", "us_large=1", "--history", "nowhere"),
            "There is no history 'nowhere'; there are built-in",
        ),
        (("--mix", "us_large=1", "--rebalance", "daily"), "invalid choice: 'daily'"),
    ],
)
def test_backtest_that_cannot_be_is_refused(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        said("backtest", *arguments)
