"""Day one: who holds what, through which door."""

from dataclasses import replace

import numpy as np
import pytest

from menus.engine import Behaviour, CryptoLine, InputError, People, Sleeve, prepare, project
from menus.engine.exposure import accounts, doors, exposures, holdings, takers, uniform_by_key
from menus.engine.factors import CRYPTO_LINE
from menus.engine.glide_path import path_age, vintage, with_sleeve

from .scenarios import menu, people, scenario

SERIES, VINTAGE_2040, BALANCED = 0, 1, 5


def holder(line: int, age: int = 40, balance: float = 10_000) -> People:
    election = np.eye(6)[[line]]
    return People(
        np.array([1]), np.array([age]), np.array([60_000]), np.array([0.05]), election * balance, election
    )


def digital_of(prepared, person: People) -> dict[str, float]:
    found = doors(accounts(prepared, person), prepared.arms[1])
    return {name: float(dollars[0]) for name, dollars in found.items()}


def test_a_vintage_follows_its_own_calendar_whoever_holds_it():
    case = scenario()
    assert [vintage(case, VINTAGE_2040, age) for age in (25, 60)] == [2040, 2040]
    assert [path_age(case, 2040, year) for year in (1, 15)] == [51, 65]


def test_a_series_gives_the_vintage_nearest_to_retirement():
    case = scenario()
    assert [vintage(case, SERIES, age) for age in (24, 25, 26, 29, 63)] == [2065, 2065, 2065, 2060, 2030]


def test_an_index_line_has_no_vintage():
    assert vintage(scenario(), 3, 40) == 0


def test_the_sleeve_is_taken_pro_rata():
    assert with_sleeve(np.array([0.6, 0.4, 0.0]), 0.05, 2).tolist() == pytest.approx([0.57, 0.38, 0.05])


def test_a_target_date_holder_has_the_sleeve_at_the_funds_age():
    prepared = prepare(scenario("calendar", n_paths=100))
    weight = 0.02 * (75 - 51) / 35  # 2040 is fourteen years from 2026: the fund stands at age 51
    assert digital_of(prepared, holder(VINTAGE_2040, age=30)) == {
        "crypto_line": 0,
        "target_date": pytest.approx(10_000 * weight),
        "other_lines": 0,
    }


def test_both_doors_and_other_lines_count():
    case = scenario("both", n_paths=100, behaviour=Behaviour(take_up_rate=1, take_up_weight=0.03))
    prepared = prepare(case)
    assert digital_of(prepared, holder(BALANCED)) == {
        "crypto_line": pytest.approx(300),
        "target_date": 0,
        "other_lines": pytest.approx(10_000 * 0.97 * 0.02),
    }


def test_take_up_never_exceeds_the_cap():
    case = scenario("line", n_paths=100, behaviour=Behaviour(take_up_rate=1, take_up_weight=0.5))
    assert digital_of(prepare(case), holder(3))["crypto_line"] == pytest.approx(500)


def test_take_up_of_new_money_leaves_balances_alone():
    behaviour = Behaviour(take_up_rate=1, take_up_weight=0.04, take_up_moves_balance=False)
    prepared = prepare(scenario("line", n_paths=100, behaviour=behaviour))
    held = holdings(prepared, prepared.arms[1], holder(3), 0)

    assert [(item.track[0], item.opening, item.election) for item in held] == [
        (3, 10_000, pytest.approx(0.96)),
        (CRYPTO_LINE, 0, 0.04),
    ]


def test_takers_are_drawn_by_key_alone():
    case = prepare(scenario("line", n_paths=100))
    group = people(50)
    backwards = group.take(slice(None, None, -1))
    assert takers(case, group)[::-1].tolist() == takers(case, backwards).tolist()
    assert not takers(prepare(scenario("calendar", n_paths=100)), group).any()


@pytest.mark.parametrize(
    ("ages", "taking"), [((None, None), 50), ((30, None), 40), ((None, 39), 20), ((30, 39), 10)]
)
def test_takers_are_of_an_eligible_age(ages, taking):
    """Everybody of those ages takes the line up; both ends are included."""
    sleeve = Sleeve(0.05, None, CryptoLine(min_age=ages[0], max_age=ages[1]))
    case = scenario(sleeve, n_paths=100, behaviour=Behaviour(take_up_rate=1))
    group = replace(people(50), ages=np.arange(20, 70))
    low, high = ages[0] or 0, ages[1] or 100

    taken = takers(prepare(case), group)

    assert taken.tolist() == [low <= age <= high for age in range(20, 70)]
    assert taken.sum() == taking


def test_eligibility_leaves_the_draw_of_the_others_alone():
    everyone, older = (
        prepare(scenario(Sleeve(0.05, None, CryptoLine(min_age=age)), n_paths=100)) for age in (None, 40)
    )
    group = people(200)
    assert takers(older, group).tolist() == (takers(everyone, group) & (group.ages >= 40)).tolist()


def test_the_draw_by_key_is_even():
    drawn = uniform_by_key(np.arange(20_000), 7)
    counts = np.histogram(drawn, bins=10, range=(0, 1))[0]
    assert ((counts > 1_800) & (counts < 2_200)).all()


def test_rungs_hold_their_flat_weight_in_target_date_lines():
    prepared = prepare(scenario("none", n_paths=100))
    group = holder(VINTAGE_2040)
    shares = {arm.name: exposures(accounts(prepared, group), arm)[0, 4] / 10_000 for arm in prepared.arms}
    assert shares == {
        "base": 0,
        "own": 0,
        "ladder_0.01": pytest.approx(0.01),
        "ladder_0.05": pytest.approx(0.05),
        "ladder_0.2": pytest.approx(0.20),
    }


def test_people_younger_than_the_menus_ages_are_refused():
    prepared = prepare(scenario(n_paths=100))
    with pytest.raises(InputError, match="younger than 20"):
        project(prepared, holder(3, age=19))


def test_people_of_another_menu_are_refused():
    prepared = prepare(scenario(n_paths=100))
    wide = np.ones((1, 7)) / 7
    stranger = People(np.array([1]), np.array([40]), np.array([1.0]), np.array([0.0]), wide, wide)
    with pytest.raises(InputError, match="different lines"):
        project(prepared, stranger)


def test_the_test_menu_is_what_the_tests_say():
    assert menu().series_lines == (SERIES,)
