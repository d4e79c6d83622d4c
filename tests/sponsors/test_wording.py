"""Figures and plurals inside sentences."""

from datetime import date
from decimal import Decimal as D

import pytest

from sponsors.wording import agree, count, dollars, listed, long_day, percent, percent_rounded, plain, spans


def test_count_agrees_with_its_noun() -> None:
    assert [count(number, "line") for number in (0, 1, 2000)] == ["0 lines", "1 line", "2,000 lines"]
    assert count(2, "person", "people") == "2 people"
    assert [agree(number, "is", "are") for number in (1, 2)] == ["is", "are"]


def test_long_day_is_written_out() -> None:
    assert long_day(date(2027, 1, 5)) == "January 5, 2027"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [("0.05", "5%"), ("0.000945", "0.0945%"), ("0", "0%"), ("1", "100%"), ("0.10", "10%"), ("1E-2", "1%")],
)
def test_percent_is_exact_without_idle_zeros(fraction: str, text: str) -> None:
    assert percent(D(fraction)) == text


def test_percent_rounded_drops_what_nobody_reads() -> None:
    assert percent_rounded(D(1) / D(3)) == "33.33%"


def test_plain_never_uses_an_exponent() -> None:
    assert [plain(D("1E+3")), plain(D("2.50")), plain(D("0.00"))] == ["1000", "2.5", "0"]


def test_dollars_keep_two_decimals_at_least() -> None:
    assert [dollars(D(amount)) for amount in ("0.1", "2", "0.025")] == ["$0.10", "$2.00", "$0.025"]


def test_listed_joins_with_and() -> None:
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_spans_join_neighbours() -> None:
    assert [spans([25]), spans([52, 50, 51]), spans([25, 50, 51])] == ["25", "50 to 52", "25 and 50 to 51"]
