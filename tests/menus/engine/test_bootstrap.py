"""The block bootstrap: one walk for every worker, months drawn evenly, blocks of the stated length, exact moments."""

import numpy as np
import pytest

from menus.engine import InputError, Market
from menus.engine.bootstrap import History, month_rows, year_levels, year_moments

WORDS = (20260101, 7, 11)


def record(n_months: int = 60, n_assets: int = 3, block: float = 12) -> History:
    rng = np.random.default_rng(5)
    common = rng.normal(0.01, 0.05, (n_months, 1))
    return History(common + rng.normal(0, 0.03, (n_months, n_assets)), block)


def yearly(history: History, n_paths: int = 4_000, n_years: int = 25) -> np.ndarray:
    """Simple returns of simulated years (n_assets, n_years * n_paths)."""
    rows = month_rows(WORDS, n_paths, n_years, history.n_months, history.block_months)
    years = [year_levels(history, rows[12 * y : 12 * y + 12])[:, -1] for y in range(n_years)]
    return np.concatenate(years, axis=1).astype(np.float64) - 1


def test_same_words_draw_the_same_walk_and_others_another() -> None:
    walk = month_rows(WORDS, 500, 3, 151, 12)

    assert np.array_equal(walk, month_rows(WORDS, 500, 3, 151, 12))
    assert not np.array_equal(walk, month_rows((20260102, 7, 11), 500, 3, 151, 12))
    assert (walk.shape, walk.dtype, walk.min(), walk.max()) == ((36, 500), np.int16, 0, 150)


def test_a_shorter_walk_is_the_beginning_of_a_longer_one() -> None:
    """A participant's page draws only the years to their own retirement."""
    assert np.array_equal(month_rows(WORDS, 300, 4, 151, 12), month_rows(WORDS, 300, 40, 151, 12)[:48])


@pytest.mark.parametrize("block", [1, 3, 12, 30])
def test_block_lengths_are_geometric(block: float) -> None:
    """A block ends where the next month does not follow. A jump lands on the following month once in n_months."""
    n_months, rows = 151, month_rows(WORDS, 4_000, 20, 151, block)
    broken = rows[1:] != (rows[:-1] + 1) % n_months

    chance = (1 - 1 / n_months) / block
    assert broken.mean() == pytest.approx(chance, abs=4 * np.sqrt(chance / broken.size))
    following = broken[:-1] & broken[1:]  # blocks of one month: a break after a break is as likely as any
    assert following.mean() == pytest.approx(chance**2, abs=5 * np.sqrt(chance**2 / following.size))


def test_every_month_of_the_record_is_drawn_as_often() -> None:
    rows = month_rows(WORDS, 20_000, 10, 151, 12)

    counts = np.bincount(rows.ravel(), minlength=151)
    assert counts.sum() == rows.size
    assert np.abs(counts / counts.mean() - 1).max() < 0.03


def test_years_begin_where_the_last_one_ended() -> None:
    """Blocks run on over the turn of the year."""
    rows = month_rows(WORDS, 4_000, 10, 151, 12)

    goes_on = np.mean([rows[12 * y] == (rows[12 * y - 1] + 1) % 151 for y in range(1, 10)])
    assert goes_on == pytest.approx(1 - (1 - 1 / 151) / 12, abs=0.01)


def test_prices_are_the_products_of_the_months_drawn_for_all_assets_together() -> None:
    history = record()
    rows = month_rows(WORDS, 50, 1, 60, 12)

    levels = year_levels(history, rows)

    by_hand = np.cumprod(1 + history.returns[rows], axis=0).transpose(2, 0, 1)  # (assets, 12, paths)
    assert levels.dtype == np.float32
    np.testing.assert_array_equal(levels[:, 0], 1)
    np.testing.assert_allclose(levels[:, 1:], by_hand, rtol=2e-6)


def test_assets_nobody_needs_are_left_at_zero() -> None:
    history, rows = record(), month_rows(WORDS, 50, 1, 60, 12)

    levels = year_levels(history, rows, needed=[0, 2])

    assert not levels[1].any()
    assert np.array_equal(levels[[0, 2]], year_levels(history, rows)[[0, 2]])


def test_moments_of_a_record_that_never_changes_are_its_own() -> None:
    moments = year_moments(History(np.full((40, 2), 0.01)))

    np.testing.assert_allclose(moments.means, 1.01**12 - 1)
    np.testing.assert_allclose(moments.volatilities, 0, atol=1e-7)


def test_moments_of_single_months_are_those_of_independent_draws() -> None:
    """Blocks of one month: twelve independent months, whose moments are known in closed form."""
    history = record(block=1)
    gross = 1 + history.returns

    moments = year_moments(history)

    np.testing.assert_allclose(1 + moments.means, gross.mean(axis=0) ** 12)
    variance = (gross**2).mean(axis=0) ** 12 - gross.mean(axis=0) ** 24
    np.testing.assert_allclose(moments.volatilities, np.sqrt(variance))


@pytest.mark.parametrize("block", [1, 6, 12, 36])
def test_simulated_years_have_the_exact_moments(block: float) -> None:
    history = record(block=block)
    exact, simulated = year_moments(history), yearly(history)

    n = simulated.shape[1] / block  # neighbouring years share months: count them as fewer
    np.testing.assert_allclose(
        simulated.mean(axis=1), exact.means, atol=4 * exact.volatilities.max() / np.sqrt(n)
    )
    np.testing.assert_allclose(simulated.std(axis=1), exact.volatilities, rtol=0.03)
    np.testing.assert_allclose(np.corrcoef(simulated), exact.correlations, atol=0.02)


def market(history: History | None) -> Market:
    return Market("x", ("us_large", "digital_assets"), [0.1, 0.2], [0.1, 0.5], np.eye(2), history=history)


def test_history_is_part_of_the_market_and_its_name() -> None:
    plain = market(None)
    names = {market(record(n_assets=2, block=block)).digest for block in (6, 12)} | {plain.digest}

    assert len(names) == 3
    assert plain.digest[:16] == "c9de00ca49cbcd99"  # as it was before there were histories


@pytest.mark.parametrize(
    ("returns", "block", "words"),
    [
        (np.zeros((35, 2)), 12, "A history of 35 months: give 36 to 3,000"),
        (np.full((40, 2), -0.99), 12, "Month 1 of series 1 returns -99%, outside -95%"),
        (np.full((40, 2), 99.0), 12, r"returns \+9,900%, outside -95% to \+2,000%"),
        (np.full((40, 2), np.nan), 12, "missing or infinite"),
        (np.zeros((40, 2)), 0.5, "between 1 and 120 months"),
        (np.zeros((40, 2)), 121, "between 1 and 120 months"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused(returns: np.ndarray, block: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        History(returns, block)


def test_a_history_without_a_series_for_each_asset_is_refused() -> None:
    with pytest.raises(InputError, match="The history has 3 series; the market has 2 assets"):
        market(record(n_assets=3))
