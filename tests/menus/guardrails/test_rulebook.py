"""guardrails.yaml is read strictly: a mistake names its place."""

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from menus.guardrails.rulebook import GUARDRAILS_FILE, Limits, load_rulebook
from sponsors.facts import FactError

TEXT = GUARDRAILS_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("    waivable: false", "    waivable: perhaps", "rules: line_count: waivable must be true or false"),
        ("    authority: menu_practice", "    authority: rumour", "rules: line_count: unknown rumour"),
        ("[line_count_min,", "[line_count_least,", "rules: line_count: unknown line_count_least"),
        ("    severity: block", "    severity: awful", "'awful' is not one of block, caution, note"),
        ("    status: proposed", "    status: rumoured", "authorities: dia_rule: 'rumoured' is not one of"),
        ("    basis: house\n    authority", "    authority", "rules: placeholder: missing basis"),
        (
            "sources: [dol-404a-6-proposal]",
            "sources: [hearsay]",
            "authorities: dia_rule: unknown source hearsay",
        ),
        ("thresholds:\n", "limits:\n", "missing thresholds; unknown limits"),
    ],
)
def test_a_mistake_in_the_data_names_its_place(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in TEXT
    broken = tmp_path / "guardrails.yaml"
    broken.write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")

    with pytest.raises(FactError) as error:
        load_rulebook(broken)

    assert str(error.value).startswith("guardrails.yaml:")
    assert message in str(error.value)


def test_limits_give_only_what_the_rule_declares() -> None:
    limits = Limits(load_rulebook()["sleeve_cap_mark"], date(2026, 11, 21))

    assert (limits.weight("sleeve_cap_mark"), limits.weight("sleeve_cap_high_mark")) == (D("0.05"), D("0.2"))
    with pytest.raises(KeyError):
        limits.number("line_count_min")


def test_a_rule_s_sources_are_its_authority_s_and_its_limits_each_once() -> None:
    entry = load_rulebook()["sleeve_cap_mark"]

    assert entry.source_ids == (
        "dol-car-2025-01",
        "gao-25-106161",
        "small-plan-crypto-cap-2022",
        "fidelity-daa-2022",
    )


def test_the_citation_names_the_paragraph() -> None:
    assert load_rulebook()["new_selection"].citation == (
        "Proposed 29 CFR 2550.404a-6, 91 FR 16088, paragraph (h)(4)"
    )
