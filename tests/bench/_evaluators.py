"""The two evaluators as the benchmarks call them: the only place that knows their signatures."""

from typing import Any

import numpy as np

from menus.engine import Prepared, evaluate
from tests.bench._workload import Crowd

Rows = dict[str, Any]
WITHOUT_LINE, WITH_LINE = 0, 1


def exactly(prepared: Prepared, crowd: Crowd, workers: int) -> Rows:
    """The full output by the yearly recursion."""
    return evaluate(prepared, crowd.people, workers=workers)


def tables_of(prepared: Prepared, workers: int) -> Any:
    """Tables for the two mixes of the workload: all in the series, without and with the crypto line taken up."""
    from menus.engine.mixes import Mixes
    from menus.engine.tables import tabulate

    whole = np.ones((2, 1))
    return tabulate(prepared, Mixes(whole, whole, np.array([False, True])))


def by_tables(tables: Any, crowd: Crowd, workers: int) -> Rows:
    """The full output read off the tables."""
    return tables.evaluate(_savers(crowd), workers=workers)


def _savers(crowd: Crowd) -> Any:
    from menus.engine.mixes import Savers

    return Savers(
        crowd.keys,
        crowd.ages,
        crowd.annual_pay,
        crowd.deferral_rates,
        crowd.balances,
        crowd.takes_up.astype(np.int64),
    )
