"""Contenders timed side by side, and the table of what was found beside what is asked."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """One figure: what it is about, what was measured, what is asked, and whether that is reached. With nothing
    asked it is told for comparison."""

    what: str
    measured: str
    asked: str = ""
    reached: bool = True

    @property
    def verdict(self) -> str:
        if not self.asked:
            return "told"
        return "reached" if self.reached else "MISSED"


def at_least(what: str, measured: float, asked: float, unit: str = "x{:,.3g}") -> Line:
    return Line(what, unit.format(measured), "at least " + unit.format(asked), measured >= asked)


def at_most(what: str, measured: float, asked: float, unit: str = "{:,.3g}") -> Line:
    return Line(what, unit.format(measured), "at most " + unit.format(asked), measured <= asked)


def race(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each. In every round all run one after the other, so that what else the machine does meets
    all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            seconds[name].append(timed(work))
    return {name: median(values) for name, values in seconds.items()}


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def load() -> str:
    return "load average " + " ".join(f"{value:.2f}" for value in os.getloadavg())


def print_lines(lines: list[Line]) -> None:
    widths = [
        max([len(getattr(line, name)) for line in lines] + [8]) for name in ("what", "measured", "asked")
    ]
    print(f"\n{'what':{widths[0]}}  {'measured':>{widths[1]}}  {'asked':{widths[2]}}  verdict")
    for line in lines:
        print(
            f"{line.what:{widths[0]}}  {line.measured:>{widths[1]}}  {line.asked:{widths[2]}}  {line.verdict}"
        )
