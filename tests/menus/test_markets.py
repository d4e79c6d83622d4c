"""Market editions: where each figure comes from, the conversion, and what the engine is given."""

import numpy as np
import pytest

from menus.engine.inputs import Market
from menus.engine.returns import repaired
from menus.markets import (
    MARKETS_FILE,
    arithmetic_from_compound,
    compound_checks,
    compound_from_arithmetic,
    digital_forecasts,
    digital_windows,
    market_edition,
    published_correlation_block,
    published_rows,
)
from sponsors.facts import FactError, read_yaml


def test_published_assets_keep_their_arithmetic_mean_and_volatility() -> None:
    edition = market_edition("house-2026-base")
    us_large = edition.assets.index("us_large")

    assert edition.arithmetic_means[us_large] == published_rows()["U.S. Large Cap"].arithmetic == 0.0794
    assert edition.volatilities[us_large] == 0.1647


@pytest.mark.parametrize(
    ("name", "compound", "volatility_window", "correlation_window"),
    [
        ("house-2026-bear", 0.02, "since-2017-01", "since-2021-08"),
        ("house-2026-base", 0.15, "since-2021-08", "since-2021-08"),
        ("house-2026-bull", 0.29, "since-2021-08", "since-2014-01"),
    ],
)
def test_digital_assets_take_their_windows(
    name: str, compound: float, volatility_window: str, correlation_window: str
) -> None:
    edition, windows = market_edition(name), digital_windows()

    assert edition.volatilities[-1] == windows[volatility_window].volatility
    measured = [windows[correlation_window].correlations[asset] for asset in edition.assets[:-1]]
    assert edition.correlations[-1].tolist() == [*measured, 1.0]
    assert edition.arithmetic_means[-1] == pytest.approx(
        arithmetic_from_compound(compound, windows[volatility_window].volatility), abs=1e-6
    )


def test_conversion_is_exact_for_a_known_case() -> None:
    # (1 + a)^2 = 1.25 and v^2 = 1.25 / 4: sqrt(1 + v^2 / (1 + a)^2) = sqrt(1.25), so the compound return is 0
    arithmetic, volatility = np.sqrt(1.25) - 1, np.sqrt(1.25) / 2

    assert compound_from_arithmetic(arithmetic, volatility) == pytest.approx(0.0, abs=1e-15)
    assert arithmetic_from_compound(0.0, volatility) == pytest.approx(arithmetic, abs=1e-15)


def test_conversion_is_not_the_shortcut() -> None:
    """Half the variance taken off the mean is wrong by several points at the volatility of digital assets."""
    assert abs(compound_from_arithmetic(0.2575, 0.5564) - (0.2575 - 0.5564**2 / 2)) > 0.03


def test_compound_returns_follow_from_all_published_means_and_volatilities() -> None:
    """Published compound returns are rounded to a tenth of a percent, means and volatilities to a hundredth."""
    checks = compound_checks()

    assert len(checks) == 59
    assert max(abs(check.difference) for check in checks) < 6e-5
    small_cap = next(check for check in checks if check.row.name == "U.S. Small Cap")
    assert small_cap.computed == pytest.approx(0.069, abs=5e-5)


def test_correlation_block_follows_the_order_asked_for() -> None:
    assert published_correlation_block(("Gold", "U.S. Large Cap", "U.S. Aggregate Bonds")) == [
        [1.0, 0.03, 0.38],
        [0.03, 1.0, 0.30],
        [0.38, 0.30, 1.0],
    ]


def test_engine_accepts_the_edition_and_prints_its_window() -> None:
    edition = market_edition("house-2026-bear")

    market = Market(**edition.engine_inputs())

    assert (market.edition, market.window) == ("house-2026-bear", edition.window)
    assert market.digital_index == len(edition.assets) - 1


def test_edition_hash_names_the_figures_for_ever() -> None:
    assert {
        name: market_edition(name).edition_hash[:16] for name in ("house-2026-bear", "house-2026-bull")
    } == {
        "house-2026-bear": "77c57fd2700ee81c",
        "house-2026-bull": "fa15cdf435d47b34",
    }


def test_arrays_of_an_edition_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        market_edition().volatilities[0] = 0.0


def test_forecasts_show_how_far_apart_they_are() -> None:
    assert [(f.publisher, f.case, f.compound) for f in digital_forecasts()] == [
        ("VanEck", "bear", 0.02),
        ("VanEck", "base", 0.15),
        ("VanEck", "bull", 0.29),
        ("Bitwise", "bear", 0.02),
        ("Bitwise", "base", 0.283),
        ("Bitwise", "bull", 0.394),
    ]


@pytest.mark.django_db  # imported histories are editions too
def test_unknown_edition_names_those_there_are() -> None:
    there_are = "house-2026-loss, house-2026-bear, house-2026-base, house-2026-bull, history-2014-2026"
    with pytest.raises(FactError, match=f"no market edition 'house-1999'; there are {there_are}"):
        market_edition("house-1999")


def test_repair_of_the_published_block_alone_is_as_small_as_its_description_says() -> None:
    block = published_correlation_block(tuple(read_yaml(MARKETS_FILE)["published_correlations"]["assets"]))

    fixed, change = repaired(np.array(block))

    assert np.linalg.eigvalsh(np.array(block))[0] == pytest.approx(-0.005, abs=1e-3)
    assert np.linalg.eigvalsh(fixed)[0] > 0
    assert 0.001 < change < 0.005
