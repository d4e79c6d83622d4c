"""The opponent that a NumPy user writes: participants by paths, month by month, float32.

People who hold the same fund go together, so that its growth is broadcast and never gathered; who has retired falls
off the front of the block. Blocks of at most `WIDTH` numbers stay in the processor's cache, everything is done in
place. `numpy_quantile` takes its figures with np.quantile, as is usually done; `numpy_sort` sorts whole rows, which
the processor's vector instructions make several times faster.
"""

from collections.abc import Callable

import numpy as np

from menus.engine.returns import MONTHS
from tests.bench._opponents import FAN, HORIZON, Case, Output, read_off, worst

WIDTH = 100_000
Quantiles = Callable[[np.ndarray, tuple[float, ...]], np.ndarray]  # may reorder the rows it is given
Tail = Callable[[np.ndarray], np.ndarray]  # is given the rows as Quantiles left them


def numpy_sort(case: Case) -> Output:
    return _loop(case, _sorted_quantiles, worst)


def numpy_quantile(case: Case) -> Output:
    return _loop(case, _selected_quantiles, _selected_worst)


def _sorted_quantiles(values: np.ndarray, probabilities: tuple[float, ...]) -> np.ndarray:
    values.sort(axis=1)
    return read_off(values, probabilities)


def _selected_quantiles(values: np.ndarray, probabilities: tuple[float, ...]) -> np.ndarray:
    return np.quantile(values, probabilities, axis=1, overwrite_input=True).T


def _selected_worst(values: np.ndarray) -> np.ndarray:
    size = max(1, values.shape[1] // 20)
    return np.partition(values, size - 1, axis=1)[:, :size].mean(axis=1, dtype=np.float64)


def _loop(case: Case, quantiles: Quantiles, tail: Tail) -> Output:
    output = case.empty()
    size = max(1, WIDTH // case.without.shape[2])
    for fund in range(len(case.without)):
        members = np.flatnonzero(case.funds == fund)
        for first in range(0, len(members), size):
            _Block(case, fund, members[first : first + size]).run(output, quantiles, tail)
    return output


class _Block:
    """Some holders of one fund, those who retire first at the front: dollars by person and path in three accounts,
    without the sleeve, in the sleeved fund, and of the takers in the crypto line."""

    def __init__(self, case: Case, fund: int, rows: np.ndarray) -> None:
        self.case, self.fund, self.rows, self.years = case, fund, rows, case.years[rows]
        self.takers = np.flatnonzero(case.crowd.takes_up[rows])
        series, moved = case.opening
        money = (case.crowd.balances[rows], series[rows], moved[rows[self.takers]])
        paths = case.without.shape[2]
        self.base, self.held, self.line = (
            np.repeat(dollars[:, None].astype(np.float32), paths, axis=1) for dollars in money
        )
        self.ever = np.zeros(self.base.shape, dtype=bool)

    def run(self, output: Output, quantiles: Quantiles, tail: Tail) -> None:
        cap = np.float32(self.case.scenario.sleeve.cap * (1 + 1e-6))
        for year in range(int(self.years.max())):
            first = int(np.searchsorted(self.years, year, side="right"))
            total, digital = self._year(year, first)
            share, rows = digital / total, self.rows[first:]
            self.ever[first:] |= share > cap
            output["digital"][rows, year] = quantiles(digital, FAN)
            output["share"][rows, year] = quantiles(share, FAN)
            done = np.flatnonzero(self.years[first:] == year + 1)
            for k, ends in enumerate((self.base[first:], total)) if len(done) else ():
                mine = ends[done]
                output["balance"][rows[done], k] = quantiles(mine, HORIZON)
                output["shortfall"][rows[done], k] = tail(mine)
        output["ever_above"][self.rows] = self.ever.sum(axis=1)

    def _year(self, year: int, first: int) -> tuple[np.ndarray, np.ndarray]:
        """Twelve months of all accounts in place; balance and digital dollars at year end of who is still there."""
        case, still = self.case, int(np.searchsorted(self.takers, first))
        paid, taken = case.paid[self.rows[first:], year], case.taken[self.rows[first:]]
        takers = self.takers[still:] - first
        _months(self.base[first:], case.without[self.fund], year, paid, case.payday)
        _months(self.held[first:], case.with_sleeve[self.fund], year, paid * (1 - taken), case.payday)
        _months(self.line[still:], case.crypto, year, (paid * taken)[takers], case.payday)
        total = self.held[first:].copy()
        digital = total * case.digital[self.fund, year]
        for account in (total, digital):
            account[takers] += self.line[still:]
        return total, digital


def _months(dollars: np.ndarray, growth: np.ndarray, year: int, paid: np.ndarray, payday: np.ndarray) -> None:
    bought = (paid[:, None] * payday).astype(np.float32)
    if payday[0]:
        dollars += bought[:, :1]
    for month in range(MONTHS):
        dollars *= growth[year * MONTHS + month]
        dollars += bought[:, month + 1, None]
