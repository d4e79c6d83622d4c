"""What holds for all rules together: order, keys, purity, data that fits the code."""

import dataclasses
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.guardrails import findings_for
from menus.guardrails.findings import Finding, LegalStatus, Severity
from menus.guardrails.menu_facts import (
    AgeWeight,
    Comparable,
    LineFacts,
    MenuFacts,
    PlanFacts,
    SleeveFacts,
)
from menus.guardrails.registry import RULES, rule
from menus.guardrails.rulebook import load_rulebook
from sponsors.facts import FactError
from tests.menus.guardrails.examples import (
    WINDOW,
    coin,
    crypto_sleeve,
    line,
    menu,
    sound_menu,
    target_date_sleeve,
    vintage,
    vintages,
)

WRONG_IN_MANY_WAYS = sound_menu(
    coin(is_default=True, is_core=True, chart_benchmark="Bitcoin Index", inception_on=date(2024, 1, 11)),
    line("OLD", is_placeholder=True, expense_ratio=None, review_benchmark="", chart_benchmark=""),
    line("BIG", comparison_key="us_large", expense_ratio=D("0.009"), style="active"),
    vintage(2031, family="Summit", series="Path"),
    without=("CASH", "TD2040"),
    sleeve=crypto_sleeve(cap_weight=D("0.30"), target_weight=D("0.40"), blocks_new_money=False),
    plan=WINDOW,
    catalogue=(Comparable("CHEAP", "Cheap Fund", "us_large", D("0.0003")),),
)


def test_a_sound_menu_has_no_findings() -> None:
    assert findings_for(sound_menu()) == ()


def test_a_sound_crypto_line_keeps_the_cautions_that_belong_to_it() -> None:
    found = findings_for(sound_menu(coin(), sleeve=crypto_sleeve()))

    assert [finding.key for finding in found] == [
        "trust_1933_act:COIN",
        "single_coin:COIN",
        "intraday_vehicle",
    ]


def test_a_sound_target_date_sleeve_has_no_findings() -> None:
    assert findings_for(sound_menu(sleeve=target_date_sleeve())) == ()


def test_findings_come_gravest_first_then_in_the_order_of_rules_and_lines() -> None:
    found = findings_for(WRONG_IN_MANY_WAYS)

    order = [
        (finding.severity.rank, list(RULES).index(finding.rule), finding.subject or "") for finding in found
    ]
    assert order == sorted(order)
    assert {finding.severity for finding in found} == set(Severity)


def test_keys_are_unique_within_a_menu() -> None:
    keys = [finding.key for finding in findings_for(WRONG_IN_MANY_WAYS)]

    assert len(keys) == len(set(keys)) > 15


def any_line(number: int) -> LineFacts:
    """The same odd line for the same number; drawing each fact by itself takes Hypothesis ten times as long."""
    pick = Random(number)
    return line(
        f"L{number}",
        pick.choice(["us_equity", "us_bond", "cash", "balanced", "gold", "digital_assets", "target_date"]),
        style=pick.choice(["index", "active"]),
        vehicle=pick.choice(["mutual_fund_40act", "etf_40act", "etp_33act_trust", "private_fund"]),
        comparison_key=pick.choice(["", "one", "two"]),
        expense_ratio=pick.choice([None, D(pick.randrange(200)) / 10_000]),
        balance_usd=pick.choice([None, D(pick.randrange(10**6))]),
        series=pick.choice(["", "Ladder", "Path"]),
        vintage=pick.choice([None, pick.randrange(2020, 2071)]),
        review_benchmark=pick.choice(["", "S&P 500", "Bitcoin"]),
        chart_benchmark=pick.choice(["", "S&P 500", "Bitcoin"]),
        is_default=pick.random() < 0.3,
        is_core=pick.random() < 0.5,
        is_diversified=pick.random() < 0.7,
        illiquid_weight=pick.choice([D(0), D("0.2")]),
        digital_weights=pick.choice([(), (AgeWeight(30, D("0.04")), AgeWeight(60, D("0.01")))]),
        inception_on=pick.choice([None, date(pick.randrange(2000, 2027), 6, 30)]),
    )


lines_of_any_kind = st.lists(st.integers(0, 400), max_size=12, unique=True).map(
    lambda numbers: [any_line(number) for number in numbers]
)
sleeves = st.sampled_from(
    [SleeveFacts(), crypto_sleeve(line_key="L0"), target_date_sleeve((25, "0.09"), (65, "0"))]
)


@given(lines_of_any_kind, sleeves, st.randoms(use_true_random=False))
def test_order_of_lines_does_not_change_findings(
    lines: list[LineFacts], sleeve: SleeveFacts, random: Random
) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)

    assert findings_for(menu(*lines, sleeve=sleeve)) == findings_for(menu(*shuffled, sleeve=sleeve))


@given(lines_of_any_kind, sleeves)
def test_every_finding_can_be_read_and_stored(lines: list[LineFacts], sleeve: SleeveFacts) -> None:
    for finding in findings_for(menu(*lines, sleeve=sleeve)):
        assert finding.sentence.endswith(".")
        assert finding.remedy.endswith(".")
        assert "None" not in finding.sentence + finding.remedy
        assert json.loads(json.dumps(finding.as_record()))["key"] == finding.key


@given(lines_of_any_kind, sleeves)
def test_every_citation_travels_with_status_and_date(lines: list[LineFacts], sleeve: SleeveFacts) -> None:
    for finding in findings_for(menu(*lines, sleeve=sleeve)):
        assert finding.citation
        assert finding.sources
        assert finding.as_of <= date(2026, 11, 21)


def test_citations_of_the_proposed_rule_say_that_it_is_not_in_effect() -> None:
    proposed = [entry for entry in load_rulebook().values() if "Proposed" in entry.citation]

    assert {entry.authority.status for entry in proposed} == {LegalStatus.PROPOSED}
    assert len(proposed) >= 8


@pytest.mark.parametrize(
    "kind", [Finding, LineFacts, SleeveFacts, PlanFacts, MenuFacts, AgeWeight, Comparable]
)
def test_facts_and_findings_are_frozen(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_a_finding_cannot_be_changed() -> None:
    finding = findings_for(WRONG_IN_MANY_WAYS)[0]

    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.severity = Severity.NOTE  # type: ignore[misc]


def test_two_rules_cannot_share_an_id() -> None:
    with pytest.raises(ValueError, match="two rules are called line_count"):
        rule("line_count")(lambda menu, limits: ())


def test_guardrails_need_neither_django_nor_a_database() -> None:
    program = "import sys, menus.guardrails; print([name for name in sys.modules if name.split('.')[0] == 'django'])"
    root = Path(__file__).parents[3]

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_a_menu_in_the_far_past_is_refused_with_the_place() -> None:
    long_ago = replace(menu(*vintages()), as_of=date(1990, 1, 1))

    with pytest.raises(
        FactError, match=r"guardrails\.yaml: thresholds: line_count_min: no value on 1990-01-01"
    ):
        findings_for(long_ago)
