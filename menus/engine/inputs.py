"""What the engine is given: six frozen inputs, kept apart and validated once.

Facts of the plan (`PlanTerms`, `People`), the menu version (`Menu`, `Sleeve`), the market (`Market`) and
house assumptions about people (`Behaviour`) are separate so that a reader can see which figure came from
where. `Scenario` binds all but the people; its `digest` names one set of inputs for ever. Rates and weights
are fractions (0.05 is 5%), money is US dollars. Arrays are float64 unless said otherwise; NaN is refused
everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from .bootstrap import History
from .menu import Menu, Sleeve
from .validation import IF_GIVEN, Floats, Integers, digest, floats, is_whole, require, require_each

DIGITAL_ASSETS = "digital_assets"
PAYROLLS_PER_YEAR = (12, 24, 26, 52)
LADDER = (0.0, 0.01, 0.05, 0.20)
MIN_PATHS, MAX_PATHS = 100, 50_000  # what the arithmetic bears; a run may ask for less
YOUNGEST, OLDEST = 14, 100
SUM_TOLERANCE = 1e-6
NEGATIVE = "has a balance of {value:,.2f} dollars; a balance cannot be negative, so correct it."
UNEVEN = "has elections that sum to {value:.4%}; each must be positive and together they must sum to 100%."


@dataclass(frozen=True, eq=False)
class Mixture:
    """Calm and stressed months: with probability `stress_probability` every log-return's variance is larger
    by `variance_ratio` against a calm month, in all assets at once. 0.1 and 6 give monthly log-returns a
    kurtosis of exactly 6."""

    stress_probability: float = 0.1
    variance_ratio: float = 6.0

    def __post_init__(self) -> None:
        require(
            0 <= self.stress_probability < 1,
            "stress_probability",
            "The chance of a stressed month must be 0 to below 1.",
        )
        require(
            1 <= self.variance_ratio <= 50,
            "variance_ratio",
            "The variance ratio of stressed months must be 1 to 50.",
        )


@dataclass(frozen=True, eq=False)
class Market:
    """One edition of capital-market assumptions, all yearly and of simple returns.

    `assets` (n_assets) names, one of them `digital_assets`; `arithmetic_means`, `volatilities` (n_assets);
    `correlations` (n_assets, n_assets) symmetric with a unit diagonal, not necessarily positive semidefinite.
    `edition` and `window` are what the results print beside every figure (window: dates behind the
    digital-asset figures). With a `history` paths are drawn from that record instead (`bootstrap.py`), and the
    moments say what its simulated years have on average.
    """

    edition: str
    assets: tuple[str, ...]
    arithmetic_means: Floats
    volatilities: Floats
    correlations: Floats
    mixture: Mixture = field(default_factory=Mixture)
    window: str = ""
    history: History | None = field(default=None, metadata={IF_GIVEN: True})

    def __post_init__(self) -> None:
        n = len(self.assets)
        kept: object = self.history
        if isinstance(kept, Mapping):  # as it is kept with a run
            object.__setattr__(self, "history", History(**kept))
        require(len(set(self.assets)) == n, "assets", "Two asset classes have the same name.")
        require(
            DIGITAL_ASSETS in self.assets,
            "assets",
            f"The market needs an asset class named {DIGITAL_ASSETS}.",
        )
        means = floats(self, "arithmetic_means", (n,))
        volatilities = floats(self, "volatilities", (n,))
        correlations = floats(self, "correlations", (n, n))
        if self.history is None:
            self._require_plausible(means, volatilities)
        else:
            columns = self.history.returns.shape[1]
            require(columns == n, "history", f"The history has {columns} series; the market has {n} assets.")
        symmetric = np.allclose(correlations, correlations.T, atol=1e-9) and np.allclose(
            np.diag(correlations), 1
        )
        require(
            symmetric, "correlations", "The correlation table must be symmetric with ones on its diagonal."
        )
        require(
            bool((np.abs(correlations) <= 1 + 1e-12).all()),
            "correlations",
            "A correlation lies outside -1 to 1.",
        )

    @staticmethod
    def _require_plausible(means: Floats, volatilities: Floats) -> None:
        require(
            bool((means > -0.5).all() and (means < 2).all()),
            "arithmetic_means",
            "Mean returns are fractions a year, -0.5 to 2.",
        )
        require(
            bool((volatilities >= 0).all() and (volatilities < 3).all()),
            "volatilities",
            "Volatilities are fractions, 0 to 3.",
        )

    @property
    def digital_index(self) -> int:
        return self.assets.index(DIGITAL_ASSETS)

    @property
    def digest(self) -> str:
        return digest(self)


@dataclass(frozen=True)
class Limits:
    """Statutory dollar limits of one calendar year: 402(g) deferral, catch-up at 50, catch-up at 60-63,
    415(c) annual additions, 401(a)(17) compensation, and the pay of the year before above which a catch-up must
    be Roth, 414(v)(7) (infinite where that rule is not in force)."""

    elective_deferral: float
    catch_up_50: float
    catch_up_60_63: float
    annual_additions: float
    compensation: float
    roth_catch_up_wages: float = float("inf")

    def __post_init__(self) -> None:
        for item in fields(self):
            require(getattr(self, item.name) >= 0, item.name, f"The limit {item.name} is negative.")


@dataclass(frozen=True, eq=False)
class PlanTerms:
    """What the plan document and the statute fix.

    `start_year` is the calendar year of the first projected twelve months. `match_tiers` are (rate,
    up_to_rate_of_pay) with rising upper bounds: 100% of the first 3% and 50% of the next 2% is ((1.0, 0.03),
    (0.5, 0.05)). `limits` by calendar year must hold `start_year` or an earlier year; years after the last
    follow `Behaviour.limit_growth_rate`. `match_true_up`: the match is worked out over the year; without it,
    payroll by payroll. `offers_roth`: takes Roth deferrals, so that high earners may catch up. `vesting`:
    vested share of employer money after 0, 1, 2 ... completed years of service, the last for ever; empty is
    at once. It changes no balance: an active participant's counts in full.
    """

    start_year: int
    payrolls_per_year: int
    match_tiers: tuple[tuple[float, float], ...]
    limits: Mapping[int, Limits]
    match_true_up: bool = True
    offers_roth: bool = True
    vesting: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        allowed = ", ".join(map(str, PAYROLLS_PER_YEAR))
        require(
            self.payrolls_per_year in PAYROLLS_PER_YEAR,
            "payrolls_per_year",
            f"Payrolls a year must be one of {allowed}.",
        )
        bounds = [0.0, *(up_to for _, up_to in self.match_tiers)]
        rising = all(low < high for low, high in pairwise(bounds)) and bounds[-1] <= 1
        require(rising, "match_tiers", "Match tiers must have rising upper bounds between 0 and 100% of pay.")
        require(
            all(0 <= rate <= 5 for rate, _ in self.match_tiers),
            "match_tiers",
            "Match rates must be between 0 and 500%.",
        )
        known = bool(self.limits) and min(self.limits) <= self.start_year
        require(known, "limits", f"No statutory limits are known for {self.start_year} or an earlier year.")
        steps = (0.0, *self.vesting, 1.0)
        require(
            not self.vesting or (self.vesting[-1] == 1 and all(a <= b for a, b in pairwise(steps))),
            "vesting",
            "Vesting by year of service must rise from 0% to 100% and end at 100%.",
        )


def require_persons(keys: Integers, ages: Integers, annual_pay: Floats, deferral_rates: Floats) -> None:
    """Refuse people (n) of an age, a pay or a deferral rate that nobody can have, naming the first of them."""
    require_each(
        (ages >= YOUNGEST) & (ages <= OLDEST),
        "ages",
        keys,
        ages,
        f"is {{value}}, outside {YOUNGEST} to {OLDEST}; correct the age, or leave them out of the run.",
    )
    no_pay = "is paid {value:,.2f} dollars a year; leave people with no pay out of the run."
    require_each(annual_pay > 0, "annual_pay", keys, annual_pay, no_pay)
    beyond = "defers {value:.2%}, outside 0 to 100% of pay; correct the rate."
    require_each(
        (deferral_rates >= 0) & (deferral_rates <= 1), "deferral_rates", keys, deferral_rates, beyond
    )


@dataclass(frozen=True, eq=False)
class People:
    """The active participants: one row each, no names.

    `keys` (n) int64, unique and stable (the row number in the census snapshot): they name the rows of the
    result and draw who takes up a new line. `ages` (n) completed years on the census date; `annual_pay` (n)
    dollars; `deferral_rates` (n) of pay, pre-tax and Roth together; `balances` and `elections` (n, n_lines)
    dollars by line and fractions of new money by line (each row sums to one).
    """

    keys: Integers
    ages: Integers
    annual_pay: Floats
    deferral_rates: Floats
    balances: Floats
    elections: Floats

    def __post_init__(self) -> None:
        n = len(self.ages)
        for name in ("keys", "ages"):
            given = np.asarray(getattr(self, name))
            require(
                given.shape == (n,) and is_whole(given),
                name,
                f"{name} needs one whole number per participant.",
            )
            array = given.astype(np.int64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        require(len(np.unique(self.keys)) == n, "keys", "Two participants have the same key.")
        pay, rates = floats(self, "annual_pay", (n,)), floats(self, "deferral_rates", (n,))
        balances, elections = floats(self, "balances", (n, -1)), floats(self, "elections", (n, -1))
        require(
            balances.shape == elections.shape, "elections", "Balances and elections must have the same lines."
        )
        require_persons(self.keys, self.ages, pay, rates)
        lowest = balances.min(axis=1, initial=0)
        require_each(lowest >= 0, "balances", self.keys, lowest, NEGATIVE)
        sums = (elections >= 0).all(axis=1) & np.isclose(elections.sum(axis=1), 1, atol=SUM_TOLERANCE)
        require_each(sums, "elections", self.keys, elections.sum(axis=1), UNEVEN)

    def __len__(self) -> int:
        return len(self.ages)

    def take(self, rows: Any) -> "People":
        """The participants of a slice, mask or index array."""
        return People(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})

    @property
    def digest(self) -> str:
        return digest(self)


@dataclass(frozen=True)
class Behaviour:
    """House assumptions about people and later years; each is marked as such wherever a result is shown.

    `take_up_rate`: share of participants who take up a crypto line; `take_up_weight`: share of their new
    money (and, if `take_up_moves_balance`, of their balance on day one) that they put there, pro rata from
    their other lines. `payout_rate`: yearly income that a dollar at retirement is taken to give.
    """

    raise_rate: float = 0.03
    limit_growth_rate: float = 0.025
    retirement_age: int = 65
    take_up_rate: float = 0.10
    take_up_weight: float = 0.05
    take_up_moves_balance: bool = True
    payout_rate: float = 0.04

    def __post_init__(self) -> None:
        require(
            -0.1 <= self.raise_rate <= 0.2, "raise_rate", "The yearly raise must lie between -10% and 20%."
        )
        require(
            0 <= self.limit_growth_rate <= 0.2,
            "limit_growth_rate",
            "Indexation must lie between 0 and 20% a year.",
        )
        require(
            is_whole(self.retirement_age) and 50 <= self.retirement_age <= 75,
            "retirement_age",
            "The retirement age must lie between 50 and 75, in whole years.",
        )
        require(
            0 < self.payout_rate <= 0.2,
            "payout_rate",
            "The yearly income per dollar at retirement must lie above 0 and at most 20%.",
        )
        require(
            0 <= self.take_up_rate <= 1,
            "take_up_rate",
            "Take-up must lie between 0 and 100% of participants.",
        )
        require(
            0 <= self.take_up_weight <= 1,
            "take_up_weight",
            "The weight taken up must lie between 0 and 100%.",
        )


@dataclass(frozen=True, eq=False)
class Scenario:
    """Everything but the people: one market, one plan, one menu version with its sleeve, one set of
    assumptions, one seed."""

    market: Market
    plan: PlanTerms
    menu: Menu
    sleeve: Sleeve
    behaviour: Behaviour = field(default_factory=Behaviour)
    seed: int = 20260101
    n_paths: int = 10_000
    ladder: tuple[float, ...] = LADDER

    def __post_init__(self) -> None:
        require(is_whole(self.n_paths), "n_paths", f"{self.n_paths!r} is no whole number of paths; give one.")
        paths = f"{MIN_PATHS:,} to {MAX_PATHS:,}"
        require(MIN_PATHS <= self.n_paths <= MAX_PATHS, "n_paths", f"{self.n_paths:,} paths: choose {paths}.")
        require(
            is_whole(self.seed) and 0 <= self.seed < 2**63,
            "seed",
            "The seed must be a whole number from 0 up.",
        )
        width = self.menu.look_through.shape[2]
        require(
            width == len(self.market.assets),
            "look_through",
            "The menu's look-through does not match the market's assets.",
        )
        sleeve = self.sleeve.target_date
        fits = sleeve is None or len(sleeve.weights) == self.menu.n_ages
        require(fits, "weights", "The sleeve's weights by age do not cover the menu's ages.")
        require(
            all(0 <= rung < 1 for rung in self.ladder),
            "ladder",
            "Ladder weights must lie between 0 and below 100%.",
        )

    @property
    def n_years(self) -> int:
        """Years until the youngest possible participant retires."""
        return max(1, self.behaviour.retirement_age - self.menu.first_age)

    @property
    def digest(self) -> str:
        return digest(self)

    def with_(self, **changes: Any) -> "Scenario":
        return replace(self, **changes)
