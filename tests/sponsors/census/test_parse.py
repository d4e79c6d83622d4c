"""Every row is accepted or listed: bad cells with the exact sentence, good ones with the exact value."""

from datetime import date

import pytest

from sponsors.census import CensusFileError, RowRefusal, guess_mapping, parse_census, screen_upload
from tests.sponsors.census.files import (
    AS_OF,
    FUNDS,
    GOOD,
    HEADERS,
    LONG_HEADERS,
    LONG_ROWS,
    OTHER,
    changed,
    csv_bytes,
    parsed,
)

DATE = "Write dates as YYYY-MM-DD, or month/day/year with a four-digit year."
CALENDAR = "Write dates as YYYY-MM-DD, or month/day/year in that order."
MONEY = "Write it like 12345.67, $12,345.67 or 0."
NOT_MONEY = "This is not an amount in dollars."
PERCENT = "Write a percentage from 0 to 100."
NEGATIVE_FUND = "A fund cannot hold less than nothing: ask the recordkeeper for the corrected balance."
NOT_PERCENT = ("This is not a percentage.", "Write it like 6%, 6 or 0.06, the same way in every row.")
LEFT_EMPTY = "The cell is empty."

# changed cells of row 2 -> (column, value shown, reason, remedy)
BAD_CELLS = {
    "no id": (
        {"participant_id": " "},
        (
            "participant_id",
            "",
            "The participant id is empty.",
            "Give every row the employer's own id for the person.",
        ),
    ),
    "id damaged by a spreadsheet": (
        {"participant_id": "1.23457E+08"},
        (
            "participant_id",
            "1.23457E+08",
            "A spreadsheet has shortened this id.",
            "Format the column as text in the spreadsheet and export again.",
        ),
    ),
    "id too long": (
        {"participant_id": "x" * 65},
        (
            "participant_id",
            "x" * 39 + "…",
            "The id is longer than 64 characters.",
            "Use the employer's own id for the person.",
        ),
    ),
    "name too long": (
        {"surname": "x" * 101},
        (
            "surname",
            "x" * 39 + "…",
            "The name is longer than 100 characters.",
            "Shorten it, or leave the column out.",
        ),
    ),
    "month 13": (
        {"birth_date": "13/02/1980"},
        ("birth_date", "13/02/1980", "There is no such day in the calendar.", CALENDAR),
    ),
    "30 February": (
        {"birth_date": "1980-02-30"},
        ("birth_date", "1980-02-30", "There is no such day in the calendar.", CALENDAR),
    ),
    "year of two digits": (
        {"birth_date": "2/28/80"},
        (
            "birth_date",
            "2/28/80",
            "The year has two digits, so the century is unknown.",
            "Write the year with four digits, as in 1980-02-28.",
        ),
    ),
    "date in words": ({"birth_date": "unknown"}, ("birth_date", "unknown", "This is not a date.", DATE)),
    "date as a spreadsheet number": (
        {"birth_date": "29221"},
        ("birth_date", "29221", "This is not a date.", DATE),
    ),
    "no birth": ({"birth_date": ""}, ("birth_date", "", LEFT_EMPTY, "Fill it in and upload the file again.")),
    "birth in the future": (
        {"birth_date": "2080-02-28"},
        (
            "birth_date",
            "2080-02-28",
            "The birth lies after the census date 2025-12-31.",
            "Correct it; look for a century read wrongly.",
        ),
    ),
    "child": (
        {"birth_date": "2015-02-28"},
        (
            "birth_date",
            "2015-02-28",
            "The person would be under 14 on 2025-12-31.",
            "Correct the birth, or the date of the census.",
        ),
    ),
    "older than anybody": (
        {"birth_date": "1900-01-01"},
        (
            "birth_date",
            "1900-01-01",
            "The person would be over 110 on 2025-12-31.",
            "Correct the birth; look for a placeholder such as 1900-01-01.",
        ),
    ),
    "hired before birth": (
        {"hire_date": "1979-01-01"},
        ("hire_date", "1979-01-01", "The hire lies before the birth.", "Correct one of the two."),
    ),
    "hired after the census": (
        {"hire_date": "2026-01-01"},
        (
            "hire_date",
            "2026-01-01",
            "The hire lies after the census date 2025-12-31.",
            "Correct it, or import the census with a later date.",
        ),
    ),
    "no pay": ({"annual_pay": ""}, ("annual_pay", "", LEFT_EMPTY, "Write it; 0 if there is none.")),
    "pay below zero": (
        {"annual_pay": "-5"},
        ("annual_pay", "-5", "The pay is below zero.", "Give the annual pay, or 0 for a person without pay."),
    ),
    "pay infinite": ({"annual_pay": "inf"}, ("annual_pay", "inf", NOT_MONEY, MONEY)),
    "pay 1e400": ({"annual_pay": "1e400"}, ("annual_pay", "1e400", NOT_MONEY, MONEY)),
    "pay NaN": ({"annual_pay": "NaN"}, ("annual_pay", "NaN", NOT_MONEY, MONEY)),
    "pay with a decimal comma": ({"annual_pay": "61200,50"}, ("annual_pay", "61200,50", NOT_MONEY, MONEY)),
    "pay in European order": ({"annual_pay": "61.200,50"}, ("annual_pay", "61.200,50", NOT_MONEY, MONEY)),
    "pay in euros": ({"annual_pay": "€61200"}, ("annual_pay", "€61200", NOT_MONEY, MONEY)),
    "pay with a blank inside": ({"annual_pay": "61 200"}, ("annual_pay", "61 200", NOT_MONEY, MONEY)),
    "pay half in parentheses": ({"annual_pay": "(500"}, ("annual_pay", "(500", NOT_MONEY, MONEY)),
    "pay beyond belief": (
        {"annual_pay": "9" * 20},
        (
            "annual_pay",
            "(not shown)",
            "The amount is a hundred billion dollars or more.",
            "Check the decimal point and the column.",
        ),
    ),
    "deferral in words": ({"deferral_rate": "max"}, ("deferral_rate", "max", *NOT_PERCENT)),
    "deferral in dollars": ({"deferral_rate": "$50"}, ("deferral_rate", "$50", *NOT_PERCENT)),
    "deferral infinite": ({"deferral_rate": "inf"}, ("deferral_rate", "inf", *NOT_PERCENT)),
    "deferral above 100%": (
        {"deferral_rate": "101%"},
        ("deferral_rate", "101%", "The percentage is above 100%.", PERCENT),
    ),
    "deferral below zero": (
        {"deferral_rate": "-1%"},
        ("deferral_rate", "-1%", "The percentage is below zero.", PERCENT),
    ),
    "deferral written another way": (
        {"deferral_rate": "0.06"},
        (
            "deferral_rate",
            "0.06",
            "The other rows are written in percent, so this reads as less than a quarter of a percent.",
            "Write it with a percent sign, as in 6%.",
        ),
    ),
    "no deferral": (
        {"deferral_rate": ""},
        ("deferral_rate", "", LEFT_EMPTY, "Write it; 0 if there is none."),
    ),
    "no balance": ({"balance": ""}, ("balance", "", LEFT_EMPTY, "Write it; 0 if there is none.")),
    "balance below zero": (
        {"balance": "($1,000.00)"},
        (
            "balance",
            "($1,000.00)",
            "The balance is below zero.",
            "An account cannot hold less than nothing: ask the recordkeeper for the corrected balance.",
        ),
    ),
    "fund below zero": (
        {"VFIAX_balance": "600.00-"},
        ("VFIAX balance", "600.00-", "The balance is below zero.", NEGATIVE_FUND),
    ),
    "fund in words": ({"VFIAX_balance": "n/a"}, ("VFIAX balance", "n/a", NOT_MONEY, MONEY)),
    "funds do not make the balance": (
        {"VFIAX_balance": "500.00"},
        (
            "balance",
            "1000.00",
            "The balances by fund do not add up to this balance.",
            "Export every fund that holds money, with balances of the same day.",
        ),
    ),
    "elections do not make the whole": (
        {"VFIAX_election": "70%"},
        (
            "VFIAX election",
            "",
            "The participant's elections add up to 110.00%, not to 100%.",
            "Write elections that add up to 100%, or leave all of them empty.",
        ),
    ),
    "election in words": ({"VFIAX_election": "some"}, ("VFIAX election", "some", *NOT_PERCENT)),
}


