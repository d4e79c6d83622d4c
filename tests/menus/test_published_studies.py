"""Published results met again with the series that come with Steward: S1 to S4 of the research behind it."""

import pytest

from menus.backtests import Backtest, Rebalance, ahead, backtest, beside, with_added
from menus.histories import built_in_table
from menus.long_record import long_record

SIXTY_FORTY = {"us_large": 0.6, "us_agg": 0.4}


def run(mix: dict[str, float], first: str, last: str) -> Backtest:
    return backtest(built_in_table(), mix, Rebalance.QUARTERLY, first, last)


# ---------------------------------------------------------------- S1: Damodaran, workbook of 2025-01-01
@pytest.mark.parametrize(
    ("series", "arithmetic", "compound", "since_1975", "since_2015"),
    [
        ("us_large", 11.7941, 9.941, 13.5541, 14.1136),
        ("us_small", 17.5239, 11.7009, 15.7762, 6.66),
        ("treasury_bill", 3.3553, 3.3131, 4.3015, 1.7766),
        ("treasury_10y", 4.7917, 4.5015, 6.5209, 0.5726),
        ("baa_corporate", 6.8999, 6.6249, 8.9382, 3.8098),
        ("home_prices", 4.4096, 4.2282, 5.4301, 6.9776),
        ("gold", 6.7542, 5.1165, 7.5588, 8.6992),
    ],
)
def test_s1_averages_since_1928(
    series: str, arithmetic: float, compound: float, since_1975: float, since_2015: float
) -> None:
    record = long_record().series[series]

    means = [100 * record.arithmetic_mean(first, 2024) for first in (1928, 1975, 2015)]
    assert means == pytest.approx([arithmetic, since_1975, since_2015], abs=5.1e-5)
    assert 100 * record.compound_return(1928, 2024) == pytest.approx(compound, abs=1e-4)


@pytest.mark.parametrize(
    ("series", "dollars"),
    [
        ("us_large", 982_817.82),
        ("treasury_bill", 2_360.82),
        ("treasury_10y", 7_159.45),
        ("baa_corporate", 50_385.15),
        ("gold", 12_649.47),
    ],
)
def test_s1_what_100_dollars_of_1928_became(series: str, dollars: float) -> None:
    """Our returns have six decimals: 97 of them leave a little of the last digits open."""
    assert long_record().series[series].growth_of_100(1928, 2024) == pytest.approx(dollars, rel=2e-5)


# ---------------------------------------------------------------- S2: Bitwise 2023
def test_s2_how_often_a_little_bitcoin_helped_until_mid_2023() -> None:
    """60 % VT and 40 % BND with 2.5 % bitcoin, 2014-01 to 2023-06. Published, on daily figures: 70, 94 and 100 % of
    the windows of one, two and three years."""
    base = {"world": 0.6, "us_bond_total": 0.4}
    without = run(base, "2014-01", "2023-06")
    with_bitcoin = run(with_added(base, "bitcoin", 0.025), "2014-01", "2023-06")

    found = [ahead(with_bitcoin, without, months) for months in (12, 24, 36)]

    assert found == [(74, 103), (87, 91), (79, 79)]
    shares = [100 * better / windows for better, windows in found]
    assert [round(share, 1) for share in shares] == [71.8, 95.6, 100.0]
    assert shares == pytest.approx([70, 94, 100], abs=2)


# ---------------------------------------------------------------- S3: GAO-25-106161
def test_s3_how_crypto_moved_beside_stocks_from_2021_to_2023() -> None:
    """Published: crypto assets were 4 to 12 times as volatile as the S&P 500, and correlated with it more than gold."""
    moved = {
        series: beside(built_in_table(), series, "us_large", "2021-01", "2023-12")
        for series in ("bitcoin", "ether", "gold")
    }

    assert {series: round(one.volatility_ratio, 1) for series, one in moved.items()} == {
        "bitcoin": 3.8, "ether": 5.0, "gold": 0.8,
    }  # fmt: skip
    assert {series: round(one.correlation, 2) for series, one in moved.items()} == {
        "bitcoin": 0.48, "ether": 0.53, "gold": 0.27,
    }  # fmt: skip
    assert {one.n_months for one in moved.values()} == {36}


# ---------------------------------------------------------------- S4: our own 60/40 table, a regression fixture
@pytest.mark.parametrize(
    ("weight", "first", "annual", "volatility", "drawdown"),
    [
        (0.00, "2014-01", 9.14, 9.57, 20.1),
        (0.01, "2014-01", 9.88, 9.75, 20.4),
        (0.02, "2014-01", 10.61, 9.99, 20.8),
        (0.05, "2014-01", 12.73, 11.05, 21.9),
        (0.10, "2014-01", 16.09, 13.55, 24.5),
        (0.20, "2014-01", 22.18, 19.78, 30.5),
        (0.00, "2021-08", 7.48, 11.29, 20.2),
        (0.01, "2021-08", 7.61, 11.44, 20.6),
        (0.02, "2021-08", 7.74, 11.62, 21.0),
        (0.05, "2021-08", 8.12, 12.26, 22.2),
        (0.10, "2021-08", 8.71, 13.63, 24.5),
        (0.20, "2021-08", 9.72, 17.16, 30.3),
    ],
)
def test_s4_bitcoin_in_a_60_40_mix(
    weight: float, first: str, annual: float, volatility: float, drawdown: float
) -> None:
    found = run(with_added(SIXTY_FORTY, "bitcoin", weight), first, "2026-07")

    assert round(100 * found.annual_return, 2) == annual
    assert round(100 * found.volatility, 2) == volatility
    # The table's drawdowns were rounded to two digits and then to one: 21.850 -> 21.85 -> 21.9.
    assert round(round(100 * found.drawdown.depth, 2) + 1e-9, 1) == drawdown


def test_s4_the_lesson_is_the_window() -> None:
    """The same 5 % added 3.6 points a year over 12.6 years and 0.6 over the last five."""
    added = {
        first: run(with_added(SIXTY_FORTY, "bitcoin", 0.05), first, "2026-07").annual_return
        - run(SIXTY_FORTY, first, "2026-07").annual_return
        for first in ("2014-01", "2021-08")
    }

    assert {first: round(100 * points, 1) for first, points in added.items()} == {
        "2014-01": 3.6, "2021-08": 0.6,
    }  # fmt: skip
