"""Guessing columns from the names that recordkeepers print, and refusing a mapping that cannot work."""

import json

import pytest

from sponsors.census import CensusFileError, Mapping, guess_mapping, validate_mapping
from sponsors.census.fields import field_of
from tests.sponsors.census.files import GOOD, HEADERS, LONG_HEADERS, LONG_ROWS, OTHER


def messages(mapping: Mapping, headers: tuple[str, ...]) -> list[str]:
    return [error.message for error in validate_mapping(mapping, headers)]


def missing(label: str, name: str) -> str:
    return (
        f"No column is mapped to the {label}. Choose the column that holds it, or add it to the export as “{name}” and"
        " upload the file again."
    )


def test_guess_mapping_wide() -> None:
    mapping = guess_mapping(HEADERS, [GOOD, OTHER])

    assert mapping.layout == "wide"
    assert mapping.columns == {name: name for name in HEADERS[:7]}
    assert mapping.fund_balances == {"VFIAX balance": "VFIAX", "VBTLX balance": "VBTLX"}
    assert mapping.fund_elections == {"VFIAX election": "VFIAX", "VBTLX election": "VBTLX"}
    assert mapping.unread == ()
    assert validate_mapping(mapping, HEADERS) == ()


def test_guess_mapping_long() -> None:
    mapping = guess_mapping(LONG_HEADERS, LONG_ROWS)

    assert mapping.layout == "long"
    assert mapping.columns == {
        "participant_id": "Emp ID",
        "birth_date": "DOB",
        "hire_date": "Date of Hire",
        "annual_pay": "Salary",
        "deferral_rate": "Deferral %",
        "balance": "Account Balance",
        "fund": "Fund",
        "fund_balance": "Fund Balance",
        "fund_election": "Election %",
    }
    assert validate_mapping(mapping, LONG_HEADERS) == ()


def test_guess_mapping_long_with_one_balance_takes_it_as_the_funds() -> None:
    mapping = guess_mapping(("ID", "DOB", "Hire Date", "Pay", "Deferral %", "Ticker", "Market Value"), [])

    assert (mapping.layout, mapping.columns["fund_balance"]) == ("long", "Market Value")
    assert "balance" not in mapping.columns


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("EmployeeNumber", "participant_id"),
        ("EMP NO", "participant_id"),
        ("Date of Birth", "birth_date"),
        ("birthDate", "birth_date"),
        ("Year of Birth", "birth_year"),
        ("Original Hire Date", "hire_date"),
        ("Term Date", "termination_date"),
        ("Employment_Status", "status"),
        ("Est. Annual Comp", "annual_pay"),
        ("401(k) Deferral %", "deferral_rate"),
        ("Pre-Tax Deferral %", "deferral_rate"),
        ("Roth Deferral %", "roth_deferral_rate"),
        ("Total Account Balance", "balance"),
        ("Fund Ticker", "fund"),
        ("Fund Market Value", "fund_balance"),
        ("Allocation %", "fund_election"),
        ("Last Name", "surname"),
    ],
)
def test_field_of_header(header: str, field: str) -> None:
    found = field_of(header)

    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize(
    "header", ["Department", "Deferral Amount", "YTD Compensation", "Loan Balance", "Notes"]
)
def test_guess_mapping_leaves_other_columns_unread(header: str) -> None:
    mapping = guess_mapping((*HEADERS, header), [])

    assert mapping.unread == (header,)


@pytest.mark.parametrize("header", ["Balance VFIAX", "VFIAX_BAL", "VFIAX Market Value", "VFIAX ($)"])
def test_guess_mapping_recognises_a_balance_by_fund(header: str) -> None:
    assert guess_mapping(("id", header), []).fund_balances == {header: "VFIAX"}


def test_guess_mapping_recognises_funds_by_name() -> None:
    mapping = guess_mapping(("id", "500 Index Fund Balance", "VFIAX"), [], {"VFIAX": "500 Index Fund"})

    assert mapping.fund_balances == {"500 Index Fund Balance": "VFIAX", "VFIAX": "VFIAX"}


def test_guess_mapping_of_two_candidates_takes_the_one_whose_cells_fit() -> None:
    rows = [("1", "see file", "61200")]

    mapping = guess_mapping(("id", "Annual Pay", "Salary"), rows)

    assert mapping.columns["annual_pay"] == "Salary"
    assert mapping.unread == ("Annual Pay",)


def test_guess_mapping_birth_column_of_years_is_a_year() -> None:
    mapping = guess_mapping(("id", "Birth"), [("1", "1980"), ("2", "1975")])

    assert mapping.columns == {"participant_id": "id", "birth_year": "Birth"}


def test_mapping_survives_json() -> None:
    mapping = guess_mapping(HEADERS, [GOOD])

    assert Mapping.from_json(json.loads(json.dumps(mapping.to_json()))) == mapping


@pytest.mark.parametrize("saved", [{}, [], None, {"layout": "wide"}, {"layout": "wide", "columns": 5}])
def test_mapping_from_json_refuses_what_is_no_mapping(saved: object) -> None:
    with pytest.raises(CensusFileError) as refused:
        Mapping.from_json(saved)  # type: ignore[arg-type]

    assert refused.value.message == "The saved column mapping cannot be read. Map the columns again."


@pytest.mark.parametrize(
    ("left_out", "label"),
    [
        ("participant_id", "participant id"),
        ("birth_date", "date or year of birth"),
        ("hire_date", "date of hire"),
        ("annual_pay", "annual pay"),
        ("deferral_rate", "deferral rate"),
        ("balance", "account balance"),
    ],
)
def test_validate_mapping_names_the_missing_column(left_out: str, label: str) -> None:
    headers = tuple(header for header in HEADERS if header != left_out)

    assert messages(guess_mapping(headers, []), headers) == [missing(label, left_out)]


def test_validate_mapping_without_funds() -> None:
    assert messages(guess_mapping(HEADERS[:7], []), HEADERS[:7]) == [
        (
            "No column holds balances by fund. Name each such column by the fund's ticker, as in “VFIAX balance”, or"
            " use one row per participant and fund."
        )
    ]


def test_validate_mapping_long_without_balances() -> None:
    headers = ("id", "DOB", "Hire Date", "Pay", "Deferral %", "Ticker")

    assert messages(guess_mapping(headers, []), headers) == [missing("balance in the fund", "fund_balance")]


def test_validate_mapping_saved_for_another_file() -> None:
    mapping = guess_mapping(HEADERS, [])

    assert messages(mapping, HEADERS[:-1]) == [
        (
            "The column “VBTLX election” is in the mapping but not in this file. Choose another column for it, or"
            " export the file with that column."
        )
    ]


def test_validate_mapping_column_and_fund_used_twice() -> None:
    good = guess_mapping(HEADERS, [])
    columns = good.columns | {"surname": "balance"}
    mapping = Mapping("wide", columns, {"VFIAX balance": "VFIAX", "VBTLX balance": "VFIAX"})

    assert messages(mapping, HEADERS) == [
        "The column “balance” is mapped twice. Choose a different column for one of the two.",
        "Two columns are mapped to the fund “VFIAX”. Choose a different fund for one of them.",
    ]


def test_validate_mapping_unknown_field_and_layout() -> None:
    good = guess_mapping(HEADERS, [])
    mapping = Mapping("diagonal", good.columns | {"shoe_size": "surname"} | {"surname": "VFIAX balance"})

    assert messages(mapping, HEADERS) == [
        "The layout must be “wide” or “long”. Map the columns again.",
        "“shoe_size” is not a field of a census. Map the columns again.",
    ]