@pytest.mark.parametrize("case", BAD_CELLS)
def test_parse_census_refuses_one_cell_and_takes_the_other_row(case: str) -> None:
    cells, refusal = BAD_CELLS[case]

    parse = parsed(csv_bytes(HEADERS, [changed(GOOD, **cells), OTHER]))

    assert parse.refused == (RowRefusal(2, *refusal),)
    assert list(parse.participants["participant_id"]) == ["0018"]
    assert (parse.rows_read, parse.rows_refused) == (2, 1)


def test_parse_census_lists_every_problem_of_a_row() -> None:
    bad = changed(GOOD, birth_date="1980-02-30", annual_pay="lots", balance="(1)")

    parse = parsed(csv_bytes(HEADERS, [bad]))

    assert [(refusal.row, refusal.column) for refusal in parse.refused] == [
        (2, "annual_pay"),
        (2, "balance"),
        (2, "birth_date"),
    ]
    assert str(parse.refused[0]) == f"Row 2, column “annual_pay” (lots): {NOT_MONEY} {MONEY}"


def test_parse_census_fund_that_is_not_known() -> None:
    parse = parsed(csv_bytes(HEADERS, [GOOD, OTHER]), funds=["VFIAX"])

    unknown = (
        "This fund is not known.",
        "Add it to the fund catalogue, or map it to a fund that is there, and import the file again.",
    )
    assert parse.refused == (
        RowRefusal(2, "VBTLX balance", "400.00", *unknown),
        RowRefusal(2, "VBTLX election", "40%", *unknown),
    )
    assert list(parse.participants["participant_id"]) == ["0018"]


