"""Months collapsed into years: what a dollar in each fund becomes, on every path, with and without the
sleeve.

For one fund and one year, with F(m) the price after m months (F(0) = 1) net of fees:
  growth         G = F(12), the year-end value of a dollar held all year;
  annuity        A = F(12) * sum of w(m) / F(m), the year-end value of a dollar a year paid over the payrolls;
  digital share  the part of the fund that is digital assets at year end, before any rebalancing.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .arms import BASE, OWN, Arm, arms_of
from .glide_path import line_weights, sleeve_lines, sleeve_weight, vintage
from .inputs import OLDEST, Scenario
from .menu import FundRebalancing, TargetDateSleeve
from .returns import MONTHS, LogReturns, Singles, generator, log_returns, payroll_weights, year_levels
from .validation import Floats

CRYPTO_LINE = -1  # the track of the sleeve's own line, which is on no menu yet
Track = tuple[int, int]  # (line, target year; 0 for a line that is no target-date fund)


@dataclass(eq=False)
class FundFactors:
    """One track in one arm, (n_years, n_paths) float32.

    `opening_share`: digital share at the start of each year and, one row more, after the last rebalancing
    (n_years + 1, 1 or n_paths). `moved`: dollars rebalanced into or out of the sleeve at year end, per dollar
    in the fund (own arm only). `sleeve_fee`: what the sleeve charges a year on the digital dollars in this
    fund. `raises`: pay of each year per dollar of the first year's (n_years), the shape of contributions that
    no limit bends.
    """

    growth: Singles
    annuity: Singles
    digital_share: Singles
    opening_share: Singles
    moved: Singles | None = None
    sleeve_fee: float = 0.0
    holds_digital: bool = False
    raises: Floats | None = None

    @cached_property
    def mean_opening_share(self) -> Floats:
        """Mean over paths of the opening share (n_years + 1)."""
        return self.opening_share.mean(axis=1, dtype=np.float64)

    @cached_property
    def unit_paths(self) -> tuple[Singles, Singles]:
        """What one opening dollar, and new money of one dollar a year with raises, has become by each year
        end, each (n_years, n_paths). Most people contribute in this shape, and all of them share these
        paths."""
        assert self.raises is not None  # asked for only where there is such a shape
        held, paid = np.empty_like(self.growth), np.empty_like(self.growth)
        held[0], paid[0] = self.growth[0], self.annuity[0] * np.float32(self.raises[0])
        for year in range(1, len(held)):
            np.multiply(held[year - 1], self.growth[year], out=held[year])
            np.multiply(paid[year - 1], self.growth[year], out=paid[year])
            paid[year] += self.annuity[year] * np.float32(self.raises[year])
        return held, paid


@dataclass(eq=False)
class Prepared:
    """A scenario with its market: everything that no participant changes. Any worker rebuilds it
    identically."""

    scenario: Scenario
    parameters: LogReturns
    arms: tuple[Arm, ...]
    payrolls: Floats
    funds: dict[tuple[str, Track], FundFactors] = field(default_factory=dict)

    def fund(self, arm: Arm, track: Track) -> FundFactors:
        """The factors of a track in an arm; where the sleeve changes nothing they are the base menu's own."""
        return self.funds.get((arm.name, track)) or self.funds[(BASE, track)]

    @cached_property
    def tracks(self) -> tuple[Track, ...]:
        """Every track of the scenario in a fixed order."""
        return tuple(dict(tracks(self.scenario)))

    @cached_property
    def sleeve_lines(self) -> tuple[int, ...]:
        return sleeve_lines(self.scenario)

    def track(self, line: int, age: int) -> Track:
        """The track that a holder of `age` is on."""
        return (line, 0) if line == CRYPTO_LINE else (line, vintage(self.scenario, line, age))


