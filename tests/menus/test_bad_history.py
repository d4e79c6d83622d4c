"""Records and mixes that cannot be: the words at the command line and on the page, and nothing kept."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from menus.models import ReturnHistory
from sponsors.ledger.models import LedgerEvent
from tests.factories.histories import changed, history_bytes, history_rows
from tests.factories.sponsors import client_of, make_user

pytestmark = pytest.mark.django_db
CHECK = (
    "Check it: a price in place of a return, a percentage in place of a fraction, or a slipped decimal point."
)

NO_EDITION = (
    "There is no market edition 'house-1999'; there are house-2026-loss, house-2026-bear, house-2026-base, "
    "house-2026-bull, history-2014-2026, history-2021-2026."
)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("99", f"A return of 99: the price rises 100-fold in one month. {CHECK}"),
        ("-0.99", f"A return of -0.99: the price falls 100-fold in one month. {CHECK}"),
        ("-1", "A return of -1 loses more than everything. Returns are fractions: -0.012 is -1.2 %."),
    ],
)
def test_history_with_an_impossible_month_is_refused_by_line_and_column(tmp_path: Path, cell, words) -> None:
    path = tmp_path / "ours.csv"
    path.write_bytes(changed(lambda rows: rows[8].__setitem__(1, cell)))
    said = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("import_returns", str(path), stdout=said)

    assert said.getvalue().splitlines()[0] == f"Line 9, us_large: {words}"
    assert str(refused.value) == (
        "ours.csv was not imported; nothing was changed. Mend the lines named above."
    )
    assert (ReturnHistory.objects.count(), LedgerEvent.objects.count()) == (0, 0)


def test_the_wildest_month_that_is_let_in_can_be_drawn_from(tmp_path: Path) -> None:
    """What the file's check lets in, the engine does too: both know the same bounds."""
    rows = history_rows()
    rows[8][3], rows[9][3] = "20", str(1 / 21 - 1)
    path = tmp_path / "wild.csv"
    path.write_bytes(history_bytes(rows))
    said = StringIO()

    call_command("import_returns", str(path), stdout=said)

    assert "Runs can choose the market edition history-wild" in said.getvalue()
    assert "Line 9, bitcoin: A return of +2000.0% is far outside the series' other months." in said.getvalue()


MIXES = [
    ("us_large=.6,us_agg=.3", "mix", "The weights sum to 0.9, not to 1. Change them until they do."),
    (
        "us_large=60,us_agg=40",
        "mix",
        "The weight of us_large is 60. Weights lie between 0 and 1: sixty percent is 0.6 or 60%.",
    ),
    (
        "us_large=1.2,us_agg=-.2",
        "mix",
        "The weight of us_large is 1.2. Weights lie between 0 and 1: sixty percent is 0.6 or 60%.",
    ),
    (
        "us_large=nan,us_agg=.4",
        "mix",
        "The weight of us_large is nan. Weights lie between 0 and 1: sixty percent is 0.6 or 60%.",
    ),
    ("us_large", "mix", "'us_large' is no series with a weight. Write us_large=0.6, us_agg=0.4."),
]


@pytest.mark.parametrize(("mix", "field", "words"), MIXES)
def test_mix_that_is_no_whole_is_refused_alike_by_command_and_page(mix, field, words) -> None:
    typed = {"mix": mix, "rebalance": "quarterly", "first_month": "2014-01", "last_month": "2026-07"}

    with pytest.raises(CommandError) as refused:
        call_command("backtest", "--mix", mix, "--from", "2014-01", "--to", "2026-07")
    page = client_of(make_user()).get(reverse("menus:market-backtest"), typed)

    assert str(refused.value) == words
    assert page.context["form"].errors == {field: [words]}


@pytest.mark.parametrize(
    ("edition", "words"),
    [
        ("house-1999", NO_EDITION),
        (
            "history-2014-2026-block-0",
            "history-2014-2026-block-0: blocks of 1 to 120 months on average are possible.",
        ),
    ],
)
def test_market_that_there_is_not_is_refused(edition, words) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("market", "--edition", edition)

    assert str(refused.value) == words
