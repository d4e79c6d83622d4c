"""From a screened table and a mapping to people: every row is accepted or listed with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sponsors.dates import completed_years_each

from .funds import FundTable
from .mapping import LONG, Mapping, validate_mapping
from .people import PersonTable
from .refusals import Refusals, RowRefusal
from .screen import DecodedFile

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CensusParse", "RowRefusal", "parse_census"]
OLDEST_PROJECTED = 100  # exposure runs leave out who is older, and who has no pay
YES = frozenset({"yes", "y", "true", "1"})


@dataclass(frozen=True)
class CensusParse:
    """What a census file says.

    `participants`: one row each, sorted by `participant_id`; columns surname, given_name, birth_ordinal, hire_ordinal
    (proleptic days), pay_cents, deferral_rate, roth_deferral_rate (fractions), balance_cents, is_active, row.
    `holdings`: person (row of `participants`), fund_key, cents. `elections`: person, fund_key, weight (adds up to 1);
    a person without elections invests as their holdings are. `participants_refused` counts known ids that were refused.
    """

    as_of: date
    participants: pd.DataFrame
    holdings: pd.DataFrame
    elections: pd.DataFrame
    refused: tuple[RowRefusal, ...]
    notes: tuple[str, ...]
    rows_read: int
    rows_refused: int
    participants_refused: int
    is_synthetic: bool


def parse_census(
    decoded: DecodedFile, mapping: Mapping, as_of: date, fund_keys: Collection[str]
) -> CensusParse:
    """Read `decoded` by `mapping`. Raises CensusFileError when the mapping does not fit; rows never raise."""
    for error in validate_mapping(mapping, decoded.headers):
        raise error
    refusals = Refusals(decoded.row_numbers, decoded.ragged, len(decoded.headers))
    people = PersonTable(decoded, mapping, refusals)
    frame = people.check(as_of)
    funds = FundTable(decoded, mapping, people, refusals, fund_keys)
    frame["balance_cents"] = funds.check_sums(frame, _bad_people(people, refusals))
    _refuse_whole_people(people, refusals, mapping)
    is_bad = _bad_people(people, refusals)
    participants, holdings, elections = _accepted(frame, people, funds, is_bad, decoded)
    return CensusParse(
        as_of=as_of,
        participants=participants,
        holdings=holdings,
        elections=elections,
        refused=refusals.sorted(),
        notes=(
            *decoded.notes,
            *_notes(decoded, mapping, people, funds, participants),
            *_not_projected(participants, as_of),
        ),
        rows_read=len(decoded.row_numbers),
        rows_refused=int(refusals.is_bad.sum()),
        participants_refused=int(is_bad.sum()),
        is_synthetic=_is_synthetic(decoded, mapping),
    )


def _bad_people(people: PersonTable, refusals: Refusals) -> np.ndarray:
    """True for each person with a refused row."""
    is_bad = np.zeros(len(people.first), dtype=bool)
    is_bad[people.person[refusals.is_bad & (people.person >= 0)]] = True
    return is_bad


def _refuse_whole_people(people: PersonTable, refusals: Refusals, mapping: Mapping) -> None:
    """A person with one bad row is refused whole: half of somebody's balances would be a wrong balance."""
    first_bad: dict[int, int] = {}
    for position in np.flatnonzero(refusals.is_bad & (people.person >= 0)):
        first_bad.setdefault(int(people.person[position]), int(position))
    if not first_bad:
        return
    for position in np.flatnonzero(~refusals.is_bad & np.isin(people.person, list(first_bad))):
        number = refusals.row_numbers[first_bad[int(people.person[position])]]
        refusals.add(
            int(position),
            mapping.columns["participant_id"],
            str(people.ids[position]),
            f"Row {number} of the same participant was refused.",
            f"Correct row {number}: a participant is taken in as a whole or not at all.",
        )


def _accepted(
    frame: pd.DataFrame, people: PersonTable, funds: FundTable, is_bad: np.ndarray, decoded: DecodedFile
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Accepted people in order of id, and their entries pointing to that order."""
    frame["row"] = [decoded.row_numbers[position] for position in people.first]
    order = frame.loc[~is_bad].sort_values("participant_id").index.to_numpy()
    place = np.full(len(frame), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    holdings = _placed(funds.holdings, place, "cents", np.int64)
    elections = _placed(funds.elections, place, "weight", np.float64)
    if len(elections):
        elections["weight"] /= elections.groupby("person")["weight"].transform("sum")
    return frame.loc[order].reset_index(drop=True), holdings, elections


def _placed(entries: pd.DataFrame, place: np.ndarray, name: str, kind: type) -> pd.DataFrame:
    import pandas as pd  # here, so that only who reads a census waits for it

    mine = entries[entries["person"] >= 0]
    placed = pd.DataFrame(
        {
            "person": place[mine["person"].to_numpy()],
            "fund_key": mine["fund_key"].to_numpy(dtype=object),
            name: mine["value"].to_numpy(dtype=kind),
        }
    )
    return placed[placed["person"] >= 0].sort_values(["person", "fund_key"], ignore_index=True)


def _notes(decoded, mapping, people, funds, participants) -> list[str]:
    layout = "one row per participant and fund" if mapping.layout == LONG else "one row per participant"
    notes = [f"Layout: {layout}.", *people.notes, *funds.notes]
    if "birth_date" not in mapping.columns:
        notes.append("The file gives years of birth only: 1 July stands for the day.")
    if "roth_deferral_rate" not in mapping.columns:
        notes.append("The file says nothing of Roth deferrals: all deferrals are read as pre-tax.")
    if funds.elections.empty:
        notes.append("The file holds no elections: new money is taken to go where the holdings are.")
    left = int((~participants["is_active"]).sum())
    if left:
        notes.append(f"People who have left and keep a balance, read with deferrals of 0: {left:,}.")
    used = {*mapping.columns.values(), *mapping.fund_balances, *mapping.fund_elections}
    unread = [header for header in decoded.headers if header not in used]
    if unread:
        notes.append(f"Columns not read: {', '.join(unread)}.")
    return notes


def _not_projected(participants: pd.DataFrame, as_of: date) -> Iterator[str]:
    """What is said now of those who are kept but whom no exposure run will project."""
    active, has_pay = participants["is_active"], participants["pay_cents"] > 0
    if without := int((active & ~has_pay).sum()):
        yield f"People who work here and have no pay, whom exposure runs leave out: {without:,}."
    ages = completed_years_each(participants["birth_ordinal"].to_numpy(), as_of)
    if old := int((active & has_pay & (ages > OLDEST_PROJECTED)).sum()):
        yield (
            f"People who work here and are over {OLDEST_PROJECTED}, whom exposure runs leave out: {old:,}. Check "
            "when they were born."
        )


def _is_synthetic(decoded: DecodedFile, mapping: Mapping) -> bool:
    """One marked row is enough: invented people among real ones make the whole file invented."""
    header = mapping.columns.get("is_synthetic")
    return header is not None and any(cell.lower() in YES for cell in decoded.column(header))
