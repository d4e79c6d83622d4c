"""Balances and elections by fund, from columns by fund (wide) or rows by fund (long), into one shape:
a frame with `position` (row of the table), `person`, `column`, `text`, `fund_key` and `value`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import numpy as np

from .cells import Reader, percent_reading, read_cells, read_money
from .mapping import LONG, Mapping
from .people import PersonTable
from .refusals import Refusals
from .screen import DecodedFile

if TYPE_CHECKING:
    import pandas as pd

ELECTION_TOLERANCE = 1e-4  # of the whole: a hundredth of a percent
COLUMNS = ["position", "person", "column", "text", "fund_key", "value"]


class FundTable:
    """`holdings` (cents) and `elections` (fractions); zeros left out, refused cells as None removed."""

    def __init__(
        self,
        decoded: DecodedFile,
        mapping: Mapping,
        people: PersonTable,
        refusals: Refusals,
        fund_keys: Collection[str],
    ):
        self.decoded, self.mapping, self.people, self.refusals = decoded, mapping, people, refusals
        self.keys = {key.upper(): key for key in sorted(fund_keys, reverse=True)}  # spelt twice: capitals
        self.notes: list[str] = []
        self.row_funds = self._row_funds() if mapping.layout == LONG else []
        self.holdings = self._entries("fund_balance", read_money)
        self.elections = self._entries("fund_election", self._election_reading())
        self._check_cells()

    def _row_funds(self) -> list[str]:
        """The fund key of each row of a long file; unknown, empty and repeated funds are refused."""
        header = self.mapping.columns["fund"]
        texts = self.decoded.column(header)
        known = [self.keys.get(text.upper(), "") for text in texts]
        seen: dict[tuple[int, str], int] = {}
        for position, (text, key) in enumerate(zip(texts, known, strict=True)):
            if not key:
                self._refuse_fund(position, header, text)
                continue
            first = seen.setdefault((int(self.people.person[position]), key), position)
            if first != position and self.people.person[position] >= 0:
                self.refusals.add(
                    position,
                    header,
                    text,
                    f"The participant's balance in this fund also stands in row {self.refusals.row_numbers[first]}.",
                    "Add the amounts up to one row for each participant and fund (money sources together).",
                )
        return known

    def _refuse_fund(self, position: int, column: str, text: str) -> None:
        if not text:
            self.refusals.add(position, column, text, "The cell is empty.", "Write the fund's ticker.")
            return
        self.refusals.add(
            position,
            column,
            text,
            "This fund is not known.",
            "Add it to the fund catalogue, or map it to a fund that is there, and import the file again.",
        )

    def _cells(self, field: str) -> Iterator[tuple[str, list[str], list[str] | str]]:
        """(header, texts, fund key or keys by row) of every column that holds `field`."""
        if self.mapping.layout == LONG:
            if field in self.mapping.columns:
                header = self.mapping.columns[field]
                yield header, self.decoded.column(header), self.row_funds
            return
        by_fund = self.mapping.fund_balances if field == "fund_balance" else self.mapping.fund_elections
        for header, key in by_fund.items():
            yield header, self.decoded.column(header), self.keys.get(key.upper(), "")

    def _election_reading(self) -> Reader:
        """One reading for all election columns, because they add up to one another."""
        texts = [text for _, column, _ in self._cells("fund_election") for text in column if text]
        reading = percent_reading(texts, whole_means_all=True)
        if texts:
            self.notes.append(reading.described("elections by fund"))
        return reading

    def _entries(self, field: str, reader: Reader) -> pd.DataFrame:
        import pandas as pd  # here, so that only who reads a census waits for it

        frames = [
            self._column_entries(header, texts, keys, reader) for header, texts, keys in self._cells(field)
        ]
        frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)
        return frame.astype({"position": np.int64, "person": np.int64})

    def _column_entries(
        self, header: str, texts: list[str], keys: list[str] | str, reader: Reader
    ) -> pd.DataFrame:
        import pandas as pd  # here, so that only who reads a census waits for it

        filled = np.array([index for index, text in enumerate(texts) if text], dtype=np.int64)
        if isinstance(keys, list) and reader is read_money:
            blank = np.array([not text for text in texts], dtype=bool)
            self.refusals.add_where(
                blank,
                np.arange(len(texts)),
                header,
                texts,
                "The cell is empty.",
                "Write the balance; 0 if there is none.",
            )
        given = [texts[index] for index in filled]
        cells = self.refusals.values_or_add(header, filled, given, read_cells(given, reader))
        kept = [index for index, cell in enumerate(cells) if cell]
        positions = filled[kept]
        funds = [keys[position] for position in positions] if isinstance(keys, list) else keys
        return pd.DataFrame(
            {
                "position": positions,
                "person": self.people.person[positions],
                "column": header,
                "text": np.array([given[index] for index in kept], dtype=object),
                "fund_key": funds,
                "value": [cells[index] for index in kept],
            }
        )

    def _check_cells(self) -> None:
        below = self.holdings[self.holdings["value"] < 0]
        for entry in below.itertuples():
            self.refusals.add(
                entry.position,
                entry.column,
                entry.text,
                "The balance is below zero.",
                "A fund cannot hold less than nothing: ask the recordkeeper for the corrected balance.",
            )
        if self.mapping.layout == LONG:
            return
        for frame in (self.holdings, self.elections):
            for entry in frame[frame["fund_key"] == ""].itertuples():
                self._refuse_fund(entry.position, entry.column, entry.text)

    def check_sums(self, frame: pd.DataFrame, is_bad: np.ndarray) -> np.ndarray:
        """Balance by person, as the funds add up. Refuses people whose funds or elections do not add up to the whole;
        people already refused (`is_bad`) are not looked at again."""
        people = len(frame)
        cents = _total(self.holdings, people, np.int64)
        if "balance" in self.people.columns:
            lines = np.bincount(self.holdings["person"][self.holdings["person"] >= 0], minlength=people)
            gap = np.abs(cents - frame["balance_cents"].to_numpy())
            self.people.refuse_where(
                ~is_bad & (gap > lines),  # each fund may be rounded by a cent
                "balance",
                "The balances by fund do not add up to this balance.",
                "Export every fund that holds money, with balances of the same day.",
            )
            rounded = int((~is_bad & (gap > 0) & (gap <= lines)).sum())
            if rounded:
                self.notes.append(
                    f"Balances a rounding apart from their funds, taken as the funds add up: {rounded:,}."
                )
        self._check_election_sums(people, is_bad)
        return cents

    def _check_election_sums(self, people: int, is_bad: np.ndarray) -> None:
        together = _total(self.elections, people, np.float64)
        wrong = ~is_bad & (together > 0) & (np.abs(together - 1) > ELECTION_TOLERANCE)
        header = next((header for header, _, _ in self._cells("fund_election")), "")
        for person in np.flatnonzero(wrong):
            self.refusals.add(
                int(self.people.first[person]),
                header,
                "",
                f"The participant's elections add up to {together[person]:.2%}, not to 100%.",
                "Write elections that add up to 100%, or leave all of them empty.",
            )


def _total(entries: pd.DataFrame, people: int, kind: type) -> np.ndarray:
    """Sum of values by person, exact for cents."""
    total: np.ndarray = np.zeros(people, dtype=kind)
    mine = entries[entries["person"] >= 0]
    np.add.at(total, mine["person"].to_numpy(), mine["value"].to_numpy(dtype=kind))
    return total
