"""Settings of the lab side by side: rows of printed figures and the drawing of their effects. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sponsors.templatetags.steward import money, money_short, number, percent, signed

Result = Mapping[str, Any]
Cell = tuple[str, str]  # the figure, and a second line under it

TEN_YEARS = 10
LEVELS = (
    ("p5", "On a bad path, the 5th percentile"),
    ("p50", "On the middle path"),
    ("p95", "On a good path, the 95th"),
)


@dataclass(frozen=True)
class Figure:
    """One row: what it is, a note, and a figure for each setting."""

    label: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Group:
    title: str
    figures: tuple[Figure, ...]


def side_by_side(results: Sequence[Result]) -> tuple[Group, ...]:
    """Every figure of the lab, a column for each result."""
    return tuple(
        Group(title, tuple(Figure(label, note, tuple(map(say, results))) for label, note, say in rows))
        for title, rows in GROUPS
    )


# ---------------------------------------------------------------- what the rows say
def _people(result: Result) -> Cell:
    everyone = result["holders"][-1]
    return number(everyone["people_holding"]), f"of {number(result['people']['projected'])}"


def _door(name: str) -> Callable[[Result], Cell]:
    def say(result: Result) -> Cell:
        everyone = result["holders"][-1]
        return money(everyone[f"{name}_usd"]), _held_by(everyone[f"people_{name}"])

    return say


def _held_by(people: int | None) -> str:
    return (
        "fewer than ten people"
        if people is None
        else f"{number(people)} {'person' if people == 1 else 'people'}"
    )


def _share(result: Result) -> Cell:
    return percent(result["holders"][-1]["share"], 2), ""


def _above_cap(year: int) -> Callable[[Result], Cell]:
    def say(result: Result) -> Cell:
        row = year_of(result, year)
        return number(row["above_cap_p50"]), number(row["above_cap_p95"])

    return say


def _in_year(name: str, *, year: int = 1) -> Callable[[Result], Cell]:
    def say(result: Result) -> Cell:
        later = year_of(result, TEN_YEARS)
        return money(year_of(result, year)[name]), f"{money(later[name])} in {later['calendar_year']}"

    return say


def _fees(result: Result) -> Cell:
    return money(everyone_in(result)["sleeve_fees_usd"]), ""


def _effect(level: str) -> Callable[[Result], Cell]:
    def say(result: Result) -> Cell:
        cell = everyone_in(result)
        return signed(money(cell[f"effect_{level}_usd"])), _give_or_take(cell.get(f"effect_{level}_se_usd"))

    return say


def _give_or_take(error: float | None) -> str:
    return "" if error is None else f"± {money(error)}"


def _worst(result: Result) -> Cell:
    return signed(money(everyone_in(result)["effect_shortfall_usd"])), ""


def _risk(result: Result) -> Cell:
    risk = result["risk"]
    if risk is None:
        return "–", ""
    return percent(risk["share"], 1), percent(risk["weight"], 2)


def _fall(result: Result) -> Cell:
    half = fall_by_half(result)
    return money(-half["plan_loss_usd"]), percent(-half["largest_account_loss_share"], 1)


def _over_five(result: Result) -> Cell:
    return number(fall_by_half(result)["people_losing_over_5_percent"]), ""


GROUPS: tuple[tuple[str, tuple[tuple[str, str, Callable[[Result], Cell]], ...]], ...] = (
    (
        "On the first day",
        (
            ("People who hold digital assets", "through any door", _people),
            ("Through the line of its own", "dollars", _door("crypto_line")),
            ("Inside the target-date series", "dollars", _door("target_date")),
            ("Inside other funds", "dollars", _door("other_lines")),
            ("Share of the plan's money", "", _share),
        ),
    ),
    (
        "The cap",
        (
            (
                "People above it after the first year",
                "middle path; under it the 95th percentile",
                _above_cap(1),
            ),
            (
                "People above it after ten years",
                "middle path; under it the 95th percentile",
                _above_cap(TEN_YEARS),
            ),
        ),
    ),
    (
        "Money that moves by itself",
        (
            (
                "Into digital assets each payday",
                "first year, mean of the paths",
                _in_year("flow_per_payroll_usd"),
            ),
            ("Moved by rebalancing", "first year, mean of the paths", _in_year("rebalanced_usd")),
            ("Fees of the sleeve, whole plan", "first year, mean of the paths", _in_year("sleeve_fees_usd")),
            ("Fees of the sleeve, one account", "until retirement, mean account", _fees),
        ),
    ),
    (
        "Change of the mean account at retirement",
        (
            *((label, "± one standard error", _effect(level)) for level, label in LEVELS),
            ("In the worst 5%", "mean of the worst twentieth of the paths", _worst),
        ),
    ),
    (
        "Risk",
        (
            ("Share of the ups and downs", "of the plan's mix; under it their share of the money", _risk),
            (
                "If digital assets fall 50% tomorrow",
                "loss of the plan; under it of the account hit most",
                _fall,
            ),
            ("People who would lose over 5%", "of their account, after that fall", _over_five),
        ),
    ),
)


# ---------------------------------------------------------------- where figures stand in a result
def everyone_in(result: Result) -> Mapping[str, Any]:
    return next(cell for cell in result["cells"] if (cell["age_band"], cell["pay_band"]) == ("all", "all"))


def year_of(result: Result, year: int) -> Mapping[str, Any]:
    """That year, or the last one in which somebody is left."""
    years = result["plan_years"]
    return next((row for row in years if row["year"] == year), years[-1])


def fall_by_half(result: Result) -> Mapping[str, Any]:
    return next(row for row in result["stress"] if row["drop"] == 0.5)


# ---------------------------------------------------------------- the drawing: effect by age
@dataclass(frozen=True)
class Mark:
    """One setting in one age band: where its range begins and ends and its middle lies (SVG units), and the words."""

    y: float
    left: float
    right: float
    middle: float
    name: str
    words: str


@dataclass(frozen=True)
class Band:
    label: str
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Drawing:
    """Dot and range by age band, a line for each setting, the first one in the accent colour."""

    width: int
    height: int
    zero: float
    ticks: tuple[tuple[float, str], ...]
    bands: tuple[Band, ...]
    title: str
    alt: str

    @property
    def floor(self) -> int:
        """Where the lines of the axis end, above their words."""
        return self.height - 20


WIDTH, LEFT, RIGHT, NAMES, LINE, GAP = 680, 80, 24, 132, 14, 18


def effects_drawn(results: Sequence[Result], names: Sequence[str]) -> Drawing | None:
    """What each setting changes at retirement, by age: 5th to 95th percentile with the median. None without groups
    large enough to show, and where nothing changes."""
    cells = [_by_age(result) for result in results]
    ages = [age for age in cells[0] if all(age in of for of in cells)]
    values = [of[age][f"effect_{level}_usd"] for of in cells for age in ages for level, _ in LEVELS]
    if not any(values):
        return None
    low, high, step = _axis(min(0, *values), max(0, *values))
    scale = (WIDTH - LEFT - (NAMES if len(results) > 1 else RIGHT)) / (high - low)

    def x(value: float) -> float:
        return round(LEFT + scale * (value - low), 1)

    tall = LINE * len(cells)
    bands = [
        Band(
            age,
            top + tall / 2,
            tuple(
                _mark(of[age], name, top + LINE * (i + 0.5), x)
                for i, (of, name) in enumerate(zip(cells, names, strict=True))
            ),
        )
        for age, top in zip(ages, range(12, 10_000, tall + GAP), strict=False)
    ]
    ticks = tuple(
        (x(low + step * i), money_short(low + step * i)) for i in range(round((high - low) / step) + 1)
    )
    height = 12 + (tall + GAP) * len(ages) + 20
    return Drawing(WIDTH, height, x(0), ticks, tuple(bands), _finding(cells[0], ages), _alt(cells[0], ages))


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """Round ends that hold both, and the distance between ticks: at most eight of them."""
    size = 10.0 ** (len(str(int((high - low) / 4))) - 1)
    step = next(size * times for times in (1, 2, 5, 10) if (high - low) / (size * times) <= 6)
    return step * (low // step), -step * (-high // step), step


def _by_age(result: Result) -> dict[str, Mapping[str, Any]]:
    cells = [cell for cell in result["cells"] if cell["pay_band"] == "all" and cell["age_band"] != "all"]
    return {cell["age_band"]: cell for cell in cells if not cell["suppressed"]}


def _mark(cell: Mapping[str, Any], name: str, y: float, x: Callable[[float], float]) -> Mark:
    low, middle, high = (x(cell[f"effect_{level}_usd"]) for level, _ in LEVELS)
    return Mark(y, low, high, middle, name, f"{name}: {_range_words(cell)}")


def _range_words(cell: Mapping[str, Any]) -> str:
    low, middle, high = (signed(money(cell[f"effect_{level}_usd"])) for level, _ in LEVELS)
    return f"{middle} in the middle, {low} to {high}"


def _finding(cells: Mapping[str, Mapping[str, Any]], ages: Sequence[str]) -> str:
    widest = max(ages, key=lambda age: cells[age]["effect_p95_usd"] - cells[age]["effect_p5_usd"])
    return f"People aged {widest} are moved most: {_range_words(cells[widest])}"


def _alt(cells: Mapping[str, Mapping[str, Any]], ages: Sequence[str]) -> str:
    said = "; ".join(f"aged {age}: {_range_words(cells[age])}" for age in ages)
    return f"Change of the balance at retirement by age, this setting. {said}."


# ---------------------------------------------------------------- tables of the first setting
@dataclass(frozen=True)
class AgeRow:
    """Effects of one age band: people, each percentile with its error, the worst 5%."""

    age: str
    people: str
    cells: tuple[Cell, ...]


def effect_rows(result: Result) -> tuple[AgeRow, ...]:
    return tuple(
        AgeRow(
            age,
            number(cell["people"]),
            (
                *(
                    (
                        signed(money(cell[f"effect_{level}_usd"])),
                        _give_or_take(cell.get(f"effect_{level}_se_usd")),
                    )
                    for level, _ in LEVELS
                ),
                (signed(money(cell["effect_shortfall_usd"])), ""),
            ),
        )
        for age, cell in _by_age(result).items()
    )


def landmark_years(result: Result) -> list[Mapping[str, Any]]:
    """The first year, every fifth, and the last."""
    years = result["plan_years"]
    return [row for row in years if row["year"] % 5 == 0 or row["year"] in (1, years[-1]["year"])]
