"""Months collapsed into years: what a dollar in each fund becomes, on every path, with and without the
sleeve.

For one fund and one year, with F(m) the price after m months (F(0) = 1) net of fees:
  growth         G = F(12), the year-end value of a dollar held all year;
  annuity        A = F(12) * sum of w(m) / F(m), the year-end value of a dollar a year paid over the payrolls;
  digital share  the part of the fund that is digital assets at year end, before any rebalancing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from .arms import OWN, Arm, arms_of
from .glide_path import line_weights, sleeve_lines, sleeve_weight, vintage
from .inputs import OLDEST, Scenario
from .measures import FAN, above, quantiles
from .menu import FundRebalancing, TargetDateSleeve
from .returns import MONTHS, LogReturns, Singles, log_returns, market_years, payroll_weights
from .validation import Floats, Integers

THREADS_FROM = 4_000  # paths
CRYPTO_LINE = -1  # the track of the sleeve's own line, which is on no menu yet
Track = tuple[int, int]  # (line, target year; 0 for a line that is no target-date fund)


@dataclass(frozen=True, eq=False)
class FundFactors:
    """One track in one arm: views of the scenario's arrays, (n_years, n_paths) float32.

    `opening_share`: digital share at the start of each year and, one row more, after the last rebalancing
    (n_years + 1, 1 or n_paths). `moved`: dollars rebalanced into or out of the sleeve at year end, per dollar
    in the fund. `sleeve_fee`: what the sleeve charges a year on the digital dollars in this fund.
    """

    growth: Singles
    annuity: Singles
    digital_share: Singles
    opening_share: Singles
    moved: Singles
    sleeve_fee: float
    holds_digital: bool


@dataclass(frozen=True, eq=False)
class FundShares:
    """Digital share of one slot by year: `fan` p5, p50, p95 (n_years, 3); `ever` paths above the cap at any
    year end so far (n_years); `above` (n_years, n_paths)."""

    fan: Floats
    ever: Integers
    above: NDArray[np.bool_]


@dataclass(eq=False)
class Prepared:
    """A scenario with its market: everything that no participant changes. Any worker rebuilds it identically.

    A *slot* is one track in one arm; where the sleeve changes nothing, all arms share the slot of the base
    menu. `slots` (n_arms, n_tracks) names it. `growth`, `annuity`, `share` (n_slots, n_years, n_paths),
    `start_share` (n_slots, n_years + 1, 1 or n_paths) and `moved` (n_slots, n_years, n_paths) are float32; of
    a vintage only the years are filled in which somebody can hold it (`years`, by track). `fees`,
    `holds_digital` by slot.
    """

    scenario: Scenario
    parameters: LogReturns
    arms: tuple[Arm, ...]
    tracks: tuple[Track, ...]
    years: tuple[int, ...]
    slots: Integers
    growth: Singles
    annuity: Singles
    share: Singles
    start_share: Singles
    moved: Singles
    fees: Floats
    holds_digital: NDArray[np.bool_]

    def fund(self, arm: Arm, track: Track) -> FundFactors:
        """The factors of a track in an arm."""
        place = self.tracks.index(track)
        slot, years = self.slots[self.arms.index(arm), place], self.years[place]
        return FundFactors(
            self.growth[slot, :years],
            self.annuity[slot, :years],
            self.share[slot, :years],
            self.start_share[slot, : years + 1],
            self.moved[slot, :years],
            float(self.fees[slot]),
            bool(self.holds_digital[slot]),
        )

    @cached_property
    def sleeve_lines(self) -> tuple[int, ...]:
        return sleeve_lines(self.scenario)

    @cached_property
    def raises(self) -> Floats:
        """Pay of each year per dollar of the first year's (n_years): the shape of contributions that no limit
        bends."""
        return np.power(
            1 + self.scenario.behaviour.raise_rate, np.arange(self.scenario.n_years, dtype=np.float64)
        )

    @cached_property
    def unit_paths(self) -> tuple[Singles, Singles]:
        """What one opening dollar, and new money of one dollar a year with raises, has become by each year
        end, each (n_slots, n_years, n_paths). Most people contribute in this shape, and all of them share
        these paths."""
        from . import kernels  # compiled code takes half a second to import

        held, paid = np.empty_like(self.growth), np.empty_like(self.growth)
        raises = self.raises.astype(np.float32)
        years = self.slot_years

        def fill(slot: int) -> None:
            filled = slice(0, years[slot])
            kernels.unit_paths(
                self.growth[slot, filled],
                self.annuity[slot, filled],
                raises,
                held[slot, filled],
                paid[slot, filled],
            )

        _each(fill, range(len(self.growth)), self.scenario.n_paths)
        return held, paid

    @cached_property
    def slot_years(self) -> list[int]:
        """Years filled, by slot."""
        years = np.zeros(len(self.growth), dtype=np.int64)
        years[self.slots] = np.array(self.years)
        return [int(filled) for filled in years]

    @cached_property
    def mean_start_share(self) -> Floats:
        """Mean over paths of the share at the start of each year (n_slots, n_years + 1)."""
        return self.start_share.mean(axis=2, dtype=np.float64)

    @cached_property
    def mean_factors(self) -> tuple[Floats, Floats]:
        """Means over paths of growth and annuity (n_slots, n_years); 1 and 0 in years that no holder reaches."""
        growth, annuity = np.ones(self.growth.shape[:2]), np.zeros(self.growth.shape[:2])
        for slot, years in enumerate(self.slot_years):
            growth[slot, :years] = self.growth[slot, :years].mean(axis=1, dtype=np.float64)
            annuity[slot, :years] = self.annuity[slot, :years].mean(axis=1, dtype=np.float64)
        return growth, annuity

    @cached_property
    def track_of(self) -> Integers:
        """Position of the track that a holder of a line is on (n_lines + 1, ages 0 to the oldest); the last
        row is the crypto line. -1 where nobody can be."""
        places = {track: i for i, track in enumerate(self.tracks)}
        lines = [*range(len(self.scenario.menu.line_keys)), CRYPTO_LINE]
        return np.array(
            [[places.get(self.track(line, age), -1) for age in range(OLDEST + 1)] for line in lines],
            dtype=np.int64,
        )

    def mean_fees(self, slot: int) -> tuple[Floats, Floats]:
        """Fees of the sleeve up to each horizon, means over paths: of one opening dollar (n_years), and of a
        dollar paid in over year k, (horizon, k). Both are fees of one fund, linear in money, worked out once
        for all who hold it."""
        if slot not in self._mean_fees:
            from . import kernels  # compiled code takes half a second to import

            years, width = self.slot_years[slot], self.scenario.n_years
            filled = slice(0, years)
            opened, paid = np.zeros(years), np.zeros((years, years))
            kernels.mean_fees(
                self.growth[slot, filled], self.annuity[slot, filled], self.share[slot, filled],
                self.start_share[slot, filled], self.fees[slot], opened, paid,
            )  # fmt: skip
            until = np.zeros((width, width))
            until[filled, filled] = np.cumsum(paid, axis=0)
            self._mean_fees[slot] = (np.cumsum(opened), until)
        return self._mean_fees[slot]

    @cached_property
    def _mean_fees(self) -> dict[int, tuple[Floats, Floats]]:
        return {}

    def fund_shares(self, slot: int) -> FundShares:
        """The digital share of whoever holds nothing but one fund, worked out once for all of them."""
        if slot not in self._fund_shares:
            share = self.share[slot, : self.slot_years[slot]]
            over = np.logical_or.accumulate(above(share, self.scenario.sleeve.cap), axis=0)
            fan = quantiles(np.sort(share, axis=1), FAN)
            self._fund_shares[slot] = FundShares(
                fan, over.sum(axis=1), above(share, self.scenario.sleeve.cap)
            )
        return self._fund_shares[slot]

    @cached_property
    def _fund_shares(self) -> dict[int, FundShares]:
        return {}

    def track(self, line: int, age: int) -> Track:
        """The track that a holder of `age` is on."""
        return (line, 0) if line == CRYPTO_LINE else (line, vintage(self.scenario, line, age))


def prepare(scenario: Scenario) -> Prepared:
    """Draw the market and collapse it: a second or two and some hundred megabytes, so keep it per process.

    Years are drawn once, in order; every track and arm of a year is worked out before the next year comes.
    """
    prepared = _empty(scenario)
    payrolls = payroll_weights(scenario.plan.payrolls_per_year)
    for year, assets in enumerate(
        market_years(scenario, prepared.parameters, needed_assets(scenario)), start=1
    ):
        places = [place for place, years in enumerate(prepared.years) if year <= years]
        _each(
            partial(_add_year, prepared, year=year, assets=assets, payrolls=payrolls),
            places,
            scenario.n_paths,
        )
    return prepared


def _each(work: Callable[[int], None], items: Sequence[int], n_paths: int) -> None:
    """Run `work` on every item; on two threads where there are paths enough to be worth handing over, since
    compiled kernels leave the interpreter free."""
    if n_paths < THREADS_FROM:
        _in_turn(work, items)
        return
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done in [pool.submit(_in_turn, work, half) for half in (items[::2], items[1::2])]:
            done.result()


def _in_turn(work: Callable[[int], None], items: Sequence[int]) -> None:
    for item in items:
        work(item)


def needed_assets(scenario: Scenario) -> tuple[int, ...]:
    """Positions of the assets that any line holds, and of digital assets."""
    on_menu = set(np.flatnonzero(scenario.menu.look_through.any(axis=(0, 1))).tolist())
    return tuple(sorted(on_menu | {scenario.market.digital_index}))


def _empty(scenario: Scenario) -> Prepared:
    """Room for everything; memory that no year fills is never touched."""
    arms, needed = arms_of(scenario), dict(tracks(scenario))
    order, sleeved = tuple(needed), sleeve_lines(scenario)
    slots = np.tile(np.arange(len(order)), (len(arms), 1))
    fees, holds = [0.0] * len(order), [False] * len(order)
    for a, arm in enumerate(arms):
        for t, (line, _) in enumerate(order):
            if line in sleeved and arm.sleeve.target_date is not None:
                slots[a, t] = len(fees)
                fees.append(arm.sleeve.target_date.fee)
                holds.append(True)
    if scenario.sleeve.crypto_line is not None:
        fees[order.index((CRYPTO_LINE, 0))] = scenario.sleeve.crypto_line.fee
    shape = (len(fees), scenario.n_years, scenario.n_paths)
    drifts = any(
        a.sleeve.target_date and a.sleeve.target_date.rebalancing is not FundRebalancing.CALENDAR
        for a in arms
    )
    return Prepared(
        scenario=scenario,
        parameters=log_returns(scenario.market),
        arms=arms,
        tracks=order,
        years=tuple(needed.values()),
        slots=slots,
        growth=np.empty(shape, np.float32),
        annuity=np.empty(shape, np.float32),
        share=np.zeros(shape, np.float32),
        start_share=np.zeros((shape[0], shape[1] + 1, shape[2] if drifts else 1), np.float32),
        moved=np.zeros(shape, np.float32),
        fees=np.array(fees),
        holds_digital=np.array(holds),
    )


def tracks(scenario: Scenario) -> Iterator[tuple[Track, int]]:
    """Every track with the number of years it is needed: a series' vintage as long as its youngest holder
    stays."""
    menu, retirement_age = scenario.menu, scenario.behaviour.retirement_age
    for line in range(len(menu.line_keys)):
        if line not in menu.series_lines:
            yield (line, menu.target_years[line]), scenario.n_years
            continue
        for age in range(
            OLDEST, menu.first_age - 1, -1
        ):  # the youngest holder of a vintage comes last and overrides
            yield (line, vintage(scenario, line, age)), max(1, retirement_age - age)
    if scenario.sleeve.crypto_line is not None:
        yield (CRYPTO_LINE, 0), scenario.n_years


def fund_levels(assets: Singles, weights: Floats) -> Singles:
    """Gross price (13, n_paths) of a fund bought at `weights` at the start of the year and held: sum of w(a)
    * price(a)."""
    from . import kernels  # compiled code takes half a second to import

    held = np.flatnonzero(weights)
    levels = np.empty(assets.shape[1:], np.float32)
    kernels.fund_levels(assets, held, weights[held].astype(np.float32), levels)
    return levels


@lru_cache(maxsize=256)
def net_of(fee: float) -> Floats:
    """(1 - fee)^(m / 12) at the month-ends 0..12 (13), read-only: a yearly fee taken evenly."""
    net = (1 - fee) ** (np.arange(MONTHS + 1) / MONTHS)
    net.setflags(write=False)
    return net


def growth_and_annuity(levels: Singles, fee: float, payrolls: Floats) -> tuple[Singles, Singles]:
    """G and A (n_paths) of a fund with gross prices `levels` (13, n_paths), a yearly fee and payroll weights
    (13)."""
    growth, annuity = np.empty((2, levels.shape[1]), np.float32)
    _write_factors(levels, fee, payrolls, growth, annuity)
    return growth, annuity


def _write_factors(levels: Singles, fee: float, payrolls: Floats, growth: Singles, annuity: Singles) -> None:
    from . import kernels  # compiled code takes half a second to import

    net = net_of(fee)
    kernels.growth_and_annuity(
        levels, np.float32(net[MONTHS]), (payrolls / net).astype(np.float32), growth, annuity
    )


def sleeved_levels(base: Singles, digital: Singles, opening: Singles, fee: float) -> tuple[Singles, Singles]:
    """Prices (13, n_paths) of a fund that starts the year with `opening` (1 or n_paths) in digital assets and
    the rest in the base fund, and the dollars of digital assets in it at year end (n_paths); the sleeve pays
    its own yearly `fee`."""
    from . import kernels  # compiled code takes half a second to import

    levels = np.empty((MONTHS + 2, base.shape[1]), np.float32)
    kernels.sleeved_levels(base, digital, opening, net_of(fee).astype(np.float32), levels)
    return levels[: MONTHS + 1], levels[MONTHS + 1]


def after_rebalancing(share: Singles, target: float, sleeve: TargetDateSleeve) -> Singles:
    """The sleeve's share after the year-end look: the target (calendar), the target where the share strayed
    beyond the band (threshold), or where the market left it (none). Shape (1) or (n_paths)."""
    goal = np.full(1, target, dtype=np.float32)
    if sleeve.rebalancing is FundRebalancing.CALENDAR:
        return goal
    if sleeve.rebalancing is FundRebalancing.NONE:
        return share
    return np.where(np.abs(share - goal) > np.float32(sleeve.band), goal, share)


def _add_year(prepared: Prepared, place: int, *, year: int, assets: Singles, payrolls: Floats) -> None:
    """Write one year of a track into the base arm and into every arm whose sleeve changes it."""
    scenario, line = prepared.scenario, prepared.tracks[place][0]
    digital = assets[scenario.market.digital_index]
    if line == CRYPTO_LINE:
        _add_crypto_year(prepared, place, year, digital, payrolls)
        return
    levels = _add_base_year(prepared, place, year, assets, payrolls)
    for a, arm in enumerate(prepared.arms):
        if prepared.slots[a, place] != place:
            _add_sleeve_year(
                prepared, arm, int(prepared.slots[a, place]), place, year, levels, digital, payrolls
            )


def _add_crypto_year(prepared: Prepared, place: int, year: int, digital: Singles, payrolls: Floats) -> None:
    growth, annuity = prepared.growth[place, year - 1], prepared.annuity[place, year - 1]
    _write_factors(digital, float(prepared.fees[place]), payrolls, growth, annuity)
    prepared.share[place, year - 1], prepared.start_share[place, year - 1 : year + 1] = 1, 1
    prepared.holds_digital[place] = True


def _add_base_year(prepared: Prepared, place: int, year: int, assets: Singles, payrolls: Floats) -> Singles:
    """The fund as the menu has it; returns its gross prices (13, n_paths)."""
    scenario, digital = prepared.scenario, prepared.scenario.market.digital_index
    track = prepared.tracks[place]
    weights = line_weights(scenario, *track, year)
    levels, fee = fund_levels(assets, weights), float(scenario.menu.expense_ratios[track[0]])
    _write_factors(levels, fee, payrolls, prepared.growth[place, year - 1], prepared.annuity[place, year - 1])
    prepared.start_share[place, year - 1] = weights[digital]
    prepared.start_share[place, year] = line_weights(scenario, *track, year + 1)[digital]
    if weights[digital]:
        prepared.holds_digital[place] = True
        np.divide(assets[digital, MONTHS], levels[MONTHS], out=prepared.share[place, year - 1])
        prepared.share[place, year - 1] *= np.float32(weights[digital])
    return levels


def _add_sleeve_year(
    prepared: Prepared,
    arm: Arm,
    slot: int,
    place: int,
    year: int,
    base: Singles,
    digital: Singles,
    payrolls: Floats,
) -> None:
    """The same fund with the arm's sleeve: (1 - x) of the base fund and x of digital assets at the start of
    the year."""
    scenario, sleeve, (line, target_year) = prepared.scenario, arm.sleeve.target_date, prepared.tracks[place]
    assert sleeve is not None  # a slot of its own is made for such an arm only
    opening = prepared.start_share[slot]
    if year == 1:
        opening[0] = sleeve_weight(scenario, sleeve.weights, target_year, 1)
    started = opening[year - 1]
    calendar = sleeve.rebalancing is FundRebalancing.CALENDAR
    levels, inside = sleeved_levels(base, digital, started[:1] if calendar else started, sleeve.fee)
    fee = float(scenario.menu.expense_ratios[line])
    _write_factors(levels, fee, payrolls, prepared.growth[slot, year - 1], prepared.annuity[slot, year - 1])
    share = prepared.share[slot, year - 1]
    np.divide(inside, levels[MONTHS], out=share)
    opening[year] = after_rebalancing(
        share, sleeve_weight(scenario, sleeve.weights, target_year, year + 1), sleeve
    )
    if arm.name == OWN:
        np.abs(share - opening[year], out=prepared.moved[slot, year - 1])
