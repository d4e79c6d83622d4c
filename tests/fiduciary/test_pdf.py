"""The document: valid PDF/A-3a and PDF/UA-1 whatever the record says, the same bytes anywhere, and nothing left out."""

import copy
import json
import os
import re
import subprocess
import sys
from io import BytesIO
from typing import Any

import page
import pytest
import typst
from django.conf import settings
from django.db import transaction
from pypdf import PdfReader

from fiduciary.enums import Outcome
from fiduciary.pdf import (
    AMBIGUOUS_END,
    STANDARDS,
    materials_of,
    materials_packed,
    materials_unpacked,
    page_count,
    render_review,
    set_pages,
    set_review,
)
from fiduciary.printable import PRINTABLE, printable, printable_text
from fiduciary.record import _sleeve as record_of_sleeve
from fiduciary.services.conflicts import conflict_declare
from fiduciary.services.evidence import evidence_add
from fiduciary.services.reviews import response_give
from menus.enums import SleeveKind
from menus.services.versions import version_propose
from sponsors.ledger.canonical import canonical_json, sha256_hex
from tests.factories.fiduciary import Committee, make_committee, make_decision, make_review, make_signed, sign
from tests.factories.menus import make_menu, make_sleeve, make_version
from tests.factories.runs import make_done_run

pytestmark = pytest.mark.django_db

HOSTILE = (
    "#panic() $x^2$ *bold* _it_ `raw` <script>alert(1)</script> \\u{0} @ref <label> // no comment /* none */ "
    '#import "x" {{ }} "quoted"'
)
LONG = "Retirement" * 60


def problems(pdf: bytes) -> list[str]:
    """What an independent validator finds against both standards."""
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in ("3a", "ua1")]
    return [str(failure) for report in reports for failure in report.failures]


def text_of(pdf: bytes) -> str:
    """All words of all pages, closed up: where lines break is no matter here."""
    return closed_up(" ".join(one.extract_text() for one in PdfReader(BytesIO(pdf)).pages))


def without_quotes(text: str) -> str:
    """Quotation marks are set as such, whatever was typed."""
    return re.sub("[\"'“”‘’]", "", text)


def closed_up(text: str) -> str:
    return "".join(text.replace("\u200b", "").replace("\u00ad", "").split())


