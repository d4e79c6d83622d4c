"""Lines of a draft: each change, each refusal, and that any sequence of edits keeps the menu sound."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menus.models import MenuLine
from menus.selectors import content
from menus.services.lines import default_mark, line_add, line_edit, line_remove, line_replace
from sponsors.errors import Refusal
from sponsors.ledger.models import LedgerEvent
from tests.factories.menus import author_of, make_fund, make_sleeve, make_version

pytestmark = pytest.mark.django_db
KEYS = ("FXAIX", "FXNAX", "FIPDX", "VTHRX", "VTTHX", "IBIT", "VBIAX")


def keys_of(version) -> list[tuple[int, str]]:
    return list(version.lines.order_by("position").values_list("position", "fund__key"))


def test_added_fund_stands_last():
    version = make_version(funds=["FXAIX"])

    line_add(by=author_of(version.plan), version=version, fund=make_fund("FXNAX"), is_core=True)

    assert keys_of(version) == [(1, "FXAIX"), (2, "FXNAX")]
    event = LedgerEvent.objects.latest("position")
    assert (event.action, event.body["fund"], event.body["is_core"]) == ("menu_line.added", "FXNAX", True)


def test_fund_on_the_menu_is_refused():
    version = make_version(funds=["FXAIX"])
    before = content(version)

    with pytest.raises(Refusal) as caught:
        line_add(by=author_of(version.plan), version=version, fund=make_fund("FXAIX"))

    assert caught.value.message == (
        "Fidelity 500 Index Fund (FXAIX) is already on this menu. Each fund stands on it once."
    )
    assert content(version) == before


def test_replacement_keeps_position_and_marks_but_not_the_value_statement():
    version = make_version(funds=["FXAIX", "FXNAX"])
    line = version.lines.get(fund__key="FXAIX")
    line_edit(by=author_of(version.plan), line=line, is_core=True, value_statement="Lowest fee we may buy.")

    line_replace(by=author_of(version.plan), line=line, fund=make_fund("VFIAX"))

    assert content(version)["lines"][0] == {
        "position": 1,
        "fund": "VFIAX",
        "is_qdia": False,
        "is_core": True,
        "value_statement": "",
    }


def test_removal_closes_the_gap():
    version = make_version(funds=["FXAIX", "FXNAX", "FIPDX"])

    line_remove(by=author_of(version.plan), line=version.lines.get(fund__key="FXNAX"))

    assert keys_of(version) == [(1, "FXAIX"), (2, "FIPDX")]


@pytest.mark.parametrize("door", ["add", "edit", "replace", "mark"])
def test_crypto_line_as_default_is_refused_through_every_door(door):
    version = make_version(funds=["IBIT", "VBIAX"])
    author, line, bitcoin = author_of(version.plan), version.lines.get(fund__key="IBIT"), make_fund("FBTC")
    version.lines.filter(fund__key="VBIAX").update(is_qdia=True)
    default = version.lines.get(fund__key="VBIAX")
    before = content(version)
    doors = {
        "add": lambda: line_add(by=author, version=version, fund=bitcoin, is_qdia=True),
        "edit": lambda: line_edit(by=author, line=line, is_qdia=True),
        "replace": lambda: line_replace(by=author, line=default, fund=bitcoin),
        "mark": lambda: default_mark(by=author, line=line),
    }

    with pytest.raises(Refusal) as caught:
        doors[door]()

    assert caught.value.code == "default_digital"
    assert caught.value.message.endswith(
        "cannot be the default fund. A default must mix stocks and bonds or be balanced for the participant; "
        "a crypto fund does neither. Mark a target-date series, a balanced fund or a managed account instead."
    )
    assert content(version) == before


def test_default_mark_covers_the_whole_series_and_nothing_else():
    version = make_version(funds=["VTHRX", "VTTHX", "VBIAX"])
    version.lines.filter(fund__key="VBIAX").update(is_qdia=True)

    default_mark(by=author_of(version.plan), line=version.lines.get(fund__key="VTTHX"))

    assert sorted(version.lines.filter(is_qdia=True).values_list("fund__key", flat=True)) == [
        "VTHRX",
        "VTTHX",
    ]


def test_line_that_carries_the_sleeve_stays():
    version = make_version(funds=["FXAIX"])
    make_sleeve(version)
    line = version.lines.get(fund__key="IBIT")

    with pytest.raises(Refusal) as caught:
        line_remove(by=author_of(version.plan), line=line)

    assert caught.value.code == "line_carries_sleeve"
    assert version.lines.count() == 2


def test_line_that_somebody_else_removed_is_refused():
    version = make_version(funds=["FXAIX", "FXNAX"])
    line = version.lines.get(fund__key="FXAIX")
    line_remove(by=author_of(version.plan), line=MenuLine.objects.get(pk=line.pk))

    with pytest.raises(Refusal) as caught:
        line_edit(by=author_of(version.plan), line=line, is_core=True)

    assert (caught.value.code, caught.value.conflict) == ("line_gone", True)
    assert keys_of(version) == [(1, "FXNAX")]


def test_statement_written_on_an_old_page_is_refused_once():
    version = make_version(funds=["FXAIX", "FXNAX"])
    line, seen = version.lines.get(fund__key="FXAIX"), version.edit_count
    line_edit(by=author_of(version.plan), line=line, value_statement="Theirs", seen_edits=seen)

    with pytest.raises(Refusal) as caught:
        line_edit(by=author_of(version.plan), line=line, value_statement="Mine", seen_edits=seen)

    line.refresh_from_db()
    assert (caught.value.code, line.value_statement) == ("edited_meanwhile", "Theirs")


@pytest.mark.django_db(transaction=True)
def test_editors_at_the_same_moment_lose_no_line():
    version = make_version(funds=["FXAIX"])
    author, funds = author_of(version.plan), [make_fund(key) for key in ("FXNAX", "FIPDX", "VBIAX", "FTIHX")]

    def add(fund):
        try:
            line_add(by=author, version=version, fund=fund)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(funds)) as editors:
        list(editors.map(add, funds))

    version.refresh_from_db()
    positions, keys = zip(*keys_of(version), strict=True)
    assert positions == (1, 2, 3, 4, 5)
    assert set(keys) == {"FXAIX", "FXNAX", "FIPDX", "VBIAX", "FTIHX"}
    assert version.edit_count == 4


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "replace", "default", "core"]),
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
    ),
    max_size=14,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_any_sequence_of_edits_keeps_positions_and_funds_unique(db, edits):
    version = make_version()
    author, funds = author_of(version.plan), {key: make_fund(key) for key in KEYS}
    expected: list[str] = []
    refusals: set[str] = set()

    for verb, key, other in edits:
        line = MenuLine.objects.filter(version=version, fund=funds[key]).first()
        try:
            if verb == "add":
                line_add(by=author, version=version, fund=funds[key])
                expected.append(key)
            elif line and verb == "remove":
                line_remove(by=author, line=line)
                expected.remove(key)
            elif line and verb == "replace":
                line_replace(by=author, line=line, fund=funds[other])
                expected[expected.index(key)] = other
            elif line and verb == "default":
                default_mark(by=author, line=line)
            elif line:
                line_edit(by=author, line=line, is_core=True)
        except Refusal as refusal:
            refusals.add(refusal.code)

    assert refusals <= {"fund_twice", "default_digital"}
    assert keys_of(version) == list(enumerate(expected, start=1))
    assert not version.lines.filter(is_qdia=True, fund__asset_class="digital_assets").exists()
