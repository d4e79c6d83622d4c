"""Age and pay bands, and fixed bins in which distributions over people are counted."""

import numpy as np

from .validation import Floats, Integers

Bands = tuple[tuple[int, str], ...]
AGE_BANDS: Bands = (
    (0, "under 25"), (25, "25-34"), (35, "35-44"), (45, "45-54"), (55, "55-64"), (65, "65+"),
)  # fmt: skip
PAY_BANDS: Bands = (
    (0, "under $40,000"),
    (40_000, "$40,000-59,999"),
    (60_000, "$60,000-79,999"),
    (80_000, "$80,000-119,999"),
    (120_000, "$120,000+"),
)
BIN_WIDTH = 0.01  # of the value: a median read from a bin is right to half of it
N_BINS = 2_100  # up to e^(0.01 * 2099), some 1.3 billion


def place_of(values: Floats | Integers, bands: Bands) -> Integers:
    """Position of each value's band (n); a band runs from its lower bound to below the next."""
    return np.searchsorted([lower for lower, _ in bands], values, side="right") - 1


def band_of(values: Floats | Integers, bands: Bands) -> np.ndarray:
    """The label of each value's band (n)."""
    return np.array([label for _, label in bands])[place_of(values, bands)]


def bin_of(values: Floats) -> Integers:
    """The bin of each value: 0 for anything below one, then bins that are 1% wide."""
    with np.errstate(divide="ignore"):
        places = np.floor(np.log(values) / np.log1p(BIN_WIDTH)) + 1
    return np.where(values < 1, 0, np.clip(places, 1, N_BINS - 1)).astype(np.int64)


def median_of(counts: Integers) -> Floats:
    """Medians (...) of values counted in bins (..., N_BINS), on a straight line inside the bin; NaN of
    nobody."""
    running = np.cumsum(counts, axis=-1)
    half = running[..., -1:] / 2
    place = (running < half).sum(axis=-1)
    at = place[..., None]
    before = np.where(at > 0, np.take_along_axis(running, np.maximum(at - 1, 0), -1), 0)
    inside = np.take_along_axis(counts, np.minimum(at, N_BINS - 1), -1)
    part = np.divide(half - before, inside, out=np.zeros(half.shape), where=inside > 0)[..., 0]
    low = np.power(1 + BIN_WIDTH, place - 1.0)
    found = np.where(place > 0, low * (1 + BIN_WIDTH * part), 0.0)
    return np.where(running[..., -1] > 0, found, np.nan)