@pytest.fixture(scope="module")
def record(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """A signed record with a sleeve, a run over 60 people, answers of each kind, evidence of each kind, a recusal."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = signed_record()
        transaction.set_rollback(True)
    return made


def signed_record() -> dict[str, Any]:
    committee = make_committee(named_fiduciary="the Retirement Plan Committee")
    version = make_version(
        make_menu(committee.plan), preset="reference", purpose="26 lines with a small sleeve."
    )
    make_sleeve(version, SleeveKind.TARGET_DATE)
    version = version_propose(by=committee.author, version=version)
    review = make_review(committee, version=version, run=make_done_run(version))
    answer(committee, review)
    decision = make_decision(
        committee, review=review, outcome=Outcome.ADOPT_WITH_CONDITIONS, dissent="One dissent."
    )
    conflict_declare(
        by=committee.author, review=review, has_conflict=True, statement="I hold IBIT.", is_recused=True
    )
    return sign(decision, committee.chair, committee.member).record or {}


def answer(committee: Committee, review: Any) -> None:
    facts = {"by": committee.member, "review": review}
    response_give(**facts, item_id="PG-01", answer="met", note="Page 12 of the plan document.")
    response_give(**facts, item_id="PG-02", answer="not_met", note="There is none.")
    response_give(**facts, item_id="PG-03", answer="follow_up", note="Minutes follow.")
    response_give(**facts, item_id="PG-04", answer="not_applicable", note="Nobody has any.")
    evidence_add(**facts, item_id="PG-01", kind="text", title="A text", text="First line.\nSecond line.")
    evidence_add(**facts, item_id="PG-01", kind="link", title="A link", url="https://example.com/minutes")
    evidence_add(**facts, item_id="PG-02", kind="file", title="A file", file_name="m.txt", data=b"minutes")


def brief(record: dict[str, Any]) -> dict[str, Any]:
    """The record without its run, with three lines and the first section: enough to see how text is set."""
    sections = record["sections"][:1]
    lines = record["version"]["lines"][:3]
    return {
        **copy.deepcopy(record),
        "run": None,
        "sections": sections,
        "version": {**record["version"], "lines": lines},
    }


def changed(record: dict[str, Any], **parts: dict[str, Any]) -> dict[str, Any]:
    """The record with some fields of some parts replaced."""
    other = copy.deepcopy(record)
    for name, fields in parts.items():
        other[name].update(fields)
    return other


# ---------------------------------------------------------------- both standards, for every ending
@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_a_valid_document(record, outcome):
    pdf = render_review(
        changed(
            brief(record),
            decision={"outcome": outcome.value, "outcome_label": outcome.label, "conditions": ""},
        )
    )

    assert problems(pdf) == []
    assert closed_up(outcome.label) in text_of(pdf)


def test_rejection_without_a_run_or_an_answer_is_a_whole_document():
    decision = make_signed(outcome=Outcome.REJECT, reasons="Considered and rejected. Nobody needs it.")

    pdf = render_review(decision.record)

    text = text_of(pdf)
    assert problems(pdf) == []
    for words in (
        "Considered and rejected. Nobody needs it.",
        "No exposure run was attached",
        "This version has no sleeve.",
    ):
        assert closed_up(words) in text
    assert text.count("Unanswered.") == decision.record["counts"]["asked"]


@pytest.mark.parametrize("lines", [0, 1, 20, 30])
def test_menu_of_any_size(record, lines):
    some = [dict(record["version"]["lines"][i % 26], fund=f"F{i:03}") for i in range(lines)]

    pdf = render_review(changed(brief(record), version={"lines": some}))

    text = text_of(pdf)
    assert problems(pdf) == []
    assert [f"F{i:03}" in text for i in range(lines)] == [True] * lines
    assert closed_up(f"has {lines} line{'' if lines == 1 else 's'}.") in text


def test_line_without_a_known_fee_prints_a_dash(record):
    line = dict(record["version"]["lines"][0], expense_ratio="", value_statement="Kept for its service.")

    text = text_of(render_review(changed(brief(record), version={"lines": [line]})))

    assert "default––" in text
    assert closed_up("Kept for its service.") in text


def test_synthetic_people_are_called_so_and_real_ones_not(record):
    assert record["run"]["census"]["is_synthetic"] is False
    synthetic = copy.deepcopy(record)
    synthetic["run"]["census"]["is_synthetic"] = True

    assert "Syntheticdata." not in text_of(render_review(record))
    assert "Syntheticdata." in text_of(render_review(synthetic))
    assert "Syntheticdata." in text_of(render_review(changed(record, plan={"is_demonstration": True})))


# ---------------------------------------------------------------- text that people type
@pytest.mark.parametrize(
    "typed",
    [
        HOSTILE,
        LONG,
        "https://example.com/" + "a-long-path/" * 40,
        "漢字 and かな, 한국어, العربية, हिन्दी, ไทย",
        "😀 👩‍👩‍👧 🇺🇸 ✔ ❌",
        "שלום, Ελληνικά, Русский, Tiếng Việt, Łódź, İstanbul, ﬁ",
        "left \u202eevil\u202c right \u200b\ufeff\x07 \x1b[31m \ud7ff \U0010ffff",
        "e\u0301 decomposed, \u00a0 no-break, \u2028 separator",
        "tabs\tand\r\nlines\rof\nall kinds",
        "a\n\n\n\nb" * 50,
    ],
    ids=[
        "markup",
        "long word",
        "long link",
        "scripts",
        "emoji",
        "covered",
        "controls",
        "accents",
        "lines",
        "gaps",
    ],
)
def test_any_text_gives_a_valid_document(record, typed):
    hostile = changed(
        brief(record),
        plan={"sponsor": typed[:200], "name": typed[:200], "named_fiduciary": typed},
        decision={"reasons": typed, "conditions": typed, "dissent": typed},
        review={"purpose": typed},
    )
    hostile["signatures"][0].update(name=typed[:150], title=typed[:120])
    hostile["declarations"][0].update(name=typed[:150], statement=typed)
    item = next(item for section in hostile["sections"] for item in section["items"] if item["answer"])
    item["answer"]["note"] = typed
    item["evidence"][0].update(title=typed[:200], text=typed)
    hostile["version"]["lines"][0].update(name=typed[:200], value_statement=typed)

    pdf = render_review(hostile)

    assert problems(pdf) == []
    text = without_quotes(text_of(pdf))
    for paragraph in printable_text(typed).split("\n"):
        assert without_quotes(closed_up(paragraph))[:40] in text
    assert json.loads(attachment(pdf)) == hostile


def test_every_sign_of_the_table_prints_in_every_weight():
    signs = [chr(code) for first, last in PRINTABLE for code in range(first, last + 1)]
    source = """#set document(title: "t", date: datetime(year: 2026, month: 1, day: 1))
        #set text(lang: "en", font: "Libertinus Serif")
        #let signs = json(bytes(sys.inputs.signs))
        #for sign in signs [a#sign ] #strong[#for sign in signs [a#sign ]] #emph[#for sign in signs [a#sign ]]
        #text(weight: "semibold")[#for sign in signs [a#sign ]]
        #text(font: "DejaVu Sans Mono")[#for sign in signs [a#sign ]]"""

    pdf = typst.compile(
        source.encode(),
        sys_inputs={"signs": json.dumps(signs)},
        ignore_system_fonts=True,
        pdf_standards=[*STANDARDS],
        timestamp=0,
    )

    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("plain", "plain"),
        ("漢字!", "[U+6F22 U+5B57]!"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\tb\r\nc", "a b\nc"),
        ("e\u0301", "é"),
        ({"k漢": ["漢", 1, None, True]}, {"k漢": ["[U+6F22]", 1, None, True]}),
    ],
)
def test_what_cannot_be_printed_stands_by_its_number(typed, expected):
    assert printable(typed) == expected


