"""The document's part on exposure: every figure of the run with its sentence and its working, earlier records too."""

import copy
from typing import Any

import pytest
from django.db import transaction

from fiduciary.pdf import render_review
from menus.exhibits import NOT_COMPUTED, exhibits_of, words_of
from menus.run_charts import charts_of_run
from tests.fiduciary.test_pdf import closed_up, problems, signed_record, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def record(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """A signed record with a sleeve in the target-date funds and a run over 60 people."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = signed_record()
        transaction.set_rollback(True)
    return made


def blocks_of(run: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for part in run["exhibits"] for topic in part["topics"] for block in topic["blocks"]]


def without_quotes(text: str) -> str:
    return closed_up(text).translate(dict.fromkeys(map(ord, "\"'“”‘’")))


def test_every_figure_is_printed_with_its_sentence_and_its_working(record):
    run = record["run"]

    pdf = render_review(record)

    text = without_quotes(text_of(pdf))
    assert problems(pdf) == []
    words = [run["words"][block["words"]] for block in blocks_of(run)]
    assert [one["sentence"] for one in words if without_quotes(one["sentence"]) not in text] == []
    workings = [said for one in words for _, said in one["where"]]
    assert [said for said in workings if without_quotes(said) not in text] == []
    assert [
        chart.title for chart in charts_of_run(run["result"]) if without_quotes(chart.title) not in text
    ] == []
    assert [t["title"] for t in run["result"]["tables"] if without_quotes(t["title"]) not in text] == []


def test_document_says_that_target_date_funds_hold_digital_assets(record):
    said = record["run"]["exhibits"][0]["topics"][0]["say"]

    assert "people would hold" in said
    assert without_quotes(said) in without_quotes(text_of(render_review(record)))


def test_a_run_of_an_earlier_steward_prints_what_it_has(record):
    """A decision signed today on a run that was computed before some figures were known."""
    earlier = copy.deepcopy(record)
    result = earlier["run"]["result"]
    for name in ("holders", "holders_without", "risk"):
        del result[name]
    result["tables"] = [t for t in result["tables"] if t["name"] not in ("holders", "holdings", "risk")]
    earlier["run"] |= {"exhibits": exhibits_of(result), "words": words_of(result)}

    pdf = render_review(earlier)

    text = text_of(pdf)
    assert problems(pdf) == []
    assert text.count(closed_up(NOT_COMPUTED)) == 2
    assert closed_up("What the sleeve changes by retirement, by age") in text


def test_a_record_signed_before_figures_had_words_still_makes_a_document(record):
    earlier = copy.deepcopy(record)
    del earlier["run"]["exhibits"], earlier["run"]["words"]
    for name in ("holders", "holders_without", "risk"):
        del earlier["run"]["result"][name]
    for table in earlier["run"]["result"]["tables"]:
        del table["name"]

    pdf = render_review(earlier)

    text = text_of(pdf)
    assert problems(pdf) == []
    titles = [table["title"] for table in earlier["run"]["result"]["tables"]]
    assert [title for title in titles if without_quotes(title) not in without_quotes(text)] == []
    assert closed_up("How each figure is worked out") not in text


def test_same_record_same_bytes(record):
    assert render_review(record) == render_review(copy.deepcopy(record))
