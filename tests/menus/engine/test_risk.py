"""Who carries the risk: worked by hand for two assets, and what must hold for any market."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.engine.risk import LEVELS, covariances, risk_shares, sleeve_risk
from menus.engine.validation import InputError

# Stocks of 10 % volatility, digital assets of 50 %, correlation 0.2: S = [[0.01, 0.01], [0.01, 0.25]].
TWO = (np.array([0.10, 0.50]), np.array([[1.0, 0.2], [0.2, 1.0]]))


def test_two_assets_by_hand():
    """90 / 10: S w = (0.9 x 0.01 + 0.1 x 0.01, 0.9 x 0.01 + 0.1 x 0.25) = (0.010, 0.034); w'S w = 0.9 x 0.010 +
    0.1 x 0.034 = 0.0124; digital assets carry 0.0034 / 0.0124 = 27.4 % of the risk with 10 % of the money."""
    found = sleeve_risk(np.array([900.0, 100.0]), *TWO, asset=1)

    assert found.own_weight == pytest.approx(0.10)
    assert found.own_share == pytest.approx(0.0034 / 0.0124)
    assert found.own_volatility == pytest.approx(np.sqrt(0.0124))
    assert found.shares[10] == pytest.approx(found.own_share)


def test_curve_runs_from_nothing_at_no_weight_over_every_percent():
    """At 5 %: 0.05 x (0.95 x 0.01 + 0.05 x 0.25) / 0.0106 = 0.0011 / 0.0106; at 20 %: 0.2 x 0.058 / 0.0196."""
    found = sleeve_risk(np.array([0.9, 0.1]), *TWO, asset=1)

    assert found.levels.tolist() == [level / 100 for level in range(21)]
    assert found.shares[[0, 5, 20]] == pytest.approx([0, 0.0011 / 0.0106, 0.0116 / 0.0196])
    assert found.volatilities[[0, 5, 20]] == pytest.approx([0.10, np.sqrt(0.0106), np.sqrt(0.0196)])


def test_an_asset_that_takes_risk_away_has_a_negative_share():
    hedge = np.array([[1.0, -0.5], [-0.5, 1.0]])

    shares = risk_shares(np.array([0.98, 0.02]), covariances(np.array([0.2, 0.1]), hedge))

    assert shares[1] < 0
    assert shares.sum() == pytest.approx(1)


def test_a_mix_that_never_varies_has_no_risk_to_share():
    assert risk_shares(np.array([1.0, 0.0]), np.zeros((2, 2))).tolist() == [0, 0]


def test_nothing_but_digital_assets_leaves_nothing_to_take_a_weight_from():
    with pytest.raises(InputError, match="holds digital assets alone"):
        sleeve_risk(np.array([0.0, 5.0]), *TWO, asset=1)


@st.composite
def markets(draw):
    """A market of two to six assets: any volatilities, and correlations that some market can have."""
    n = draw(st.integers(2, 6))
    factors = np.array(draw(st.lists(st.floats(-1, 1), min_size=n * n, max_size=n * n))).reshape(n, n)
    root = factors + 2 * np.eye(n)
    table = root @ root.T
    scale = np.sqrt(np.diag(table))
    volatilities = np.array(draw(st.lists(st.floats(0.01, 1.5), min_size=n, max_size=n)))
    weights = np.array(draw(st.lists(st.floats(0.01, 1), min_size=n, max_size=n)))
    return weights, volatilities, table / np.outer(scale, scale)


@given(markets())
def test_shares_of_risk_sum_to_one(market):
    weights, volatilities, correlations = market

    shares = risk_shares(weights / weights.sum(), covariances(volatilities, correlations))

    assert shares.sum() == pytest.approx(1)


@given(markets())
def test_money_and_its_unit_do_not_matter(market):
    weights, volatilities, correlations = market

    one, thousand = (sleeve_risk(w, volatilities, correlations, 0) for w in (weights, 1000 * weights))

    assert thousand.shares == pytest.approx(one.shares, abs=1e-9)
    assert thousand.own_share == pytest.approx(one.own_share, abs=1e-9)


@given(markets())
def test_own_point_lies_on_the_curve(market):
    weights, volatilities, correlations = market

    found = sleeve_risk(weights, volatilities, correlations, 0, np.array([weights[0] / weights.sum()]))

    assert found.shares[0] == pytest.approx(found.own_share)


@given(swing=st.floats(0.03, 0.25), times=st.floats(2, 12), together=st.floats(0, 0.7))
def test_share_of_risk_is_convex_at_small_weights_and_above_the_weight(swing, times, together):
    """Each further percent of something volatile carries more of the risk than the one before it."""
    correlations = np.array([[1, together], [together, 1]])
    small = LEVELS[:4] / 10

    found = sleeve_risk(np.array([1.0, 0.0]), np.array([swing, swing * times]), correlations, 1, small)

    assert (np.diff(found.shares, 2) > 0).all()


@given(swing=st.floats(0.03, 0.25), times=st.floats(2, 12), together=st.floats(0.5, 0.95))
def test_an_asset_swinging_twice_as_much_carries_more_than_its_weight(swing, times, together):
    """With correlation r and k times the volatility the first percent carries r k percent: more than one if r k > 1."""
    correlations = np.array([[1, together], [together, 1]])

    found = sleeve_risk(np.array([1.0, 0.0]), np.array([swing, swing * times]), correlations, 1)

    assert (found.shares[1:] > found.levels[1:] - 1e-12).all()
