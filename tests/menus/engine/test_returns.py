"""Population moments of the paths against closed form, the sample against the population, and the repair of
correlations."""

import numpy as np
import pytest

from menus.engine import InputError, Mixture
from menus.engine.returns import (
    MONTHS,
    generator,
    log_returns,
    mixture_cumulant,
    payroll_weights,
    repaired,
    state_variances,
    year_levels,
)

from .scenarios import market


def sample_year(years: int = 40, paths: int = 10_000) -> np.ndarray:
    """Yearly simple returns (n_assets, years * paths)."""
    edition = market()
    parameters = log_returns(edition)
    levels = [
        year_levels(parameters, generator(1, edition.digest, year), paths)[:, MONTHS] for year in range(years)
    ]
    return np.concatenate(levels, axis=1).astype(np.float64) - 1


def test_yearly_mean_and_volatility_equal_the_edition_in_closed_form():
    edition = market()
    parameters = log_returns(edition)
    variance = parameters.volatilities**2
    mean = np.exp(MONTHS * (parameters.means + mixture_cumulant(variance, edition.mixture)))
    square = np.exp(MONTHS * (2 * parameters.means + mixture_cumulant(4 * variance, edition.mixture)))

    assert mean - 1 == pytest.approx(edition.arithmetic_means, abs=1e-12)
    assert np.sqrt(square - mean**2) == pytest.approx(edition.volatilities, abs=1e-10)


def test_yearly_correlations_equal_the_edition_in_closed_form():
    edition = market()
    p = log_returns(edition)
    cross = (
        p.volatilities[:, None] ** 2
        + p.volatilities**2
        + 2 * p.correlations * np.outer(p.volatilities, p.volatilities)
    )
    product = np.exp(MONTHS * (p.means[:, None] + p.means + mixture_cumulant(cross, edition.mixture)))
    growth = 1 + edition.arithmetic_means
    covariance = product - np.outer(growth, growth)

    found = covariance / np.outer(edition.volatilities, edition.volatilities)
    off_diagonal = ~np.eye(5, dtype=bool)
    assert found[off_diagonal] == pytest.approx(edition.correlations[off_diagonal], abs=1e-9)


def test_sample_moments_lie_within_their_sampling_error():
    returns, edition = sample_year(), market()
    error = edition.volatilities / np.sqrt(returns.shape[1])

    assert (np.abs(returns.mean(axis=1) - edition.arithmetic_means) < 5 * error).all()
    assert returns.std(axis=1) == pytest.approx(edition.volatilities, rel=0.03)
    assert np.corrcoef(returns) == pytest.approx(edition.correlations, abs=0.02)


def test_default_mixture_has_kurtosis_six():
    calm, stress = state_variances(Mixture())
    assert 0.9 * calm + 0.1 * stress == pytest.approx(1)
    assert 3 * (0.9 * calm**2 + 0.1 * stress**2) == pytest.approx(6)


def test_a_usable_correlation_table_is_left_alone():
    table = market().correlations
    fixed, change = repaired(table)
    assert fixed is table
    assert change == 0


def test_an_impossible_correlation_table_is_repaired_and_the_change_reported():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1.0]])
    fixed, change = repaired(impossible)

    assert np.linalg.eigvalsh(fixed)[0] > 0
    assert np.diag(fixed).tolist() == [1, 1, 1]
    assert change == pytest.approx(np.abs(fixed - impossible).max())
    assert change > 0.1


def test_a_published_table_rounded_out_of_range_reaches_the_paths():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1.0]])
    edition = market(
        assets=("a", "b", "digital_assets"),
        arithmetic_means=np.full(3, 0.05),
        volatilities=np.full(3, 0.1),
        correlations=impossible,
    )
    assert log_returns(edition).largest_change > 0.1


def test_volatile_assets_that_cannot_be_that_opposed_are_refused():
    opposed = np.array([[1, -1], [-1, 1.0]])
    edition = market(
        assets=("a", "digital_assets"),
        arithmetic_means=np.zeros(2),
        volatilities=np.full(2, 1.5),
        correlations=opposed,
    )
    with pytest.raises(InputError, match="cannot be this negatively correlated"):
        log_returns(edition)


def test_an_asset_without_volatility_grows_by_its_mean():
    edition = market(volatilities=np.array([0.165, 0.176, 0.048, 0.0, 0.7]))
    levels = year_levels(log_returns(edition), generator(1, edition.digest, 1), 100)
    assert levels[3, MONTHS] == pytest.approx(np.full(100, 1.031), rel=1e-6)


def test_random_numbers_depend_on_seed_edition_and_year_alone():
    first = generator(5, market().digest, 3).standard_normal(4)
    again = generator(5, market().digest, 3).standard_normal(4)
    others = [(6, market().digest, 3), (5, market(edition="other").digest, 3), (5, market().digest, 4)]

    assert first.tolist() == again.tolist()
    assert all(first.tolist() != generator(*key).standard_normal(4).tolist() for key in others)


def test_monthly_pay_buys_at_each_month_end():
    assert payroll_weights(12).tolist() == pytest.approx([0] + [1 / 12] * 12)


def test_semi_monthly_pay_splits_its_middle_payday():
    assert payroll_weights(24).tolist() == pytest.approx([1 / 48] + [1 / 12] * 11 + [3 / 48])


@pytest.mark.parametrize("payrolls", [12, 24, 26, 52])
def test_payrolls_keep_their_money_and_their_mean_payday(payrolls):
    weights = payroll_weights(payrolls)
    paydays = np.arange(1, payrolls + 1) * MONTHS / payrolls
    assert weights.sum() == pytest.approx(1)
    assert weights @ np.arange(MONTHS + 1) == pytest.approx(paydays.mean())


def test_leaving_assets_out_does_not_change_the_others():
    edition = market()
    whole, part = (
        year_levels(log_returns(edition), generator(1, edition.digest, 1), 100, needed)
        for needed in (None, [1, 4])
    )
    assert np.array_equal(whole[[1, 4]], part[[1, 4]])
    assert not part[[0, 2, 3]].any()
