"""What a market edition says of each asset, and what the engine had to change to use it. For pages and commands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from menus.engine import Market
from menus.engine.returns import LogReturns, log_returns, mixture_cumulant, monthly_correlations
from menus.look_through import engine_assets
from menus.markets import MarketEdition, compound_from_arithmetic, published_rows
from menus.panel.history_markets import realised_compound, series_of

Floats = NDArray[np.float64]
MONTHS = 12


@dataclass(frozen=True)
class AssetFacts:
    """One asset of an edition, fractions a year. `published_compound` is the printed figure of the row behind it, None
    where none was published; `behind` names the row or the series."""

    key: str
    label: str
    arithmetic: float
    volatility: float
    compound: float
    published_compound: float | None
    behind: str


@dataclass(frozen=True)
class Repair:
    """What was changed so that the correlations can be had together: the largest change of the monthly correlation
    that is drawn, and between which two assets."""

    largest_change: float
    pair: tuple[str, str] | None
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True, eq=False)
class MarketFacts:
    """An edition as the engine uses it; `correlations` (n_assets, n_assets) of yearly returns after the repair."""

    edition: MarketEdition
    assets: tuple[AssetFacts, ...]
    correlations: Floats
    repair: Repair


def market_facts(edition: MarketEdition) -> MarketFacts:
    """Everything that pages and commands say of an edition."""
    if edition.record is not None:
        return MarketFacts(edition, _record_facts(edition), edition.correlations, Repair(0.0, None))
    market = Market(**edition.engine_inputs())
    drawn = log_returns(market)
    return MarketFacts(
        edition, _published_facts(edition), yearly_correlations(market, drawn), _repair(market, drawn)
    )


def _published_facts(edition: MarketEdition) -> tuple[AssetFacts, ...]:
    rows = zip(edition.assets, edition.arithmetic_means, edition.volatilities, strict=True)
    return tuple(_published(edition, asset, float(mean), float(risk)) for asset, mean, risk in rows)


def _published(edition: MarketEdition, asset: str, mean: float, risk: float) -> AssetFacts:
    about = engine_assets()[asset]
    row = published_rows().get(about.published_row)
    return AssetFacts(
        key=asset,
        label=about.label,
        arithmetic=mean,
        volatility=risk,
        compound=compound_from_arithmetic(mean, risk),
        published_compound=row.compound if row else None,
        behind=about.published_row or edition.window,
    )


def _record_facts(edition: MarketEdition) -> tuple[AssetFacts, ...]:
    """A history's own compound return is what its months compounded at, whatever the blocks. Assets without a series
    are left out."""
    assert edition.record is not None
    record = edition.record.returns
    return tuple(
        AssetFacts(
            asset,
            engine_assets()[asset].label,
            float(edition.arithmetic_means[i]),
            float(edition.volatilities[i]),
            float(realised_compound(record[asset])),
            None,
            f"series {series_of(asset)}",
        )
        for i, asset in enumerate(edition.assets)
        if asset not in edition.lacking
    )


def _repair(market: Market, drawn: LogReturns) -> Repair:
    if not drawn.largest_change:
        return Repair(0.0, None)
    before = monthly_correlations(market, drawn.volatilities)
    one, other = np.unravel_index(np.argmax(np.abs(drawn.correlations - before)), before.shape)
    return Repair(
        largest_change=drawn.largest_change,
        pair=(market.assets[one], market.assets[other]),
        before=float(before[one, other]),
        after=float(drawn.correlations[one, other]),
    )


def yearly_correlations(market: Market, drawn: LogReturns) -> Floats:
    """Population correlations of yearly simple returns (n_assets, n_assets) that the drawn months have: the inverse of
    `monthly_correlations`."""
    variance, cross = drawn.volatilities**2, np.outer(drawn.volatilities, drawn.volatilities)
    joint = mixture_cumulant(variance[:, None] + variance + 2 * drawn.correlations * cross, drawn.mixture)
    single = mixture_cumulant(variance, drawn.mixture)
    scaled = market.volatilities / (1 + market.arithmetic_means)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.expm1(MONTHS * (joint - single[:, None] - single)) / np.outer(scaled, scaled)
    found = np.where(cross > 0, found, 0)
    np.fill_diagonal(found, 1)
    return np.asarray(found, dtype=np.float64)
