"""Market editions, as plain arrays for the engine: those of data/capital_market_assumptions.yaml, and histories.

An edition of the file is a choice among published and measured figures. For digital assets there are a bear, a base and
a bull edition out of published cases, and one of Steward's own in which they lose on average; pages show all of them.
An edition called `history-...` draws months out of a record instead (`menus.panel.history_markets`).
`edition_hash` names the figures of one edition for ever.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from menus.histories import MonthTable
from menus.look_through import published_row
from sponsors.facts import (
    Basis,
    FactError,
    Source,
    check_choice,
    check_date,
    check_keys,
    check_text,
    read_yaml,
    resolve_sources,
)
from sponsors.ledger.canonical import content_hash

MARKETS_FILE = Path(__file__).parent / "data" / "capital_market_assumptions.yaml"
DIGITAL_ASSETS = "digital_assets"
DEFAULT_EDITION = "house-2026-base"
HISTORY = "history-"  # how the names of editions out of a record begin


@dataclass(frozen=True)
class PublishedRow:
    """One published asset class, fractions a year. `arithmetic` is simulated, `compound` is the check."""

    name: str
    compound: float
    arithmetic: float
    volatility: float


@dataclass(frozen=True)
class DigitalWindow:
    """What was measured for bitcoin over one window of months; `correlations` by engine asset."""

    key: str
    description: str
    first_month: str
    last_month: str
    realised_compound: float
    volatility: float
    correlations: Mapping[str, float]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class DigitalForecast:
    """A published return for bitcoin. Listed so that a reader sees how far apart they are."""

    publisher: str
    case: str
    compound: float
    horizon_years: int
    as_of: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, eq=False)
class MarketEdition:
    """One market, all yearly and of simple returns: arrays (n_assets) and (n_assets, n_assets), digital assets last.

    `correlations` are as published and measured, not necessarily positive semidefinite: the engine repairs them and
    reports by how much. `window` says which months stand behind the digital-asset figures.

    An edition with a `record` draws its months in blocks of `block_months` on average; the arrays then say what years
    drawn so have on average, and `lacking` names the assets without a series, which no menu of a run may hold.
    """

    name: str
    label: str
    assets: tuple[str, ...]
    arithmetic_means: NDArray[np.float64]
    volatilities: NDArray[np.float64]
    correlations: NDArray[np.float64]
    window: str
    why: str
    digital_compound: float
    basis: Basis
    sources: tuple[Source, ...]
    in_force_from: date
    as_of: date
    edition_hash: str
    record: MonthTable | None = None
    block_months: int = 0
    lacking: tuple[str, ...] = ()

    def engine_inputs(self) -> dict[str, Any]:
        """Keyword arguments of `menus.engine.inputs.Market`."""
        return self._moments() | ({"history": self._history()} if self.record else {})

    def _history(self) -> dict[str, Any]:
        assert self.record is not None
        columns = [self.record.returns[asset] for asset in self.assets]
        return {"returns": np.stack(columns, axis=1), "block_months": self.block_months}

    def _moments(self) -> dict[str, Any]:
        return {
            "edition": self.name,
            "assets": self.assets,
            "arithmetic_means": self.arithmetic_means,
            "volatilities": self.volatilities,
            "correlations": self.correlations,
            "window": self.window,
        }


def compound_from_arithmetic(arithmetic: float, volatility: float) -> float:
    """(1 + a) / sqrt(1 + (v / (1 + a))^2) - 1: the median growth of a lognormal year with mean a and volatility v."""
    return (1 + arithmetic) / math.sqrt(1 + (volatility / (1 + arithmetic)) ** 2) - 1


def arithmetic_from_compound(compound: float, volatility: float) -> float:
    """The arithmetic mean whose compound return is `compound` at `volatility`; inverse of the function above.

    With x = (1 + a)^2 and k = (1 + c)^2 the relation is x^2 - k x - k v^2 = 0, whose positive root is taken.
    """
    k = (1 + compound) ** 2
    return math.sqrt((k + math.sqrt(k * k + 4 * k * volatility**2)) / 2) - 1


def edition_names() -> tuple[str, ...]:
    """Names of the editions of the file, in its order: loss, bear, base, bull."""
    return tuple(_file()["editions"])


@dataclass(frozen=True)
class CompoundCheck:
    """A published row beside the compound return that follows from its arithmetic mean and volatility."""

    row: PublishedRow
    computed: float

    @property
    def difference(self) -> float:
        """Computed less published, a fraction a year."""
        return self.computed - self.row.compound


def compound_checks() -> tuple[CompoundCheck, ...]:
    """The conversion tried on every published row: published compound returns are rounded to a tenth of a percent."""
    rows = published_rows().values()
    return tuple(CompoundCheck(row, compound_from_arithmetic(row.arithmetic, row.volatility)) for row in rows)


@cache
def published_rows() -> Mapping[str, PublishedRow]:
    """The 59 published rows by asset class."""
    return {name: PublishedRow(name, *row) for name, row in _file()["published"]["rows"].items()}


@cache
def digital_windows() -> Mapping[str, DigitalWindow]:
    return {key: _window(key, entry) for key, entry in _file()["digital_windows"].items()}


@cache
def digital_forecasts() -> tuple[DigitalForecast, ...]:
    entries = _file()["digital_forecasts"]
    place = f"{MARKETS_FILE.name}: digital_forecasts"
    return tuple(
        DigitalForecast(**{**entry, "sources": resolve_sources(entry["sources"], place)}) for entry in entries
    )


def market_edition(name: str = DEFAULT_EDITION) -> MarketEdition:
    """The market of one edition; an unknown name raises FactError with the names there are."""
    if name.startswith(HISTORY):
        from menus.panel.history_markets import (
            history_edition,
        )  # needs the database, which this module does not

        return history_edition(name)
    if name not in edition_names():
        raise FactError(f"There is no market edition {name!r}; there are {', '.join(selectable_names())}.")
    return _edition_of_file(name)


def selectable_names() -> tuple[str, ...]:
    """Every edition that a run may name: those of the file, then one for each history."""
    from menus.panel.history_markets import history_names  # needs the database, which this module does not

    return (*edition_names(), *history_names())


@cache
def _edition_of_file(name: str) -> MarketEdition:
    return _edition(name, _file()["editions"][name])


@cache
def _file() -> Mapping[str, Any]:
    raw = read_yaml(MARKETS_FILE)
    check_keys(
        raw,
        MARKETS_FILE.name,
        required=(
            "conversion", "published", "published_correlations", "digital_windows", "digital_forecasts", "editions",
        ),
    )  # fmt: skip
    return raw


def _edition(name: str, entry: Any) -> MarketEdition:
    place = f"{MARKETS_FILE.name}: editions: {name}"
    check_keys(
        entry,
        place,
        required=("label", "in_force_from", "as_of", "basis", "sources", "assets", "digital_assets"),
    )
    digital = entry["digital_assets"]
    check_keys(
        digital,
        f"{place}: digital_assets",
        required=("volatility_from", "correlations_from", "window", "why"),
        optional=("compound", "arithmetic"),
    )
    if ("compound" in digital) == ("arithmetic" in digital):
        raise FactError(f"{place}: digital_assets: state either a compound return or an arithmetic mean")
    assets = tuple(entry["assets"])
    if assets[-1] != DIGITAL_ASSETS:
        raise FactError(f"{place}: {DIGITAL_ASSETS} must be the last asset")
    means, volatilities = _rows(assets, digital)
    correlations = _correlations(assets, digital_windows()[digital["correlations_from"]])
    return MarketEdition(
        name=name,
        label=check_text(entry["label"], place),
        assets=assets,
        arithmetic_means=_frozen(means),
        volatilities=_frozen(volatilities),
        correlations=_frozen(correlations),
        window=check_text(digital["window"], place),
        why=check_text(digital["why"], place),
        digital_compound=digital.get("compound", compound_from_arithmetic(means[-1], volatilities[-1])),
        basis=check_choice(entry["basis"], Basis, place),
        sources=resolve_sources(entry["sources"], place),
        in_force_from=check_date(entry["in_force_from"], place),
        as_of=check_date(entry["as_of"], place),
        edition_hash=content_hash([name, assets, means, volatilities, correlations]),
    )


def _rows(assets: tuple[str, ...], digital: Mapping[str, Any]) -> tuple[list[float], list[float]]:
    """Arithmetic means and volatilities; a digital mean not stated follows from its compound return and volatility."""
    rows = [published_rows()[published_row(asset)] for asset in assets[:-1]]
    volatility = digital_windows()[digital["volatility_from"]].volatility
    mean = digital.get("arithmetic")
    if mean is None:
        mean = round(arithmetic_from_compound(digital["compound"], volatility), 6)
    return [*(row.arithmetic for row in rows), mean], [*(row.volatility for row in rows), volatility]


def _correlations(assets: tuple[str, ...], window: DigitalWindow) -> list[list[float]]:
    """(n, n) table: the published block, and the measured correlations of digital assets as last row and column."""
    block = published_correlation_block(tuple(published_row(asset) for asset in assets[:-1]))
    digital = [window.correlations[asset] for asset in assets[:-1]]
    return [[*row, value] for row, value in zip(block, digital, strict=True)] + [[*digital, 1.0]]


def published_correlation_block(names: tuple[str, ...]) -> list[list[float]]:
    """Published correlations of `names`, in that order, as a full symmetric table."""
    entry = _file()["published_correlations"]
    index = [entry["assets"].index(name) for name in names]
    triangle = entry["lower_triangle"]
    return [[triangle[max(i, j)][min(i, j)] for j in index] for i in index]


def _window(key: str, entry: Any) -> DigitalWindow:
    place = f"{MARKETS_FILE.name}: digital_windows: {key}"
    check_keys(
        entry,
        place,
        required=(
            "description", "as_of", "basis", "sources", "first_month", "last_month",
            "realised_compound", "volatility", "correlations",
        ),
    )  # fmt: skip
    return DigitalWindow(
        key=key,
        description=check_text(entry["description"], place),
        first_month=entry["first_month"],
        last_month=entry["last_month"],
        realised_compound=entry["realised_compound"],
        volatility=entry["volatility"],
        correlations=entry["correlations"],
        sources=resolve_sources(entry["sources"], place),
    )


def _frozen(values: Any) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
