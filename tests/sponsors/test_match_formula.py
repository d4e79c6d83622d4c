"""The employer match, read from words and written back."""

import pytest

from sponsors.match_formula import match_parse, match_words

TWO_TIERS = [{"rate": "1", "up_to": "0.03"}, {"rate": "0.5", "up_to": "0.05"}]


@pytest.mark.parametrize(
    ("text", "tiers"),
    [
        ("", []),
        ("None", []),
        ("50% of 6%", [{"rate": "0.5", "up_to": "0.06"}]),
        ("50 % of the first 6 % of pay.", [{"rate": "0.5", "up_to": "0.06"}]),
        ("33.5% up to 4.5%", [{"rate": "0.335", "up_to": "0.045"}]),
        ("100% of the first 3% of pay, 50% of the next 2%", TWO_TIERS),
        ("100% up to 3%; then 50% up to 5%", TWO_TIERS),
    ],
)
def test_match_reads_as_plan_documents_write_it(text, tiers):
    assert match_parse(text) == tiers


@pytest.mark.parametrize("text", ["half", "50%", "50 of 6", "100% of 3%, 50% of 2%", "50% of 6%, and more"])
def test_match_that_could_mean_anything_is_not_guessed(text):
    with pytest.raises(ValueError, match="“"):
        match_parse(text)


@pytest.mark.parametrize("tiers", [[], TWO_TIERS, [{"rate": "0.25", "up_to": "0.08"}]])
def test_words_of_a_match_read_back_the_same(tiers):
    assert match_parse(match_words(tiers)) == tiers
