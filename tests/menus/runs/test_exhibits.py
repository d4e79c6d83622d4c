"""A run in the order of reading: every figure once, in words, from a named place; earlier runs without the new ones."""

import copy
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from menus.engine import prepare
from menus.enums import SleeveKind
from menus.exhibits import NOT_COMPUTED, exhibits_of, say_doors, words_of
from menus.figure_words import READ_OFF_TABLES, WORDS
from menus.panel.day_one import day_one_of
from menus.run_charts import charts_of_run
from menus.run_tables import tables_of
from tests.factories.menus import author_of, make_sleeve, make_version
from tests.factories.runs import make_done_run
from tests.factories.sponsors import client_of
from tests.menus.engine.scenarios import menu, people, scenario

pytestmark = pytest.mark.django_db
LATER = ("holders", "holders_without", "risk", "employer_money")


@pytest.fixture
def done():
    return make_done_run()


@pytest.fixture
def inside():
    """A run with the sleeve inside the target-date funds."""
    version = make_version(preset="reference")
    make_sleeve(version, SleeveKind.TARGET_DATE)
    return make_done_run(version, participants=60)


def as_an_earlier_steward_left_it(run):
    """The run without the figures that engine 1.0.0 did not know."""
    result = copy.deepcopy(run.result)
    for name in LATER:
        del result[name]
    for cell in result["cells"]:
        for name in [
            name for name in cell if name.startswith(("replacement_", "door_")) or name.endswith("_se_usd")
        ]:
            del cell[name]
    del result["manifest"]["payout_rate"]
    result["tables"] = [{k: v for k, v in table.items() if k != "name"} for table in result["tables"]]
    run.result = result
    run.save()
    return run


def blocks_of(result):
    return [block for part in exhibits_of(result) for topic in part["topics"] for block in topic["blocks"]]


def topic_of(result, key):
    return next(topic for part in exhibits_of(result) for topic in part["topics"] if topic["key"] == key)


# ---------------------------------------------------------------- everything, once, in words
def test_every_chart_and_table_stands_in_one_place(done):
    blocks = blocks_of(done.result)

    charts = [name for block in blocks for name in block["charts"]]
    tables = [name for block in blocks for name in block["tables"]]
    assert sorted(charts) == sorted(chart.name for chart in charts_of_run(done.result))
    assert sorted(tables) == sorted(table["name"] for table in tables_of(done.result))
    assert done.result["tables"] == tables_of(done.result)


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_figure_is_explained_in_one_sentence(name):
    words = WORDS[name]

    assert re.fullmatch(r"[A-Z][^.]*\.", words.sentence)
    assert 40 < len(words.sentence) < 200
    assert words.formula
    assert words.inputs


def test_the_specification_has_the_sections_that_figures_name():
    text = (Path(settings.BASE_DIR) / "docs" / "engine.md").read_text()

    headings = set(re.findall(r"^#+ (?:\d+\.? )?(.+)$", text, re.MULTILINE))
    assert {words.section for words in WORDS.values()} <= headings


def test_a_figure_says_its_paths_seed_edition_window_and_sampling_error(done):
    where = dict(words_of(done.result)["effect-by-age"]["where"])

    everyone = done.result["cells"][0]
    assert list(where) == [
        "How it is worked out", "From", "Paths and seed", "Market edition", "Sampling error", "Specified in",
    ]  # fmt: skip
    assert where["Paths and seed"].startswith("1,000 market paths")
    assert where["Paths and seed"].endswith("seed 7.")
    assert where["Market edition"] == ("house-2026-base, volatility and correlations 2021-08 to 2026-07.")
    assert f"${everyone['effect_p50_se_usd']:,.0f} at the median" in where["Sampling error"]
    assert everyone["effect_p50_se_usd"] > 0


def test_a_run_that_was_read_off_tables_says_so(done):
    text = client_of(author_of(done.plan)).get(done.get_absolute_url()).content.decode()
    done.result["manifest"]["evaluator"] = "tables"
    done.save()

    read_off = client_of(author_of(done.plan)).get(done.get_absolute_url()).content.decode()

    on_paths = sum(WORDS[block["words"]].on_paths for block in blocks_of(done.result))
    assert READ_OFF_TABLES not in text
    assert read_off.count(READ_OFF_TABLES) == on_paths + 3  # the answer, the editions, the engine's own line


def test_what_is_counted_has_no_sampling_error_and_no_paths(done):
    where = dict(words_of(done.result)["holders"]["where"])

    assert where["Paths and seed"] == "None: no market path is in it."
    assert where["Sampling error"] == "None: the figure is counted, not sampled."
    assert "Market edition" not in where


def test_page_prints_each_sentence_and_where_it_comes_from(done):
    text = client_of(author_of(done.plan)).get(done.get_absolute_url()).content.decode()

    blocks = blocks_of(done.result)
    sentences = [WORDS[block["words"]].sentence.replace("'", "&#x27;") for block in blocks]
    assert [one for one in sentences if one not in text] == []
    assert text.count("Where does this come from?") == len(blocks) + 2  # the answer and the market editions
    assert (
        text.index("What our people would hold") < text.index("What could happen") < text.index("One person")
    )


