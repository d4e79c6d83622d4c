"""The facts of each person: one text by person and field, read, then checked against one another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from .cells import (
    Reader,
    percent_reading,
    read_active,
    read_cells,
    read_date,
    read_id,
    read_money,
    read_name,
    read_year,
)
from .mapping import WIDE, Mapping
from .refusals import Refusals
from .screen import DecodedFile

if TYPE_CHECKING:
    import pandas as pd

YOUNGEST, OLDEST = 14, 110
OPTIONAL = {"surname": "", "given_name": "", "status": True, "termination_date": 0, "roth_deferral_rate": 0.0}
PERSON_FIELDS = (
    "surname",
    "given_name",
    "birth_date",
    "birth_year",
    "hire_date",
    "termination_date",
    "status",
    "annual_pay",
    "deferral_rate",
    "roth_deferral_rate",
    "balance",
)
READERS: dict[str, Reader] = {
    "surname": read_name,
    "given_name": read_name,
    "birth_date": read_date,
    "birth_year": read_year,
    "hire_date": read_date,
    "termination_date": read_date,
    "status": read_active,
    "annual_pay": read_money,
    "balance": read_money,
}


class PersonTable:
    """`person`: index of the person on each row of the file (-1: no id). `first`: a person's first row.
    `texts`, `at`, `facts`: field -> by person, the text, the row it stands on, and its value (0 where refused).
    """

    def __init__(self, decoded: DecodedFile, mapping: Mapping, refusals: Refusals):
        self.columns = mapping.columns
        self.refusals = refusals
        self.notes: list[str] = []
        self.ids = self._read_ids(decoded)
        self.person, self.first = self._number_people()
        fields = [name for name in PERSON_FIELDS if name in self.columns]
        self.is_wide = mapping.layout == WIDE
        if self.is_wide:
            self._refuse_repeated_ids()
        self.at: dict[str, np.ndarray] = {}
        self.texts: dict[str, list[str]] = {}
        for name in fields:
            self.texts[name], self.at[name] = self._agreed(name, decoded.column(self.columns[name]))
        self.facts = {name: self._read(name) for name in fields}

    def _read_ids(self, decoded: DecodedFile) -> list[str | None]:
        header = self.columns["participant_id"]
        texts = decoded.column(header)
        return self.refusals.values_or_add(header, range(len(texts)), texts, read_cells(texts, read_id))

    def _number_people(self) -> tuple[np.ndarray, np.ndarray]:
        import pandas as pd  # here, so that only who reads a census waits for it

        person, _ = pd.factorize(np.array(self.ids, dtype=object), use_na_sentinel=True)
        has_id = np.flatnonzero(person >= 0)
        _, at = np.unique(person[has_id], return_index=True)
        return person, has_id[at]

    def _refuse_repeated_ids(self) -> None:
        counts = np.bincount(self.person[self.person >= 0], minlength=len(self.first))
        numbers = self.refusals.row_numbers
        for position in np.flatnonzero(np.isin(self.person, np.flatnonzero(counts > 1))):
            first = int(self.first[self.person[position]])
            others = f"{counts[self.person[position]]} rows, the first of them row {numbers[first]}"
            self.refusals.add(
                int(position),
                self.columns["participant_id"],
                str(self.ids[position]),
                f"The same participant id stands in {others}.",
                "Keep one row for each person; if these are two people, give each an own id.",
            )

    def _agreed(self, name: str, texts: list[str]) -> tuple[list[str], np.ndarray]:
        """By person, the text of the first row that has one and that row; a later row that differs is refused."""
        at = self.first.copy()
        agreed = [texts[position] for position in at]
        if self.is_wide:
            return agreed, at
        for position, person in enumerate(self.person):
            text = texts[position]
            if person < 0 or not text:
                continue
            if not agreed[person]:
                agreed[person], at[person] = text, position
            elif text != agreed[person]:
                self.refusals.add(
                    position,
                    self.columns[name],
                    text,
                    "Another row of the same participant says something else here.",
                    "Write the same value on every row of the participant.",
                )
        return agreed, at

    def _read(self, name: str) -> np.ndarray:
        """Values by person. A blank cell is a refusal, save for facts that may be left out."""
        header, texts = self.columns[name], self.texts[name]
        reader = self._reader(name)
        filled = [index for index, text in enumerate(texts) if text]
        values: list = [OPTIONAL.get(name)] * len(texts)
        given = [texts[index] for index in filled]
        cells = self.refusals.values_or_add(header, self.at[name][filled], given, read_cells(given, reader))
        for index, cell in zip(filled, cells, strict=True):
            values[index] = cell
        if name not in OPTIONAL:
            blank = np.array([not text for text in texts], dtype=bool)
            self.refusals.add_where(
                blank, self.at[name], header, texts, "The cell is empty.", _blank_remedy(name)
            )
        if name in ("surname", "given_name"):
            return np.array([value or "" for value in values], dtype=object)
        kind = np.float64 if name.endswith("rate") else np.int64
        return np.array([0 if value is None else value for value in values], dtype=kind)

    def _reader(self, name: str) -> Reader:
        if name in READERS:
            return READERS[name]
        texts = [text for text in self.texts[name] if text]
        reading = percent_reading(texts, whole_means_all=False)
        if texts:
            self.notes.append(reading.described(self.columns[name]))
        return reading

    def check(self, as_of: date) -> pd.DataFrame:
        """Facts by person with the ones that the file leaves out filled in; refuses what contradicts itself."""
        import pandas as pd  # here, so that only who reads a census waits for it

        people = len(self.first)
        born = self.facts.get("birth_date", self.facts.get("birth_year"))
        frame = pd.DataFrame(
            {
                "participant_id": [self.ids[position] for position in self.first],
                "surname": self.facts.get("surname", np.full(people, "", dtype=object)),
                "given_name": self.facts.get("given_name", np.full(people, "", dtype=object)),
                "birth_ordinal": born,
                "hire_ordinal": self.facts["hire_date"],
                "pay_cents": self.facts["annual_pay"],
                "deferral_rate": self.facts["deferral_rate"],
                "roth_deferral_rate": self.facts.get("roth_deferral_rate", np.zeros(people)),
                "balance_cents": self.facts.get("balance", np.zeros(people, dtype=np.int64)),
            }
        )
        frame["is_active"] = self._active(as_of)
        self._check_dates(frame, as_of)
        self._check_amounts(frame)
        left = ~frame["is_active"]
        frame.loc[left, ["deferral_rate", "roth_deferral_rate"]] = 0.0
        return frame

    def _active(self, as_of: date) -> np.ndarray:
        """Employed on the census date: by the date of termination, and by the status where there is one."""
        ended = self.facts.get("termination_date", np.zeros(len(self.first), dtype=np.int64))
        status = self.facts.get("status", np.ones(len(self.first), dtype=np.int64)).astype(bool)
        return status & ((ended == 0) | (ended > as_of.toordinal()))

    def _check_dates(self, frame: pd.DataFrame, as_of: date) -> None:
        name = "birth_date" if "birth_date" in self.columns else "birth_year"
        born, hired = frame["birth_ordinal"].to_numpy(), frame["hire_ordinal"].to_numpy()
        age = (as_of.toordinal() - born) / 365.2425
        known = born > 0
        self.refuse_where(
            known & (age < 0),
            name,
            f"The birth lies after the census date {as_of}.",
            "Correct it; look for a century read wrongly.",
        )
        self.refuse_where(
            known & (age >= 0) & (age < YOUNGEST),
            name,
            f"The person would be under {YOUNGEST} on {as_of}.",
            "Correct the birth, or the date of the census.",
        )
        self.refuse_where(
            known & (age > OLDEST),
            name,
            f"The person would be over {OLDEST} on {as_of}.",
            "Correct the birth; look for a placeholder such as 1900-01-01.",
        )
        self.refuse_where(
            known & (age >= YOUNGEST) & (age <= OLDEST) & (hired > 0) & (hired < born),
            "hire_date",
            "The hire lies before the birth.",
            "Correct one of the two.",
        )
        self.refuse_where(
            hired > as_of.toordinal(),
            "hire_date",
            f"The hire lies after the census date {as_of}.",
            "Correct it, or import the census with a later date.",
        )
        if "termination_date" in self.facts:
            ended = self.facts["termination_date"]
            self.refuse_where(
                (ended > 0) & (ended < hired),
                "termination_date",
                "The termination lies before the hire.",
                "Give the latest hire and the termination that followed it, or leave the termination empty.",
            )

    def _check_amounts(self, frame: pd.DataFrame) -> None:
        self.refuse_where(
            frame["pay_cents"].to_numpy() < 0,
            "annual_pay",
            "The pay is below zero.",
            "Give the annual pay, or 0 for a person without pay.",
        )
        if "balance" in self.columns:
            self.refuse_where(
                frame["balance_cents"].to_numpy() < 0,
                "balance",
                "The balance is below zero.",
                "An account cannot hold less than nothing: ask the recordkeeper for the corrected balance.",
            )
        together = frame["deferral_rate"].to_numpy() + frame["roth_deferral_rate"].to_numpy()
        self.refuse_where(
            together > 1 + 1e-9,
            "roth_deferral_rate",
            "Pre-tax and Roth deferral together are above 100% of pay.",
            "Correct one of the two.",
        )

    def refuse_where(self, failed: np.ndarray, name: str, reason: str, remedy: str) -> None:
        if failed.any():
            self.refusals.add_where(
                failed, self.at[name], self.columns[name], self.texts[name], reason, remedy
            )


def _blank_remedy(name: str) -> str:
    if name in ("annual_pay", "deferral_rate", "balance"):
        return "Write it; 0 if there is none."
    return "Fill it in and upload the file again."
