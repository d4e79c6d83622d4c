"""What a guardrail may know about a menu version: plain frozen values, no database and no clock.

Selectors fill these once per page; rules and totals read nothing else. Weights, rates and shares are Decimal
fractions (0.05 is 5%), money is in US dollars. Vehicles and asset classes are the plain strings of the fund
catalogue ("etp_33act_trust", "us_equity"), so that this package needs no Django enum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class SleeveKind(StrEnum):
    """Through which doors the menu offers digital assets."""

    NONE = "none"
    CRYPTO_LINE = "crypto_line"
    TARGET_DATE = "target_date"
    BOTH = "both"

    @property
    def opens_line(self) -> bool:
        return self in (SleeveKind.CRYPTO_LINE, SleeveKind.BOTH)

    @property
    def opens_series(self) -> bool:
        return self in (SleeveKind.TARGET_DATE, SleeveKind.BOTH)


class Rebalancing(StrEnum):
    """How a target-date sleeve is brought back to its weight."""

    NONE = "none"
    CALENDAR = "calendar"
    BAND = "band"


class FeeState(StrEnum):
    """How far the expense ratio of a line can be relied on."""

    VERIFIED = "verified"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True)
class AgeWeight:
    """A point of a path by age; straight lines join the points, and the ends run on level."""

    age: int
    weight: Decimal


@dataclass(frozen=True)
class Comparable:
    """A fund that could stand in a line's place: same `comparison_key`, or a share class of the same fund."""

    key: str
    name: str
    comparison_key: str
    expense_ratio: Decimal


@dataclass(frozen=True)
class LineFacts:
    """One menu line with the facts of its fund. `key` (ticker) is unique in the version; "" is unknown."""

    key: str
    name: str
    asset_class: str
    vehicle: str
    id: int | None = None
    family: str = ""
    series: str = ""  # name of the target-date series, "" for other funds
    vintage: int | None = None  # target year; None for a retirement income fund and for other funds
    subclass: str = ""
    style: str = ""  # "index", "active", ...
    comparison_key: str = ""  # funds with the same key cover the same market; "" compares with nothing
    expense_ratio: Decimal | None = None
    fee_state: FeeState = FeeState.VERIFIED
    fee_as_of: date | None = None
    is_default: bool = False
    is_core: bool = False
    is_diversified: bool = True
    is_placeholder: bool = False
    digital_weights: tuple[AgeWeight, ...] = ()  # digital assets the fund itself holds, by age
    look_through: tuple[tuple[str, Decimal], ...] = ()  # (asset class, weight) of a mixed fund
    illiquid_weight: Decimal = Decimal(0)
    review_benchmark: str = ""
    chart_benchmark: str = ""
    cheaper_sibling: Comparable | None = None  # a cheaper share class of the same fund
    has_value_statement: bool = False  # why a dearer fund was chosen is on file
    inception_on: date | None = None
    balance_usd: Decimal | None = None  # what participants hold in it today

    @property
    def is_digital(self) -> bool:
        return self.asset_class == "digital_assets"

    @property
    def is_target_date(self) -> bool:
        return self.asset_class == "target_date"

    @property
    def choice_key(self) -> tuple[str, ...]:
        """What a participant sees as one choice: a whole target-date series, else the line itself."""
        return (self.family, self.series) if self.is_target_date and self.series else (self.key,)


@dataclass(frozen=True)
class SleeveFacts:
    """The digital-asset sleeve of the version.

    A crypto line is a line of its own (`line_key`, and its fund's facts stand there); a target-date sleeve
    sits inside the default series and names the product that fills it. With both doors open one cap counts
    through both.
    """

    kind: SleeveKind = SleeveKind.NONE
    line_key: str = ""  # with a crypto line only
    fund_name: str = ""  # with a target-date sleeve only, as the next two
    vehicle: str = ""
    is_single_coin: bool = True
    cap_weight: Decimal | None = None  # the sponsor's own ceiling on digital assets
    target_weight: Decimal | None = None  # what the crypto line is meant to be held at
    weights: tuple[AgeWeight, ...] = ()  # the target-date sleeve by age
    rebalancing: Rebalancing = Rebalancing.NONE
    band_weight: Decimal | None = None  # drift allowed on either side before the sleeve is rebalanced
    blocks_new_money: bool = False  # contributions stop once a participant is at the cap
    sells_down: bool = False  # holdings above the cap are sold
    min_age: int | None = None  # the crypto line is open from this age, None is no bound
    max_age: int | None = None  # and up to this one, both included
    expense_ratio: Decimal | None = None

    def line_is_open_at(self, age: int) -> bool:
        """Whether a participant of that age may choose the crypto line."""
        old_enough = self.min_age is None or age >= self.min_age
        return old_enough and (self.max_age is None or age <= self.max_age)


@dataclass(frozen=True)
class PlanFacts:
    """What the guardrails need of the plan."""

    has_brokerage_window: bool = False
    claims_404c: bool = True


@dataclass(frozen=True)
class MenuFacts:
    """A menu version as the guardrails see it, on a given day. The order of `lines` carries no meaning."""

    as_of: date
    lines: tuple[LineFacts, ...] = ()
    sleeve: SleeveFacts = SleeveFacts()
    plan: PlanFacts = PlanFacts()
    catalogue: tuple[Comparable, ...] = ()  # comparators with a known fee
    adopted_keys: frozenset[str] = field(default_factory=frozenset)  # lines of the menu in force
    adopted_sleeve: SleeveFacts = SleeveFacts()
    is_as_found: bool = False  # the menu in force when the plan joined, recorded as it was

    @property
    def default_lines(self) -> tuple[LineFacts, ...]:
        return tuple(line for line in self.lines if line.is_default)

    @property
    def core_lines(self) -> tuple[LineFacts, ...]:
        return tuple(line for line in self.lines if line.is_core)

    @property
    def digital_lines(self) -> tuple[LineFacts, ...]:
        return tuple(line for line in self.lines if line.is_digital)

    @property
    def target_date_lines(self) -> tuple[LineFacts, ...]:
        return tuple(line for line in self.lines if line.is_target_date)

    def line(self, key: str) -> LineFacts | None:
        """The line of that key, or None."""
        return next((line for line in self.lines if line.key == key), None)
