"""Look-through and glide paths: what a fund holds, in the engine's asset classes."""

import numpy as np
import pytest

from menus.look_through import engine_assets, glide_paths, look_through_vector, published_row
from sponsors.facts import Basis, FactError

ASSETS = list(engine_assets())


def share(weights: np.ndarray, *assets: str) -> float:
    return float(sum(weights[ASSETS.index(asset)] for asset in assets))


def test_single_class_fund_is_one_asset() -> None:
    assert look_through_vector("tips").tolist() == [float(asset == "tips") for asset in ASSETS]


def test_balanced_fund_is_sixty_forty() -> None:
    weights = look_through_vector("balanced_60_40")

    assert share(weights, "us_large", "us_mid", "us_small") == pytest.approx(0.6)
    assert share(weights, "us_agg") == pytest.approx(0.4)


def test_every_digital_product_is_the_digital_asset() -> None:
    for key in ("bitcoin", "ether", "crypto_index", "bitcoin_futures"):
        assert share(look_through_vector(key), "digital_assets") == 1.0


@pytest.mark.parametrize(
    ("years", "stocks", "bonds", "tips"),
    [(45, 0.90, 0.10, 0.0), (28, 0.90, 0.10, 0.0), (13, 0.784, 0.216, 0.0), (-7, 0.421, 0.464, 0.115)],
)
def test_vanguard_path_at_band_centres(years: int, stocks: float, bonds: float, tips: float) -> None:
    weights = glide_paths()["vanguard-target-retirement"].weights_at(years)[0]

    assert share(weights, "us_large", "us_mid", "us_small", "intl_dev", "em") == pytest.approx(
        stocks, abs=1e-9
    )
    assert share(weights, "us_agg") == pytest.approx(bonds, abs=1e-9)
    assert share(weights, "tips") == pytest.approx(tips, abs=1e-9)


def test_path_is_straight_between_points_and_level_beyond_the_ends() -> None:
    path = glide_paths()["vanguard-target-retirement"]
    at_13, at_8, between = path.weights_at([13, 8, 10.5])

    assert between == pytest.approx((at_13 + at_8) / 2, abs=1e-12)
    assert path.weights_at(80).tolist() == path.weights_at(45).tolist()
    assert path.weights_at(-40).tolist() == path.weights_at(-7).tolist()


def test_other_family_moves_the_shape_to_its_own_figures_and_says_so() -> None:
    fidelity, shape = glide_paths()["fidelity-freedom-index"], glide_paths()["vanguard-target-retirement"]
    stocks = ("us_large", "us_mid", "us_small", "intl_dev", "em")

    assert fidelity.basis is Basis.HOUSE
    assert share(fidelity.weights_at(16)[0], *stocks) == pytest.approx(0.8322, abs=1e-9)
    move = share(fidelity.weights_at(21)[0], *stocks) - share(shape.weights_at(21)[0], *stocks)
    far = share(fidelity.weights_at(45)[0], *stocks) - share(shape.weights_at(45)[0], *stocks)
    assert far == pytest.approx(move, abs=1e-9)


def test_family_without_figures_keeps_the_shape() -> None:
    years = np.arange(45, -10, -1)

    american = glide_paths()["american-funds-target-date"]

    assert american.weights_at(years) == pytest.approx(
        glide_paths()["vanguard-target-retirement"].weights_at(years), abs=1e-12
    )
    assert american.why.startswith("No figures of this family's path were found")


def test_digital_assets_have_no_published_row() -> None:
    assert published_row("us_large") == "U.S. Large Cap"
    with pytest.raises(FactError, match="digital_assets has no row in the published assumptions"):
        published_row("digital_assets")
