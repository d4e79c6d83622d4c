"""Cases of menus/guardrails/benchmarks.py."""

from datetime import date

import pytest

from tests.menus.guardrails.examples import (
    CAUTION,
    NOTE,
    Case,
    case_id,
    changed,
    coin,
    found,
    line,
    menu,
    sound_menu,
    vintages,
)

CASES = [
    Case(
        "review_benchmark_missing",
        changed("STOCK", review_benchmark=""),
        ((CAUTION, "STOCK", "STOCK Fund has no review benchmark."),),
    ),
    Case(
        "review_benchmark_missing",
        menu(*vintages(review_benchmark="")),
        ((CAUTION, "TD2025", "10 funds of Harbor Ladder have no review benchmark."),),
    ),
    Case("review_benchmark_missing", sound_menu()),
    Case(
        "review_benchmark_shared",
        sound_menu(line("B", review_benchmark="S&P 500"), line("A", "us_bond", review_benchmark="S&P 500")),
        ((CAUTION, "A", "S&P 500 is the review benchmark of 2 lines in 2 different asset classes."),),
    ),
    Case(
        "review_benchmark_shared",
        sound_menu(line("B", review_benchmark="S&P 500"), line("A", review_benchmark="S&P 500")),
    ),
    Case(
        "chart_benchmark_missing",
        changed("STOCK", chart_benchmark=""),
        ((CAUTION, "STOCK", "STOCK Fund has no benchmark for the participants' chart."),),
    ),
    Case("chart_benchmark_missing", sound_menu()),
    Case("chart_benchmark_missing", sound_menu(line("STABLE", "stable_value", chart_benchmark=""))),
    Case(
        "chart_benchmark_crypto",
        sound_menu(
            coin("A", chart_benchmark="CME CF Bitcoin Reference Rate"),
            coin("B", chart_benchmark="House Rate", review_benchmark="house rate"),
        ),
        (
            (
                CAUTION,
                "A",
                (
                    "The chart benchmark of A Fund (CME CF Bitcoin Reference Rate) is a crypto reference rate, "
                    "not a broad-based securities market index."
                ),
            ),
            (
                CAUTION,
                "B",
                (
                    "The chart benchmark of B Fund (House Rate) is a crypto reference rate, "
                    "not a broad-based securities market index."
                ),
            ),
        ),
    ),
    Case(
        "chart_benchmark_crypto",
        sound_menu(
            coin(chart_benchmark=""), line("A", chart_benchmark="S&P 500", review_benchmark="S&P 500")
        ),
    ),
    Case(
        "short_record",
        sound_menu(
            line("A", inception_on=date(2025, 11, 21)),
            line("B", inception_on=date(2023, 11, 21)),
            line("C", inception_on=date(2021, 11, 20)),
            line("D", inception_on=date(2026, 12, 1)),
        ),
        (
            (
                CAUTION,
                "A",
                "A Fund has a record of 1 full year; there are no figures over 3, 5 and 10 years.",
            ),
            (NOTE, "B", "B Fund has a record of 3 full years; there are no figures over 5 and 10 years."),
            (NOTE, "C", "C Fund has a record of 5 full years; there are no figures over 10 years."),
            (
                CAUTION,
                "D",
                "D Fund has a record of 0 full years; there are no figures over 3, 5 and 10 years.",
            ),
        ),
    ),
    Case(
        "short_record", sound_menu(line("A", inception_on=date(2016, 11, 21)), line("B", inception_on=None))
    ),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_benchmarks_say_exactly(case: Case) -> None:
    assert found(case) == case.expected
