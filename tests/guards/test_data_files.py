"""Every dated data file of the project: it loads, its sources resolve and are all used, its figures hang together.

A new file in `<app>/data/` must be given its loader in config/checks.py, or the first test names it.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.checks import DATA_FILES
from menus.catalogue import load_presets
from menus.enums import Vehicle
from menus.guardrails.rulebook import load_rulebook
from menus.guardrails.totals import ASSET_GROUPS
from menus.histories import histories
from menus.look_through import engine_assets, glide_paths, look_through_vector, look_throughs
from menus.markets import (
    arithmetic_from_compound,
    compound_from_arithmetic,
    digital_forecasts,
    digital_windows,
    edition_names,
    market_edition,
    published_rows,
)
from sponsors.facts import Basis, Fact, ReadAs, SourceKind, load_facts, load_sources, read_yaml

ROOT = Path(__file__).resolve().parents[2]
APPS = ("sponsors", "menus", "fiduciary")
LIMITS = ROOT / "sponsors/data/limits.yaml"
PARTICIPANTS = ROOT / "sponsors/data/participants.yaml"

FUNDS: Mapping[str, Any] = read_yaml(ROOT / "menus/data/funds.yaml")
MARKETS: Mapping[str, Any] = read_yaml(ROOT / "menus/data/capital_market_assumptions.yaml")


def data_files() -> list[str]:
    return sorted(
        str(path.relative_to(ROOT)) for app in APPS for path in (ROOT / app / "data").rglob("*.yaml")
    )


def mappings(node: Any) -> Iterator[Mapping[Any, Any]]:
    """Every mapping inside a parsed file."""
    if isinstance(node, Mapping):
        yield node
    for child in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from mappings(child)


def named_sources(file: str) -> set[str]:
    """Source ids that a data file names."""
    found = {source for entry in mappings(read_yaml(ROOT / file)) for source in entry.get("sources", [])}
    return found | {entry["source"] for entry in mappings(read_yaml(ROOT / file)) if "source" in entry}


def dated_facts() -> list[Fact]:
    thresholds = [fact for rule in load_rulebook().values() for fact in rule.thresholds.values()]
    return [*load_facts(LIMITS).values(), *load_facts(PARTICIPANTS).values(), *thresholds]


def test_every_data_file_has_a_loader() -> None:
    assert data_files() == sorted(DATA_FILES)


@pytest.mark.parametrize("file", sorted(DATA_FILES))
def test_data_file_loads(file: str) -> None:
    assert len(DATA_FILES[file]()) > 0


def test_every_source_named_exists_and_every_source_is_used() -> None:
    named = set().union(*(named_sources(file) for file in data_files() if not file.endswith("sources.yaml")))

    assert named - set(load_sources()) == set()
    assert set(load_sources()) - named == set(), "sources that no data file names: remove them"


def test_one_source_has_one_entry() -> None:
    entries = [(source.title, source.publisher) for source in load_sources().values()]

    assert [entry for entry, times in Counter(entries).items() if times > 1] == []


def test_one_key_means_one_thing_in_all_fact_files() -> None:
    keys = [*load_facts(LIMITS), *load_facts(PARTICIPANTS)]

    assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_cited_figure_rests_on_something_that_was_read() -> None:
    for fact in dated_facts():
        if fact.basis is Basis.CITED:
            assert any(source.read is not ReadAs.NOT_READ for source in fact.sources), fact.key


def test_no_limit_rests_on_the_press_alone() -> None:
    for fact in load_facts(LIMITS).values():
        assert not fact.sources or {source.kind for source in fact.sources} != {SourceKind.PRESS}, fact.key


def test_statutory_limit_of_a_year_says_until_when_it_is_known() -> None:
    yearly = [fact for fact in load_facts(LIMITS).values() if fact.unit == "usd_per_year"]

    assert len(yearly) == 6
    assert {str(fact.known_until) for fact in yearly} == {"2026-12-31"}
    assert {str(fact.checked_on) for fact in yearly} == {"2026-11-21"}


def test_catalogue_holds_the_funds_by_state_of_their_fee() -> None:
    assert Counter(entry["expense_ratio"]["state"] for entry in FUNDS.values()) == {
        "verified": 92,
        "not_found": 37,
        "stale": 8,
    }


def test_every_fee_is_a_fraction_with_source_and_date() -> None:
    for key, entry in FUNDS.items():
        fee = entry["expense_ratio"]
        if fee["state"] == "not_found":
            assert set(fee) == {"state", "checked_on"}, key
        else:
            assert 0 < fee["value"] < 0.03, key
            assert fee["sources"], key
            assert fee["as_of"], key


def test_stale_fees_are_older_than_the_verified_ones() -> None:
    as_of = {
        state: {
            str(f["expense_ratio"]["as_of"])[:4]
            for f in FUNDS.values()
            if f["expense_ratio"]["state"] == state
        }
        for state in ("stale", "verified")
    }

    assert as_of == {"stale": {"2016"}, "verified": {"2024", "2025", "2026"}}


def test_placeholders_are_labelled_and_have_no_figures() -> None:
    placeholders = {
        key: entry for key, entry in FUNDS.items() if "GENERIC" in key or entry.get("placeholder")
    }

    assert sorted(placeholders) == ["MANAGED-GENERIC", "STABLE-GENERIC"]
    for entry in placeholders.values():
        assert entry["placeholder"] is True
        assert "not a real product" in entry["name"]
        assert entry["identity"] == {"state": "placeholder"}
        assert "value" not in entry["expense_ratio"]


def test_every_fund_says_once_what_it_holds() -> None:
    for key, entry in FUNDS.items():
        assert ("look_through" in entry) != ("glide_path" in entry), key
        assert entry.get("look_through", "cash") in look_throughs(), key
        assert entry.get("glide_path", "vanguard-target-retirement") in glide_paths(), key
    assert {entry["look_through"] for entry in FUNDS.values() if "look_through" in entry} <= set(
        look_throughs()
    )


def test_digital_asset_products_are_trusts_unless_they_hold_futures() -> None:
    digital = {
        key: entry["vehicle"] for key, entry in FUNDS.items() if entry["asset_class"] == "digital_assets"
    }

    assert {key for key, vehicle in digital.items() if vehicle != Vehicle.ETP_TRUST} == {"BITO"}
    assert len(digital) == 18


@pytest.mark.parametrize(
    ("key", "lines", "choices"), [("lean", 20, 10), ("reference", 26, 16), ("wide", 30, 20)]
)
def test_preset_is_a_menu_of_real_funds_with_fees_and_no_digital_assets(
    key: str, lines: int, choices: int
) -> None:
    preset = load_presets()[key]
    funds = {line.fund: FUNDS[line.fund] for line in preset.lines}

    assert (len(preset.lines), len(funds), preset.choices) == (lines, lines, choices)
    assert {fund["expense_ratio"]["state"] for fund in funds.values()} == {"verified"}
    assert not any(
        fund.get("placeholder") or fund["asset_class"] == "digital_assets" for fund in funds.values()
    )


@pytest.mark.parametrize("key", ["lean", "reference", "wide"])
def test_preset_defaults_to_one_whole_series_and_has_diversified_core_lines(key: str) -> None:
    lines = load_presets()[key].lines
    default = [FUNDS[line.fund] for line in lines if line.is_qdia]
    classes = read_yaml(ROOT / "menus/data/asset_classes.yaml")["asset_classes"]

    assert {fund["series"] for fund in default} == {"Vanguard Target Retirement"}
    assert [fund["vintage"] for fund in default] == ["income", *range(2025, 2075, 5)]
    core = [FUNDS[line.fund]["asset_class"] for line in lines if line.is_core]
    assert len(set(core)) >= 3
    assert all(classes[asset_class]["diversified"] for asset_class in core)


def test_coverage_groups_are_those_of_the_guardrails() -> None:
    raw = read_yaml(ROOT / "menus/data/asset_classes.yaml")
    groups = {
        label: tuple(key for key, entry in raw["asset_classes"].items() if group in entry["coverage"])
        for group, label in raw["coverage_groups"].items()
    }

    known = {
        label: {key for key in keys if key in raw["asset_classes"]} for label, keys in ASSET_GROUPS.items()
    }
    assert {label.lower(): set(keys) for label, keys in groups.items()} == {
        k.lower(): v for k, v in known.items()
    }


def test_look_throughs_sum_to_one_and_house_ones_say_why() -> None:
    for key, look_through in look_throughs().items():
        assert look_through_vector(key).sum() == pytest.approx(1, abs=1e-12), key
        assert look_through.why, key


@pytest.mark.parametrize("key", sorted(glide_paths()))
def test_glide_path_sums_to_one_falls_with_age_and_holds_no_digital_assets(key: str) -> None:
    path = glide_paths()[key]
    weights = path.weights_at(np.arange(45, -31, -1))
    stocks = [name for name, asset in engine_assets().items() if "stocks" in asset.coverage[0]]
    equity = weights[:, [list(engine_assets()).index(name) for name in stocks]].sum(axis=1)

    assert weights.sum(axis=1) == pytest.approx(np.ones(76), abs=1e-12)
    assert (weights >= 0).all()
    # a reconstructed path may rise by a hair where the outermost anchor pulls a level end
    assert (np.diff(equity) <= 0.01).all()
    assert weights[:, -1].max() == 0.0


def test_glide_path_meets_the_published_figures_of_its_family() -> None:
    series = read_yaml(ROOT / "menus/data/glide_paths.yaml")["series"]
    stocks = [index for index, asset in enumerate(engine_assets().values()) if "stocks" in asset.coverage[0]]
    for key, entry in series.items():
        for anchor in entry["anchors"]:
            weights = glide_paths()[key].weights_at(anchor["years_to_target"])[0]
            assert weights[stocks].sum() == pytest.approx(anchor["equity"], abs=1e-9), (key, anchor)


def test_published_compound_returns_follow_from_mean_and_volatility() -> None:
    assert len(published_rows()) == 59
    for row in published_rows().values():
        assert compound_from_arithmetic(row.arithmetic, row.volatility) == pytest.approx(
            row.compound, abs=6e-5
        ), row
        again = arithmetic_from_compound(
            compound_from_arithmetic(row.arithmetic, row.volatility), row.volatility
        )
        assert again == pytest.approx(row.arithmetic, abs=1e-12), row


def test_published_correlations_are_a_full_lower_triangle() -> None:
    block = MARKETS["published_correlations"]

    assert len(block["assets"]) == 22
    assert [len(row) for row in block["lower_triangle"]] == list(range(1, 23))
    assert all(row[-1] == 1.0 for row in block["lower_triangle"])
    assert all(-1 <= value <= 1 for row in block["lower_triangle"] for value in row)


@pytest.mark.parametrize("name", edition_names())
def test_market_edition_is_symmetric_and_covers_the_engine_assets(name: str) -> None:
    edition = market_edition(name)

    assert edition.assets == tuple(engine_assets())
    assert (edition.correlations == edition.correlations.T).all()
    assert (np.diag(edition.correlations) == 1).all()
    assert np.abs(edition.correlations).max() <= 1
    assert edition.window
    assert edition.why


def test_digital_assets_have_four_editions_ordered_by_return() -> None:
    editions_ = [market_edition(name) for name in edition_names()]

    assert [edition.name for edition in editions_] == [
        "house-2026-loss",
        "house-2026-bear",
        "house-2026-base",
        "house-2026-bull",
    ]
    assert all(low.digital_compound < high.digital_compound for low, high in pairwise(editions_))
    assert len({edition.edition_hash for edition in editions_}) == 4
    for edition in editions_:
        compound = compound_from_arithmetic(edition.arithmetic_means[-1], edition.volatilities[-1])
        assert compound == pytest.approx(edition.digital_compound, abs=1e-5), edition.name


def test_edition_figures_are_among_those_published_or_measured() -> None:
    compounds = {forecast.compound for forecast in digital_forecasts()}
    volatilities = {window.volatility for window in digital_windows().values()}

    for name in edition_names():
        assert (market_edition(name).digital_compound in compounds) == (name != "house-2026-loss")
        assert market_edition(name).volatilities[-1] in volatilities


def test_loss_edition_is_steward_s_own_and_loses_on_average() -> None:
    """Its mean is what ether compounded at over five years; the record it rests on still says so."""
    edition, ether = market_edition("house-2026-loss"), histories()["ether"].returns[-60:]

    assert edition.arithmetic_means[-1] == round(float(np.prod(1 + ether)) ** (1 / 5) - 1, 3) == -0.054
    assert edition.digital_compound == pytest.approx(-0.2587, abs=5e-5)
    assert (edition.basis, "Steward" in edition.label) == (Basis.HOUSE, True)
    assert all(market_edition(name).arithmetic_means[-1] > 0.2 for name in edition_names()[1:])


def test_vehicles_of_the_catalogue_are_those_of_the_law() -> None:
    assert {entry["vehicle"] for entry in FUNDS.values()} <= set(Vehicle.values)


def test_no_module_carries_a_statutory_limit() -> None:
    """The dollar limits live in limits.yaml only: a figure in code would survive the next year's change."""
    keys = ("elective_deferral_limit", "catch_up_60_63_limit", "annual_additions_limit", "compensation_limit")
    limits = {dated.value for key in keys for dated in load_facts(LIMITS)[key].values}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value in limits
    ]

    assert found == []
