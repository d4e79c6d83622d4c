"""Builds small census files for tests, in the layouts recordkeepers export. Everything in them is invented."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from sponsors.census import CensusParse, guess_mapping, parse_census, screen_upload

AS_OF = date(2025, 12, 31)
FUNDS = ("VFIAX", "VBTLX", "VTIVX")
HEADERS = (
    "participant_id",
    "surname",
    "birth_date",
    "hire_date",
    "annual_pay",
    "deferral_rate",
    "balance",
    "VFIAX balance",
    "VBTLX balance",
    "VFIAX election",
    "VBTLX election",
)
GOOD = (
    "0017",
    "NA",
    "1980-02-28",
    "2010-06-01",
    "$61,200.00",
    "6%",
    "1000.00",
    "600.00",
    "400.00",
    "60%",
    "40%",
)
OTHER = ("0018", "Ng", "1990-07-04", "2020-01-15", "52000", "4%", "500.00", "500.00", "", "100%", "")
LONG_HEADERS = (
    "Emp ID",
    "DOB",
    "Date of Hire",
    "Salary",
    "Deferral %",
    "Account Balance",
    "Fund",
    "Fund Balance",
    "Election %",
)
LONG_ROWS = (
    ("7", "02/28/1980", "6/1/2010", "61200", "6", "1000", "VFIAX", "600", "60"),
    ("7", "02/28/1980", "6/1/2010", "61200", "6", "1000", "VBTLX", "400", "40"),
    ("8", "7/4/1990", "1/15/2020", "52000", "4", "500", "VFIAX", "500", "100"),
)


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue().encode()


def changed(row: Sequence[str], headers: Sequence[str] = HEADERS, **cells: str) -> list[str]:
    """`row` with other cells; a name with blanks is written with underscores."""
    named = dict(zip(headers, row, strict=True))
    for name, text in cells.items():
        header = next(header for header in headers if header.replace(" ", "_").replace("_%", "") == name)
        named[header] = text
    return list(named.values())


def parsed(data: bytes, as_of: date = AS_OF, funds: Sequence[str] = FUNDS) -> CensusParse:
    decoded = screen_upload(data, "census.csv")
    return parse_census(decoded, guess_mapping(decoded.headers, decoded.sample_rows()), as_of, funds)
