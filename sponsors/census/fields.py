"""What Steward reads from a census, and the names recordkeepers print for it."""

import re
from dataclasses import dataclass

PERSON_FIELDS_REQUIRED = ("participant_id", "hire_date", "annual_pay", "deferral_rate")


@dataclass(frozen=True)
class Field:
    """One thing Steward knows. `names` are normalised headers, the most telling first."""

    label: str
    names: tuple[str, ...]


def _field(label: str, names: str) -> Field:
    return Field(label, tuple(name.strip() for name in names.split(",")))


FIELDS: dict[str, Field] = {
    "participant_id": _field(
        "participant id",
        "participant id, employee id, employee number, participant number, emp id, emp no, emp number, ee id,"
        " employee no, participant no, person number, person id, worker id, member id, badge number, badge,"
        " file number, clock number, payroll id, payroll number, employee code, id",
    ),
    "surname": _field("surname", "surname, last name, family name, lname, last, employee last name"),
    "given_name": _field("given name", "given name, first name, fname, first, employee first name"),
    "birth_date": _field(
        "date of birth",
        "birth date, date of birth, dob, birthdate, birth dt, birthday, born on, birth, employee birth date",
    ),
    "birth_year": _field("year of birth", "birth year, year of birth, yob, birthyear"),
    "hire_date": _field(
        "date of hire",
        "hire date, date of hire, doh, original hire date, most recent hire date, hire dt, hired on, hired,"
        " employment date, start date, date hired, hire",
    ),
    "termination_date": _field(
        "date of termination",
        "termination date, date of termination, term date, term dt, separation date, terminated on, dot",
    ),
    "status": _field(
        "employment status", "employment status, employee status, emp status, status, status code, active"
    ),
    "annual_pay": _field(
        "annual pay",
        "annual pay, annual salary, annual compensation, estimated annual compensation, est annual comp,"
        " annual base pay, annual comp, plan compensation, eligible compensation, eligible pay, base salary,"
        " salary, total compensation, compensation, gross compensation, pay, annual gross salary, annual earnings",
    ),
    "deferral_rate": _field(
        "deferral rate",
        "deferral rate, deferral percent, deferral pct, pre tax deferral rate, pre tax deferral percent,"
        " pretax deferral rate, pretax deferral percent, elective deferral rate, elective deferral percent,"
        " employee deferral rate, 401 k deferral percent, 401 k deferral rate, 401k deferral percent, 401 k percent,"
        " 401k percent, pre tax percent, pretax percent, pre tax rate, employee contribution percent,"
        " contribution rate, contribution percent, contribution pct, savings rate, deferral election, deferral,"
        " elective deferral",
    ),
    "roth_deferral_rate": _field(
        "Roth deferral rate",
        "roth deferral rate, roth deferral percent, roth deferral pct, roth rate, roth percent, roth pct,"
        " roth contribution percent, roth contribution rate, roth 401 k percent, roth 401k percent, roth deferral,"
        " roth election, roth",
    ),
    "balance": _field(
        "account balance",
        "balance, account balance, total balance, total account balance, ending balance, current balance,"
        " total market value, market value, account value, ending market value, closing balance, plan balance",
    ),
    "fund": _field(
        "fund",
        "fund, fund ticker, ticker, fund symbol, symbol, ticker symbol, fund key, fund code, fund id, investment,"
        " investment option, investment code, fund name, investment name",
    ),
    "fund_balance": _field(
        "balance in the fund",
        "fund balance, balance in fund, fund market value, fund value, investment balance, investment value,"
        " investment market value, fund ending balance, amount in fund, fund amount",
    ),
    "fund_election": _field(
        "election for the fund",
        "fund election, fund election percent, election, election percent, election pct, allocation,"
        " allocation percent, allocation pct, investment election, future allocation, future election,"
        " future election percent, contribution allocation, future allocation percent",
    ),
    "is_synthetic": _field("synthetic mark", "is synthetic, synthetic"),
}

# A wide file has one column by fund: a ticker beside one of these words ("VFIAX balance", "Election % VFIAX").
BALANCE_WORDS = frozenset({"balance", "bal", "mv", "market", "value", "amount", "dollars"})
ELECTION_WORDS = frozenset(
    {"election", "elect", "elections", "allocation", "alloc", "percent", "pct", "future"}
)
# Words that stand where a ticker would, in headers such as "LOAN BALANCE", and are no fund.
NOT_A_FUND = {
    "loan",
    "roth",
    "vested",
    "total",
    "match",
    "plan",
    "pretax",
    "pre",
    "tax",
    "after",
    "er",
    "ee",
    "source",
}
NOT_A_FUND |= {
    "ending",
    "prior",
    "annual",
    "hsa",
    "ira",
    "safe",
    "ps",
    "profit",
    "harbor",
    "rollover",
    "dollar",
}
TICKER = re.compile(r"[A-Z][A-Z0-9]{1,5}")

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = {"#": " number ", "%": " percent ", "$": " dollars ", "401(k)": "401k"}


def header_tokens(header: str) -> list[str]:
    """Words of a header in their own case: 'HireDate' -> Hire, Date; 'Def %' -> Def, percent."""
    for sign, word in _SIGNS.items():
        header = header.replace(sign, word)
    return [token for part in re.split(r"[\W_]+", header) for token in _CAMEL.split(part) if token]


def normalise_header(header: str) -> str:
    """One spelling by which headers are compared: lower case, words apart by one space."""
    return " ".join(header_tokens(header)).lower()


def field_of(header: str) -> tuple[str, float] | None:
    """(field, confidence 0-1) of a header by its name alone, or None when no name fits."""
    name = normalise_header(header)
    for field, known in FIELDS.items():
        if name in known.names:
            return field, round(1.0 - 0.01 * known.names.index(name), 2)
    return None
