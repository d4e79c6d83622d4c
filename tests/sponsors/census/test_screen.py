"""Files refused at the door, each with the exact sentence, and the encodings and shapes that are let in."""

import time
from random import Random

import pytest

from sponsors.census import CensusFileError, Limits, screen_upload
from tests.sponsors.census.files import GOOD, HEADERS, OTHER, changed, csv_bytes

HEADER = b"participant_id,birth_date,balance\n"
BINARY = "The file holds binary data, not text. Export the census as a CSV file (UTF-8) and upload that."
SSN_END = (
    " Steward never keeps those, so nothing of this file was stored. Delete that column, use an employee number"
    " instead, and upload the file again."
)
NO_HEADER = (
    "No row of column names was found at the top of the file. Put the names (such as participant_id, birth_date,"
    " annual_pay) in the first row and upload it again."
)


def named(column: str) -> str:
    return f"The column “{column}” is named for social security or tax numbers.{SSN_END}"


def written(column: str) -> str:
    return f"The column “{column}” holds numbers written like social security numbers (123-45-6789).{SSN_END}"


def bare(column: str) -> str:
    return (
        f"The column “{column}” holds nine-digit numbers shaped like social security numbers.{SSN_END} If they are"
        " employee numbers, put a letter in front of each."
    )


def stray_quote(row: int) -> str:
    return (
        f"Row {row} has a quotation mark that is not closed, or a line break inside a cell, so the rows after it"
        " cannot be told apart. Correct that cell in the export and upload the file again."
    )


def with_column(header: str, *values: str) -> bytes:
    rows = [(f"E{number}", "1980-01-01", value) for number, value in enumerate(values)]
    return csv_bytes(("participant_id", "birth_date", header), rows)


def repeated(count: int, row: bytes) -> bytes:
    return HEADER + row * count


