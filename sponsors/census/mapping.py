"""Which column of the file is which fact: guessed from the headers, corrected by a person, saved by recordkeeper."""

from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import CellProblem, PercentReading, read_cells, read_date, read_money, read_year
from .errors import CensusFileError
from .fields import (
    BALANCE_WORDS,
    ELECTION_WORDS,
    FIELDS,
    NOT_A_FUND,
    PERSON_FIELDS_REQUIRED,
    TICKER,
    field_of,
    header_tokens,
    normalise_header,
)

WIDE = "wide"  # one row per participant, a column by fund
LONG = "long"  # one row per participant and fund
SAMPLE_ROWS = 50
_SHAPES = {
    "birth_date": read_date,
    "hire_date": read_date,
    "annual_pay": read_money,
    "balance": read_money,
    "fund_balance": read_money,
    "deferral_rate": PercentReading(in_percent=True),
}


@dataclass(frozen=True)
class Mapping:
    """`columns`: field -> header. `fund_balances`, `fund_elections`: header -> fund key (wide layout only).

    `confidence`: header -> 0-1, for the mapping page. `unread`: headers that stand for nothing Steward reads.
    """

    layout: str
    columns: dict[str, str]
    fund_balances: dict[str, str] = field(default_factory=dict)
    fund_elections: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries and lists, to be kept with the recordkeeper."""
        return {
            "layout": self.layout,
            "columns": dict(self.columns),
            "fund_balances": dict(self.fund_balances),
            "fund_elections": dict(self.fund_elections),
            "confidence": dict(self.confidence),
            "unread": list(self.unread),
        }

    @classmethod
    def from_json(cls, saved: Mapped[str, Any]) -> "Mapping":
        """A saved mapping; raises CensusFileError when it is not one."""
        try:
            return cls(
                layout=str(saved["layout"]),
                columns=_texts(saved["columns"]),
                fund_balances=_texts(saved.get("fund_balances") or {}),
                fund_elections=_texts(saved.get("fund_elections") or {}),
                confidence={str(key): float(sure) for key, sure in (saved.get("confidence") or {}).items()},
                unread=tuple(map(str, saved.get("unread") or ())),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            raise CensusFileError("The saved column mapping cannot be read. Map the columns again.") from None


def _texts(saved: Mapped[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in saved.items()}


def guess_mapping(
    headers: Sequence[str], sample_rows: Sequence[Sequence[str]], funds: Mapped[str, str] | None = None
) -> Mapping:
    """Best guess from names and the first rows. `funds` (key -> name) lets columns named by fund name be recognised."""
    samples = {header: _sample(sample_rows, index) for index, header in enumerate(headers)}
    columns, confidence = _person_columns(headers, samples)
    known = {normalise_header(name): key for key, name in (funds or {}).items()}
    known |= {normalise_header(key): key for key in funds or {}}
    balances: dict[str, str] = {}
    elections: dict[str, str] = {}
    for header in headers:
        found = None if header in columns.values() else _fund_column(header, known)
        if found:
            kind, key, sure = found
            (balances if kind == "balance" else elections)[header] = key
            confidence[header] = sure
    layout = LONG if "fund" in columns and not balances else WIDE
    columns = _for_layout(columns, layout)
    read = {*columns.values(), *balances, *elections}
    return Mapping(
        layout, columns, balances, elections, confidence, tuple(h for h in headers if h not in read)
    )


def _sample(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [cell for row in rows[:SAMPLE_ROWS] if index < len(row) and (cell := row[index].strip())]


def _person_columns(headers, samples) -> tuple[dict[str, str], dict[str, float]]:
    """The best header for each field: by its name, less what its cells contradict."""
    columns: dict[str, str] = {}
    confidence: dict[str, float] = {}
    for header in headers:
        named = field_of(header)
        if named is None:
            continue
        name, sure = named
        if name == "birth_date" and _all_read(samples[header], read_year):
            name = "birth_year"
        if name in _SHAPES and samples[header]:
            sure = round(sure * (0.4 + 0.6 * _share_read(samples[header], _SHAPES[name])), 2)
        if name not in columns or sure > confidence[columns[name]]:
            columns[name] = header
        confidence[header] = sure
    return columns, {header: sure for header, sure in confidence.items() if header in columns.values()}


def _share_read(texts: list[str], reader) -> float:
    values = read_cells(texts, reader)
    return sum(not isinstance(value, CellProblem) for value in values) / len(values)


def _all_read(texts: list[str], reader) -> bool:
    return bool(texts) and _share_read(texts, reader) == 1


def _fund_column(header: str, known: dict[str, str]) -> tuple[str, str, float] | None:
    """(balance | election, fund key, confidence) of a wide column such as "VFIAX balance" or "Election % VFIAX"."""
    tokens = header_tokens(header)
    for kind, words in (("election", ELECTION_WORDS), ("balance", BALANCE_WORDS)):
        rest = [token for token in tokens if token.lower() not in words]
        if not rest or len(rest) == len(tokens):
            continue
        name = " ".join(rest).lower()
        if name in known:
            return kind, known[name], 1.0
        if len(rest) == 1 and TICKER.fullmatch(rest[0]) and name not in NOT_A_FUND:
            return kind, rest[0], 0.8
    name = normalise_header(header)
    return ("balance", known[name], 0.6) if name in known else None


def _for_layout(columns: dict[str, str], layout: str) -> dict[str, str]:
    """In a long file an only "Balance" is the balance in the fund; in a wide file the fund columns mean nothing."""
    if layout == WIDE:
        return {name: header for name, header in columns.items() if not name.startswith("fund")}
    if "fund_balance" not in columns and "balance" in columns:
        return {("fund_balance" if name == "balance" else name): header for name, header in columns.items()}
    return columns


def validate_mapping(mapping: Mapping, headers: Sequence[str]) -> tuple[CensusFileError, ...]:
    """Everything that stands between this mapping and an import; empty when it can be used."""
    errors = [_missing(name) for name in PERSON_FIELDS_REQUIRED if name not in mapping.columns]
    if not {"birth_date", "birth_year"} & set(mapping.columns):
        errors.append(_missing("birth_date", "date or year of birth"))
    errors += _fund_errors(mapping)
    errors += _header_errors(mapping, headers)
    return tuple(errors)


def _missing(name: str, label: str = "") -> CensusFileError:
    label = label or FIELDS[name].label
    return CensusFileError(
        f"No column is mapped to the {label}. Choose the column that holds it, or add it to the export as"
        f" “{name}” and upload the file again.",
        column=name,
    )


def _fund_errors(mapping: Mapping) -> list[CensusFileError]:
    if mapping.layout == WIDE:
        if mapping.fund_balances:
            return [] if "balance" in mapping.columns else [_missing("balance")]
        return [
            CensusFileError(
                "No column holds balances by fund. Name each such column by the fund's ticker, as in “VFIAX balance”,"
                " or use one row per participant and fund.",
                column="fund_balance",
            )
        ]
    if mapping.layout == LONG:
        return [_missing(name) for name in ("fund", "fund_balance") if name not in mapping.columns]
    return [CensusFileError("The layout must be “wide” or “long”. Map the columns again.")]


def _header_errors(mapping: Mapping, headers: Sequence[str]) -> list[CensusFileError]:
    errors = []
    used = [*mapping.columns.values(), *mapping.fund_balances, *mapping.fund_elections]
    for header in dict.fromkeys(used):
        if header not in headers:
            errors.append(
                CensusFileError(
                    f"The column “{header}” is in the mapping but not in this file. Choose another column for it, or"
                    " export the file with that column.",
                    column=header,
                )
            )
        elif used.count(header) > 1:
            errors.append(
                CensusFileError(
                    f"The column “{header}” is mapped twice. Choose a different column for one of the two.",
                    column=header,
                )
            )
    errors += [
        CensusFileError(f"“{name}” is not a field of a census. Map the columns again.", column=name)
        for name in mapping.columns
        if name not in FIELDS
    ]
    for kind in (mapping.fund_balances, mapping.fund_elections):
        errors += [
            CensusFileError(
                f"Two columns are mapped to the fund “{key}”. Choose a different fund for one of them.",
                column=key,
            )
            for key in dict.fromkeys(kind.values())
            if list(kind.values()).count(key) > 1
        ]
    return errors
