"""A monthly record as a market edition: which months, which series for which asset, what years drawn from it do.

`history-2014-2026` and `history-2021-2026` are two windows of the record that comes with Steward, because digital-asset
results depend on the window more than on anything else; `history-<name>` is a record that was imported. Blocks have a
mean length of twelve months unless the name says otherwise: `history-2014-2026-block-6`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

import numpy as np
from django.db import DatabaseError, connection

from menus.engine import DIGITAL_ASSETS, InputError
from menus.engine.bootstrap import FEWEST_MONTHS, LONGEST_BLOCK, MEAN_BLOCK_MONTHS, History, year_moments
from menus.histories import MonthTable, built_in_table
from menus.look_through import engine_assets
from menus.markets import HISTORY, MarketEdition, edition_names
from menus.models import ReturnHistory
from sponsors.facts import Basis, FactError, ReadAs, Source, SourceKind
from sponsors.ledger.canonical import content_hash
from sponsors.templatetags.steward import percent

FIRST_MONTH = "2014-01"  # bitcoin's earlier months come from one thin market
BUILT_IN = {"2014-2026": FIRST_MONTH, "2021-2026": "2021-08"}  # name: first month
NAME = re.compile(rf"{HISTORY}(?P<record>.+?)(-block-(?P<block>\d+))?")


def series_of(asset: str) -> str:
    """The column of a history that stands for an asset class of the engine."""
    return "bitcoin" if asset == DIGITAL_ASSETS else asset


def history_names() -> tuple[str, ...]:
    """Editions out of a record: the one that comes with Steward, then the imported ones by name."""
    return tuple(HISTORY + name for name in (*BUILT_IN, *imported_names()))


def imported_names() -> list[str]:
    """Names of the imported histories; none before the database has its tables, so that commands work at once."""
    try:
        return list(ReturnHistory.objects.order_by("name").values_list("name", flat=True))
    except DatabaseError:
        if ReturnHistory._meta.db_table in connection.introspection.table_names():
            raise
        return []


def history_edition(name: str) -> MarketEdition:
    """The market of one history; FactError with those there are when it is unknown or its blocks cannot be used."""
    found = NAME.fullmatch(name)
    table = _table_of(found["record"]) if found else None
    if found is None or table is None:
        there_are = ", ".join((*edition_names(), *history_names()))
        raise FactError(f"There is no market edition {name!r}; there are {there_are}.")
    block = int(found["block"] or MEAN_BLOCK_MONTHS)
    if not 1 <= block <= LONGEST_BLOCK:
        raise FactError(f"{name}: blocks of 1 to {LONGEST_BLOCK} months on average are possible.")
    return _edition(name, table, block, ())


def needing(edition: MarketEdition, assets: Collection[str]) -> MarketEdition:
    """The edition for a menu that holds `assets`: of a history, the months in which all of them have a return.

    Raises `InputError` naming the assets without a series, and the columns that the history would need.
    """
    if edition.record is None:
        return edition
    if missing := [asset for asset in assets if asset in edition.lacking]:
        words = ", ".join(f"{engine_assets()[asset].label} (column {series_of(asset)})" for asset in missing)
        raise InputError(
            "market_edition",
            f"The history {edition.name} has no series for {words}, which the menu holds. Import a history that has "
            "one, or choose another edition.",
        )
    found = NAME.fullmatch(edition.name)
    table = _table_of(found["record"]) if found else None
    assert table is not None  # the edition came from it
    return _edition(edition.name, table, edition.block_months, tuple(sorted(assets)))


def _table_of(record: str) -> MonthTable | None:
    """The record that comes with Steward from its window's first month, or an imported one; None when there is none."""
    if record in BUILT_IN:
        return _built_in_from(BUILT_IN[record])
    if record not in imported_names():
        return None
    return imported_table(*ReturnHistory.objects.values_list("pk", "imported_at").get(name=record))


def history_table(record: str = "") -> MonthTable:
    """The whole record of a history by name, for a backtest: the one that comes with Steward, or an imported one."""
    if not record or record == built_in_table().name:
        return built_in_table()
    table = _table_of(record)
    if table is None:
        there_are = ", ".join((built_in_table().name, *BUILT_IN, *imported_names()))
        raise FactError(f"There is no history {record!r}; there are {there_are}.")
    return table


@cache
def _built_in_from(first: str) -> MonthTable:
    return built_in_table().common((), first)


