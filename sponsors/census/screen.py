"""The door: what is refused before a census file is stored anywhere, and the text that is let in.

Order matters: size, binary, text, table shape, social security numbers. Nothing here echoes a value.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from .errors import CensusFileError
from .fields import field_of, normalise_header
from .ssn import refuse_social_security_numbers

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
BINARY_KINDS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed archive",
}
LINES_SEARCHED_FOR_HEADER = 15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WRITTEN_DATE = re.compile(r"\d{1,2}[- ][A-Za-z]{3}[- ]\d{2,4}")


@dataclass(frozen=True)
class Limits:
    """Largest file that is read. Each is checked before the next step costs memory."""

    bytes: int = 40_000_000
    rows: int = 1_000_000
    columns: int = 300
    field_length: int = 500


@dataclass(frozen=True)
class DecodedFile:
    """A screened table, every cell text. Rows are numbered as in a spreadsheet that opens the file: the first is 1."""

    file_name: str
    sha256: str
    encoding: str
    delimiter: str
    header_row: int
    headers: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]  # header -> a cell for each row
    row_numbers: list[int]
    ragged: dict[
        int, int
    ]  # position among the rows -> number of values found there, where it is not the header's
    notes: tuple[str, ...]

    def column(self, header: str) -> list[str]:
        """Cells under `header`, without blanks around them."""
        return [cell.strip() for cell in self.columns[header]]

    def sample_rows(self, count: int = 50) -> list[list[str]]:
        """The first rows, for guessing a mapping and for a preview."""
        return [list(row) for row in islice(zip(*self.columns.values(), strict=True), count)]


def screen_upload(
    data: bytes, file_name: str, *, limits: Limits | None = None, declared_ids: Collection[str] = ()
) -> DecodedFile:
    """Decode `data` to a table of text, or raise CensusFileError with what to do.

    `declared_ids` names columns of nine digits that the person uploading states are employee numbers.
    """
    limits = limits or Limits()
    _refuse_size(data, limits)
    text, encoding = _decode(data)
    delimiter = _sniff_delimiter(text)
    records = list(_records(text, delimiter, limits))
    header_at = _find_header(records)
    header_row, header = records[header_at]
    headers = _clean_headers(header, limits)
    rows, numbers, ragged, blank = _body(records[header_at + 1 :], len(headers))
    columns = list(zip(*rows, strict=True))
    refuse_social_security_numbers(text, headers, columns, records[:header_at], declared_ids)
    table = _named(headers, columns)
    return DecodedFile(
        file_name=PurePath(file_name.replace("\\", "/")).name[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=encoding,
        delimiter=delimiter,
        header_row=header_row,
        headers=tuple(table),
        columns=table,
        row_numbers=numbers,
        ragged=ragged,
        notes=_notes(encoding, delimiter, header_at, header_row, blank),
    )


def _refuse_size(data: bytes, limits: Limits) -> None:
    if len(data) > limits.bytes:
        raise CensusFileError(
            f"The file has {len(data):,} bytes and the limit is {limits.bytes:,} ({limits.bytes / 1e6:g} MB). Export"
            " only the columns Steward reads, or split the file by location and import one plan at a time."
        )
    if not data.strip():
        raise CensusFileError("The file is empty. Export the census again and upload the new file.")


def _decode(data: bytes) -> tuple[str, str]:
    for lead, kind in BINARY_KINDS.items():
        if data.startswith(lead):
            raise CensusFileError(
                f"The file is {kind}, not a CSV file. Open it and save the sheet as CSV (UTF-8)."
            )
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not utf_16:
        raise _not_text()
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.removesuffix("\x1a")  # end-of-file mark of older payroll systems
        if _CONTROL.search(text):
            break
        return text, encoding
    raise _not_text()


def _not_text() -> CensusFileError:
    return CensusFileError(
        "The file holds binary data, not text. Export the census as a CSV file (UTF-8) and upload that."
    )


def _sniff_delimiter(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same number of fields, more than one."""
    lines = [line[:5_000] for line in text[:200_000].splitlines() if line.strip()][:20]
    scores = {delimiter: _regularity(lines, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    if scores[best] == (0, 0):
        raise CensusFileError(
            "Only one column could be found. Steward reads columns separated by comma, semicolon, tab or pipe (|):"
            " export the census as CSV and upload it again."
        )
    return best


def _regularity(lines: list[str], delimiter: str) -> tuple[int, int]:
    """(lines of the most common width, that width), counting only lines of more than one field."""
    try:
        widths = Counter(len(record) for record in csv.reader(lines, delimiter=delimiter) if len(record) > 1)
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _records(text: str, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of each record. A line break inside a quoted cell is refused past the header:
    it is nearly always a stray quotation mark that would swallow the rows between it and the next."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    number = lines = 0
    try:
        for number, record in enumerate(reader, start=1):
            if reader.line_num - lines > 1 and number > LINES_SEARCHED_FOR_HEADER:
                raise _stray_quote(number)
            lines = reader.line_num
            _refuse_record(number, record, limits)
            yield number, record
    except csv.Error as error:
        raise (
            _long_cell(number + 1, limits) if "field limit" in str(error) else _stray_quote(number + 1)
        ) from None


def _stray_quote(number: int) -> CensusFileError:
    return CensusFileError(
        f"Row {number} has a quotation mark that is not closed, or a line break inside a cell, so the rows after it"
        " cannot be told apart. Correct that cell in the export and upload the file again."
    )


def _long_cell(number: int, limits: Limits) -> CensusFileError:
    return CensusFileError(
        f"Row {number} has a cell of more than {limits.field_length:,} characters. Shorten it, or leave that column out"
        " of the export."
    )


def _refuse_record(number: int, record: list[str], limits: Limits) -> None:
    if number > limits.rows:
        raise CensusFileError(
            f"The file has more than {limits.rows:,} rows. Split it into smaller files and import one plan at a time."
        )
    if len(record) > limits.columns:
        raise CensusFileError(
            f"Row {number} has {len(record):,} columns and the limit is {limits.columns:,}. Export only the columns"
            " Steward reads."
        )
    if record and len(max(record, key=len)) > limits.field_length:
        raise _long_cell(number, limits)


def _find_header(records: list[tuple[int, list[str]]]) -> int:
    """Position of the row of column names. Short title or control lines above it are passed over."""
    filled = [_filled(record) for _, record in records[:LINES_SEARCHED_FOR_HEADER]]
    usual = Counter(len(_trimmed(record)) for _, record in records[:200] if _filled(record)).most_common(1)
    for position, cells in enumerate(filled):
        wide_enough = usual and 2 * len(_trimmed(records[position][1])) > usual[0][0]
        if (
            wide_enough
            and _is_header(cells)
            and all(2 * len(above) <= len(cells) for above in filled[:position])
        ):
            return position
    raise CensusFileError(
        "No row of column names was found at the top of the file. Put the names (such as participant_id,"
        " birth_date, annual_pay) in the first row and upload it again."
    )


def _filled(record: list[str]) -> list[str]:
    return [cell for cell in record if cell.strip()]


def _trimmed(record: list[str]) -> list[str]:
    """The record without empty cells at its end."""
    end = len(record)
    while end and not record[end - 1].strip():
        end -= 1
    return record[:end]


def _is_header(cells: list[str]) -> bool:
    known = sum(field_of(cell) is not None for cell in cells)
    return len(cells) > 1 and (known >= 2 or all(_is_name(cell) for cell in cells))


def _is_name(cell: str) -> bool:
    return any(letter.isalpha() for letter in cell) and not _WRITTEN_DATE.fullmatch(cell.strip())


def _clean_headers(record: list[str], limits: Limits) -> tuple[str, ...]:
    headers = tuple(" ".join(cell.split()) for cell in _trimmed(record))
    names = Counter(normalise_header(header) or header for header in headers if header)
    for header in headers:
        if names[normalise_header(header) or header] > 1:
            raise CensusFileError(
                f"The column “{header}” stands twice in the header row. Rename or remove one of the two and upload"
                " the file again.",
                column=header,
            )
    return headers


def _body(records, width):
    """Rows cut or padded to `width`, their numbers, the ragged ones and how many rows were empty."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    ragged: dict[int, int] = {}
    blank = 0
    for number, record in records:
        if not any(map(str.strip, record)):
            blank += 1
            continue
        if number <= LINES_SEARCHED_FOR_HEADER and any("\n" in cell or "\r" in cell for cell in record):
            raise _stray_quote(number)
        if len(record) != width:
            found = len(record) if len(record) < width else max(width, len(_trimmed(record)))
            record = (record + [""] * width)[:width]
            if found != width:
                ragged[len(rows)] = found
        rows.append(record)
        numbers.append(number)
    if not rows:
        raise CensusFileError(
            "The file has column names but no rows under them. Export it again with its people."
        )
    return rows, numbers, ragged, blank


def _named(headers: tuple[str, ...], columns: list[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Columns by header. A column with neither a name nor a value falls away; values under no name are refused."""
    for place, (header, cells) in enumerate(zip(headers, columns, strict=True), start=1):
        if not header and any(map(str.strip, cells)):
            raise CensusFileError(
                f"Column {place} has values but no name in the header row. Name it or remove it, and upload the file"
                " again."
            )
    return {header: cells for header, cells in zip(headers, columns, strict=True) if header}


def _notes(encoding, delimiter, header_at, header_row, blank) -> tuple[str, ...]:
    notes = []
    if encoding != "utf-8-sig":
        named = {"cp1252": "Windows-1252", "utf-16": "UTF-16"}[encoding]
        notes.append(f"The text was read as {named}.")
    if delimiter != ",":
        notes.append(f"Columns are separated by {DELIMITERS[delimiter]}.")
    if header_at:
        notes.append(f"Column names were found in row {header_row}; what stands above it was not read.")
    if blank:
        notes.append(f"Empty rows passed over: {blank:,}.")
    return tuple(notes)
