"""Quantiles, shortfall and their sampling errors, read off sorted paths.

Sorting whole float32 rows is an order of magnitude faster than partitioning at five cuts, and everything
below needs the order.
"""

import numpy as np
from numpy.typing import ArrayLike

from .returns import Singles
from .validation import Floats, Integers

PERCENTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
FAN = (0.05, 0.50, 0.95)
TAIL = 0.05


def quantiles(ordered: Singles, probabilities: tuple[float, ...]) -> Floats:
    """Sample quantiles (..., n_probabilities) of ascending rows (..., n_paths), straight between neighbouring
    ranks."""
    place = np.array(probabilities) * (ordered.shape[-1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    low, high = ordered[..., below].astype(np.float64), ordered[..., above].astype(np.float64)
    return low + (place - below) * (high - low)


def quantile_errors(ordered: Singles, probabilities: tuple[float, ...]) -> Floats:
    """Sampling error (one standard error) of each quantile from order statistics: half the distance between
    the ranks one binomial standard deviation, sqrt(S p (1 - p)), to either side."""
    paths, p = ordered.shape[-1], np.array(probabilities)
    reach = np.sqrt(paths * p * (1 - p))
    low = np.clip(np.floor(paths * p - reach).astype(int), 0, paths - 1)
    high = np.clip(np.ceil(paths * p + reach).astype(int), 0, paths - 1)
    return (ordered[..., high].astype(np.float64) - ordered[..., low]) / 2


def difference_errors(base: Singles, arm: Singles, ordered_base: Singles, ordered_arm: Singles) -> Floats:
    """Standard error (n, n_percentiles) of the difference of percentiles of two accounts on the same paths
    (n, n_paths), given them unsorted and sorted.

    sqrt(e_a^2 + e_b^2 - 2 rho e_a e_b), with e the errors of both and rho the correlation of lying at or
    below the percentile, (P(both) - p^2) / (p (1 - p)): accounts that move together differ by little, however
    far either swings.
    """
    from . import kernels  # compiled code takes half a second to import

    levels = [quantiles(each, PERCENTILES).astype(np.float32) for each in (ordered_base, ordered_arm)]
    counts = np.zeros(levels[0].shape, np.int64)
    kernels.below_both(base, arm, *levels, counts)
    p, paths = np.array(PERCENTILES), base.shape[-1]
    together = np.clip((counts / paths - p**2) / (p * (1 - p)), -1, 1)
    one, other = (quantile_errors(each, PERCENTILES) for each in (ordered_base, ordered_arm))
    return np.asarray(np.sqrt(np.maximum(one**2 + other**2 - 2 * together * one * other, 0)))


def tail_size(n_paths: int) -> int:
    return max(1, int(n_paths * TAIL))


def shortfall(ordered: Singles) -> Floats:
    """Mean of the worst 5% of ascending rows (..., n_paths)."""
    return ordered[..., : tail_size(ordered.shape[-1])].mean(axis=-1, dtype=np.float64)


def shortfall_error(ordered: Singles) -> Floats:
    """Standard error of the shortfall: sqrt((var(tail) + (1 - a) (q - ES)^2) / (a S)) with tail share a and
    its quantile q."""
    size = tail_size(ordered.shape[-1])
    tail, share = ordered[..., :size].astype(np.float64), size / ordered.shape[-1]
    gap = tail[..., -1] - tail.mean(axis=-1)
    return np.sqrt((tail.var(axis=-1) + (1 - share) * gap**2) / size)


def probability_error(probability: Floats, n_paths: int) -> Floats:
    """Standard error of a probability counted on n paths."""
    return np.sqrt(np.asarray(probability) * (1 - np.asarray(probability)) / n_paths)


def above_level(cap: float) -> np.float32:
    """The share beyond which an account counts as above the cap; the width of a float32 rounding does not
    count."""
    return np.float32(cap * (1 + 1e-6))


def above(share: Singles, cap: float) -> np.ndarray:
    """Paths on which a share lies above the cap."""
    return share > above_level(cap)


def cents(dollars: ArrayLike) -> Integers:
    """Whole cents (int64), half to even."""
    return np.rint(np.asarray(dollars, dtype=np.float64) * 100).astype(np.int64)
