"""Runs whose market is drawn from a record: through `prepare` and `project`, as the mixture's are."""

import numpy as np
import pytest

from menus.engine import Market, merge, prepare, project
from menus.engine.bootstrap import History, month_rows, year_levels, year_moments
from menus.engine.returns import drawing, log_returns, seed_words
from tests.menus.engine.scenarios import ASSETS, market, people, scenario


def record_market(block: float = 12, **changes: object) -> Market:
    """Ten years of months in which stocks, bonds and digital assets move together in their own way."""
    rng = np.random.default_rng(9)
    common = rng.normal(0, 1, (120, 1))
    loads = np.array([[0.03, 0.03, 0.004, 0.0, 0.06]])
    own = rng.normal(0, 1, (120, 5)) * np.array([0.02, 0.025, 0.008, 0.0005, 0.15])
    means = np.array([0.007, 0.006, 0.003, 0.002, 0.02])
    history = History(means + loads * common + own, block)
    moments = year_moments(history)
    return market(
        history=history,
        arithmetic_means=moments.means,
        volatilities=moments.volatilities,
        correlations=moments.correlations,
        **changes,
    )


def test_years_of_a_run_are_the_months_drawn() -> None:
    asked = scenario(market=record_market())
    draw = drawing(asked, log_returns(asked.market), range(len(ASSETS)))

    history = asked.market.history
    assert history is not None
    words = seed_words(asked.seed, asked.market.digest)
    rows = month_rows(words, asked.n_paths, asked.n_years, history.n_months, history.block_months)
    for year in (1, 2, asked.n_years):
        months = rows[12 * (year - 1) : 12 * year]
        assert np.array_equal(draw(year), year_levels(history, months))


def test_nothing_of_a_record_is_repaired() -> None:
    asked = scenario(market=record_market())

    assert log_returns(asked.market).largest_change == 0.0


def test_a_run_on_a_record_is_the_same_for_any_chunks_and_workers() -> None:
    asked, persons = scenario(market=record_market()), people(40)

    whole = project(prepare(asked), persons)
    parts = [
        project(prepare(asked), persons.take(slice(start, start + 7)), workers=2) for start in range(0, 40, 7)
    ]

    assert merge(parts[::-1]).digest == merge([whole]).digest


def test_block_length_and_seed_change_the_paths() -> None:
    persons = people(20)
    digests = {
        merge([project(prepare(scenario(market=record_market(block), seed=seed)), persons)]).digest
        for block, seed in ((12, 1), (6, 1), (12, 2))
    }

    assert len(digests) == 3


@pytest.mark.parametrize("block", [1, 12])
def test_simulated_years_have_the_moments_that_the_market_states(block: float) -> None:
    asked = scenario(market=record_market(block), n_paths=4_000)
    draw = drawing(asked, log_returns(asked.market), range(len(ASSETS)))

    years = np.concatenate([draw(year)[:, -1] for year in range(1, 21)], axis=1).astype(np.float64) - 1

    stated = asked.market
    np.testing.assert_allclose(years.mean(axis=1), stated.arithmetic_means, atol=0.02)
    np.testing.assert_allclose(years.std(axis=1), stated.volatilities, rtol=0.03, atol=1e-4)
    np.testing.assert_allclose(np.corrcoef(years), stated.correlations, atol=0.03)
