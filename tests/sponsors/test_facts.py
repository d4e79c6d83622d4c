"""The loader of dated facts: what it returns and what it refuses, with the file and the key in every refusal."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sponsors.facts import (
    SOURCES_FILE,
    Basis,
    DatedValue,
    Fact,
    FactError,
    ReadAs,
    Source,
    SourceKind,
    load_facts,
    load_sources,
    parse_facts,
    read_yaml,
    resolve_sources,
)

LIMITS = SOURCES_FILE.with_name("limits.yaml")


def fact_text(**changes: str) -> str:
    """One valid fact as YAML, with lines replaced or (given "") left out."""
    lines = {
        "description": "Most an employee may defer.",
        "unit": "usd_per_year",
        "basis": "cited",
        "sources": "[irs-notice-2025-67]",
        "values": "{2025-01-01: 23500, 2026-01-01: 24500}",
        **changes,
    }
    return "a_limit:\n" + "".join(f"  {key}: {value}\n" for key, value in lines.items() if value)


def write(folder: Path, text: str) -> Path:
    path = folder / "facts.yaml"
    path.write_text(text)
    return path


def test_fact_keeps_words_unit_basis_and_sources(tmp_path: Path) -> None:
    facts = load_facts(write(tmp_path, fact_text()))

    assert facts == {
        "a_limit": Fact(
            key="a_limit",
            description="Most an employee may defer.",
            unit="usd_per_year",
            basis=Basis.CITED,
            sources=(load_sources()["irs-notice-2025-67"],),
            values=(DatedValue(23500, date(2025, 1, 1)), DatedValue(24500, date(2026, 1, 1))),
            file="facts.yaml",
        )
    }


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2025, 1, 1), 23500),
        (date(2025, 12, 31), 23500),
        (date(2026, 1, 1), 24500),
        (date(2030, 1, 1), 24500),
    ],
)
def test_value_is_the_one_in_force_on_the_day(day: date, value: int) -> None:
    assert load_facts(LIMITS)["elective_deferral_limit"].value_on(day) == value


def test_day_before_the_first_value_is_refused() -> None:
    with pytest.raises(FactError, match=r"limits.yaml: elective_deferral_limit: no value on 2020-01-01"):
        load_facts(LIMITS)["elective_deferral_limit"].value_on(date(2020, 1, 1))


def test_value_past_the_last_known_date_is_carried_forward_and_says_so() -> None:
    limit = load_facts(LIMITS)["elective_deferral_limit"]

    assert limit.on(date(2026, 12, 31)) == DatedValue(24500, date(2026, 1, 1))
    assert limit.caveat_on(date(2026, 12, 31)) == ""
    assert limit.on(date(2027, 1, 1)) == DatedValue(24500, date(2026, 1, 1), is_carried_forward=True)
    assert limit.caveat_on(date(2027, 1, 1)) == (
        "not published for 2027 as of 2026-11-21; the value in force from 2026-01-01 is used."
    )


def test_decimal_is_exactly_what_the_file_says(tmp_path: Path) -> None:
    facts = load_facts(write(tmp_path, fact_text(unit="fraction", values="{2025-01-01: 0.05}")))

    assert facts["a_limit"].decimal_on(date(2026, 1, 1)) == Decimal("0.05")


def test_table_by_group_is_kept_and_cannot_be_changed(tmp_path: Path) -> None:
    table = load_facts(write(tmp_path, fact_text(values="{2025-01-01: {young: 1, old: 2}}")))[
        "a_limit"
    ].latest.value

    assert dict(table) == {"young": 1, "old": 2}
    with pytest.raises(TypeError):
        table["young"] = 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": "24500"}, "values must be a mapping of date to value, not a bare int"),
        ({"values": "{2026-01-01: 24500, 2025-01-01: 23500}"}, "dates are not in order"),
        ({"values": "{2026: 24500}"}, "2026 is not a date"),
        ({"values": "{2026-01-01: null}"}, "no value on 2026-01-01; leave an unknown date out"),
        ({"unit": "dollars"}, "unit 'dollars' is unknown"),
        ({"basis": "guess"}, "'guess' is not one of cited, house, unverified"),
        ({"basis": "house"}, "a house value must say why"),
        ({"sources": "[nowhere]"}, "unknown source nowhere"),
        ({"sources": "[irs-limits-table, irs-limits-table]"}, "a source is named twice"),
        ({"sources": "[]"}, "sources must be a list with at least one id"),
        ({"unit": ""}, "missing unit"),
        ({"units": "usd"}, "unknown units"),
    ],
)
def test_broken_fact_is_refused_with_file_and_key(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(FactError) as refusal:
        load_facts(write(tmp_path, fact_text(**changes)))

    assert str(refusal.value).startswith("facts.yaml: a_limit: ")
    assert message in str(refusal.value)


def test_bare_number_in_place_of_a_fact_is_refused() -> None:
    with pytest.raises(FactError, match="here: a_limit: is a bare int, expected keys"):
        parse_facts({"a_limit": 5}, "here")


def test_second_spelling_of_a_key_is_refused() -> None:
    with pytest.raises(FactError, match="here: 'A_Limit' is not a lower-case id"):
        parse_facts({"A_Limit": {}}, "here")


def test_key_written_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "a: 1\nb: 2\na: 3\n")

    with pytest.raises(FactError, match=r"^facts.yaml: key written twice near line 1: a$"):
        read_yaml(path)


def test_broken_yaml_and_missing_file_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(FactError, match=r"^facts.yaml: is not valid YAML"):
        read_yaml(write(tmp_path, "a: [1"))
    with pytest.raises(FactError, match=r"^gone.yaml: cannot be read"):
        read_yaml(tmp_path / "gone.yaml")


def test_source_keeps_what_was_read_and_when() -> None:
    (source,) = resolve_sources(["gao-25-106161"], "here")

    assert source == Source(
        id="gao-25-106161",
        title="GAO-25-106161, 401(k) plans: crypto assets",
        publisher="US Government Accountability Office",
        kind=SourceKind.REPORT,
        read=ReadAs.SECONDARY,
        accessed_on=date(2026, 11, 21),
        url="https://files.gao.gov/reports/GAO-25-106161/index.html",
        published_on="2024-11",
        locator="opening read; figures through the ICI memo and press",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("read: not_read, accessed_on: 2026-11-21", "accessed_on is for sources that were read"),
        ("read: text", "accessed_on is for sources that were read"),
        ("read: skimmed", "'skimmed' is not one of text, secondary, not_read"),
        ("read: not_read, published_on: spring", "'spring' is not YYYY, YYYY-MM or YYYY-MM-DD"),
    ],
)
def test_broken_source_is_refused(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path, f"a-page: {{title: A page, publisher: Nobody, kind: press, {line}}}\n")

    with pytest.raises(FactError) as refusal:
        load_sources(path)

    assert str(refusal.value).startswith("facts.yaml: a-page")
    assert message in str(refusal.value)