def test_parse_census_same_participant_twice_refuses_all_rows() -> None:
    twin = changed(OTHER, participant_id="0017")

    parse = parsed(csv_bytes(HEADERS, [GOOD, OTHER, twin]))

    reason = "The same participant id stands in 2 rows, the first of them row 2."
    remedy = "Keep one row for each person; if these are two people, give each an own id."
    assert parse.refused == (
        RowRefusal(2, "participant_id", "0017", reason, remedy),
        RowRefusal(4, "participant_id", "0017", reason, remedy),
    )
    assert parse.participants_refused == 1


def test_parse_census_row_with_a_value_too_many_and_one_too_few() -> None:
    parse = parsed(csv_bytes(HEADERS, [[*GOOD, "x"], changed(OTHER, participant_id="19")[:-1], OTHER]))

    remedy = "Put a value with a comma in quotation marks, keep the comma of an empty cell, and export again."
    assert parse.refused == (
        RowRefusal(2, "", "", "The row has 12 values where the header has 11 columns.", remedy),
        RowRefusal(3, "", "", "The row has 10 values where the header has 11 columns.", remedy),
    )
    assert list(parse.participants["participant_id"]) == ["0018"]


def test_parse_census_total_line_is_listed_not_dropped() -> None:
    total = changed(("",) * len(HEADERS), participant_id="Total", balance="1500.00")

    parse = parsed(csv_bytes(HEADERS, [GOOD, OTHER, total]))

    assert {(refusal.row, refusal.reason) for refusal in parse.refused} == {(4, LEFT_EMPTY)}
    assert (len(parse.participants), parse.rows_refused) == (2, 1)


