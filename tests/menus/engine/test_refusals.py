"""The engine names the participant, the line or the month that cannot be, before anybody is computed."""

from dataclasses import replace

import numpy as np
import pytest

from menus.engine import InputError, prepare, project, runs
from menus.engine.mixes import Mixes, Savers
from menus.engine.tables import tabulate

from .scenarios import menu, people, scenario


def saver(**changes) -> Savers:
    sound = {
        "ages": [40, 50],
        "annual_pay": [5e4, 6e4],
        "deferral_rates": [0.05, 0.1],
        "balances": [1e4, 2e4],
        "mix": [0, 0],
    }
    columns = {name: np.array(values) for name, values in (sound | changes).items()}
    return Savers(keys=np.array([7, 8]), **columns)


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        (
            {"ages": [40, 101]},
            "ages",
            "Participant 8 is 101, outside 14 to 100; correct the age, or leave them out of the run.",
        ),
        (
            {"annual_pay": [0.0, 0.0]},
            "annual_pay",
            "Participant 7 is paid 0.00 dollars a year; leave people with no pay out of the run. (2 people of 2)",
        ),
        (
            {"balances": [1.0, -5.0]},
            "balances",
            "Participant 8 has a balance of -5.00 dollars; a balance cannot be negative, so correct it.",
        ),
        (
            {"deferral_rates": [0.05, 1.6]},
            "deferral_rates",
            "Participant 8 defers 160.00%, outside 0 to 100% of pay; correct the rate.",
        ),
        (
            {"annual_pay": [1.0, np.nan]},
            "annual_pay",
            "Participant 8 is paid nan dollars a year; leave people with no pay out of the run.",
        ),
    ],
)
def test_savers_that_cannot_be_are_named(changes, name, words):
    with pytest.raises(InputError) as refused:
        saver(**changes)

    assert (refused.value.name, str(refused.value)) == (name, words)


def test_a_menu_without_weights_for_the_young_names_them_before_anybody_is_computed(monkeypatch):
    prepared, everybody = prepare(scenario(n_paths=100)), people(5)
    begun: list[int] = []
    monkeypatch.setattr(runs, "AT_A_TIME", 1)
    compute = runs.evaluate_exactly
    monkeypatch.setattr(
        runs, "evaluate_exactly", lambda *args, **options: begun.append(1) or compute(*args, **options)
    )
    ages = everybody.ages.copy()
    ages[-1] = 17
    with pytest.raises(InputError) as refused:
        project(prepared, replace(everybody, ages=ages))

    assert str(refused.value) == (
        f"Participant {everybody.keys[-1]} is 17, younger than 20, where the menu's weights by age begin; give it "
        "weights from that age on, or leave them out of the run."
    )
    assert begun == []


def test_look_through_names_the_lines_whose_weights_do_not_sum_to_one():
    weights = menu().look_through.copy()
    weights[1] *= 0.9

    with pytest.raises(InputError) as refused:
        replace(menu(), look_through=weights)

    assert str(refused.value) == f"The weights of {menu().line_keys[1]} do not sum to 100%."


@pytest.mark.parametrize("name", ["opening", "elections"])
def test_mixes_that_do_not_sum_to_one_get_no_tables(name):
    n = len(menu().line_keys)
    even = np.full((1, n), 1 / n)
    mixes = replace(Mixes(even, even, np.array([False])), **{name: even * 0.9})

    with pytest.raises(InputError) as refused:
        tabulate(prepare(scenario(n_paths=100)), mixes)

    assert (refused.value.name, str(refused.value)) == (
        name,
        "The weights of each mix must be positive and sum to 100%.",
    )


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"n_paths": 10}, "n_paths", "10 paths: choose 100 to 50,000."),
        ({"n_paths": 10_000_000}, "n_paths", "10,000,000 paths: choose 100 to 50,000."),
        ({"n_paths": 1000.5}, "n_paths", "1000.5 is no whole number of paths; give one."),
        ({"n_paths": "1000"}, "n_paths", "'1000' is no whole number of paths; give one."),
        ({"seed": 1.5}, "seed", "The seed must be a whole number from 0 up."),
    ],
)
def test_paths_and_seed_are_whole_numbers_in_range(changes, name, words):
    with pytest.raises(InputError) as refused:
        scenario(**changes)

    assert (refused.value.name, str(refused.value)) == (name, words)


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        (
            {"ages": np.array([40, 101, 17])},
            "ages",
            "Participant {} is 101, outside 14 to 100; correct the age, or leave them out of the run.",
        ),
        ({"ages": np.array([40, 30.5, 17])}, "ages", "ages needs one whole number per participant."),
        (
            {"annual_pay": np.array([1.0, 0.0, 1.0])},
            "annual_pay",
            "Participant {} is paid 0.00 dollars a year; leave people with no pay out of the run.",
        ),
    ],
)
def test_people_that_cannot_be_are_named(changes, name, words):
    some = people(3)

    with pytest.raises(InputError) as refused:
        replace(some, **changes)

    assert (refused.value.name, str(refused.value)) == (name, words.format(some.keys[1]))


def test_balance_below_zero_and_elections_that_do_not_sum_to_one_are_named():
    some = people(3)
    balances, elections = some.balances.copy(), some.elections.copy()
    balances[2, 0], elections[1] = -5, elections[1] * 0.9

    with pytest.raises(InputError) as negative:
        replace(some, balances=balances)
    with pytest.raises(InputError) as uneven:
        replace(some, elections=elections)

    assert str(negative.value) == (
        f"Participant {some.keys[2]} has a balance of -5.00 dollars; a balance cannot be negative, so correct it."
    )
    assert str(uneven.value) == (
        f"Participant {some.keys[1]} has elections that sum to 90.0000%; each must be positive and together they must "
        "sum to 100%."
    )


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"mix": [0, 3]}, "mix", "Participant 8 is of mix 3, which has no tables."),
        ({"mix": [0, -1]}, "mix", "Participant 8 is of mix -1, which has no tables."),
        (
            {"ages": [17, 40]},
            "ages",
            "Participant 7 is 17, younger than 20, where the menu's weights by age begin.",
        ),
    ],
)
def test_savers_without_tables_are_named(changes, name, words):
    n = len(menu().line_keys)
    even = np.full((1, n), 1 / n)
    tables = tabulate(prepare(scenario(n_paths=100)), Mixes(even, even, np.array([False])))

    with pytest.raises(InputError) as refused:
        tables.evaluate(saver(**changes))

    assert (refused.value.name, str(refused.value)) == (name, words)
