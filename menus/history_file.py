"""A file of monthly returns, read row by row: every mistake by line and column, or the figures. No Django, no database.

The layout is that of data/monthly_returns.csv: a heading `month_end` and the names of the series, then a line a month,
oldest first, with total returns as fractions (0.012 is 1.2 %); a blank cell is a month before a series begins or after
it ends. What cannot be right is refused, with every mistake found; what is only unusual is noted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 5_000_000
MOST_ROWS = 3_000
MOST_SERIES = 200
FEWEST_ROWS = 36
MOST_MISTAKES = 200
WILDEST = 20.0  # a month of +2,000 %, or the fall that undoes it, is beyond any asset class on record
UNUSUAL = 12.0  # robust standard deviations from the series' median at which a month is worth a second look
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
SERIES_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Finding:
    """One thing about a file: the line (1 is the heading; 0 the file as a whole), the column, what, what to do."""

    row: int
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = "The file" if not self.row else f"Line {self.row}"
        return f"{place}{f', {self.column}' if self.column else ''}: {self.what} {self.remedy}"


@dataclass
class HistoryFile:
    """What a file says: the figures if `mistakes` is empty, what to look at again in `notes`."""

    sha256: str
    months: list[str] = field(default_factory=list)
    returns: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    mistakes: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def refuse(self, row: int, column: str, what: str, remedy: str) -> None:
        self.mistakes.append(Finding(row, column, what, remedy))


def history_read(content: bytes, last_month: str = "9999-12") -> HistoryFile:
    """Read and check a file; never raises for what is in it. `last_month` is the last that can have ended yet."""
    file = HistoryFile(sha256(content).hexdigest())
    rows = _rows(content, file)
    if file.mistakes:
        return file
    names = _series(rows[0], file)
    if file.mistakes:
        return file
    _check_months(rows[1:], file, last_month)
    table = _figures(rows[1:], names, file)
    for column, name in enumerate(names):
        _check_series(name, table[:, column], file)
    _check_repeats(table, file)
    file.returns = {name: table[:, column] for column, name in enumerate(names)}
    file.mistakes.sort(key=lambda finding: finding.row)
    return file


def _rows(content: bytes, file: HistoryFile) -> list[list[str]]:
    """Cells by line; mistakes about the file as a whole."""
    if len(content) > MOST_BYTES:
        file.refuse(
            0, "", f"It has {len(content):,} bytes.", f"Give at most {MOST_BYTES:,}: monthly figures only."
        )
        return []
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        file.refuse(0, "", f"It is not a CSV file in UTF-8 ({error}).", "Save the table as CSV UTF-8.")
        return []
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not FEWEST_ROWS <= len(rows) - 1 <= MOST_ROWS:
        limits = f"{FEWEST_ROWS} to {MOST_ROWS:,}"
        file.refuse(0, "", f"It has {max(len(rows) - 1, 0):,} months.", f"Give {limits} months, one a line.")
    return rows


def _series(heading: list[str], file: HistoryFile) -> list[str]:
    """Names of the series in the heading."""
    names = [name.strip() for name in heading[1:]]
    if heading[0].strip() != "month_end":
        file.refuse(
            1, heading[0][:40], "The first column is not month_end.", "Name it so and give a month a line."
        )
    if not 1 <= len(names) <= MOST_SERIES:
        file.refuse(1, "", f"The heading names {len(names)} series.", f"Give 1 to {MOST_SERIES}.")
    for place, name in enumerate(names):
        if not SERIES_NAME.fullmatch(name):
            what = f"The name of series {place + 1} is {name[:40]!r}."
            file.refuse(1, name[:40], what, "Use small letters, digits and underscores, as in us_large.")
        elif name in names[:place]:
            file.refuse(1, name, "The series stands there twice.", "Keep one of them.")
    return names


def _check_months(rows: list[list[str]], file: HistoryFile, last_month: str) -> None:
    """One month a line, each the month after the one before, none still to come."""
    first_seen: dict[str, int] = {}
    last: str | None = None
    for line, row in enumerate(rows, start=2):
        month = _month(row, line, file)
        if month is None:
            continue
        if month in first_seen:
            what = f"The month {month} stands in line {first_seen[month]} already."
            file.refuse(line, "month_end", what, "Keep one line for each month.")
            continue
        first_seen[month] = line
        if month > last_month:
            file.refuse(
                line, "month_end", f"The month {month} has not ended yet.", "Give months that are over."
            )
        _check_order(last, month, line, file)
        last = max(last or month, month)
    file.months = list(first_seen)


def _month(row: list[str], line: int, file: HistoryFile) -> str | None:
    cell = row[0].strip() if row else ""
    found = MONTH.fullmatch(cell)
    if found is None:
        what = f"{cell[:40]!r} is no month." if cell else "The line has no month."
        file.refuse(line, "month_end", what, "Write the month as 2026-07 or its last day as 2026-07-31.")
        return None
    return f"{found[1]}-{found[2]}"


def _check_order(last: str | None, month: str, line: int, file: HistoryFile) -> None:
    if last is None:
        return
    missing = _number(month) - _number(last) - 1
    if missing < 0:
        file.refuse(
            line, "month_end", f"The month {month} comes after {last}.", "Sort the lines, oldest first."
        )
    elif missing > 0:
        words = f"{missing} month{'s are' if missing > 1 else ' is'} missing between {last} and {month}."
        file.refuse(line, "month_end", words, "Add the months, or begin the file after the gap.")


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def _figures(rows: list[list[str]], names: list[str], file: HistoryFile) -> NDArray[np.float64]:
    """Returns (n_rows, n_series), NaN where a cell is blank or was refused."""
    table = np.full((len(rows), len(names)), np.nan)
    for place, row in enumerate(rows):
        if len(row) != len(names) + 1:
            what = f"The line has {len(row)} cells, the heading {len(names) + 1}."
            file.refuse(place + 2, "", what, "Give each series a cell, blank if there is no figure.")
            continue
        for column, (name, cell) in enumerate(zip(names, row[1:], strict=True)):
            table[place, column] = _figure(cell.strip(), place + 2, name, file)
    return table


def _figure(cell: str, line: int, name: str, file: HistoryFile) -> float:
    if not cell:
        return np.nan
    value = float(cell) if NUMBER.fullmatch(cell) else np.nan
    if not np.isfinite(value):
        file.refuse(
            line,
            name,
            f"{cell[:40]!r} is not a number.",
            "Write a fraction such as 0.012, or leave it blank.",
        )
        return np.nan
    if not 1 / (1 + WILDEST) - 1 <= value <= WILDEST:
        file.refuse(line, name, *_why_impossible(value))
    return value


def _why_impossible(value: float) -> tuple[str, str]:
    if value <= -1:
        return (
            f"A return of {value:,.4g} loses more than everything.",
            "Returns are fractions: -0.012 is -1.2 %.",
        )
    jump = 1 + value if value > 0 else 1 / (1 + value)
    way = "rises" if value > 0 else "falls"
    remedy = "Check it: a price in place of a return, a percentage in place of a fraction, or a slipped decimal point."
    return f"A return of {value:,.4g}: the price {way} {jump:,.0f}-fold in one month.", remedy


def _check_series(name: str, column: NDArray[np.float64], file: HistoryFile) -> None:
    """Gaps and unusual months of one series; `column` (n_rows) with NaN for blank cells."""
    known = np.flatnonzero(np.isfinite(column))
    if not len(known):
        file.refuse(1, name, "The series has no figure.", "Leave it out.")
        return
    refused = {finding.row for finding in file.mistakes if finding.column in (name, "")}
    for place in range(known[0], known[-1]):
        if np.isnan(column[place]) and place + 2 not in refused:
            what = "There is no figure between the first and the last month of the series."
            file.refuse(place + 2, name, what, "Fill the gap from the source, or begin the series after it.")
    if np.median(np.abs(column[known])) > 0.5:
        what = "Half of its months move by more than 50 %."
        file.refuse(1, name, what, "Returns are fractions, not percentages or prices: 0.012 is 1.2 %.")
        return
    file.notes += list(_unusual(name, column, known))


def _unusual(name: str, column: NDArray[np.float64], known: NDArray[np.intp]) -> Iterator[Finding]:
    """Months far outside the series' own spread (median and median absolute deviation), and of 25 % at the least."""
    distance = np.abs(column[known] - np.median(column[known]))
    spread = 1.4826 * float(np.median(distance))
    for place in known[(distance > UNUSUAL * spread) & (np.abs(column[known]) > 0.25)]:
        what = f"A return of {column[place]:+.1%} is far outside the series' other months."
        yield Finding(int(place) + 2, name, what, "Check it at the source; it is kept as it stands.")


def _check_repeats(table: NDArray[np.float64], file: HistoryFile) -> None:
    """A line of several figures that repeats the one before to the last digit is a copy."""
    for place in range(1, len(table)):
        both = np.isfinite(table[place]) & np.isfinite(table[place - 1])
        same = both.sum() >= 3 and bool((table[place][both] == table[place - 1][both]).all())
        if same and (table[place][both] != 0).any():
            what = f"All {int(both.sum())} figures repeat those of the line before."
            file.refuse(place + 2, "", what, "Give the month its own figures.")