def prepare(scenario: Scenario) -> Prepared:
    """Draw the market and collapse it: a second or two and some hundred megabytes, so keep it per process.

    Years are drawn once, in order; every track and arm of a year is worked out before the next year comes.
    """
    payrolls = payroll_weights(scenario.plan.payrolls_per_year)
    prepared = Prepared(scenario, log_returns(scenario.market), arms_of(scenario), payrolls)
    needed = dict(tracks(scenario))
    for year, assets in enumerate(market_years(prepared), start=1):
        for track, years in needed.items():
            if year <= years:
                _add_year(prepared, track, years, year, assets)
    return prepared


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


def market_years(prepared: Prepared) -> Iterator[Singles]:
    """Asset prices (n_assets, 13, n_paths) year by year; the next year is drawn while the present one is
    used."""
    scenario, name = prepared.scenario, prepared.scenario.market.digest

    on_menu = set(np.flatnonzero(scenario.menu.look_through.any(axis=(0, 1))).tolist())
    needed = sorted(on_menu | {scenario.market.digital_index})

    def draw(year: int) -> Singles:
        return year_levels(
            prepared.parameters, generator(scenario.seed, name, year), scenario.n_paths, needed
        )

    with ThreadPoolExecutor(max_workers=1) as ahead:
        upcoming = ahead.submit(draw, 1)
        for year in range(1, scenario.n_years + 1):
            levels = upcoming.result()
            if year < scenario.n_years:
                upcoming = ahead.submit(draw, year + 1)
            yield levels


def fund_levels(assets: Singles, weights: Floats) -> Singles:
    """Gross price (13, n_paths) of a fund bought at `weights` at the start of the year and held: sum of w(a)
    * price(a)."""
    held = np.flatnonzero(weights)
    levels = np.float32(weights[held[0]]) * assets[held[0]]
    for asset in held[1:]:
        levels += np.float32(weights[asset]) * assets[asset]
    return levels


def net_of(fee: float) -> Floats:
    """(1 - fee)^(m / 12) at the month-ends 0..12 (13): a yearly fee taken evenly."""
    return (1 - fee) ** (np.arange(MONTHS + 1) / MONTHS)


def growth_and_annuity(levels: Singles, fee: float, payrolls: Floats) -> tuple[Singles, Singles]:
    """G and A (n_paths) of a fund with gross prices `levels` (13, n_paths), a yearly fee and payroll weights
    (13)."""
    net = net_of(fee)
    growth = levels[MONTHS] * np.float32(net[MONTHS])
    units = np.zeros_like(growth)
    for month in np.flatnonzero(payrolls):
        units += np.float32(payrolls[month] / net[month]) / levels[month]
    return growth, growth * units


def sleeved_levels(base: Singles, digital: Singles, opening: Singles, fee: float) -> tuple[Singles, Singles]:
    """Prices (13, n_paths) of a fund that starts the year with `opening` (1 or n_paths) in digital assets and
    the rest in the base fund, and the dollars of digital assets in it at year end (n_paths); the sleeve pays
    its own yearly `fee`."""
    inside = opening * (digital * net_of(fee).astype(np.float32)[:, None])
    return (1 - opening) * base + inside, inside[MONTHS]


def after_rebalancing(share: Singles, target: float, sleeve: TargetDateSleeve) -> Singles:
    """The sleeve's share after the year-end look: the target (calendar), the target where the share strayed
    beyond the band (threshold), or where the market left it (none). Shape (1) or (n_paths)."""
    goal = np.full(1, target, dtype=np.float32)
    if sleeve.rebalancing is FundRebalancing.CALENDAR:
        return goal
    if sleeve.rebalancing is FundRebalancing.NONE:
        return share
    return np.where(np.abs(share - goal) > np.float32(sleeve.band), goal, share)


