"""The columnar snapshot: what is in it, that the same people give the same bytes, and that damage is noticed."""

import hashlib
from datetime import date

import numpy as np
import pytest

from sponsors.census import CensusFileError, read_snapshot, snapshot_bytes
from tests.sponsors.census.files import (
    AS_OF,
    GOOD,
    HEADERS,
    LONG_HEADERS,
    LONG_ROWS,
    OTHER,
    changed,
    csv_bytes,
    parsed,
)


def test_snapshot_holds_the_accepted_people() -> None:
    data, sha256 = snapshot_bytes(parsed(csv_bytes(HEADERS, [OTHER, GOOD])))

    arrays = read_snapshot(data)

    assert sha256 == hashlib.sha256(data).hexdigest()
    assert {name: array.tolist() for name, array in vars(arrays).items()} == {
        "as_of": AS_OF.toordinal(),
        "ids": ["0017", "0018"],
        "birth_ordinal": [date(1980, 2, 28).toordinal(), date(1990, 7, 4).toordinal()],
        "hire_ordinal": [date(2010, 6, 1).toordinal(), date(2020, 1, 15).toordinal()],
        "is_active": [True, True],
        "pay_cents": [61_200_00, 52_000_00],
        "deferral_rate": [0.06, 0.04],
        "roth_deferral_rate": [0.0, 0.0],
        "balance_cents": [1000_00, 500_00],
        "fund_keys": ["VBTLX", "VFIAX"],
        "holding_indptr": [0, 2, 3],
        "holding_funds": [0, 1, 1],
        "holding_cents": [400_00, 600_00, 500_00],
        "election_indptr": [0, 2, 3],
        "election_funds": [0, 1, 1],
        "election_weights": [0.4, 0.6, 1.0],
    }
    assert (arrays.participant_count, arrays.total_balance_cents) == (2, 1500_00)
    assert [arrays.pay_cents.dtype, arrays.holding_funds.dtype] == [np.dtype("<i8"), np.dtype("<i4")]


def test_snapshot_of_people_without_money_or_elections() -> None:
    poor = changed(OTHER, balance="0", VFIAX_balance="", VFIAX_election="")

    arrays = read_snapshot(snapshot_bytes(parsed(csv_bytes(HEADERS, [poor])))[0])

    assert arrays.balance_cents.tolist() == [0]
    assert [arrays.fund_keys.tolist(), arrays.holding_indptr.tolist(), arrays.election_indptr.tolist()] == [
        [],
        [0, 0],
        [0, 0],
    ]


def test_snapshot_is_the_same_for_the_same_people_in_either_layout() -> None:
    wide = [changed(GOOD, participant_id="7"), changed(OTHER, participant_id="8")]
    long = snapshot_bytes(parsed(csv_bytes(LONG_HEADERS, LONG_ROWS)))

    assert snapshot_bytes(parsed(csv_bytes(HEADERS, wide))) == long


def test_snapshot_differs_when_one_cent_or_the_date_differs() -> None:
    first = snapshot_bytes(parsed(csv_bytes(HEADERS, [GOOD])))[1]
    cent = snapshot_bytes(parsed(csv_bytes(HEADERS, [changed(GOOD, annual_pay="61200.01")])))[1]
    day = snapshot_bytes(parsed(csv_bytes(HEADERS, [GOOD]), as_of=date(2025, 12, 30)))[1]

    assert len({first, cent, day}) == 3


def test_snapshot_of_nobody_is_refused() -> None:
    with pytest.raises(CensusFileError) as refused:
        snapshot_bytes(parsed(csv_bytes(HEADERS, [changed(GOOD, annual_pay="?")])))

    assert refused.value.message == (
        "No participant of this file could be accepted, so there is nothing to keep. Correct the rows listed and"
        " upload the file again."
    )


@pytest.mark.parametrize("cut", [0, 10, 500, -10])
def test_read_snapshot_notices_damage(cut: int) -> None:
    data, _ = snapshot_bytes(parsed(csv_bytes(HEADERS, [GOOD])))

    with pytest.raises(CensusFileError) as refused:
        read_snapshot(data[:cut])

    assert refused.value.message == "The stored census snapshot is damaged. Import the census file again."
