"""Rows that are not accepted: where, why, and what would mend it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .cells import CellProblem, shown


@dataclass(frozen=True, order=True)
class RowRefusal:
    """One cell or row that was refused. `row` counts as a spreadsheet does: the first line of the file is 1."""

    row: int
    column: str
    value_shown: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = f"Row {self.row}" + (f", column “{self.column}”" if self.column else "")
        value = f" ({self.value_shown})" if self.value_shown else ""
        return f"{place}{value}: {self.reason} {self.remedy}"


class Refusals:
    """Collects refusals by position in the table and remembers which rows they fall on.

    A row whose cells are not as many as the headers is refused once, for that: its cells cannot be trusted further.
    """

    def __init__(self, row_numbers: Sequence[int], ragged: dict[int, int], width: int):
        self.row_numbers = row_numbers
        self.is_bad = np.zeros(len(row_numbers), dtype=bool)
        self._items: list[RowRefusal] = []
        self._ragged: set[int] = set()
        for position, found in ragged.items():
            self.add(
                position,
                "",
                "",
                f"The row has {found} values where the header has {width} columns.",
                "Put a value with a comma in quotation marks, keep the comma of an empty cell, and export again.",
            )
        self._ragged = set(ragged)

    def add(self, position: int, column: str, text: str, reason: str, remedy: str) -> None:
        self.is_bad[position] = True
        if position not in self._ragged:
            self._items.append(
                RowRefusal(self.row_numbers[position], column[:120], shown(text), reason, remedy)
            )

    def add_where(
        self,
        failed: np.ndarray,
        positions: np.ndarray,
        column: str,
        texts: Sequence[str],
        reason: str,
        remedy: str,
    ) -> None:
        """One refusal for each True of `failed`; `positions` and `texts` run along it."""
        for index in np.flatnonzero(failed).tolist():
            self.add(int(positions[index]), column, texts[index], reason, remedy)

    def values_or_add(
        self, column: str, positions: Sequence[int] | np.ndarray, texts: Sequence[str], cells: list
    ) -> list:
        """`cells` with every CellProblem refused and None left in its place."""
        for index, cell in enumerate(cells):
            if isinstance(cell, CellProblem):
                self.add(int(positions[index]), column, texts[index], cell.reason, cell.remedy)
                cells[index] = None
        return cells

    def sorted(self) -> tuple[RowRefusal, ...]:
        return tuple(sorted(set(self._items)))
