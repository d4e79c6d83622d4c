"""The identities that every run ends with: they pass on what was computed, and each fails on what was doctored."""

import copy
from dataclasses import replace

import numpy as np
import pytest

from menus.engine import ProjectionChunk, evaluate, merge, prepare, project
from menus.engine.checks import (
    _roll_forward_gap as roll_forward_gap,
)
from menus.engine.checks import (
    doubled_money_doubles_dollars,
    everyone_once,
    exposures_sum_to_balances,
    figures_agree_with_paths,
    plan_opens_with_its_balances,
    roll_forward_closes,
    run_checks,
    tables_keep_their_brackets,
    weights_sum_to_one,
    zero_sleeve_changes_nothing,
)
from menus.engine.exposure import holdings
from menus.engine.mixes import sort_by_mix
from menus.engine.projection import account_paths
from menus.engine.sums import MEANS
from menus.engine.tables import tabulate

from .generated import kept
from .scenarios import SLEEVES, people, scenario

NAMES = (
    "weights", "exposures", "opening", "roll_forward", "zero_sleeve", "doubling", "everyone", "agreement", "ordered",
)  # fmt: skip
GROUP = people(12)


def fresh(sleeve: str = "calendar"):
    """A market of one's own, to be doctored."""
    return prepare(scenario(sleeve, n_paths=100, ladder=()))


def tables_of(prepared):
    mixes, savers = sort_by_mix(GROUP, np.zeros(len(GROUP), bool))
    return tabulate(prepared, mixes, savers, times=1e6)


def failing(prepared, group, whole, tables=None) -> set[str]:
    return {check.name for check in run_checks(prepared, group, whole, tables) if not check.passed}


@pytest.mark.parametrize("sleeve", SLEEVES)
def test_every_check_of_a_run_passes(sleeve):
    prepared = kept(sleeve)
    checks = list(run_checks(prepared, GROUP, project(prepared, GROUP)))

    assert [check.name for check in checks if not check.passed] == []
    assert tuple(check.name for check in checks) == NAMES


def test_a_run_with_tables_is_checked_against_exact_figures_too():
    prepared = kept("calendar", ladder=False)
    tables = tables_of(prepared)
    checks = list(run_checks(prepared, GROUP, project(prepared, GROUP, tables=tables), tables))

    assert [check.name for check in checks if not check.passed] == []
    assert tuple(check.name for check in checks) == (*NAMES, "tables")


# ------------------------------------------------------------- doctored inputs
def with_menu_of(share: float):
    """The first line holds only `share` of what it should, as no menu that was looked at could."""
    prepared = fresh()
    menu = copy.copy(prepared.scenario.menu)
    look_through = menu.look_through.copy()
    look_through[0] *= share
    object.__setattr__(menu, "look_through", look_through)
    case = copy.copy(prepared.scenario)
    object.__setattr__(case, "menu", menu)
    return replace(prepared, scenario=case)


def test_weights_that_do_not_sum_to_one_are_noticed():
    assert weights_sum_to_one(fresh()).passed
    assert not weights_sum_to_one(with_menu_of(0.98)).passed
    assert not weights_sum_to_one(with_menu_of(float("nan"))).passed


def test_dollars_missing_from_the_asset_classes_are_noticed():
    assert exposures_sum_to_balances(fresh(), GROUP).passed
    assert not exposures_sum_to_balances(with_menu_of(0.98), GROUP).passed


def test_a_plan_that_opens_with_other_money_is_noticed():
    whole = project(kept("calendar"), GROUP)
    assert plan_opens_with_its_balances(GROUP, whole).passed
    whole.sums["means"][MEANS.index("balance_today_usd"), 3] += 100  # a dollar
    assert not plan_opens_with_its_balances(GROUP, whole).passed


@pytest.mark.parametrize("sleeve", ["calendar", "both"])
def test_an_account_that_is_no_number_is_noticed(sleeve):
    prepared = fresh(sleeve)
    checks = (roll_forward_closes, doubled_money_doubles_dollars)
    assert all(check(prepared, GROUP).passed for check in checks)

    prepared.growth[:, 0, 5] = np.nan

    assert not any(check(prepared, GROUP).passed for check in checks)


