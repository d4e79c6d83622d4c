"""Counts, cost, coverage and exposure, each against figures worked out by hand."""

from decimal import Decimal as D

from menus.guardrails.menu_facts import AgeWeight
from menus.guardrails.totals import (
    DigitalExposure,
    GroupCoverage,
    MenuCost,
    choice_count,
    coverage,
    digital_exposure,
    line_count,
    line_expense,
    menu_cost,
    most_digital_exposure,
    weight_at,
)
from tests.menus.guardrails.examples import (
    both_doors,
    coin,
    crypto_sleeve,
    line,
    menu,
    sound_menu,
    target_date_sleeve,
    vintage,
)

PATH = (AgeWeight(60, D("0.01")), AgeWeight(30, D("0.04")))


def test_counts_take_each_vintage_as_a_line_and_a_series_as_one_choice() -> None:
    assert (line_count(sound_menu()), choice_count(sound_menu())) == (20, 11)


def test_weight_at_runs_straight_between_points_and_level_beyond() -> None:
    weights = [weight_at(PATH, age) for age in (20, 30, 40, 60, 70)]

    assert weights == [D("0.04"), D("0.04"), D("0.03"), D("0.01"), D("0.01")]
    assert weight_at((), 40) == 0


def test_digital_exposure_counts_the_line_and_the_rest_in_the_fund() -> None:
    both = menu(coin(), line("MIX", "balanced", digital_weights=PATH), sleeve=crypto_sleeve())

    (exposure,) = digital_exposure(both, [30])

    assert exposure == DigitalExposure(30, D("0.04"), D("0.03"), D("0.05"))
    assert exposure.at_target == D("0.0688")  # 0.03 + 0.97 x 0.04
    assert exposure.at_most == D("0.088")  # 0.05 + 0.95 x 0.04


def test_digital_exposure_follows_the_target_date_sleeve_by_age() -> None:
    inside = sound_menu(sleeve=target_date_sleeve((25, "0.04"), (65, "0")))

    assert [exposure.at_most for exposure in digital_exposure(inside, (25, 45, 65))] == [
        D("0.04"),
        D("0.02"),
        D(0),
    ]


def test_one_cap_counts_through_both_doors() -> None:
    both = sound_menu(coin(), sleeve=both_doors((25, "0.04"), (65, "0")))

    young, old = digital_exposure(both, (25, 65))

    assert young == DigitalExposure(25, D("0.04"), D("0.03"), D("0.010416667"))  # (0.05 - 0.04) / 0.96
    assert [round(young.at_most, 6), old.at_most] == [D("0.05"), D("0.05")]


def test_line_counts_only_where_it_is_open() -> None:
    bounded = sound_menu(coin(), sleeve=crypto_sleeve(min_age=30, max_age=55))

    assert [exposure.at_most for exposure in digital_exposure(bounded, (29, 30, 55, 56))] == [
        D(0),
        D("0.05"),
        D("0.05"),
        D(0),
    ]
    assert most_digital_exposure(bounded).age == 30


def test_digital_exposure_of_an_uncapped_line_is_the_whole_balance() -> None:
    assert most_digital_exposure(sound_menu(coin())).at_most == 1
    assert most_digital_exposure(sound_menu()).at_most == 0


def test_most_digital_exposure_names_the_age() -> None:
    inside = sound_menu(sleeve=target_date_sleeve((25, "0.01"), (45, "0.03"), (65, "0")))

    assert most_digital_exposure(inside) == DigitalExposure(45, D("0.03"), D(0), D(0))


def test_menu_cost_weighs_by_balances_when_known() -> None:
    cheap = line("A", expense_ratio=D("0.0010"), balance_usd=D(300))
    dear = line("B", expense_ratio=D("0.0050"), balance_usd=D(100))
    unknown = line("C", expense_ratio=None, balance_usd=D(900))

    assert menu_cost(menu(cheap, dear, unknown)) == MenuCost(D("0.002"), "balances", 1)
    assert menu_cost(menu(cheap, dear, unknown)).usd_per_1000 == 2


def test_menu_cost_without_balances_counts_lines_equally() -> None:
    lines = (line("A", expense_ratio=D("0.0010")), line("B", expense_ratio=D("0.0050")))

    assert menu_cost(menu(*lines)) == MenuCost(D("0.003"), "equal weights", 0)


def test_menu_cost_of_an_empty_menu_is_unknown() -> None:
    assert menu_cost(menu()) == MenuCost(None, "equal weights", 0)
    assert menu_cost(menu()).usd_per_1000 is None


def test_line_expense_mixes_in_the_sleeve_at_the_vintage_s_age() -> None:
    fund = vintage(2046, expense_ratio=D("0.0010"))  # its people are 45 in 2026
    sleeve = target_date_sleeve((25, "0.04"), (65, "0"), expense_ratio=D("0.0060"))
    stock = line("STOCK")

    assert line_expense(menu(fund, sleeve=sleeve), fund) == D("0.0011")  # 0.98 x 0.0010 + 0.02 x 0.0060
    assert line_expense(menu(stock, sleeve=sleeve), stock) == D("0.0005")


def test_coverage_lists_lines_and_what_mixed_funds_reach() -> None:
    mixed = line(
        "MIX", "balanced", look_through=(("us_bond", D("0.4")), ("gold", D(0)), ("us_equity", D("0.6")))
    )

    groups = {group.group: group for group in coverage(menu(line("B"), line("W", "global_equity"), mixed))}

    assert groups["US stocks"] == GroupCoverage("US stocks", ("B", "W"), True)
    assert groups["international stocks"] == GroupCoverage("international stocks", ("W",), False)
    assert groups["bonds"] == GroupCoverage("bonds", (), True)
    assert groups["real assets"] == GroupCoverage("real assets", (), False)
