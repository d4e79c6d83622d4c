"""Imported histories and the market editions drawn from a record."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from menus.engine import Market
from menus.engine.bootstrap import year_moments
from menus.engine.returns import drawing, log_returns
from menus.history_file import history_read
from menus.look_through import engine_assets
from menus.markets import market_edition, selectable_names
from menus.models import ProjectionRun, ReturnHistory
from menus.panel import scenario_of
from menus.services.histories import history_import
from menus.services.replays import projection_replay
from sponsors.errors import Refusal
from sponsors.facts import FactError
from sponsors.ledger.models import LedgerEvent
from tests.factories.histories import changed, history_bytes, history_rows, make_history
from tests.factories.runs import make_done_run, make_run
from tests.factories.sponsors import make_user

pytestmark = pytest.mark.django_db
ALL = tuple("bitcoin" if asset == "digital_assets" else asset for asset in engine_assets())


def command(*arguments: object) -> str:
    out = StringIO()
    call_command("import_returns", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "our_record.csv"
    path.write_bytes(history_bytes(history_rows(ALL)))
    return path


# ---------------------------------------------------------------- the command
def test_import_keeps_figures_hash_window_and_who(good: Path) -> None:
    user = make_user("Ada Chair")

    outcome = json.loads(command(good, "--json", "--by", user.email, "--source", "Custodian, August 2026"))

    kept = ReturnHistory.objects.get()
    assert (outcome["accepted"], outcome["name"], outcome["edition"]) == (
        True, "our-record", "history-our-record",
    )  # fmt: skip
    assert (kept.first_month, kept.last_month, len(kept.table["months"])) == ("2014-01", "2026-07", 151)
    assert (kept.sha256, kept.imported_by, kept.source) == (
        outcome["sha256"], user, "Custodian, August 2026",
    )  # fmt: skip
    assert outcome["window"] == "drawn from 2014-01 to 2026-07, 151 months, in blocks of 12 months on average"
    event = LedgerEvent.objects.get(action="return_history.imported")
    assert (event.actor_id, event.body["sha256"]) == (user.pk, kept.sha256)


def test_the_same_file_again_changes_nothing(good: Path) -> None:
    first, again = command(good), command(good)

    assert first == again
    assert "Runs can choose the market edition history-our-record" in again
    assert (ReturnHistory.objects.count(), LedgerEvent.objects.count()) == (1, 1)


def test_a_file_with_mistakes_is_refused_line_by_line_and_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(changed(lambda rows: (rows[8].__setitem__(1, "99"), rows.pop(20))))

    out = StringIO()
    with pytest.raises(CommandError, match=r"bad.csv was not imported; nothing was changed"):
        call_command("import_returns", str(path), stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0].startswith("Line 9, us_large: A return of 99: the price rises 100-fold in one month.")
    assert lines[1].startswith("Line 21, month_end: 1 month is missing between 2015-07 and 2015-09.")
    assert (ReturnHistory.objects.count(), LedgerEvent.objects.count()) == (0, 0)


def test_the_command_refuses_months_that_are_not_over(tmp_path: Path) -> None:
    path = tmp_path / "ahead.csv"
    rows = history_rows()
    months = [str(np.datetime64("2095-01", "M") + i) for i in range(len(rows) - 1)]
    path.write_bytes(
        history_bytes([rows[0], *([month, *row[1:]] for month, row in zip(months, rows[1:], strict=True))])
    )

    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_returns", str(path), stdout=out)

    assert out.getvalue().startswith("Line 2, month_end: The month 2095-01 has not ended yet.")


def test_a_refused_file_as_json_lists_its_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(changed(lambda rows: rows[8].__setitem__(1, "99")))

    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_returns", str(path), "--json", stdout=out)

    outcome = json.loads(out.getvalue())
    assert (outcome["accepted"], outcome["mistakes_found"]) == (False, 1)
    assert (outcome["mistakes"][0]["row"], outcome["mistakes"][0]["column"]) == (9, "us_large")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such.csv"], "no-such.csv cannot be read: No such file or directory"),
        (["FILE", "--name", "Our Record"], "'Our Record' cannot name a history"),
        (["FILE", "--name", "ours-block-6"], "'ours-block-6' cannot name a history"),
        (["FILE", "--name", "2014-2026"], "is the history that comes with Steward"),
        (["FILE", "--by", "nobody@example.org"], "There is no account nobody@example.org"),
    ],
)
def test_what_else_is_refused(good: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        command(*[str(good) if one == "FILE" else one for one in arguments])
    assert ReturnHistory.objects.count() == 0


def test_a_name_keeps_its_figures_and_figures_their_name(good: Path) -> None:
    make_history("ours")
    file = history_read(good.read_bytes())

    with pytest.raises(Refusal, match="There is a history ours with other figures"):
        history_import(by=None, name="ours", file=file, file_name="x.csv")
    history_import(by=None, name="theirs", file=file, file_name="x.csv")
    with pytest.raises(Refusal, match="This file is kept already, as theirs"):
        history_import(by=None, name="more", file=file, file_name="x.csv")


# ---------------------------------------------------------------- editions
def test_the_built_in_record_is_an_edition_without_any_import() -> None:
    edition = market_edition("history-2014-2026")

    assert (edition.record.months[0], edition.record.months[-1], len(edition.record.months)) == (
        "2014-01", "2026-07", 151,
    )  # fmt: skip
    assert (edition.block_months, edition.lacking, edition.assets) == (12, (), tuple(engine_assets()))
    assert edition.digital_compound == pytest.approx(0.4163, abs=5e-5)


def test_editions_can_be_chosen_by_name_imported_ones_too() -> None:
    make_history("ours")

    assert selectable_names()[4:] == ("history-2014-2026", "history-2021-2026", "history-ours")


def test_moments_of_an_edition_are_those_of_the_years_it_draws() -> None:
    edition = market_edition("history-2014-2026-block-6")

    market = Market(**edition.engine_inputs())

    moments = year_moments(market.history)
    assert market.history.block_months == 6
    np.testing.assert_array_equal(market.arithmetic_means, moments.means)
    np.testing.assert_array_equal(market.volatilities, moments.volatilities)
    assert edition.edition_hash != market_edition("history-2014-2026").edition_hash


@pytest.mark.parametrize(
    ("block", "us_large", "digital", "correlation"),
    [
        (1, (14.8, 16.6), (78.7, 137.3), 0.29),
        (6, (14.4, 13.1), (102.0, 213.6), 0.35),
        (12, (14.3, 12.7), (107.6, 226.1), 0.39),
        (24, (14.3, 12.6), (110.8, 231.6), 0.41),
    ],
)
def test_what_the_block_length_does_as_the_specification_prints_it(
    block: int, us_large: tuple[float, float], digital: tuple[float, float], correlation: float
) -> None:
    edition = market_edition(f"history-2014-2026-block-{block}")

    printed = np.round(100 * np.stack([edition.arithmetic_means, edition.volatilities], axis=1), 1)
    assert (tuple(printed[0]), tuple(printed[-1])) == (us_large, digital)
    assert round(edition.correlations[0, -1], 2) == correlation


def test_two_windows_of_one_record_say_how_much_the_window_matters() -> None:
    long, short = market_edition("history-2014-2026"), market_edition("history-2021-2026")

    assert (round(long.digital_compound, 3), round(short.digital_compound, 3)) == (0.416, 0.091)
    assert short.window == "drawn from 2021-08 to 2026-07, 60 months, in blocks of 12 months on average"


def test_an_import_of_the_same_figures_draws_the_same_market() -> None:
    make_history("ours", ALL)

    ours, built_in = market_edition("history-ours"), market_edition("history-2014-2026")

    np.testing.assert_array_equal(ours.engine_inputs()["history"]["returns"],
                                  built_in.engine_inputs()["history"]["returns"])  # fmt: skip
    assert (ours.basis.label, ours.sources[0].title) == ("Not yet read at the source", "Our record keeper.")


@pytest.mark.parametrize("name", ["history-nowhere", "history-", "history-2014-2026-block-"])
def test_an_unknown_history_names_those_there_are(name: str) -> None:
    with pytest.raises(FactError, match="house-2026-bull, history-2014-2026, history-2021-2026"):
        market_edition(name)


@pytest.mark.parametrize("block", [0, 121])
def test_blocks_that_cannot_be_used_are_refused(block: int) -> None:
    with pytest.raises(FactError, match="blocks of 1 to 120 months on average are possible"):
        market_edition(f"history-2014-2026-block-{block}")


def test_a_history_without_bitcoin_or_with_too_few_months_serves_no_run() -> None:
    make_history("stocks", ("us_large", "us_agg", "gold"))
    make_history("short", first="2010-09", last="2015-12")

    with pytest.raises(FactError, match="the history has no column bitcoin"):
        market_edition("history-stocks")
    with pytest.raises(FactError, match="only 24 months from 2014-01"):
        market_edition("history-short")


# ---------------------------------------------------------------- runs
def test_a_run_keeps_the_history_with_its_inputs() -> None:
    run = make_run(market_edition="history-2014-2026-block-6")

    kept = ProjectionRun.objects.get(pk=run.pk).inputs["market"]
    edition = market_edition("history-2014-2026-block-6")
    market = Market(**(kept | {"assets": tuple(kept["assets"])}))
    assert (market.history.block_months, market.history.n_months) == (6, 151)
    np.testing.assert_array_equal(market.history.returns, edition.engine_inputs()["history"]["returns"])
    assert (kept["window"], run.market_hash) == (edition.window, edition.edition_hash)


def test_a_run_of_a_published_edition_keeps_no_history() -> None:
    assert "history" not in make_run().inputs["market"]


def test_a_menu_that_holds_what_the_history_lacks_is_refused_by_name() -> None:
    make_history("ours", ("us_large", "us_agg", "bitcoin"))

    with pytest.raises(Refusal) as refused:
        make_run(market_edition="history-ours")

    assert refused.value.field == "market_edition"
    assert "no series for" in refused.value.message
    assert "Developed international companies (column intl_dev)" in refused.value.message


def test_months_without_a_needed_series_are_outside_the_window() -> None:
    rows = history_rows(ALL)
    for line in range(1, 25):
        rows[line][ALL.index("us_mid") + 1] = ""
    file = history_read(history_bytes(rows))
    history_import(by=None, name="late", file=file, file_name="late.csv")

    edition = market_edition("history-late")

    assert edition.window == "drawn from 2016-01 to 2026-07, 127 months, in blocks of 12 months on average"


def test_a_run_on_a_record_is_computed_replayed_and_says_its_window() -> None:
    run = make_done_run(market_edition="history-2014-2026", participants=30)

    outcome = projection_replay(run)

    manifest = run.result["manifest"]
    edition = market_edition("history-2014-2026")
    assert (manifest["market_edition"], manifest["market_window"]) == (edition.name, edition.window)
    assert (manifest["correlation_change"], outcome.identical) == (0.0, True)
    assert {check["passed"] for check in run.result["checks"]} == {True}


def test_one_person_of_a_run_on_a_record_walks_the_same_months() -> None:
    """The page of one person draws only the years to their own retirement."""
    run = make_done_run(market_edition="history-2014-2026", participants=30)
    scenario = scenario_of(run.inputs)
    draw = drawing(scenario, log_returns(scenario.market), range(len(engine_assets())))
    older = replace(scenario.behaviour, retirement_age=scenario.behaviour.retirement_age - 5)
    shorter = scenario.with_(behaviour=older)
    short = drawing(shorter, log_returns(shorter.market), range(len(engine_assets())))

    assert np.array_equal(draw(shorter.n_years), short(shorter.n_years))
