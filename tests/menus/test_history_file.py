"""A file of monthly returns: every mistake by line and column, nothing invented, nothing silently mended."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menus import history_file
from menus.histories import built_in_table
from menus.history_file import history_read
from tests.factories.histories import Rows, changed, history_bytes, history_rows

CELLS = [
    "",
    "0",
    "0.01",
    "-0.9999",
    "1e400",
    "-inf",
    "20",
    "0x1",
    "1_0",
    "2014-02",
    "2014-02-31",
    "us_agg",
    ",",
]
DATA = Path(history_file.__file__).parent / "data" / "monthly_returns.csv"


def put(line: int, column: int, value: str) -> Callable[[Rows], object]:
    """Writes one cell; lines count from 1 for the heading."""

    def change(rows: Rows) -> None:
        rows[line - 1][column] = value

    return change


def found(content: bytes) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.what) for one in history_read(content).mistakes]


def test_a_file_without_mistakes_is_read_as_it_stands() -> None:
    file = history_read(history_bytes(history_rows()))

    table = built_in_table().common(["us_large", "us_agg", "bitcoin"], "2014-01")
    assert (file.mistakes, len(file.sha256)) == ([], 64)
    assert tuple(file.months) == table.months
    for name in ("us_large", "us_agg", "bitcoin"):
        np.testing.assert_array_equal(file.returns[name], table.returns[name])


def test_the_record_that_comes_with_steward_passes_its_own_check() -> None:
    file = history_read(DATA.read_bytes())

    assert (file.mistakes, len(file.months), len(file.returns)) == ([], 402, 27)
    wild = {(note.row, note.column) for note in file.notes}
    assert {column for _, column in wild} == {"bitcoin"}  # its thin early market
    assert any("+470.9%" in note.what for note in file.notes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put(9, 2, "1,2"), (9, "us_agg", "'1,2' is not a number.")),
        (put(9, 2, "1_0"), (9, "us_agg", "'1_0' is not a number.")),
        (put(9, 2, "nan"), (9, "us_agg", "'nan' is not a number.")),
        (put(9, 2, "n/a"), (9, "us_agg", "'n/a' is not a number.")),
        (put(40, 2, ""), (40, "us_agg", "There is no figure between the first and the last month of the series.")),
        (put(9, 1, "99"), (9, "us_large", "A return of 99: the price rises 100-fold in one month.")),
        (put(9, 1, "-0.99"), (9, "us_large", "A return of -0.99: the price falls 100-fold in one month.")),
        (put(9, 1, "-1.5"), (9, "us_large", "A return of -1.5 loses more than everything.")),
        (put(9, 1, "4817.2"), (9, "us_large", "A return of 4,817: the price rises 4,818-fold in one month.")),
        (put(9, 0, "2014-13-31"), (9, "month_end", "'2014-13-31' is no month.")),
        (put(9, 0, "Aug 2014"), (9, "month_end", "'Aug 2014' is no month.")),
        (put(9, 0, ""), (9, "month_end", "The line has no month.")),
        (put(9, 0, "2014-07-31"), (9, "month_end", "The month 2014-07 stands in line 8 already.")),
        (lambda rows: rows.insert(5, rows.pop(8)), (7, "month_end", "The month 2014-05 comes after 2014-08.")),
        (lambda rows: rows.pop(8), (9, "month_end", "1 month is missing between 2014-07 and 2014-09.")),
        (lambda rows: rows[8].append("0.01"), (9, "", "The line has 5 cells, the heading 4.")),
        (
            lambda rows: rows[8].__setitem__(slice(1, 4), rows[7][1:]),
            (9, "", "All 3 figures repeat those of the line before."),
        ),
        (put(1, 2, "us_large"), (1, "us_large", "The series stands there twice.")),
        (put(1, 2, "US Aggregate"), (1, "US Aggregate", "The name of series 2 is 'US Aggregate'.")),
        (put(1, 0, "date"), (1, "date", "The first column is not month_end.")),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_line_and_column(
    change: Callable[[Rows], object], expected: tuple[int, str, str]
) -> None:
    assert expected in found(changed(change))


def test_every_mistake_of_a_file_is_named_with_what_to_do() -> None:
    def spoil(rows: Rows) -> None:
        for change in (put(9, 1, "99"), put(20, 3, "x"), put(30, 2, ""), put(41, 0, "2017-03")):
            change(rows)

    file = history_read(changed(spoil))

    assert [(one.row, one.column) for one in file.mistakes] == [
        (9, "us_large"),
        (20, "bitcoin"),
        (30, "us_agg"),
        (41, "month_end"),
        (42, "month_end"),
    ]
    assert all(one.remedy for one in file.mistakes)
    assert str(file.mistakes[0]).startswith("Line 9, us_large: A return of 99: the price rises 100-fold")


def test_a_series_may_begin_later_and_end_earlier() -> None:
    def shorten(rows: Rows) -> None:
        for line in (2, 3, 4, len(rows)):
            rows[line - 1][2] = ""

    file = history_read(changed(shorten))

    assert file.mistakes == []
    assert np.flatnonzero(np.isnan(file.returns["us_agg"])).tolist() == [0, 1, 2, 150]


def test_percentages_in_place_of_fractions_are_seen() -> None:
    def times_100(rows: Rows) -> None:
        rows[1:] = [[row[0], *(f"{float(cell) * 100:.4f}" for cell in row[1:])] for row in rows[1:]]

    mistakes = found(changed(times_100))

    assert (1, "us_large", "Half of its months move by more than 50 %.") in mistakes


def test_a_month_still_to_come_is_refused() -> None:
    file = history_read(history_bytes(history_rows()), last_month="2026-06")

    assert [(one.row, one.column, one.what) for one in file.mistakes] == [
        (152, "month_end", "The month 2026-07 has not ended yet.")
    ]


def test_an_unusual_month_is_noted_and_kept() -> None:
    file = history_read(changed(put(9, 1, "0.6")))

    assert file.mistakes == []
    assert [(note.row, note.column, note.what) for note in file.notes] == [
        (9, "us_large", "A return of +60.0% is far outside the series' other months.")
    ]
    assert file.returns["us_large"][7] == 0.6


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It has 0 months."),
        (b"month_end,us_large\n2014-01,0.01\n", "It has 1 months."),
        (b"month_end,us_large\n" + b"2014-01,0.01\n" * 3_001, "It has 3,001 months."),
        (b"x" * 5_000_001, "It has 5,000,001 bytes."),
        (b"\xff\xfe\x00", "It is not a CSV file in UTF-8"),
        (b"\x00" * 100, "It has 0 months."),
    ],
    ids=["empty", "short", "long", "huge", "binary", "zeros"],
)
def test_a_file_that_is_no_history_is_refused_as_a_whole(content: bytes, words: str) -> None:
    (mistake,) = history_read(content).mistakes

    assert (mistake.row, mistake.what.startswith(words)) == (0, True), mistake


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    spoilt=st.lists(
        st.tuples(st.integers(1, 152), st.integers(0, 3), st.sampled_from(CELLS) | st.text(max_size=6)),
        max_size=6,
    )
)
def test_whatever_stands_in_the_cells_a_file_is_accepted_whole_or_refused_in_words(
    spoilt: list[tuple[int, int, str]],
) -> None:
    rows = history_rows()
    for line, column, cell in spoilt:
        rows[line - 1][column] = cell.encode("utf-8", "ignore").decode()

    file = history_read(history_bytes(rows))

    assert all(one.what and one.remedy and one.row >= 0 for one in file.mistakes)
    if not file.mistakes:
        assert len(file.months) == len(set(file.months)) == 151
        for column in file.returns.values():
            known = np.flatnonzero(np.isfinite(column))
            assert len(known) == known[-1] - known[0] + 1  # no gap
            assert (np.abs(np.log1p(column[known])) < np.log(21.01)).all()
