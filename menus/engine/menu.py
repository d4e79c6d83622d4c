"""The menu version as the engine sees it: lines, their look-through, and the doors for digital assets."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .validation import Floats, Integers, floats, require


class FundRebalancing(StrEnum):
    """How a target-date fund brings its sleeve back to the target weight (looked at once a year, at year
    end)."""

    CALENDAR = "calendar"
    THRESHOLD = "threshold"
    NONE = "none"


class LineRebalancing(StrEnum):
    """What happens to a participant's crypto line above the cap (looked at once a year, at year end)."""

    NONE = "none"
    SELL_DOWN = "sell_down"
    NEW_MONEY_BLOCK = "new_money_block"


@dataclass(frozen=True, eq=False)
class Menu:
    """The fund lines as the engine sees them.

    `line_keys` (n_lines); `expense_ratios` (n_lines) a year; `look_through` (n_lines, n_ages, n_assets):
    weights by age from `first_age` on, each row summing to one, constant over ages for a line that is not a
    target-date fund. `target_years` (n_lines): the vintage of a target-date line, whose composition follows
    its own calendar (age on the glide path = retirement age - years to the target year), whoever holds it; 0
    for every other line. `is_target_date` (n_lines): lines that can hold the target-date sleeve; one of them
    may have target year 0 and then stands for a whole series that follows the holder's age.
    """

    line_keys: tuple[str, ...]
    expense_ratios: Floats
    look_through: Floats
    first_age: int
    target_years: tuple[int, ...]
    is_target_date: tuple[bool, ...]

    def __post_init__(self) -> None:
        n = len(self.line_keys)
        require(
            n > 0 and len(set(self.line_keys)) == n,
            "line_keys",
            "The menu needs lines, each with its own key.",
        )
        fees = floats(self, "expense_ratios", (n,))
        weights = floats(self, "look_through", (n, -1, -1))
        require(
            len(self.target_years) == n == len(self.is_target_date),
            "target_years",
            "Each line needs its target year and kind.",
        )
        require(
            bool(((fees >= 0) & (fees < 0.1)).all()),
            "expense_ratios",
            "An expense ratio lies outside 0 to 10% a year.",
        )
        below = self._lines_where(weights.min(axis=(1, 2)) < 0)
        require(not below, "look_through", f"A look-through weight of {below} is negative.")
        short = self._lines_where(~np.isclose(weights.sum(axis=2), 1, atol=1e-6).all(axis=1))
        require(not short, "look_through", f"The weights of {short} do not sum to 100%.")
        require(
            len(self.series_lines) <= 1,
            "target_years",
            "At most one target-date line may go without a target year.",
        )

    def _lines_where(self, wrong: NDArray[np.bool_]) -> str:
        """Keys of some lines (n_lines), as a message lists them."""
        return ", ".join(key for key, is_wrong in zip(self.line_keys, wrong, strict=True) if is_wrong)

    @cached_property
    def series_lines(self) -> tuple[int, ...]:
        """Target-date lines that follow the holder's age."""
        both = zip(self.is_target_date, self.target_years, strict=True)
        return tuple(i for i, (target_date, year) in enumerate(both) if target_date and not year)

    @property
    def n_ages(self) -> int:
        return self.look_through.shape[1]


@dataclass(frozen=True, eq=False)
class TargetDateSleeve:
    """A digital-asset weight inside every target-date line, taken pro rata from what the fund holds.

    `weights` (n_ages) by age on the glide path, on the menu's age axis; `band` is the absolute distance from
    the target that triggers a threshold rebalance (0.02 is two percentage points); `fee` a year on the
    sleeve, on top of the fund's own.
    """

    weights: Floats
    rebalancing: FundRebalancing = FundRebalancing.CALENDAR
    band: float = 0.0
    fee: float = 0.0

    def __post_init__(self) -> None:
        weights = floats(self, "weights", (-1,))
        require(
            bool(((weights >= 0) & (weights <= 1)).all()),
            "weights",
            "A sleeve weight lies outside 0 to 100%.",
        )
        require(
            0 <= self.band < 1, "band", "The rebalancing band must lie between 0 and 100 percentage points."
        )
        require(0 <= self.fee < 0.1, "fee", "The sleeve's fee lies outside 0 to 10% a year.")


@dataclass(frozen=True, eq=False)
class CryptoLine:
    """A digital-asset line of its own; who takes it up and at what weight is `Behaviour`.

    Open to participants aged `min_age` to `max_age` (completed years on the census date, both ends included);
    None is no bound. Eligibility is looked at once, on day one: who holds the line then keeps it.
    """

    rebalancing: LineRebalancing = LineRebalancing.NONE
    fee: float = 0.0
    min_age: int | None = None
    max_age: int | None = None

    def __post_init__(self) -> None:
        require(0 <= self.fee < 0.1, "fee", "The crypto line's fee lies outside 0 to 10% a year.")
        for name, age in (("min_age", self.min_age), ("max_age", self.max_age)):
            require(
                age is None or 0 <= age <= 120, name, f"An age of {age} for the crypto line: give 0 to 120."
            )
        low, high = self.min_age or 0, 120 if self.max_age is None else self.max_age
        require(
            low <= high,
            "max_age",
            f"The crypto line is open from {low} to {high}: the oldest age lies below the youngest.",
        )

    def eligible(self, ages: Integers) -> NDArray[np.bool_]:
        """Whom the line is open to (n, bool), by age (n)."""
        at_least = ages >= (self.min_age or 0)
        return at_least if self.max_age is None else at_least & (ages <= self.max_age)


@dataclass(frozen=True, eq=False)
class Sleeve:
    """The doors through which digital assets enter, and the one cap on a participant's share counted through
    all of them."""

    cap: float = 0.05
    target_date: TargetDateSleeve | None = None
    crypto_line: CryptoLine | None = None

    def __post_init__(self) -> None:
        require(
            0 < self.cap < 1, "cap", "A cap of 0 or 100% is no cap: choose a share between, or no sleeve."
        )

    @property
    def kind(self) -> str:
        """none, crypto_line, target_date or both."""
        doors = [name for name in ("crypto_line", "target_date") if getattr(self, name) is not None]
        return "both" if len(doors) == 2 else (doors or ["none"])[0]
