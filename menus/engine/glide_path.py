"""What a line holds at the start of a projected year: weights by the age on its glide path."""

from .inputs import Scenario
from .menu import Menu
from .validation import Floats

VINTAGE_STEP = 5  # target-date series come in five-year vintages


def vintage(scenario: Scenario, line: int, holder_age: int) -> int:
    """The target year that a holder of this age has in the line: the line's own, for a series the five-year
    vintage nearest to the holder's retirement, 0 for a line that is no target-date fund."""
    if line not in scenario.menu.series_lines:
        return scenario.menu.target_years[line]
    retires = scenario.plan.start_year + scenario.behaviour.retirement_age - holder_age
    return (retires + VINTAGE_STEP // 2) // VINTAGE_STEP * VINTAGE_STEP


def path_age(scenario: Scenario, target_year: int, year: int) -> int:
    """The age at which a vintage's weights are read at the start of projected year `year` (1 is the first):
    the retirement age less the years to its target year, whoever holds it. Any age will do for a line that is
    no target-date fund."""
    if not target_year:
        return scenario.behaviour.retirement_age
    return scenario.behaviour.retirement_age - (target_year - (scenario.plan.start_year + year - 1))


def age_index(menu: Menu, age: int) -> int:
    """Position on the menu's age axis; before its first and beyond its last age the end points hold."""
    return min(max(age - menu.first_age, 0), menu.n_ages - 1)


def line_weights(scenario: Scenario, line: int, target_year: int, year: int) -> Floats:
    """Asset weights (n_assets) of the line itself, without any sleeve, at the start of the year."""
    at = age_index(scenario.menu, path_age(scenario, target_year, year))
    return scenario.menu.look_through[line, at]


def sleeve_weight(scenario: Scenario, weights: Floats, target_year: int, year: int) -> float:
    """The target weight of a sleeve, given by age in `weights` (n_ages), in a vintage at the start of the
    year."""
    return float(weights[age_index(scenario.menu, path_age(scenario, target_year, year))])


def sleeve_lines(scenario: Scenario) -> tuple[int, ...]:
    """Target-date lines that can take a sleeve: those that hold no digital assets of their own."""
    digital = scenario.menu.look_through[:, :, scenario.market.digital_index].max(axis=1)
    return tuple(i for i, dated in enumerate(scenario.menu.is_target_date) if dated and not digital[i])


def with_sleeve(weights: Floats, sleeve: float, digital_index: int) -> Floats:
    """(1 - d) w + d e: the sleeve is taken pro rata from everything the fund holds."""
    mixed = (1 - sleeve) * weights
    mixed[digital_index] += sleeve
    return mixed