def test_parse_census_termination_before_hire_and_unknown_status() -> None:
    headers = (*HEADERS, "Term Date", "Status")
    rows = [(*GOOD, "2009-01-01", "T"), (*OTHER, "", "maybe")]

    parse = parsed(csv_bytes(headers, rows))

    assert parse.refused == (
        RowRefusal(
            2,
            "Term Date",
            "2009-01-01",
            "The termination lies before the hire.",
            "Give the latest hire and the termination that followed it, or leave the termination empty.",
        ),
        RowRefusal(
            3,
            "Status",
            "maybe",
            "This employment status is unknown.",
            "Write Active or Terminated, or leave the column out of the mapping.",
        ),
    )


def test_parse_census_deferrals_above_the_whole_pay() -> None:
    rows = [(*changed(GOOD, deferral_rate="60%"), "41%"), (*OTHER, "")]

    parse = parsed(csv_bytes((*HEADERS, "Roth %"), rows))

    reason = "Pre-tax and Roth deferral together are above 100% of pay."
    assert parse.refused == (RowRefusal(2, "Roth %", "41%", reason, "Correct one of the two."),)
    assert list(parse.participants["roth_deferral_rate"]) == [0.0]


def test_parse_census_year_of_birth_in_the_future() -> None:
    headers = tuple("Birth Year" if header == "birth_date" else header for header in HEADERS)

    parse = parsed(csv_bytes(headers, [(*GOOD[:2], "2031", *GOOD[3:]), (*OTHER[:2], "1990", *OTHER[3:])]))

    reason = "The birth lies after the census date 2025-12-31."
    remedy = "Correct it; look for a century read wrongly."
    assert parse.refused == (RowRefusal(2, "Birth Year", "2031", reason, remedy),)
    assert list(parse.participants["birth_ordinal"]) == [date(1990, 7, 1).toordinal()]
    assert "The file gives years of birth only: 1 July stands for the day." in parse.notes


def test_parse_census_identity_number_in_a_bad_cell_is_not_shown() -> None:
    parse = parsed(csv_bytes(HEADERS, [changed(GOOD, annual_pay="id 123456789"), *[OTHER]]))

    assert [refusal.value_shown for refusal in parse.refused] == ["(not shown)"]


def test_parse_census_mapping_that_does_not_fit_raises() -> None:
    decoded = screen_upload(csv_bytes(HEADERS[:6], [GOOD[:6]]), "census.csv")

    with pytest.raises(CensusFileError) as refused:
        parse_census(decoded, guess_mapping(decoded.headers, decoded.sample_rows()), AS_OF, FUNDS)

    assert refused.value.message.startswith("No column holds balances by fund.")


def test_parse_census_accepts_what_recordkeepers_write() -> None:
    parse = parsed(csv_bytes(HEADERS, [GOOD, OTHER]))

    assert parse.refused == ()
    assert parse.participants.to_dict("records") == [
        {
            "participant_id": "0017",
            "surname": "NA",
            "given_name": "",
            "birth_ordinal": date(1980, 2, 28).toordinal(),
            "hire_ordinal": date(2010, 6, 1).toordinal(),
            "pay_cents": 61_200_00,
            "deferral_rate": 0.06,
            "roth_deferral_rate": 0.0,
            "balance_cents": 1000_00,
            "is_active": True,
            "row": 2,
        },
        {
            "participant_id": "0018",
            "surname": "Ng",
            "given_name": "",
            "birth_ordinal": date(1990, 7, 4).toordinal(),
            "hire_ordinal": date(2020, 1, 15).toordinal(),
            "pay_cents": 52_000_00,
            "deferral_rate": 0.04,
            "roth_deferral_rate": 0.0,
            "balance_cents": 500_00,
            "is_active": True,
            "row": 3,
        },
    ]
    assert parse.holdings.to_numpy().tolist() == [
        [0, "VBTLX", 400_00],
        [0, "VFIAX", 600_00],
        [1, "VFIAX", 500_00],
    ]
    assert parse.elections.to_numpy().tolist() == [[0, "VBTLX", 0.4], [0, "VFIAX", 0.6], [1, "VFIAX", 1.0]]
    assert parse.notes == (
        "Layout: one row per participant.",
        "“deferral_rate” was read in percent: 6 means 6%.",
        "“elections by fund” was read in percent: 6 means 6%.",
        "The file says nothing of Roth deferrals: all deferrals are read as pre-tax.",
    )


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1234.5", 1234_50),
        ("$1,234.56", 1234_56),
        (" 1,234,567 ", 1_234_567_00),
        ("$ -", 0),
        ("-", 0),
        (".50", 50),
        ("12.", 12_00),
        ("61234.560000001", 61_234_56),
    ],
)
def test_parse_census_money(text: str, cents: int) -> None:
    parse = parsed(csv_bytes(HEADERS, [changed(GOOD, annual_pay=text)]))

    assert parse.refused == ()
    assert list(parse.participants["pay_cents"]) == [cents]


