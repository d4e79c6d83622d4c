"""What a mix would have done: by hand, by identity, and what is refused."""

from datetime import date

import numpy as np
import pytest

from menus.backtests import Rebalance, ahead, backtest, mix_read, with_added
from menus.histories import MonthTable, built_in_table
from sponsors.errors import Refusal


def table(**series: list[float]) -> MonthTable:
    """Twelve months or more of invented series from 2020-01 on."""
    n = len(next(iter(series.values())))
    months = tuple(str(np.datetime64("2020-01", "M") + i) for i in range(n))
    columns = {name: np.array(values, dtype=np.float64) for name, values in series.items()}
    return MonthTable("invented", "Invented", months, columns, (), "0" * 64, date(2021, 1, 31))


def test_figures_by_hand() -> None:
    """100 rises to 120, falls to 60 and comes back to 120 and further: a fall of one half."""
    months = [0.2, -0.5, 0.0, 1.0, *[0.0] * 7, 0.1]

    found = backtest(table(one=months), {"one": 1.0}, Rebalance.MONTHLY)

    assert found.cumulative_return == pytest.approx(0.32)
    assert found.annual_return == pytest.approx(0.32)  # a year is a year
    assert found.volatility == pytest.approx(np.std(months, ddof=1) * np.sqrt(12))
    assert vars(found.drawdown) == {
        "depth": pytest.approx(0.5), "high": "2020-01", "low": "2020-02", "recovered": "2020-04",
    }  # fmt: skip
    assert (found.first_month, found.last_month, found.n_months) == ("2020-01", "2020-12", 12)
    assert [(one.series, one.risk_share) for one in found.series] == [("one", pytest.approx(1))]


def test_a_fall_from_the_start_begins_the_month_before_and_may_not_end() -> None:
    found = backtest(table(one=[-0.1] + [0.0] * 11), {"one": 1.0}, Rebalance.NONE)

    assert vars(found.drawdown) == {
        "depth": pytest.approx(0.1), "high": "2019-12", "low": "2020-01", "recovered": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rebalance", "months"), [("monthly", 1), ("quarterly", 3), ("yearly", 12), ("none", 99)]
)
def test_rebalancing_goes_back_to_the_weights(rebalance: str, months: int) -> None:
    """Wealth between two rebalancings is that of two accounts left alone."""
    rng = np.random.default_rng(3)
    one, two = rng.normal(0.01, 0.1, 24), rng.normal(0.002, 0.02, 24)

    found = backtest(table(one=one, two=two), {"one": 0.6, "two": 0.4}, Rebalance(rebalance))

    wealth = 1.0
    for start in range(0, 24, months):
        part = slice(start, start + months)
        wealth *= 0.6 * np.prod(1 + one[part]) + 0.4 * np.prod(1 + two[part])
    assert 1 + found.cumulative_return == pytest.approx(wealth, rel=1e-12)


def test_shares_of_risk_sum_to_one_and_follow_the_covariance() -> None:
    rng = np.random.default_rng(4)
    one, two = rng.normal(0, 0.1, 60), rng.normal(0, 0.05, 60)

    found = backtest(table(one=one, two=two), {"one": 0.5, "two": 0.5}, Rebalance.MONTHLY)

    covariance = np.cov(one, two)
    expected = covariance.sum(axis=0) / covariance.sum()
    assert [series.risk_share for series in found.series] == pytest.approx(expected.tolist())
    assert sum(series.risk_share for series in found.series) == pytest.approx(1, abs=1e-12)


def test_risk_of_a_small_weight_grows_faster_than_the_weight() -> None:
    """The share of risk is convex in the weight: that is what a cap is for."""
    weights = (0.01, 0.02, 0.05, 0.10)
    mixes = [with_added({"us_large": 0.6, "us_agg": 0.4}, "bitcoin", weight) for weight in weights]
    shares = [
        backtest(built_in_table(), mix, Rebalance.QUARTERLY, "2014-01", "2026-07").series[-1].risk_share
        for mix in mixes
    ]

    per_weight = np.array(shares) / weights
    assert (np.diff(per_weight[:3]) > 0).all()
    assert [round(share, 3) for share in shares] == [0.032, 0.075, 0.236, 0.488]


def test_ahead_counts_rolling_windows_of_both() -> None:
    better = backtest(table(one=[0.02] * 6 + [-0.02] * 6), {"one": 1.0}, Rebalance.NONE)
    flat = backtest(table(one=[0.0] * 12), {"one": 1.0}, Rebalance.NONE)

    assert ahead(better, flat, 3) == (5, 10)  # 3 up, 2 up and 1 down; then 1 up and 2 down, ...


def test_what_is_added_is_taken_from_all_others_pro_rata() -> None:
    assert with_added({"a": 0.6, "b": 0.4}, "c", 0.05) == pytest.approx({"a": 0.57, "b": 0.38, "c": 0.05})
    assert with_added({"a": 1.0}, "c", 0) == {"a": 1.0}


@pytest.mark.parametrize(
    ("text", "mix"),
    [
        ("us_large=.6,us_agg=.4", {"us_large": 0.6, "us_agg": 0.4}),
        (" us_large = 60% ,\n us_agg=40%,", {"us_large": 0.6, "us_agg": 0.4}),
        ("", {}),
    ],
)
def test_a_mix_is_read(text: str, mix: dict[str, float]) -> None:
    assert mix_read(text) == pytest.approx(mix)


@pytest.mark.parametrize("text", ["us_large", "us_large=", "us_large=much", "us_large=.5,us_large=.5"])
def test_a_mix_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        mix_read(text)
    assert refused.value.field == "mix"


@pytest.mark.parametrize(
    ("mix", "first", "last", "field", "words"),
    [
        ({}, "", "", "mix", "The mix is empty"),
        ({"us_large": 0.6, "us_agg": 0.3}, "", "", "mix", "The weights sum to 0.9, not to 1"),
        ({"us_large": 1.2, "us_agg": -0.2}, "", "", "mix", "The weight of us_large is 1.2"),
        ({"us_large": float("nan"), "us_agg": 0.5}, "", "", "mix", "The weight of us_large is nan"),
        ({"us_huge": 1.0}, "", "", "mix", "us_huge: there is no such series. There are us_large"),
        ({"bitcoin": 1.0}, "2005-01", "", "first_month", "The record of bitcoin runs from 2010-08 to 2026-07"),
        ({"us_large": 1.0}, "", "2031-01", "last_month", "2031-01 is after it"),
        ({"us_large": 1.0}, "2014", "", "first_month", "'2014' is no month"),
        ({"us_large": 1.0}, "", "2014-13", "last_month", "'2014-13' is no month"),
        ({"us_large": 1.0}, "2020-01", "2019-01", "last_month", "ends (2019-01) before it begins"),
        ({"us_large": 1.0}, "2020-01", "2020-11", "first_month", "The window has 11 months. Choose 12 or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_at_its_field(
    mix: dict[str, float], first: str, last: str, field: str, words: str
) -> None:
    with pytest.raises(Refusal) as refused:
        backtest(built_in_table(), mix, Rebalance.QUARTERLY, first, last)

    assert (refused.value.field, words in refused.value.message) == (field, True), refused.value.message
