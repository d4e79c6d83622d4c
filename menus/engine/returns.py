"""Market paths: seeded monthly log-returns whose yearly population moments equal the edition's.

x(i, m) = mu(i) + sigma(i) * h(m) * z(i, m), with z standard normal and correlated, and h(m) the state of the
month, common to all assets: h^2 is larger by the variance ratio in a stressed month and E[h^2] = 1. K(t) = ln
E[exp(h^2 t / 2)] carries every moment: E[exp(x)] = exp(mu + K(sigma^2)), and a year is twelve independent
months.
"""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from . import bootstrap
from .inputs import Market, Mixture, Scenario
from .validation import Floats, require

Singles = NDArray[np.float32]
MONTHS = 12
EIGENVALUE_FLOOR = 1e-8
BISECTIONS = 80
FEW_PATHS = 2_000


def state_variances(mixture: Mixture) -> tuple[float, float]:
    """h^2 in a calm and in a stressed month, with E[h^2] = 1."""
    calm = 1 / (1 + mixture.stress_probability * (mixture.variance_ratio - 1))
    return calm, calm * mixture.variance_ratio


def mixture_cumulant(variance: Floats, mixture: Mixture) -> Floats:
    """K(t) = ln((1 - q) exp(h_calm^2 t / 2) + q exp(h_stress^2 t / 2)), elementwise."""
    calm, stress = state_variances(mixture)
    with np.errstate(divide="ignore"):
        log_weights = np.log([1 - mixture.stress_probability, mixture.stress_probability])
    return np.logaddexp(log_weights[0] + calm * variance / 2, log_weights[1] + stress * variance / 2)


def _bisect(rising: Callable[[Floats], Floats], target: Floats, low: float, high: float) -> Floats:
    """The argument at which an elementwise rising function meets `target`."""
    lows, highs = np.full(target.shape, low), np.full(target.shape, high)
    for _ in range(BISECTIONS):
        middle = (lows + highs) / 2
        below = rising(middle) < target
        lows, highs = np.where(below, middle, lows), np.where(below, highs, middle)
    return (lows + highs) / 2


@dataclass(frozen=True, eq=False)
class LogReturns:
    """Monthly log-return parameters of an edition.

    `means`, `volatilities` (n_assets); `correlations` (n_assets, n_assets) after repair; `largest_change` is
    the largest move of any correlation that the repair made (0 when none was needed).
    """

    means: Floats
    volatilities: Floats
    correlations: Floats
    largest_change: float
    mixture: Mixture

    @cached_property
    def root(self) -> Floats:
        """Lower triangular L with L L' = correlations."""
        return np.asarray(np.linalg.cholesky(self.correlations), dtype=np.float64)


def monthly_volatilities(market: Market) -> Floats:
    """sigma with K(4 sigma^2) - 2 K(sigma^2) = ln(1 + (v / (1 + a))^2) / 12: the yearly volatility is then
    exactly v."""
    target = np.log1p((market.volatilities / (1 + market.arithmetic_means)) ** 2) / MONTHS

    def excess(sigma: Floats) -> Floats:
        variance = sigma**2
        return mixture_cumulant(4 * variance, market.mixture) - 2 * mixture_cumulant(variance, market.mixture)

    return np.where(market.volatilities > 0, _bisect(excess, target, 0, 3), 0)


def monthly_correlations(market: Market, sigma: Floats) -> Floats:
    """Correlations of z that give the yearly simple returns the edition's correlations; may need repair."""
    scaled = market.volatilities / (1 + market.arithmetic_means)
    product = 1 + market.correlations * np.outer(scaled, scaled)
    possible = bool((product > 0).all())
    require(possible, "correlations", "Two assets this volatile cannot be this negatively correlated.")
    variance, cross = sigma**2, np.outer(sigma, sigma)
    single = mixture_cumulant(variance, market.mixture)

    def joint(rho: Floats) -> Floats:
        return mixture_cumulant(variance[:, None] + variance + 2 * rho * cross, market.mixture)

    rho = _bisect(joint, np.log(product) / MONTHS + single[:, None] + single, -1.5, 1.5)
    rho = np.where(cross > 0, (rho + rho.T) / 2, 0)
    np.fill_diagonal(rho, 1)
    return rho


def repaired(correlations: Floats) -> tuple[Floats, float]:
    """The nearest usable correlations by eigenvalue clipping, and the largest change of any entry.

    Negative (and vanishing) eigenvalues are raised to a small floor and the diagonal is scaled back to one.
    """
    values, vectors = np.linalg.eigh(correlations)
    if values[0] >= EIGENVALUE_FLOOR:
        return correlations, 0.0
    clipped = (vectors * np.maximum(values, EIGENVALUE_FLOOR)) @ vectors.T
    scale = np.sqrt(np.diag(clipped))
    fixed = clipped / np.outer(scale, scale)
    fixed = (fixed + fixed.T) / 2
    np.fill_diagonal(fixed, 1)
    return fixed, float(np.abs(fixed - correlations).max())