@pytest.mark.parametrize(
    "text", ["1980-02-28", "2/28/1980", "02/28/1980", "28-Feb-1980", "19800228", "1980-02-28 00:00:00"]
)
def test_parse_census_dates(text: str) -> None:
    parse = parsed(csv_bytes(HEADERS, [changed(GOOD, birth_date=text)]))

    assert list(parse.participants["birth_ordinal"]) == [date(1980, 2, 28).toordinal()]


@pytest.mark.parametrize(
    ("texts", "rates"),
    [
        (("6%", "4 %"), [0.06, 0.04]),
        (("6", "4.5"), [0.06, 0.045]),
        (("0.06", "0.04"), [0.06, 0.04]),
        (("1", "0"), [0.01, 0.0]),
        (("6%", "4"), [0.06, 0.04]),
    ],
)
def test_parse_census_percent_is_decided_by_column(texts: tuple[str, str], rates: list[float]) -> None:
    rows = [changed(GOOD, deferral_rate=texts[0]), changed(OTHER, deferral_rate=texts[1])]

    assert list(parsed(csv_bytes(HEADERS, rows)).participants["deferral_rate"]) == rates


def test_parse_census_one_wrong_cell_does_not_turn_the_others_around() -> None:
    rows = [changed(OTHER, participant_id=str(number), deferral_rate="0.06") for number in range(5)]
    rows.append(changed(OTHER, participant_id="5", deferral_rate="6"))

    parse = parsed(csv_bytes(HEADERS, rows))

    assert parse.refused == (RowRefusal(7, "deferral_rate", "6", "The percentage is above 100%.", PERCENT),)
    assert list(parse.participants["deferral_rate"]) == [0.06] * 5


def test_parse_census_balance_apart_from_its_funds_by_rounding_is_taken_as_the_funds() -> None:
    parse = parsed(csv_bytes(HEADERS, [changed(GOOD, balance="1000.01")]))

    assert parse.refused == ()
    assert list(parse.participants["balance_cents"]) == [1000_00]
    assert "Balances a rounding apart from their funds, taken as the funds add up: 1." in parse.notes


def test_parse_census_person_who_left_defers_nothing() -> None:
    headers = (*HEADERS, "Term Date", "Status")

    parse = parsed(csv_bytes(headers, [(*GOOD, "2025-06-30", ""), (*OTHER, "", "Active")]))

    assert list(parse.participants["is_active"]) == [False, True]
    assert list(parse.participants["deferral_rate"]) == [0.0, 0.04]
    assert "People who have left and keep a balance, read with deferrals of 0: 1." in parse.notes


def test_parse_census_without_elections_says_what_is_assumed_and_names_unread_columns() -> None:
    headers = (*HEADERS[:9], "Department")
    rows = [(*GOOD[:9], "Sales"), (*OTHER[:9], "Sales")]

    parse = parsed(csv_bytes(headers, rows))

    assert parse.elections.empty
    assert parse.notes[-2:] == (
        "The file holds no elections: new money is taken to go where the holdings are.",
        "Columns not read: Department.",
    )


def test_parse_census_id_wrapped_as_text_keeps_its_zeros() -> None:
    parse = parsed(csv_bytes(HEADERS, [changed(GOOD, participant_id='="0017"')]))

    assert list(parse.participants["participant_id"]) == ["0017"]