@lru_cache(maxsize=8)
def imported_table(pk: int, imported_at: datetime) -> MonthTable:
    """An imported history, which never changes, by its key and its moment."""
    row = ReturnHistory.objects.get(pk=pk, imported_at=imported_at)
    kept = row.table["series"]
    ours = [key for key in built_in_table().returns if key in kept]  # PostgreSQL keeps no order of its own
    order = [*ours, *sorted(set(kept) - set(ours))]
    returns = {key: np.array(kept[key], dtype=np.float64) for key in order}
    return MonthTable(
        name=row.name,
        label=row.label,
        months=tuple(row.table["months"]),
        returns=returns,
        sources=(_source(row),),
        sha256=row.sha256,
        as_of=_month_end(row.last_month),
    )


def _source(row: ReturnHistory) -> Source:
    return Source(
        id=f"history-{row.name}",
        title=row.source or f"File {row.file_name}",
        publisher=f"imported by {row.imported_by or row.imported_from or 'an unnamed account'}",
        kind=SourceKind.DATASET,
        read=ReadAs.NOT_READ,
        accessed_on=row.imported_at.date(),
        locator=f"file {row.file_name}, SHA-256 {row.sha256[:12]}",
    )


def _month_end(month: str) -> date:
    first = np.datetime64(month, "M") + 1
    return (first.astype("datetime64[D]") - 1).astype(date)


@lru_cache(maxsize=32)
def _edition(name: str, table: MonthTable, block: int, needed: tuple[str, ...]) -> MarketEdition:
    assets = tuple(engine_assets())
    lacking = tuple(asset for asset in assets if series_of(asset) not in table.returns)
    must = [series_of(asset) for asset in needed or assets if asset not in lacking]
    if DIGITAL_ASSETS in lacking:
        raise FactError(f"{name}: the history has no column bitcoin, which every run needs.")
    record = _for_assets(table.common(must, FIRST_MONTH), assets)
    if len(record.months) < FEWEST_MONTHS:
        raise FactError(
            f"{name}: only {len(record.months)} months from {FIRST_MONTH} have a return for every series; a run needs "
            f"{FEWEST_MONTHS}."
        )
    figures = _figures(name, record, assets, block)
    return MarketEdition(**_words(name, record, figures), **figures, lacking=lacking)


def _for_assets(record: MonthTable, assets: tuple[str, ...]) -> MonthTable:
    """The record with a column for each asset; one that nobody needs and that has gaps stands still."""
    still = np.zeros(len(record.months))
    columns = {asset: record.returns.get(series_of(asset), still) for asset in assets}
    whole = {asset: row if np.isfinite(row).all() else still for asset, row in columns.items()}
    return MonthTable(**{**vars(record), "returns": whole})


def _figures(name: str, record: MonthTable, assets: tuple[str, ...], block: int) -> dict[str, Any]:
    returns = np.stack([record.returns[asset] for asset in assets], axis=1)
    moments = year_moments(History(returns, block))
    for array in (moments.means, moments.volatilities, moments.correlations):
        array.setflags(write=False)
    return {
        "assets": assets,
        "arithmetic_means": moments.means,
        "volatilities": moments.volatilities,
        "correlations": moments.correlations,
        "digital_compound": float(realised_compound(returns[:, -1])),
        "edition_hash": content_hash([name, list(record.months), returns.tolist(), block]),
        "record": record,
        "block_months": block,
    }


def realised_compound(returns: Any) -> Any:
    """Compound return a year of monthly returns (n_months, ...)."""
    return np.exp(np.log1p(returns).mean(axis=0) * 12) - 1


def _words(name: str, record: MonthTable, figures: dict[str, Any]) -> dict[str, Any]:
    is_ours = record.name == built_in_table().name
    which = "History" if is_ours else f"Imported history {record.name}"
    digital, mean = percent(figures["digital_compound"]), percent(float(figures["arithmetic_means"][-1]))
    return {
        "name": name,
        "label": f"{which}: months of {record.months[0]} to {record.months[-1]}, drawn in blocks",
        "window": f"drawn from {record.window}, in blocks of {figures['block_months']} months on average",
        "why": f"{record.label}: whole months are drawn, all assets of a month together. It supposes that the future "
        f"is made of these months, in which digital assets compounded at {digital} a year ({mean} in the average "
        "single year drawn so). Nobody knows that, and another window says something else.",
        "basis": Basis.CITED if is_ours else Basis.UNVERIFIED,
        "sources": record.sources,
        "in_force_from": record.as_of,
        "as_of": record.as_of,
    }