# ---------------------------------------------------------------- the figures
def test_people_in_target_date_funds_are_told_that_they_hold_digital_assets(inside):
    everyone = inside.result["holders"][-1]

    said = topic_of(inside.result, "doors")["say"]

    assert everyone["people_target_date"] > 0
    assert said.startswith("With the sleeve the target-date funds hold digital assets: ")
    assert f"{everyone['people_target_date']} of 60 people" in said


def test_a_crypto_line_of_its_own_leaves_target_date_funds_without(done):
    assert topic_of(done.result, "doors")["say"] == "No target-date fund of this menu holds digital assets."


def test_target_date_funds_that_hold_digital_assets_already_are_named_plainly():
    """Two percent of every target-date fund taken from its first asset, before any sleeve."""
    weights = menu().look_through.copy()
    weights[:3, :, 0] -= 0.02
    weights[:3, :, 4] += 0.02
    held = scenario("line", menu=replace(menu(), look_through=weights), n_paths=100)

    result = day_one_of(prepare(held), people(200))

    said = say_doors(result)
    assert said.startswith("Target-date funds of this menu hold digital assets already, before any sleeve: ")
    assert f"{result['holders_without'][-1]['people_target_date']} of 200 people would hold" in said


def test_doors_add_up_to_what_the_ladder_says_of_the_sponsors_sleeve(inside):
    own, everyone = inside.result["ladder"][-1], inside.result["holders"][-1]

    doors = [everyone[f"{door}_usd"] for door in ("crypto_line", "target_date", "other_lines")]
    assert sum(doors) == pytest.approx(own["digital_today_usd"], abs=0.005 * 60)  # whole cents a person
    assert everyone["people_holding"] == own["people_holding"]
    assert everyone["balance_usd"] == pytest.approx(float(inside.snapshot.total_balance), abs=0.05)


def test_share_of_risk_is_the_plans_own_and_bends_upwards(inside):
    risk, everyone = inside.result["risk"], inside.result["holders"][-1]

    levels = [point["weight"] for point in risk["curve"]]
    shares = np.array([point["share"] for point in risk["curve"] if point["weight"] in (0, 0.01, 0.02, 0.03)])
    assert risk["weight"] == pytest.approx(everyone["share"], rel=1e-6)
    assert risk["share"] > risk["weight"]
    assert levels[0] == 0
    assert levels[-1] == 0.2
    assert risk["cap"] in levels
    assert (np.diff(shares, 2) > 0).all()


def test_dollars_per_payday_and_per_year_agree(done):
    table = next(table for table in done.result["tables"] if table["name"] == "flow")

    payrolls = done.result["manifest"]["payrolls_per_year"]
    assert {row["payrolls"] for row in table["rows"]} == {payrolls}
    for row in table["rows"]:
        assert row["flow_usd"] == pytest.approx(row["flow_per_payroll_usd"] * payrolls)
    assert table["rows"][0]["flow_usd"] > 0
    for year in done.result["plan_years"]:
        assert year["payrolls"] == payrolls
        assert year["flow_usd"] == pytest.approx(year["flow_per_payroll_usd"] * payrolls, abs=0.01 * payrolls)


def test_income_at_retirement_follows_the_payout_rate():
    """Twice the payout rate is twice the income, on the same accounts."""
    version, snapshot = (once := make_done_run()).version, once.snapshot

    twice = make_done_run(version, snapshot, behaviour={"payout_rate": 0.08})

    one, two = (run.result["cells"][0] for run in (once, twice))
    assert one["replacement_with_p50"] > 0
    assert two["replacement_with_p50"] == pytest.approx(2 * one["replacement_with_p50"], rel=1e-4)
    assert two["effect_p50_usd"] == one["effect_p50_usd"]
    assert "an income of 8.0% of the balance a year" in topic_of(twice.result, "income")["say"]


def test_effect_at_each_percentile_stands_beside_its_error(done):
    table = next(table for table in done.result["tables"] if table["name"] == "effect-by-age")

    everyone = table["rows"][-1]
    assert everyone["age_band"] == "All"
    assert min(everyone[f"effect_{p}_se_usd"] for p in ("p5", "p50", "p95")) > 0


def test_a_menu_without_digital_assets_says_so_instead_of_drawing_nothing():
    result = make_done_run(make_version(preset="lean"), participants=30).result

    said = {key: topic_of(result, key)["say"] for key in ("cap", "flow", "rebalancing", "risk")}
    assert said == {
        "cap": "This version has no sleeve, so there is no cap to be above.",
        "flow": "No payday sends money into digital assets.",
        "rebalancing": "Rebalancing moves no money into or out of digital assets.",
        "risk": "On day one no money of the plan is in digital assets, so they carry none of its risk yet.",
    }
    assert {"above-cap", "flow", "rebalanced"}.isdisjoint(chart.name for chart in charts_of_run(result))


# ---------------------------------------------------------------- earlier runs
def test_an_earlier_run_says_what_it_did_not_compute(done):
    run = as_an_earlier_steward_left_it(done)

    text = client_of(author_of(run.plan)).get(run.get_absolute_url()).content.decode()

    missing = [
        topic["key"] for part in exhibits_of(run.result) for topic in part["topics"] if not topic["is_there"]
    ]
    assert missing == ["doors", "risk", "income", "employer"]
    assert text.count(NOT_COMPUTED) == 4
    assert text.count('<figure class="chart">') == len(charts_of_run(run.result)) == 8