def test_parse_census_long_layout() -> None:
    parse = parsed(csv_bytes(LONG_HEADERS, LONG_ROWS))

    assert parse.refused == ()
    assert list(parse.participants["participant_id"]) == ["7", "8"]
    assert list(parse.participants["balance_cents"]) == [1000_00, 500_00]
    assert parse.holdings.to_numpy().tolist() == [
        [0, "VBTLX", 400_00],
        [0, "VFIAX", 600_00],
        [1, "VFIAX", 500_00],
    ]
    assert parse.elections.to_numpy().tolist() == [[0, "VBTLX", 0.4], [0, "VFIAX", 0.6], [1, "VFIAX", 1.0]]


def test_parse_census_long_layout_takes_facts_from_the_row_that_has_them() -> None:
    bare = changed(
        LONG_ROWS[1], LONG_HEADERS, DOB="", Date_of_Hire="", Salary="", Deferral="", Account_Balance=""
    )

    parse = parsed(csv_bytes(LONG_HEADERS, [bare, LONG_ROWS[0], LONG_ROWS[2]]))

    assert parse.refused == ()
    assert list(parse.participants["pay_cents"]) == [61_200_00, 52_000_00]


WHOLE = "Correct row 3: a participant is taken in as a whole or not at all."
LONG_BAD = {
    "fund below zero": (
        {"Fund_Balance": "(400)"},
        ("Fund Balance", "(400)", "The balance is below zero.", NEGATIVE_FUND),
    ),
    "no fund": ({"Fund": ""}, ("Fund", "", LEFT_EMPTY, "Write the fund's ticker.")),
    "no balance": (
        {"Fund_Balance": ""},
        ("Fund Balance", "", LEFT_EMPTY, "Write the balance; 0 if there is none."),
    ),
    "unknown fund": (
        {"Fund": "XYZ"},
        (
            "Fund",
            "XYZ",
            "This fund is not known.",
            "Add it to the fund catalogue, or map it to a fund that is there, and import the file again.",
        ),
    ),
    "fund twice": (
        {"Fund": "VFIAX"},
        (
            "Fund",
            "VFIAX",
            "The participant's balance in this fund also stands in row 2.",
            "Add the amounts up to one row for each participant and fund (money sources together).",
        ),
    ),
    "other pay": (
        {"Salary": "61300"},
        (
            "Salary",
            "61300",
            "Another row of the same participant says something else here.",
            "Write the same value on every row of the participant.",
        ),
    ),
}


@pytest.mark.parametrize("case", LONG_BAD)
def test_parse_census_long_layout_refuses_the_participant_whole(case: str) -> None:
    cells, refusal = LONG_BAD[case]
    bad = changed(LONG_ROWS[1], LONG_HEADERS, **cells)

    parse = parsed(csv_bytes(LONG_HEADERS, [LONG_ROWS[0], bad, LONG_ROWS[2]]))

    assert parse.refused == (
        RowRefusal(2, "Emp ID", "7", "Row 3 of the same participant was refused.", WHOLE),
        RowRefusal(3, *refusal),
    )
    assert list(parse.participants["participant_id"]) == ["8"]
    assert (parse.rows_read, parse.rows_refused, parse.participants_refused) == (3, 2, 1)


def test_parse_census_long_layout_ragged_row_takes_its_participant_with_it() -> None:
    parse = parsed(csv_bytes(LONG_HEADERS, [LONG_ROWS[0], LONG_ROWS[1][:7], LONG_ROWS[2]]))

    assert [(refusal.row, refusal.reason) for refusal in parse.refused] == [
        (2, "Row 3 of the same participant was refused."),
        (3, "The row has 7 values where the header has 9 columns."),
    ]
    assert list(parse.participants["participant_id"]) == ["8"]


def test_parse_census_marks_synthetic_people() -> None:
    headers = (*HEADERS, "is_synthetic")

    assert parsed(csv_bytes(headers, [(*GOOD, "yes"), (*OTHER, "")])).is_synthetic
    assert not parsed(csv_bytes(headers, [(*GOOD, ""), (*OTHER, "no")])).is_synthetic
