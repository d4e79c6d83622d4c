"""Finding social security numbers, by column name and by shape, so that the file is refused. No value is echoed."""

import re
from collections.abc import Collection, Sequence

from .errors import CensusFileError
from .fields import field_of, header_tokens

# Three, two and four digits with a hyphen, dash, point or space between: written to start at the first separator,
# so that the search skips quickly over everything else. Masked numbers (XXX-XX-1234) count: four digits are kept.
_SEPARATOR = r"[-\u2010-\u2015\u2212. ]"
WRITTEN_SSN = re.compile(
    rf"{_SEPARATOR}(?<=[0-9Xx*]{{3}}{_SEPARATOR})(?<![0-9Xx*]{{4}}{_SEPARATOR})[0-9Xx*]{{2}}{_SEPARATOR}[0-9]{{4}}(?![0-9])"
)
# Nine digits that the Social Security Administration could have given, or the IRS as an ITIN (9xx).
BARE_SSN = re.compile(r"(?!000|666)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}(?:\.0+)?")
SAMPLE_ROWS = 5_000
SHARE_THAT_MARKS_A_COLUMN = 0.25
_NAMES = re.compile(
    r"\b(?:ssns?|itin|tin|ssan|social ?sec\w*|soc ?sec\w*|ss (?:number|no|num)"
    r"|tax ?(?:payer)? ?(?:id\w*|number|no)|national id\w*)\b"
)


def refuse_social_security_numbers(
    text: str,
    headers: Sequence[str],
    columns: Sequence[Sequence[str]],
    above: Sequence[tuple[int, Sequence[str]]],
    declared_ids: Collection[str] = (),
) -> None:
    """Raise CensusFileError naming the column when a column is named for, or holds, social security numbers."""
    for header in headers:
        if _names_ssn(header):
            raise _refusal(f"The column “{header}” is named for social security or tax numbers.", header)
    if WRITTEN_SSN.search(text):
        raise _refusal(*_place(headers, columns, above))
    for place, (header, cells) in enumerate(zip(headers, columns, strict=True), start=1):
        if header not in declared_ids and _holds_bare_numbers(header, _sample(cells)):
            name = header or f"column {place}"
            raise _refusal(
                f"The column “{name}” holds nine-digit numbers shaped like social security numbers.",
                name,
                " If they are employee numbers, put a letter in front of each.",
            )


def _refusal(what: str, column: str | None, more: str = "") -> CensusFileError:
    where = "Delete that column, use an employee number instead" if column else "Delete it"
    remedy = f"{where}, and upload the file again.{more}"
    return CensusFileError(
        f"{what} Steward never keeps those, so nothing of this file was stored. {remedy}",
        column=column,
    )


def _names_ssn(header: str) -> bool:
    name = " ".join(header_tokens(header)).lower()
    return bool(_NAMES.search(name)) or any(
        word.startswith("ssn") or word.endswith("ssn") for word in name.split()
    )


def _place(headers, columns, above) -> tuple[str, str | None]:
    """Where a written number stands: the column, or a line outside the table."""
    for place, (header, cells) in enumerate(zip(headers, columns, strict=True), start=1):
        if any(map(WRITTEN_SSN.search, cells)):
            name = header or f"column {place}"
            return (
                f"The column “{name}” holds numbers written like social security numbers (123-45-6789).",
                name,
            )
    if any(WRITTEN_SSN.search(cell) for _, cells in above for cell in cells):
        return "A row above the column names holds a number written like a social security number.", None
    return "A cell outside the named columns holds a number written like a social security number.", None


def _sample(cells: Sequence[str]) -> list[str]:
    """Filled cells, at most SAMPLE_ROWS of them, taken evenly."""
    filled = [cell for cell in cells if cell]
    taken = filled[:: -(-len(filled) // SAMPLE_ROWS) or 1]
    return [cell.strip() for cell in taken if not cell.isspace()]


def _holds_bare_numbers(header: str, cells: list[str]) -> bool:
    """A column counts when a quarter of its cells have the shape. Under a header that says "employee id" they must
    also spread over the country's area numbers: employee numbers are given out in runs, so they start alike."""
    shaped = [cell for cell in cells if BARE_SSN.fullmatch(cell)]
    if not shaped or len(shaped) < SHARE_THAT_MARKS_A_COLUMN * len(cells):
        return False
    known = field_of(header)
    if known is None or known[0] != "participant_id":
        return True
    areas = {cell[:3] for cell in shaped}
    return len(areas) >= max(2, min(len(shaped) // 4, 50))