def log_returns(market: Market) -> LogReturns:
    """The monthly parameters whose yearly mean, volatility and correlation are the edition's. A market drawn
    from a record has none, and nothing to repair."""
    if market.history is not None:
        none = np.zeros(len(market.assets))
        return LogReturns(none, none, market.correlations, 0.0, market.mixture)
    sigma = monthly_volatilities(market)
    means = np.log1p(market.arithmetic_means) / MONTHS - mixture_cumulant(sigma**2, market.mixture)
    correlations, change = repaired(monthly_correlations(market, sigma))
    return LogReturns(means, sigma, correlations, change, market.mixture)


def generator(seed: int, market_digest: str, year: int) -> np.random.Generator:
    """The random numbers of one projected year: a function of (seed, edition, year) alone, so any worker
    rebuilds them."""
    words = seed_words(seed, market_digest)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(words, spawn_key=(year,))))


def seed_words(seed: int, market_digest: str) -> list[int]:
    """Seed and edition as whole numbers, from which all random numbers of a run begin."""
    return [seed, *(int(market_digest[i : i + 8], 16) for i in range(0, 32, 8))]


def year_levels(
    parameters: LogReturns, rng: np.random.Generator, n_paths: int, needed: Collection[int] | None = None
) -> Singles:
    """Price of one dollar of each asset at the month-ends 0..12 of a year: (n_assets, 13, n_paths) float32.

    Only the assets `needed` are worked out (all, if not given); the others stay at zero. The draws are the
    same.

    Sums run asset by asset in a fixed order, not through a matrix library, so that the bytes never depend on
    its threads.
    """
    from . import kernels  # compiled code takes half a second to import

    n_assets = len(parameters.means)
    rows = np.arange(n_assets) if needed is None else np.array(sorted(needed))
    normals = rng.standard_normal((n_assets, MONTHS, n_paths), dtype=np.float32)
    stressed = rng.random((MONTHS, n_paths), dtype=np.float32) < parameters.mixture.stress_probability
    calm, stress = np.sqrt(state_variances(parameters.mixture)).astype(np.float32)
    root = (parameters.root * parameters.volatilities[:, None]).astype(np.float32)
    levels = np.zeros((n_assets, MONTHS + 1, n_paths), dtype=np.float32)
    state, means = np.where(stressed, stress, calm), parameters.means.astype(np.float32)
    kernels.log_prices(normals, state, root, means, rows, levels)
    for row in rows.tolist():
        np.exp(levels[row], out=levels[row])
    return levels


def drawing(scenario: Scenario, parameters: LogReturns, needed: Collection[int]) -> Callable[[int], Singles]:
    """What gives a year its prices: the mixture, or months of the market's record."""
    name, history = scenario.market.digest, scenario.market.history
    if history is None:
        return lambda year: year_levels(
            parameters, generator(scenario.seed, name, year), scenario.n_paths, needed
        )
    rows = bootstrap.month_rows(
        seed_words(scenario.seed, name),
        scenario.n_paths,
        scenario.n_years,
        history.n_months,
        history.block_months,
    )
    return lambda year: bootstrap.year_levels(history, rows[MONTHS * (year - 1) : MONTHS * year], needed)


def market_years(scenario: Scenario, parameters: LogReturns, needed: Collection[int]) -> Iterator[Singles]:
    """Prices of the `needed` assets (n_assets, 13, n_paths) year by year; two years are drawn while one is
    used. Of few paths all years are drawn at once: handing over would take longer than drawing."""
    draw = drawing(scenario, parameters, needed)
    with ThreadPoolExecutor(max_workers=2) as ahead:
        if scenario.n_paths <= FEW_PATHS:
            yield from list(ahead.map(draw, range(1, scenario.n_years + 1)))
            return
        upcoming = [ahead.submit(draw, year) for year in range(1, min(2, scenario.n_years) + 1)]
        for year in range(1, scenario.n_years + 1):
            levels = upcoming.pop(0).result()
            if year + 2 <= scenario.n_years:
                upcoming.append(ahead.submit(draw, year + 2))
            yield levels


def payroll_weights(payrolls_per_year: int) -> Floats:
    """Share of a year's pay bought at each month-end price 0..12: (13,), sums to one.

    Payroll k of p is paid at k/p of the year. Between two month-ends the units that a dollar buys are taken
    on a straight line, which splits a payroll between its two neighbouring month-ends.
    """
    months = np.arange(1, payrolls_per_year + 1) * MONTHS / payrolls_per_year
    whole = np.minimum(np.floor(months).astype(int), MONTHS - 1)
    weights = np.zeros(MONTHS + 1)
    np.add.at(weights, whole, 1 - (months - whole))
    np.add.at(weights, whole + 1, months - whole)
    return weights / payrolls_per_year