def test_document_says_so_when_signs_stand_by_their_numbers(record):
    note = closed_up("Signs that this document's typefaces lack")

    assert note not in text_of(render_review(brief(record))).replace("’", "'")
    assert note in text_of(render_review(changed(brief(record), decision={"reasons": "漢"}))).replace(
        "’", "'"
    )


def streams_of(pdf: bytes) -> set[bytes]:
    """The parts of a file as they lie in it, fonts, pages, pictures and attachments."""
    return set(re.findall(rb"stream\n(.+?)\nendstream", pdf, re.DOTALL))


def test_settings_differ_in_every_part_and_each_is_valid(record):
    """So that a part which ends ambiguously in one setting need not in the next."""
    settings_of = [set_pages(materials_of(record, number)) for number in range(4)]

    for number in range(3):
        same = streams_of(settings_of[number]) & streams_of(settings_of[number + 1])
        assert sorted(len(part) for part in same if len(part) > 20) == [
            314
        ]  # the colour profile; the rest is empty
    unambiguous = [pdf for pdf in settings_of[1:] if AMBIGUOUS_END not in pdf]
    assert problems(unambiguous[0]) == []


def test_file_that_would_end_a_part_ambiguously_is_set_again(record, monkeypatch):
    first = render_review(record)
    own_id = re.search(rb"/ID ?\[[^\]]+\]", first)[0]
    monkeypatch.setattr("fiduciary.pdf.AMBIGUOUS_END", own_id)  # as if this file had such a part

    again = render_review(record)

    assert again != first
    assert again == render_review(record)
    assert attachment(again).rstrip(b"\n") == canonical_json(record)


def test_no_setting_at_all_is_an_error(record, monkeypatch):
    monkeypatch.setattr("fiduciary.pdf.AMBIGUOUS_END", b"%PDF")

    with pytest.raises(RuntimeError, match="unambiguous"):
        render_review(brief(record))


# ---------------------------------------------------------------- nothing is left out
def test_document_holds_what_the_record_holds(record):
    pdf = render_review(record)
    text = text_of(pdf)

    assert problems(pdf) == []

    items = [item for section in record["sections"] for item in section["items"]]
    assert [item["id"] for item in items if item["id"] not in text] == []
    assert [s["title"] for s in record["sections"] if closed_up(s["title"]) not in text] == []
    assert [line["fund"] for line in record["version"]["lines"] if line["fund"] not in text] == []
    hashes = [
        record["version"]["content_hash"],
        record["decision"]["content_hash"],
        record["review"]["checklist"]["hash"],
        record["run"]["input_hash"],
        record["run"]["census_hash"],
        record["run"]["result_hash"],
    ]
    assert [one for one in hashes if one not in text] == []
    for words in (
        "Adopt with conditions",
        "Proposed rule, not in effect.",
        "Not legal or investment advice.",
        "Modelled outcomes, not a forecast",
        "Look again in a year.",
        "One dissent.",
        "I hold IBIT.",
        "Page 12 of the plan document.",
        "First line. Second line.",
        "https://example.com/minutes",
        "File m.txt, 7 bytes.",
        *(signature["name"] for signature in record["signatures"]),
        *(finding["sentence"] for finding in record["version"]["findings"]),
    ):
        assert closed_up(words) in text.replace("’", "'"), words


def test_unanswered_items_are_listed_with_their_questions(record):
    text = text_of(render_review(record)).replace("’", "'")
    listed = text[text.rindex("haveno answeronrecord".replace(" ", "")) :]

    items = [item for section in record["sections"] for item in section["items"]]
    shown = {
        item["id"]
        for item in items
        if closed_up(f"{item['id']} {item['question']}").replace("’", "'") in listed
    }
    assert shown == {item["id"] for item in items if item["answer"] is None}


