"""docs/rules.md says what the guardrails do; every rule has its data, its code and cases both ways."""

import importlib
from collections import Counter
from decimal import Decimal

import pytest

from fiduciary.timeline import regulatory_timeline
from menus.guardrails.findings import LegalStatus
from menus.guardrails.register import REGISTER_FILE, cases_file_of, code_place, register_text, theme_of
from menus.guardrails.registry import RULES, findings_of
from menus.guardrails.rulebook import GUARDRAILS_FILE, load_rulebook
from sponsors.facts import SourceKind, load_sources, read_yaml
from tests.menus.guardrails.examples import Case

THEMES = ("breadth", "qdia", "target_date", "crypto", "concentration", "liquidity", "fees", "benchmarks")


def cases() -> list[Case]:
    modules = [importlib.import_module(f"tests.menus.guardrails.test_{theme}") for theme in THEMES]
    return [case for module in modules for case in module.CASES]


def test_register_is_what_the_code_says() -> None:
    written = REGISTER_FILE.read_text(encoding="utf-8")

    assert written == register_text(), "run: python -m menus.guardrails.register"


def test_each_rule_has_an_entry_and_each_entry_a_rule() -> None:
    assert list(RULES) == list(load_rulebook())


def test_register_names_each_rule_once() -> None:
    text = register_text()

    assert {rule_id: text.count(f"### {rule_id}\n") for rule_id in RULES} == dict.fromkeys(RULES, 1)
    assert all(code_place(rule_id) in text for rule_id in RULES)


def test_each_rule_has_a_case_that_triggers_and_one_that_does_not() -> None:
    triggers = Counter(case.rule for case in cases() if case.expected)
    silent = Counter(case.rule for case in cases() if not case.expected)

    assert set(triggers) == set(silent) == set(RULES)


def test_cases_stand_in_the_file_that_the_register_names() -> None:
    for theme in THEMES:
        module = importlib.import_module(f"tests.menus.guardrails.test_{theme}")
        assert {case.rule for case in module.CASES} == {rule for rule in RULES if theme_of(rule) == theme}
        assert all(cases_file_of(case.rule).endswith(f"test_{theme}.py") for case in module.CASES)


def test_each_limit_and_authority_is_used_by_a_rule() -> None:
    raw, entries = read_yaml(GUARDRAILS_FILE), load_rulebook().values()

    assert set(raw["thresholds"]) == {name for entry in entries for name in entry.thresholds}
    assert set(raw["authorities"]) == {entry.authority.key for entry in entries}


def test_findings_carry_what_the_entry_says() -> None:
    triggered = {case.rule: findings_of(case.rule, case.menu)[0] for case in cases() if case.expected}

    for rule_id, finding in triggered.items():
        entry = load_rulebook()[rule_id]
        assert (finding.citation, finding.legal_status) == (entry.citation, entry.authority.status)
        assert (finding.as_of, finding.why, finding.basis) == (entry.authority.as_of, entry.why, entry.basis)


def test_shares_in_the_data_are_fractions() -> None:
    facts = [fact for entry in load_rulebook().values() for fact in entry.thresholds.values()]

    shares = [fact.decimal_on(fact.latest.since) for fact in facts if fact.unit == "fraction"]
    assert shares
    assert all(Decimal(0) < share < Decimal(1) for share in shares)


@pytest.mark.parametrize("rule_id", list(RULES))
def test_law_rests_on_more_than_press(rule_id: str) -> None:
    """Press may date an event or show practice; it may not support a rule of law."""
    entry = load_rulebook()[rule_id]
    kinds = {load_sources()[source].kind for source in entry.authority.source_ids}
    if entry.authority.status is not LegalStatus.PRACTICE:
        assert SourceKind.PRESS not in kinds


def test_authorities_stand_where_the_regulatory_timeline_says() -> None:
    """The law's status is told twice, once per app; both must move together."""
    timeline = {source.id: entry for entry in regulatory_timeline() for source in entry.sources}
    authorities = {entry.authority for entry in load_rulebook().values()}
    told_twice = [
        one for one in authorities if one.status is not LegalStatus.PRACTICE and one.source_ids[0] in timeline
    ]

    here = {one.key: (one.status.value, str(one.as_of)) for one in told_twice}
    there = {one.key: timeline[one.source_ids[0]] for one in told_twice}
    assert here == {key: (entry.status.value, str(entry.as_of)) for key, entry in there.items()}
    assert "dia_rule" in here
