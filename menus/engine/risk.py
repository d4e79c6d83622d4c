"""Who carries the risk: each asset's share of a mix's variance, and the share of digital assets against their
weight.

Risk is the yearly variance of the mix, w' S w, with S(i, j) = v(i) v(j) r(i, j) from the edition's yearly
volatilities and (repaired) correlations. Asset i carries w(i) (S w)(i) of it; the parts add up to the whole.
"""

from dataclasses import dataclass

import numpy as np

from .validation import Floats, require

LEVELS = np.arange(21) / 100  # 0 to 20 %


@dataclass(frozen=True, eq=False)
class SleeveRisk:
    """Digital assets in one mix. `levels`, `shares`, `volatilities` (n_levels): their weight, the share of
    the risk they carry at it, and what the whole mix swings by in a year; `own_*` the same for the mix as it
    is; all fractions."""

    levels: Floats
    shares: Floats
    volatilities: Floats
    own_weight: float
    own_share: float
    own_volatility: float


def covariances(volatilities: Floats, correlations: Floats) -> Floats:
    """S (n_assets, n_assets)."""
    return np.outer(volatilities, volatilities) * correlations


def mix_volatilities(weights: Floats, covariance: Floats) -> Floats:
    """sqrt(w' S w) of mixes (..., n_assets): (...)."""
    variance = np.einsum("...i,ij,...j->...", weights, covariance, weights)
    return np.sqrt(np.maximum(variance, 0))


def risk_shares(weights: Floats, covariance: Floats) -> Floats:
    """w(i) (S w)(i) / (w' S w) of mixes (..., n_assets): each row sums to one. Zeros for a mix that never
    varies.

    A share is negative for an asset that takes more risk away than it brings.
    """
    parts = weights * np.einsum("ij,...j->...i", covariance, weights)
    whole = parts.sum(axis=-1, keepdims=True)
    return np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)


def at_level(weights: Floats, asset: int, levels: Floats) -> Floats:
    """The mix (n_assets) with `asset` at each level, the rest pro rata in what is left: (n_levels, n_assets).

    Raises InputError when there is nothing but that asset.
    """
    rest = weights.copy()
    rest[asset] = 0
    require(
        rest.sum() > 0,
        "weights",
        "The mix holds digital assets alone, so there is nothing to take a weight from.",
    )
    mixes = np.outer(1 - levels, rest / rest.sum())
    mixes[:, asset] = levels
    return mixes


def sleeve_risk(
    weights: Floats, volatilities: Floats, correlations: Floats, asset: int, levels: Floats = LEVELS
) -> SleeveRisk:
    """The share of risk of `asset` at each level and in the mix as it is.

    `weights` (n_assets) dollars or fractions by asset class; `volatilities` (n_assets) a year; `correlations`
    (n_assets, n_assets) positive semidefinite. Raises InputError when there is nothing but that asset.
    """
    own = weights / weights.sum()
    mixes = at_level(own, asset, np.append(levels, own[asset]))
    covariance = covariances(volatilities, correlations)
    shares, swings = risk_shares(mixes, covariance)[:, asset], mix_volatilities(mixes, covariance)
    return SleeveRisk(
        levels, shares[:-1], swings[:-1], float(own[asset]), float(shares[-1]), float(swings[-1])
    )