def test_sole_fiduciary_is_named_as_such(record):
    alone = changed(brief(record), decision={"sole_fiduciary": True, "required_signatures": 1})
    words = closed_up("one fiduciary who decides alone. This decision was signed by that person only.")

    assert words in text_of(render_review(alone))
    assert words not in text_of(render_review(brief(record)))


def test_law_that_came_into_force_changes_the_banner(record):
    final = changed(brief(record), legal_status={"status": "in_force", "as_of": "2027-05-01"})

    text = text_of(render_review(final))

    assert closed_up("Proposed rule, not in effect. Items marked") not in text
    assert closed_up("Status of the rule: in force.") in text


@pytest.mark.django_db
def test_both_doors_are_printed_with_their_rules_and_ages(record):
    version = make_version(make_menu(), preset="lean")
    sleeve = record_of_sleeve(make_sleeve(version, SleeveKind.BOTH, min_age=25, max_age=60))

    text = text_of(render_review(changed(brief(record), version={"sleeve": sleeve})))

    for words in (
        "Both doors, against one cap",
        "Series: once a year, back to the target; line: once a year, sell what is above the cap",
        "Blocked above the cap",
        "from age 25 up to age 60",
        "2% at 25",
    ):
        assert closed_up(words) in text


def test_waiver_is_printed_with_who_agreed(record):
    waived = brief(record)
    waived["waivers"] = [
        {
            "finding": "fees.high",
            "sentence": "The fund costs too much.",
            "reason": "Until the share class is exchanged.",
            "requested_by": "Dana Whitfield",
            "approved_by": "Miriam Osei",
            "approved_at": "2026-11-01T10:00:00Z",
            "expires_on": "2027-01-31",
        }
    ]

    pdf = render_review(waived)

    assert problems(pdf) == []
    for words in ("Until the share class is exchanged.", "Dana Whitfield", "Miriam Osei", "January 31, 2027"):
        assert closed_up(words) in text_of(pdf)


# ---------------------------------------------------------------- proof
def attachment(pdf: bytes) -> bytes:
    return PdfReader(BytesIO(pdf)).attachments["record.json"][0]


def test_attached_record_is_the_record(record):
    attached = attachment(render_review(record))

    assert attached.rstrip(b"\n") == canonical_json(record)


def test_same_record_gives_the_same_bytes_here_and_in_another_process(record, tmp_path):
    kept = tmp_path / "record.json"
    kept.write_text(json.dumps(record))
    code = (
        "import django, json, sys; django.setup(); from fiduciary.pdf import render_review;"
        "from sponsors.ledger.canonical import sha256_hex;"
        "print(sha256_hex(render_review(json.load(open(sys.argv[1])))))"
    )

    first, second = render_review(record), render_review(copy.deepcopy(record))
    env = {**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    elsewhere = subprocess.run(
        [sys.executable, "-c", code, str(kept)],
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert first == second
    assert elsewhere.stdout.strip() == sha256_hex(first)


def test_another_record_gives_other_bytes(record):
    other = changed(record, decision={"reasons": record["decision"]["reasons"] + " "})

    assert render_review(other) != render_review(record)


def test_pages_are_counted_as_a_reader_counts_them(record):
    for lines in (1, 26):
        pdf = render_review(changed(record, version={"lines": record["version"]["lines"][:lines]}))
        assert page_count(pdf) == len(PdfReader(BytesIO(pdf)).pages)


def test_document_names_itself(record):
    reader = PdfReader(BytesIO(render_review(record)))

    assert reader.metadata.title == f"Prudence review 1: Adopt with conditions, {record['plan']['name']}"
    assert reader.metadata.author == record["plan"]["sponsor"]
    assert reader.trailer["/Root"]["/Lang"] == "en-US"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == [
        "1 The decision",
        "2 The menu",
        "3 Guardrail findings",
        "4 Exposure of the plan's own people",
        "5 The checklist",
        "6 What is unanswered",
        "7 How this document can be checked",
    ]


def test_materials_make_the_same_file_when_the_template_has_moved_on(record, tmp_path, monkeypatch):
    made, materials = set_review(record)
    packed = materials_packed(materials)
    (tmp_path / "prudence_review.typ").write_text("#panic()")
    monkeypatch.setattr("fiduciary.pdf.TEMPLATES", tmp_path)

    assert set_pages(materials_unpacked(packed)) == made