REFUSED = {
    "empty": (b"", "The file is empty. Export the census again and upload the new file."),
    "blank": (b" \r\n \n", "The file is empty. Export the census again and upload the new file."),
    "xlsx": (
        b"PK\x03\x04rest",
        "The file is an Excel workbook or a zip archive, not a CSV file. Open it and save the sheet as CSV (UTF-8).",
    ),
    "xls": (
        b"\xd0\xcf\x11\xe0rest",
        "The file is an old Excel workbook, not a CSV file. Open it and save the sheet as CSV (UTF-8).",
    ),
    "pdf": (b"%PDF-1.7", "The file is a PDF, not a CSV file. Open it and save the sheet as CSV (UTF-8)."),
    "gzip": (
        b"\x1f\x8b\x08\x00",
        "The file is a compressed archive, not a CSV file. Open it and save the sheet as CSV (UTF-8).",
    ),
    "nul": (HEADER + b"A1,1980-01-01,\x00500\n", BINARY),
    "control characters": (HEADER + b"A1,1980-01-01,\x07\n", BINARY),
    "undefined byte": (HEADER + b"A1,1980-01-01,\x81\n", BINARY),
    "utf-16 cut off": ("a,b\nc,d\n".encode("utf-16") + b"\x00", BINARY),
    "utf-32": (HEADER.decode().encode("utf-32"), BINARY),
    "one column": (
        b"participant_id\nA1\nA2\n",
        (
            "Only one column could be found. Steward reads columns separated by comma, semicolon, tab or pipe (|):"
            " export the census as CSV and upload it again."
        ),
    ),
    "no header": (b"A1,1980-01-01,500\nA2,1981-01-01,600\n", NO_HEADER),
    "data above header": (
        b"A1,1980-01-01,500\nparticipant_id,birth_date,balance\nA2,1981-01-01,600\n",
        NO_HEADER,
    ),
    "header only": (
        HEADER,
        "The file has column names but no rows under them. Export it again with its people.",
    ),
    "duplicate header": (
        b"participant_id,Balance,BALANCE \nA1,1,2\n",
        (
            "The column “Balance” stands twice in the header row. Rename or remove one of the two and upload the file"
            " again."
        ),
    ),
    "nameless column": (
        b"participant_id,,balance\nA1,x,500\n",
        "Column 2 has values but no name in the header row. Name it or remove it, and upload the file again.",
    ),
    "open quote": (HEADER + b'A1,"1980-01-01,500\nA2,1981-01-01,600\n', stray_quote(2)),
    "quote swallows rows": (HEADER + b'A1,"x,5\nA2,1981-01-01,6\nA3,y",7\nA4,z,8\n', stray_quote(2)),
    "quote swallows rows far down": (
        repeated(40, b"A1,x,5\n") + b'A1,"x,5\nA2,1981-01-01,6\nA3,y",7\n',
        stray_quote(42),
    ),
    "text after quote": (HEADER + b'A1,"Bob" Smith,500\n', stray_quote(2)),
    "too many rows": (
        repeated(101, b"A1,x,5\n"),
        "The file has more than 100 rows. Split it into smaller files and import one plan at a time.",
    ),
    "too many columns": (
        b",".join(b"h%d" % number for number in range(21)) + b"\n",
        "Row 1 has 21 columns and the limit is 20. Export only the columns Steward reads.",
    ),
    "long cell": (
        HEADER + b"A1,x," + b"9" * 61 + b"\n",
        "Row 2 has a cell of more than 60 characters. Shorten it, or leave that column out of the export.",
    ),
    "very long cell": (
        HEADER + b"A1,x," + b"9" * 200_000,
        "Row 2 has a cell of more than 60 characters. Shorten it, or leave that column out of the export.",
    ),
    "named SSN": (with_column("SSN", "x"), named("SSN")),
    "named participant SSN": (with_column("ParticipantSSN", "x"), named("ParticipantSSN")),
    "named social security": (with_column("Social Security No.", "x"), named("Social Security No.")),
    "named soc sec": (with_column("soc_sec_num", "x"), named("soc_sec_num")),
    "named tax id": (with_column("Tax ID", "x"), named("Tax ID")),
    "named taxpayer": (
        with_column("TaxpayerIdentificationNumber", "x"),
        named("TaxpayerIdentificationNumber"),
    ),
    "named TIN": (with_column("TIN", "x"), named("TIN")),
    "named SS#": (with_column("SS#", "x"), named("SS#")),
    "named last four": (with_column("SSN last 4", "1234"), named("SSN last 4")),
    "written once": (with_column("Note", "x", "call 123-45-6789", "y"), written("Note")),
    "written with blanks": (with_column("Note", "123 45 6789"), written("Note")),
    "written with dashes": (with_column("Note", "123–45–6789"), written("Note")),
    "masked": (with_column("Key", "XXX-XX-6789"), written("Key")),
    "bare": (with_column("Key", "123456789", "223456780", "323456781"), bare("Key")),
    "bare with decimals": (with_column("Key", "123456789.0", "223456780.0"), bare("Key")),
    "bare in a third of rows": (with_column("Key", "123456789", "x", "y"), bare("Key")),
    "bare under an id": (
        csv_bytes(
            ("Employee ID", "birth_date"), [(f"{area}456789", "1980-01-01") for area in range(123, 163)]
        ),
        bare("Employee ID"),
    ),
    "above the header": (
        b"PLAN,123-45-6789\nparticipant_id,birth_date,balance,status\nA1,1980-01-01,500,A\n",
        (
            "A row above the column names holds a number written like a social security number. Steward never keeps"
            " those, so nothing of this file was stored. Delete it, and upload the file again."
        ),
    ),
    "contributions file": (
        (
            b"PLAN01,06/30/2025,D,1\n"
            b"Part Key,Last Name,First Name,Division,Total Compensation,Birth Date,Hire Date,401k\n"
            b"123456789,Doe,Ann,1,2500.00,01/31/1980,01/02/2020,60\n"
            b"223456780,Roe,Bob,1,2600.00,02/28/1981,01/02/2020,70\n"
        ),
        bare("Part Key"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_screen_upload_refuses(case: str) -> None:
    data, message = REFUSED[case]

    with pytest.raises(CensusFileError) as refused:
        screen_upload(data, "census.csv", limits=Limits(rows=100, columns=20, field_length=60))

    assert refused.value.message == message


def test_screen_upload_refusal_of_numbers_names_the_column_and_echoes_no_value() -> None:
    with pytest.raises(CensusFileError) as refused:
        screen_upload(with_column("Note", "219-09-9999"), "219-09-9999.csv")

    assert refused.value.column == "Note"
    assert "9999" not in refused.value.message


def test_screen_upload_fifty_megabytes_of_garbage_is_refused_at_once() -> None:
    garbage = Random(1).randbytes(1024) * 51_200
    began = time.perf_counter()

    with pytest.raises(CensusFileError) as refused:
        screen_upload(garbage, "garbage.csv")

    assert time.perf_counter() - began < 1
    assert refused.value.message == (
        "The file has 52,428,800 bytes and the limit is 40,000,000 (40 MB). Export only the columns Steward reads, or"
        " split the file by location and import one plan at a time."
    )


def test_screen_upload_garbage_under_the_limit_is_refused_as_binary() -> None:
    with pytest.raises(CensusFileError) as refused:
        screen_upload(Random(1).randbytes(1_000_000), "garbage.csv")

    assert refused.value.message == BINARY


@pytest.mark.parametrize(
    ("encoding", "found", "note"),
    [
        ("utf-8", "utf-8-sig", None),
        ("utf-8-sig", "utf-8-sig", None),
        ("utf-16", "utf-16", "The text was read as UTF-16."),
        ("cp1252", "cp1252", "The text was read as Windows-1252."),
    ],
)
def test_screen_upload_reads_encodings(encoding: str, found: str, note: str | None) -> None:
    data = csv_bytes(HEADERS, [changed(GOOD, surname="Muñoz")]).decode().encode(encoding)

    decoded = screen_upload(data, "census.csv")

    assert (decoded.encoding, decoded.headers, decoded.column("surname")) == (found, HEADERS, ["Muñoz"])
    assert decoded.notes == ((note,) if note else ())


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_screen_upload_finds_the_delimiter(delimiter: str, name: str) -> None:
    decoded = screen_upload(csv_bytes(HEADERS, [GOOD, OTHER], delimiter), "census.csv")

    assert decoded.delimiter == delimiter
    assert decoded.column("annual_pay") == ["$61,200.00", "52000"]
    assert decoded.notes == (f"Columns are separated by {name}.",)


def test_screen_upload_passes_over_a_control_line_and_empty_rows_but_counts_them() -> None:
    data = b"PLAN01,06/30/2025,D,1\r\n" + csv_bytes(HEADERS, [GOOD, ("",) * len(HEADERS), OTHER]) + b"\r\n"

    decoded = screen_upload(data, "C:\\exports\\census.csv")

    assert (decoded.file_name, decoded.header_row, decoded.row_numbers) == ("census.csv", 2, [3, 5])
    assert decoded.notes == (
        "Column names were found in row 2; what stands above it was not read.",
        "Empty rows passed over: 2.",
    )


def test_screen_upload_takes_a_title_of_two_cells_above_the_header() -> None:
    decoded = screen_upload(b"Plan,Example Inc,,,\n" + csv_bytes(HEADERS, [GOOD]), "census.csv")

    assert (decoded.header_row, decoded.headers) == (2, HEADERS)


def test_screen_upload_keeps_cells_as_text() -> None:
    decoded = screen_upload(csv_bytes(HEADERS, [GOOD]), "census.csv")

    assert decoded.column("participant_id") == ["0017"]
    assert decoded.column("surname") == ["NA"]


def test_screen_upload_employee_numbers_given_out_in_a_run_are_no_social_security_numbers() -> None:
    rows = [(f"1000{number:05d}", "1980-01-01") for number in range(1, 60)]

    decoded = screen_upload(csv_bytes(("Employee ID", "birth_date"), rows), "census.csv")

    assert len(decoded.row_numbers) == 59


def test_screen_upload_takes_nine_digits_that_somebody_declares_to_be_employee_numbers() -> None:
    data = with_column("Key", "123456789", "223456780", "323456781")

    decoded = screen_upload(data, "census.csv", declared_ids=["Key"])

    assert decoded.column("Key") == ["123456789", "223456780", "323456781"]


def test_screen_upload_phone_numbers_dates_and_employer_numbers_are_let_in() -> None:
    data = with_column("Note", "555-123-4567", "12-31-2025", "12-3456789", "02139-1234")

    assert len(screen_upload(data, "census.csv").row_numbers) == 4
