"""What holds for every file: nothing is lost, order does not matter, garbage is refused and nothing else happens."""

from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sponsors.census import CensusFileError, guess_mapping, parse_census, screen_upload, snapshot_bytes
from tests.sponsors.census.files import (
    AS_OF,
    FUNDS,
    GOOD,
    HEADERS,
    LONG_HEADERS,
    LONG_ROWS,
    csv_bytes,
    parsed,
)

NASTY = ["", "0", "1", "6%", "0.06", "100", "$1,000.00", "(5)", "1e400", "inf", "NA"]
NASTY += ["1980-02-28", "13/13/2013", "2080-01-01"]
cells = st.sampled_from(NASTY) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8
)
mostly_good = st.integers(0, 3)


@st.composite
def tables(draw: st.DrawFn, good: Sequence[str]) -> list[list[str]]:
    """Rows like `good` with few ids and here and there a cell replaced, taken away or added."""
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        row = [draw(st.sampled_from(["a1", "a2", "a3", "007", "7"])), *good[1:]]
        if draw(mostly_good) == 0:
            row[draw(st.integers(0, len(row) - 1))] = draw(cells)
        if draw(st.integers(0, 15)) == 0:
            row = row[:-2] if draw(st.booleans()) else [*row, "more"]
        rows.append(row)
    return rows


def check_nothing_is_lost(headers: Sequence[str], rows: list[list[str]]) -> None:
    try:
        parse = parsed(csv_bytes(headers, rows))
    except CensusFileError:
        return
    given_ids = {row[0].strip() for row in rows if row[0].strip() and any(cell.strip() for cell in row)}
    accepted = set(parse.participants["participant_id"])
    listed = {refusal.row for refusal in parse.refused}
    numbered = {number: row for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)}

    assert parse.rows_read == len(numbered)
    assert {number for number, row in numbered.items() if number not in listed} == {
        number for number, row in numbered.items() if row[0].strip() in accepted
    }
    assert parse.rows_refused == len(listed)
    assert len(accepted) + parse.participants_refused == len(given_ids)
    assert parse.holdings["cents"].sum() == parse.participants["balance_cents"].sum()


@given(tables(GOOD))
def test_every_row_of_a_wide_file_is_accepted_or_listed(rows: list[list[str]]) -> None:
    check_nothing_is_lost(HEADERS, rows)


@given(tables(LONG_ROWS[0]))
def test_every_row_of_a_long_file_is_accepted_or_listed(rows: list[list[str]]) -> None:
    check_nothing_is_lost(LONG_HEADERS, rows)


@settings(max_examples=25)
@given(st.permutations(range(12)))
def test_order_of_rows_does_not_change_the_snapshot(order: list[int]) -> None:
    rows = [[f"E{number}", *GOOD[1:]] for number in order]

    assert snapshot_bytes(parsed(csv_bytes(HEADERS, rows))) == snapshot_bytes(
        parsed(csv_bytes(HEADERS, sorted(rows)))
    )


def read_whatever(data: bytes) -> str:
    """What a service would do with an upload: the hash of the snapshot, or the sentence that refuses it."""
    try:
        decoded = screen_upload(data, "upload")
        parse = parse_census(decoded, guess_mapping(decoded.headers, decoded.sample_rows()), AS_OF, FUNDS)
        return snapshot_bytes(parse)[1]
    except CensusFileError as refused:
        return refused.message


@given(st.binary(max_size=300))
@example(b"\xff\xfe\n")
@example(b'"\n"\n"')
@example(b",\n,")
def test_random_bytes_raise_nothing_but_a_census_file_error(data: bytes) -> None:
    assert read_whatever(data)


@given(st.text(st.sampled_from('ab1,;"\n\r\t| %$()-='), max_size=120))
def test_random_text_under_good_headers_raises_nothing_but_a_census_file_error(text: str) -> None:
    assert read_whatever(csv_bytes(HEADERS, []) + text.encode())


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_good_file_with_a_few_bytes_changed_raises_nothing_but_a_census_file_error(
    at: int, change: bytes
) -> None:
    data = csv_bytes(HEADERS, [GOOD])

    assert read_whatever(data[:at] + change + data[at + len(change) :])
