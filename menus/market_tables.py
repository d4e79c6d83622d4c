"""What the market pages say beside the editions: the lesson of the window, each series beside stocks. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from menus.backtests import Backtest, Beside, Rebalance, backtest, beside, with_added
from menus.histories import built_in_table, histories

SIXTY_FORTY = {"us_large": 0.6, "us_agg": 0.4}
ADDED = "bitcoin"
WEIGHTS = (0.0, 0.01, 0.02, 0.05, 0.10, 0.20)
WINDOWS = (
    ("2014-01", "2026-07"),
    ("2021-08", "2026-07"),
)  # as long as bitcoin's record is of use; the last five years
TOLD = 0.05  # the weight that the lesson is told of


@dataclass(frozen=True)
class LessonRow:
    """A weight of bitcoin in 60/40: its backtest in each window, and the points a year that it added there."""

    weight: float
    tests: tuple[Backtest, ...]
    added: tuple[float, ...]


@dataclass(frozen=True)
class Lesson:
    """The same weights over two windows of one record."""

    windows: tuple[str, ...]
    years: tuple[float, ...]
    rows: tuple[LessonRow, ...]

    @property
    def told(self) -> LessonRow:
        return next(row for row in self.rows if row.weight == TOLD)


@cache
def lesson() -> Lesson:
    """What bitcoin added to 60/40 over its whole usable record and over the last five years."""
    plain = _tests(SIXTY_FORTY)
    rows = []
    for weight in WEIGHTS:
        tests = _tests(with_added(SIXTY_FORTY, ADDED, weight))
        added = (test.annual_return - base.annual_return for test, base in zip(tests, plain, strict=True))
        rows.append(LessonRow(weight, tests, tuple(added)))
    return Lesson(
        windows=tuple(test.window for test in plain),
        years=tuple(test.n_months / 12 for test in plain),
        rows=tuple(rows),
    )


def _tests(mix: Mapping[str, float]) -> tuple[Backtest, ...]:
    return tuple(backtest(built_in_table(), mix, Rebalance.QUARTERLY, *window) for window in WINDOWS)


@dataclass(frozen=True)
class BesideStocks:
    """A series beside US large companies, window by window."""

    label: str
    pairs: tuple[Beside, ...]


@cache
def beside_stocks() -> tuple[BesideStocks, ...]:
    """Bitcoin, ether and gold beside US large companies in each window; ether's record begins in the long one."""
    return tuple(_beside_stocks(series) for series in ("bitcoin", "ether", "gold"))


def _beside_stocks(series: str) -> BesideStocks:
    pairs = tuple(beside(built_in_table(), series, "us_large", *window) for window in WINDOWS)
    return BesideStocks(histories()[series].label, pairs)