@pytest.mark.parametrize("sleeve", ["calendar", "sell_down"])
@pytest.mark.parametrize("which", ["opening", "closing"])
def test_an_account_that_leaks_is_noticed(sleeve, which):
    """A thousandth of a line is gone in one year on one path."""
    prepared, arm = kept(sleeve), kept(sleeve).arms[1]
    person = replace(GROUP.take([2]), deferral_rates=np.array([0.06]))
    paths = account_paths(prepared, arm, holdings(prepared, arm, person, 0), np.full(5, 6_000.0))
    assert roll_forward_gap(paths) < 1e-5

    getattr(paths, which)[0][2, 7] *= np.float32(0.999)

    assert roll_forward_gap(paths) > 1e-5


def test_dollars_that_do_not_double_are_noticed():
    """So large that twice as much is more than a number of the paths can hold."""
    prepared = fresh()
    prepared.growth[:, 0] = np.float32(3e38) / np.float32(1.5 * GROUP.balances.sum(axis=1).max())
    with np.errstate(over="ignore", invalid="ignore"):
        assert not doubled_money_doubles_dollars(prepared, GROUP).passed


def test_a_sleeve_of_zero_that_changes_something_is_noticed():
    """A digital price beyond all bounds: nothing of it is no number any more."""
    prepared = fresh()
    assert zero_sleeve_changes_nothing(prepared).passed
    means = prepared.parameters.means.copy()
    means[prepared.scenario.market.digital_index] = np.inf

    doctored = replace(prepared, parameters=replace(prepared.parameters, means=means))

    assert not zero_sleeve_changes_nothing(doctored).passed


# ------------------------------------------------------------- doctored results
@pytest.mark.parametrize("rows", [[*range(12), 3], list(range(11)), [*range(11), 3]])
def test_somebody_counted_twice_or_left_out_is_noticed(rows):
    """Also when one is counted twice and another left out, so that the number of people is right."""
    prepared = kept("calendar")
    parts = [project(prepared, GROUP.take([row])) for row in rows]
    whole = merge(parts)

    assert everyone_once(GROUP, project(prepared, GROUP)).passed
    assert not everyone_once(GROUP, whole).passed
    assert "everyone" in failing(prepared, GROUP, whole)


def test_figures_other_than_those_of_the_paths_are_noticed():
    prepared = fresh()
    held, _ = prepared.unit_paths
    assert all(check.passed for check in figures_agree_with_paths(prepared, GROUP))

    with np.errstate(all="ignore"):  # years that nobody reaches hold anything
        held *= np.float32(1.001)

    assert [check.name for check in figures_agree_with_paths(prepared, GROUP) if not check.passed] == [
        "agreement"
    ]


def test_percentiles_out_of_order_are_noticed():
    prepared = fresh()
    for slot in np.flatnonzero(prepared.holds_digital).tolist():
        prepared.fund_shares(slot).fan[:] = prepared.fund_shares(slot).fan[:, ::-1].copy()

    assert [check.name for check in figures_agree_with_paths(prepared, GROUP) if not check.passed] == [
        "ordered"
    ]


def test_tables_of_other_figures_are_noticed():
    prepared = kept("calendar", ladder=False)
    tables = tables_of(prepared)
    assert tables_keep_their_brackets(prepared, tables, GROUP).passed

    tables.at_horizon *= np.float32(1.02)

    assert not tables_keep_their_brackets(prepared, tables, GROUP).passed


def test_checks_do_not_change_what_they_look_at():
    prepared = fresh()
    whole = project(prepared, GROUP)
    before, rows = whole.digest, evaluate(prepared, GROUP)

    assert failing(prepared, GROUP, whole) == set()

    assert ProjectionChunk.from_bytes(whole.to_bytes()).digest == before
    for name, values in evaluate(prepared, GROUP).items():
        np.testing.assert_array_equal(values, rows[name], name)
