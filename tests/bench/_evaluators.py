"""The two evaluators as the benchmarks call them: the only place that knows their signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from menus.engine import Prepared, evaluate
from menus.engine.mixes import Mixes, Savers
from tests.bench._workload import Crowd

if TYPE_CHECKING:
    from menus.engine.tables import Tables

Rows = dict[str, Any]
Brackets = dict[str, tuple[np.ndarray, np.ndarray]]
SHORTFALL = 10  # its column among the figures at the horizon, after five percentiles and their errors


def exactly(prepared: Prepared, crowd: Crowd, workers: int) -> Rows:
    """The full output by the yearly recursion."""
    return evaluate(prepared, crowd.people, workers=workers)


def tables_of(prepared: Prepared, workers: int, everyone: Crowd | None = None, times: float = 1) -> Tables:
    """Tables for the two mixes of the workload: all in the series, without and with the crypto line taken up;
    with those for bent contributions that `everyone`, counted `times`, needs."""
    from menus.engine.tables import tabulate  # compiled code: half a second to import

    whole = np.ones((2, 1))
    mixes = Mixes(whole, whole, np.array([False, True]))
    return tabulate(
        prepared, mixes, None if everyone is None else savers_of(everyone), times=times, workers=workers
    )


def by_tables(tables: Tables, crowd: Crowd, workers: int) -> Rows:
    """The full output read off the tables."""
    return tables.evaluate(savers_of(crowd), workers=workers)


def added_up(tables: Tables, crowd: Crowd, index: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Everybody evaluated in full and added up by an index of theirs; see `Tables.add_up`."""
    return tables.add_up(savers_of(crowd), index, n)


def bracketed(tables: Tables, crowd: Crowd) -> tuple[Rows, Brackets]:
    """The full output, and the certified bracket of each figure at the horizon and of digital dollars by
    year; NaN for those who were computed exactly."""
    rows = tables.evaluate(savers_of(crowd), brackets=True)

    def bounds(*names: str) -> list[np.ndarray]:
        return [np.where(rows["by_table"][:, None, None], rows[name], np.nan) for name in names]

    (low, high), (low_years, high_years) = bounds("low", "high"), bounds("low_digital", "high_digital")
    return rows, {
        "balance": (low[:, :, :5], high[:, :, :5]),
        "shortfall": (low[:, :, SHORTFALL], high[:, :, SHORTFALL]),
        "digital": (low_years[:, :, :3], high_years[:, :, :3]),
    }


def savers_of(crowd: Crowd) -> Savers:
    return Savers(
        crowd.keys,
        crowd.ages,
        crowd.annual_pay,
        crowd.deferral_rates,
        crowd.balances,
        crowd.takes_up.astype(np.int64),
    )
