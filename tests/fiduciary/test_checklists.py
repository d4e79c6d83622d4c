"""Checklist editions and the regulatory timeline: what is asked when, what is refused, what freezes."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from fiduciary.checklists import (
    CHECKLISTS_DIR,
    Checklist,
    Computable,
    Force,
    content_hash,
    edition,
    edition_in_force,
    editions,
    load_edition,
)
from fiduciary.enums import Subject
from fiduciary.timeline import regulatory_timeline, status_board, timeline_entry
from sponsors.facts import Basis, FactError, ReadAs

FIRST = CHECKLISTS_DIR / "prudent_person" / "2026-11.yaml"


@pytest.fixture
def checklist() -> Checklist:
    return edition("prudent_person/2026-11")


def write_edition(folder: Path, name: str, **changes: object) -> Path:
    """A copy of the first edition under another name, with top-level keys changed."""
    raw = yaml.safe_load(FIRST.read_text()) | {"edition": name} | changes
    path = folder / "prudent_person" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(raw, sort_keys=False))
    return path


def write_item(folder: Path, **changes: object) -> Path:
    """An edition whose first item is changed."""
    items = yaml.safe_load(FIRST.read_text())["items"]
    return write_edition(folder, "2030-01", items=[items[0] | changes, *items[1:]])


def test_edition_has_seventy_items_by_section_and_factor(checklist: Checklist) -> None:
    assert Counter(item.section for item in checklist.items) == {
        "A": 11,
        "B": 31,
        "C": 10,
        "D": 6,
        "E": 6,
        "F": 6,
    }
    assert Counter(item.factor for item in checklist.items if item.section == "B") == {
        "performance": 6, "fees": 5, "liquidity": 6, "valuation": 4, "benchmark": 6, "complexity": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        ([], []),
        (["brokerage_window"], ["MN-06"]),
        (
            ["menu"],
            [
                "PG-01",
                "PG-11",
                "BM-02",
                "MN-01",
                "MN-02",
                "MN-03",
                "MN-05",
                "DS-02",
                "DS-04",
                "DS-05",
                "MO-06",
            ],
        ),
    ],
)
def test_review_of_no_option_asks_only_its_own_items(
    checklist: Checklist, subjects: list[str], expected: list[str]
) -> None:
    assert [item.id for item in checklist.items_for(subjects)] == expected


@pytest.mark.parametrize(
    ("subject", "added"),
    [
        ("private_assets", {"LQ-05", "VA-02", "VA-03", "CX-03"}),
        ("not_40act", {"LQ-02"}),
        ("new_fund", {"BM-05"}),
        ("managed_account", {"CX-04"}),
        ("asset_allocation_sleeve", {"PF-06", "LQ-05", "LQ-06", "BM-03", "CX-03", "CX-04", "MN-04", "MO-04"}),
        (
            "digital_assets",
            {"PF-06", "LQ-06", "VA-04", "BM-05", "DS-06", "MO-04"}
            | {f"DA-{number:02}" for number in range(1, 11)},
        ),
    ],
)
def test_every_option_brings_the_items_for_any_option(
    checklist: Checklist, subject: str, added: set[str]
) -> None:
    usual = {item.id for item in checklist.items_for(["any"])}

    asked = {item.id for item in checklist.items_for([subject])}

    assert asked - usual == added
    assert usual <= asked


def test_all_subjects_together_ask_every_item(checklist: Checklist) -> None:
    assert checklist.items_for(frozenset(Subject)) == checklist.items


def test_unknown_subject_is_refused(checklist: Checklist) -> None:
    with pytest.raises(ValueError, match="fashion"):
        checklist.items_for(["fashion"])


def test_item_carries_question_law_and_status(checklist: Checklist) -> None:
    item = checklist.item("LQ-01")

    assert (item.force, item.status.value, item.as_of) == (Force.PROPOSED, "proposed", "2026-09-07")
    assert item.computable is Computable.FULL
    assert item.citation == "Proposed 29 CFR 2550.404a-6(i)(1), (i)(3)"
    assert item.force.label == "Proposed rule, not in effect"


def test_citation_that_was_not_read_says_so(checklist: Checklist) -> None:
    unread = [item for item in checklist.items if item.basis is Basis.UNVERIFIED]

    assert [item.id for item in unread] == ["PG-01", "PG-04", "MN-02", "DS-02", "DS-03", "DS-05", "DS-06"]
    assert all("not read" in item.basis_note for item in unread)


def test_proposed_rule_is_never_presented_as_in_force(checklist: Checklist) -> None:
    for item in checklist.items:
        assert (item.force is Force.PROPOSED) == (item.status.value == "proposed"), item.id
        assert ("roposed 29 CFR" in item.citation) == (
            "dol-404a-6-proposal" in {s.id for s in item.sources}
        ), item.id
    assert not any(
        "safe harbor" in f"{item.question} {item.why_it_matters}".lower() for item in checklist.items
    )


def test_newest_edition_in_force_is_chosen_and_the_old_one_stays(tmp_path: Path) -> None:
    write_edition(tmp_path, "2026-11")
    write_edition(tmp_path, "2027-06", in_force_from=date(2027, 6, 1), title="Second edition")

    assert [known.edition for known in editions("prudent_person", tmp_path)] == ["2026-11", "2027-06"]
    assert edition_in_force(date(2027, 5, 31), "prudent_person", tmp_path).edition == "2026-11"
    assert edition_in_force(date(2027, 6, 1), "prudent_person", tmp_path).title == "Second edition"
    assert edition("prudent_person/2026-11", tmp_path).edition_hash == edition("2026-11").edition_hash


def test_day_before_the_first_edition_is_refused() -> None:
    with pytest.raises(FactError, match="no edition was in force on 2020-01-01; the first is 2026-11"):
        edition_in_force(date(2020, 1, 1))


def test_unknown_edition_is_refused() -> None:
    with pytest.raises(FactError, match="prudent_person/1999-01: no such checklist edition"):
        edition("prudent_person/1999-01")


def test_hash_follows_the_words_and_not_the_layout(tmp_path: Path) -> None:
    relaid = tmp_path / "prudent_person" / "2026-11.yaml"
    relaid.parent.mkdir()
    relaid.write_text(yaml.safe_dump(yaml.safe_load(FIRST.read_text()), default_flow_style=True))

    assert load_edition(relaid).edition_hash == edition("2026-11").edition_hash
    assert content_hash({"question": "Old?"}) != content_hash({"question": "New?"})
    assert (
        load_edition(write_item(tmp_path, question="Another?")).edition_hash
        != edition("2026-11").edition_hash
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"force": "wish"}, "'wish' is not one of law, proposed, guidance, practice"),
        ({"applies": ["everyone"]}, "applies to everyone, which is not a subject of a review"),
        ({"applies": []}, "applies to nothing"),
        ({"section": "Z"}, "no section Z with factor process"),
        ({"sources": ["nowhere"]}, "unknown source nowhere"),
        ({"question": " "}, "expected words"),
        ({"answer": "yes"}, "unknown answer"),
        ({"basis_note": ""}, "an unverified citation says what was not read"),
    ],
)
def test_broken_item_is_refused_with_file_and_item(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    path = write_item(tmp_path, **changes)

    with pytest.raises(FactError) as refusal:
        load_edition(path)

    assert str(refusal.value).startswith("prudent_person/2030-01.yaml: PG-01")
    assert message in str(refusal.value)


def test_item_written_twice_and_file_under_a_wrong_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="item PG-02 stands twice"):
        load_edition(write_item(tmp_path, id="PG-02"))
    with pytest.raises(FactError, match=r"2031-01.yaml: names itself prudent_person/2026-11"):
        load_edition(write_edition(tmp_path, "2026-11").rename(tmp_path / "prudent_person" / "2031-01.yaml"))


def test_status_board_shows_where_each_instrument_stood() -> None:
    board = {entry.key: (entry.status.value, entry.as_of) for entry in status_board()}

    assert len(board) == 18
    assert board["dia_rule"] == ("proposed", "2026-09-07")
    assert board["car_2022"] == ("rescinded", "2026-09-07")
    assert board["lim_2027"] == ("not_found", "2026-11-21")
    assert board["clarity"] == ("not_enacted", "2026-07")


def test_timeline_entry_names_effect_change_and_how_it_was_read() -> None:
    rule = timeline_entry("dia_rule")

    assert (rule.date, rule.body, rule.read) == ("2026-03-31", "DOL", ReadAs.TEXT)
    assert rule.status_line == "Proposed, as of 2026-09-07"
    assert "nobody may rely on it" in rule.effect
    assert rule.would_change.startswith("A final rule")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entries: entries[::-1], "entries are not in order of date"),
        (lambda entries: [*entries[:1], *entries], "a key stands twice"),
        (lambda entries: [entries[0] | {"tag": "hearsay"}], "s404c: tag 'hearsay' is not one of"),
        (lambda entries: [entries[0] | {"status": "maybe"}], "s404c: 'maybe' is not one of"),
    ],
)
def test_broken_timeline_is_refused(tmp_path: Path, change, message: str) -> None:
    entries = yaml.safe_load((CHECKLISTS_DIR.parent / "regulatory_timeline.yaml").read_text())["timeline"]
    path = tmp_path / "timeline.yaml"
    path.write_text(yaml.safe_dump({"timeline": change(entries)}))

    with pytest.raises(FactError, match=message):
        regulatory_timeline(path)
