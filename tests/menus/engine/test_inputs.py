"""Bad input gets a clear message before any work starts; digests name inputs."""

from dataclasses import replace

import numpy as np
import pytest

from menus.engine import (
    Behaviour,
    CryptoLine,
    InputError,
    Mixture,
    People,
    PlanTerms,
    Sleeve,
    TargetDateSleeve,
)

from .scenarios import LIMITS, inside, market, menu, people, scenario


def altered(**changes) -> People:
    return replace(people(3), **changes)


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda: altered(ages=np.array([17, 13, 40])), "ages", "outside 14 to 100"),
        (lambda: altered(ages=np.array([17, 101, 40])), "ages", "outside 14 to 100"),
        (lambda: altered(annual_pay=np.array([1, 0, 1.0])), "annual_pay", "no pay"),
        (lambda: altered(annual_pay=np.array([1, np.nan, 1.0])), "annual_pay", "missing or infinite"),
        (lambda: altered(balances=-people(3).balances - 1), "balances", "negative"),
        (lambda: altered(elections=people(3).elections * 0.9), "elections", "sum to 100%"),
        (lambda: altered(deferral_rates=np.array([0, 1.2, 0])), "deferral_rates", "outside 0 to 100%"),
        (lambda: altered(keys=np.array([1, 1, 2])), "keys", "same key"),
        (lambda: Sleeve(cap=0), "cap", "no cap"),
        (lambda: Sleeve(cap=1), "cap", "no cap"),
        (lambda: TargetDateSleeve(np.array([1.2])), "weights", "outside 0 to 100%"),
        (lambda: CryptoLine(fee=0.2), "fee", "outside 0 to 10%"),
        (lambda: CryptoLine(min_age=121), "min_age", "0 to 120"),
        (lambda: CryptoLine(max_age=-1), "max_age", "0 to 120"),
        (lambda: CryptoLine(min_age=60, max_age=30), "max_age", "oldest age lies below"),
        (lambda: scenario(n_paths=10), "n_paths", "choose 100 to 50,000"),
        (lambda: scenario(n_paths=10_000_000), "n_paths", "10,000,000 paths"),
        (lambda: scenario(ladder=(0.0, 1.0)), "ladder", "below 100%"),
        (lambda: scenario(Sleeve(0.05, TargetDateSleeve(np.zeros(5)))), "weights", "do not cover"),
        (lambda: scenario(market=market(assets=("a", "b", "c", "d", "e"))), "assets", "digital_assets"),
        (lambda: market(correlations=np.ones((5, 5)) * 2), "correlations", "ones on its diagonal"),
        (lambda: market(volatilities=np.full(5, 4.0)), "volatilities", "0 to 3"),
        (
            lambda: replace(menu(), look_through=menu().look_through * 0.9),
            "look_through",
            "do not sum to 100%",
        ),
        (lambda: replace(menu(), target_years=(0, 0, 2060, 0, 0, 0)), "target_years", "At most one"),
        (lambda: PlanTerms(2026, 13, (), {2026: LIMITS}), "payrolls_per_year", "one of 12, 24, 26, 52"),
        (lambda: PlanTerms(2026, 12, ((1, 0.05), (1, 0.03)), {2026: LIMITS}), "match_tiers", "rising"),
        (lambda: PlanTerms(2026, 12, (), {2027: LIMITS}), "limits", "No statutory limits"),
        (lambda: Behaviour(take_up_rate=1.5), "take_up_rate", "0 and 100%"),
        (lambda: Behaviour(retirement_age=40), "retirement_age", "between 50 and 75"),
        (lambda: Mixture(stress_probability=1), "stress_probability", "0 to below 1"),
    ],
)
def test_bad_input_is_refused_with_its_name_and_reason(make, name, words):
    with pytest.raises(InputError, match=words) as refused:
        make()
    assert refused.value.name == name


def test_a_sleeve_names_its_doors():
    line = CryptoLine()
    sleeves = [Sleeve(), Sleeve(0.05, inside()), Sleeve(0.05, None, line), Sleeve(0.05, inside(), line)]
    assert [sleeve.kind for sleeve in sleeves] == ["none", "target_date", "crypto_line", "both"]


def test_equal_inputs_have_equal_digests_and_any_change_shows():
    again = scenario().digest
    others = [
        scenario("drift"),
        scenario(seed=8),
        scenario(n_paths=400),
        scenario(behaviour=Behaviour(raise_rate=0.04)),
    ]
    assert scenario().digest == again
    assert len({again, *(other.digest for other in others)}) == 5


def test_inputs_cannot_be_changed_in_place():
    with pytest.raises(ValueError, match="read-only"):
        people(3).balances[0, 0] = 1


@pytest.mark.parametrize(
    ("line", "open_to"),
    [
        (CryptoLine(), [17, 30, 55, 70]),
        (CryptoLine(min_age=30), [30, 55, 70]),
        (CryptoLine(max_age=55), [17, 30, 55]),
        (CryptoLine(min_age=30, max_age=30), [30]),
    ],
)
def test_crypto_line_is_open_between_its_ages(line, open_to):
    ages = np.array([17, 30, 55, 70])

    assert ages[line.eligible(ages)].tolist() == open_to
