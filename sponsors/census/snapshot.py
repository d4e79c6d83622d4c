"""The accepted people as one hashed columnar file (npz): what the engine reads instead of a million rows.

The same people give the same bytes, whatever the order of rows or columns in the file they came from: rows are
sorted by id, arrays are written in a fixed order, little-endian, uncompressed, with a fixed time stamp.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from .errors import CensusFileError
from .parse import CensusParse

if TYPE_CHECKING:
    import pandas as pd

_EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class CensusSnapshotArrays:
    """N people, F funds. CSR: person i holds `holding_cents[indptr[i]:indptr[i + 1]]` in the funds
    `fund_keys[holding_funds[...]]`; the same for elections, whose weights add up to 1 or are absent: then new money
    goes where the holdings are. Holdings of a person add up to `balance_cents`. People who have left defer 0.
    """

    as_of: np.ndarray  # () int64, proleptic ordinal of the census date
    ids: np.ndarray  # (N,) fixed-width unicode, sorted
    birth_ordinal: np.ndarray  # (N,) int64
    hire_ordinal: np.ndarray  # (N,) int64
    is_active: np.ndarray  # (N,) bool
    pay_cents: np.ndarray  # (N,) int64
    deferral_rate: np.ndarray  # (N,) float64, fraction of pay, pre-tax
    roth_deferral_rate: np.ndarray  # (N,) float64, fraction of pay
    balance_cents: np.ndarray  # (N,) int64
    fund_keys: np.ndarray  # (F,) fixed-width unicode, sorted
    holding_indptr: np.ndarray  # (N + 1,) int64
    holding_funds: np.ndarray  # (H,) int32, index into fund_keys
    holding_cents: np.ndarray  # (H,) int64
    election_indptr: np.ndarray  # (N + 1,) int64
    election_funds: np.ndarray  # (E,) int32
    election_weights: np.ndarray  # (E,) float64

    @property
    def participant_count(self) -> int:
        return len(self.ids)

    @property
    def total_balance_cents(self) -> int:
        return int(self.balance_cents.sum())


def snapshot_bytes(parse: CensusParse) -> tuple[bytes, str]:
    """(file, its SHA-256 in hex). Raises CensusFileError when nobody was accepted."""
    if parse.participants.empty:
        raise CensusFileError(
            "No participant of this file could be accepted, so there is nothing to keep. Correct the rows listed and"
            " upload the file again."
        )
    arrays = _arrays(parse)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in (field.name for field in fields(CensusSnapshotArrays)):
            member = zipfile.ZipInfo(f"{name}.npy", _EARLIEST_ZIP_TIME)
            member.create_system = 3  # the same on every operating system
            archive.writestr(member, _npy(getattr(arrays, name)))
    data = buffer.getvalue()
    return data, hashlib.sha256(data).hexdigest()


def read_snapshot(data: bytes) -> CensusSnapshotArrays:
    """The arrays of a snapshot file; raises CensusFileError when it is damaged."""
    names = [field.name for field in fields(CensusSnapshotArrays)]
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return CensusSnapshotArrays(**{name: archive[name] for name in names})
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile):
        raise CensusFileError(
            "The stored census snapshot is damaged. Import the census file again."
        ) from None


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def _arrays(parse: CensusParse) -> CensusSnapshotArrays:
    people, holdings, elections = parse.participants, parse.holdings, parse.elections
    keys = sorted({*holdings["fund_key"].unique(), *elections["fund_key"].unique()})
    return CensusSnapshotArrays(
        as_of=np.array(parse.as_of.toordinal(), dtype="<i8"),
        ids=np.array(list(people["participant_id"]), dtype="<U"),
        birth_ordinal=people["birth_ordinal"].to_numpy(dtype="<i8"),
        hire_ordinal=people["hire_ordinal"].to_numpy(dtype="<i8"),
        is_active=people["is_active"].to_numpy(dtype="?"),
        pay_cents=people["pay_cents"].to_numpy(dtype="<i8"),
        deferral_rate=people["deferral_rate"].to_numpy(dtype="<f8"),
        roth_deferral_rate=people["roth_deferral_rate"].to_numpy(dtype="<f8"),
        balance_cents=people["balance_cents"].to_numpy(dtype="<i8"),
        fund_keys=np.array(keys, dtype="<U") if keys else np.array([], dtype="<U1"),
        holding_indptr=_indptr(holdings, len(people)),
        holding_funds=_fund_index(holdings, keys),
        holding_cents=holdings["cents"].to_numpy(dtype="<i8"),
        election_indptr=_indptr(elections, len(people)),
        election_funds=_fund_index(elections, keys),
        election_weights=elections["weight"].to_numpy(dtype="<f8"),
    )


def _indptr(entries: pd.DataFrame, people: int) -> np.ndarray:
    """Where each person's entries start; entries are sorted by person."""
    counts = np.bincount(entries["person"].to_numpy(dtype=np.int64), minlength=people)
    return np.concatenate([[0], np.cumsum(counts)]).astype("<i8")


def _fund_index(entries: pd.DataFrame, keys: list[str]) -> np.ndarray:
    place = {key: index for index, key in enumerate(keys)}
    return entries["fund_key"].map(place).to_numpy(dtype="<i4")