def _add_year(prepared: Prepared, track: Track, years: int, year: int, assets: Singles) -> None:
    """Write one year of a track into the base arm and into every arm whose sleeve changes it."""
    scenario, digital = prepared.scenario, assets[prepared.scenario.market.digital_index]
    if track[0] == CRYPTO_LINE:
        assert scenario.sleeve.crypto_line is not None  # `tracks` yields this track for no other scenario
        fund = _fund(prepared, BASE, track, years, scenario.sleeve.crypto_line.fee)
        fund.growth[year - 1], fund.annuity[year - 1] = growth_and_annuity(
            digital, fund.sleeve_fee, prepared.payrolls
        )
        fund.digital_share[year - 1], fund.opening_share[year - 1 : year + 1] = 1, 1
        fund.holds_digital = True
        return
    levels = _add_base_year(prepared, track, years, year, assets)
    if track[0] in prepared.sleeve_lines:
        for arm in prepared.arms:
            if arm.sleeve.target_date is not None:
                _add_sleeve_year(prepared, arm, track, years, year, levels, digital)


def _fund(prepared: Prepared, arm: str, track: Track, years: int, sleeve_fee: float = 0.0) -> FundFactors:
    """The arrays of a track in an arm, made when its first year comes."""
    made = prepared.funds.get((arm, track))
    if made is None:
        paths = prepared.scenario.n_paths
        growth, annuity, share = (np.zeros((years, paths), np.float32) for _ in range(3))
        opening = np.zeros((years + 1, 1), np.float32)
        made = FundFactors(growth, annuity, share, opening, None, sleeve_fee)
        made.raises = np.power(1 + prepared.scenario.behaviour.raise_rate, np.arange(years, dtype=np.float64))
        prepared.funds[(arm, track)] = made
    return made


def _add_base_year(prepared: Prepared, track: Track, years: int, year: int, assets: Singles) -> Singles:
    """The fund as the menu has it; returns its gross prices (13, n_paths)."""
    scenario, digital = prepared.scenario, prepared.scenario.market.digital_index
    fund = _fund(prepared, BASE, track, years)
    weights = line_weights(scenario, *track, year)
    levels, fee = fund_levels(assets, weights), float(scenario.menu.expense_ratios[track[0]])
    fund.growth[year - 1], fund.annuity[year - 1] = growth_and_annuity(levels, fee, prepared.payrolls)
    fund.opening_share[year - 1 : year + 1] = [
        [weights[digital]],
        [line_weights(scenario, *track, year + 1)[digital]],
    ]
    if weights[digital]:
        fund.holds_digital = True
        fund.digital_share[year - 1] = np.float32(weights[digital]) * assets[digital, MONTHS] / levels[MONTHS]
    return levels


def _add_sleeve_year(
    prepared: Prepared, arm: Arm, track: Track, years: int, year: int, base: Singles, digital: Singles
) -> None:
    """The same fund with the arm's sleeve: (1 - x) of the base fund and x of digital assets at the start of
    the year."""
    scenario, sleeve = prepared.scenario, arm.sleeve.target_date
    assert sleeve is not None
    fund = _fund(prepared, arm.name, track, years, sleeve.fee)
    if year == 1:
        fund.holds_digital = True
        fund.opening_share = _opening_shares(prepared, sleeve, track, years)
        fund.moved = np.zeros_like(fund.growth) if arm.name == OWN else None
    opening = fund.opening_share[year - 1]
    levels, inside = sleeved_levels(base, digital, opening, sleeve.fee)
    fee = float(scenario.menu.expense_ratios[track[0]])
    fund.growth[year - 1], fund.annuity[year - 1] = growth_and_annuity(levels, fee, prepared.payrolls)
    share = fund.digital_share[year - 1] = inside / levels[MONTHS]
    target = sleeve_weight(scenario, sleeve.weights, track[1], year + 1)
    fund.opening_share[year] = after_rebalancing(share, target, sleeve)
    if fund.moved is not None:
        fund.moved[year - 1] = np.abs(share - fund.opening_share[year])


def _opening_shares(prepared: Prepared, sleeve: TargetDateSleeve, track: Track, years: int) -> Singles:
    """Room for the opening shares: one column when every path starts at the target, else one a path."""
    width = 1 if sleeve.rebalancing is FundRebalancing.CALENDAR else prepared.scenario.n_paths
    shares = np.empty((years + 1, width), np.float32)
    shares[0] = sleeve_weight(prepared.scenario, sleeve.weights, track[1], 1)
    return shares
