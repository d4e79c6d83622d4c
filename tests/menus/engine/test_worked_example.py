"""docs/engine.md, section 10, figure by figure: one participant, three years, three paths."""

import re
from pathlib import Path

import numpy as np
import pytest

from menus.engine import ENGINE_VERSION, Behaviour, Limits, People, PlanTerms
from menus.engine.contributions import contributions
from menus.engine.factors import FundFactors, fund_levels, growth_and_annuity, sleeved_levels
from menus.engine.measures import FAN, above, quantiles, shortfall
from menus.engine.projection import AccountPaths, line_paths
from menus.engine.returns import payroll_weights

NOTE = Path(__file__).parents[3] / "docs" / "engine.md"
PATHS = ("A", "B", "C")
# Yearly moves of stocks, bonds and digital assets, by path and year; each happens at the end of month six.
MOVES = {
    "A": ((0.10, 0.04, 0.60), (0.08, 0.03, 0.40), (0.06, 0.05, 0.20)),
    "B": ((0.05, 0.02, -0.50), (0.12, 0.01, 0.80), (-0.04, 0.06, -0.20)),
    "C": ((-0.20, 0.06, -0.70), (-0.10, 0.05, -0.40), (0.25, -0.02, 1.50)),
}
GLIDE_PATH = np.array([(0.50, 0.50, 0), (0.45, 0.55, 0), (0.40, 0.60, 0)])
FUND_FEE, SLEEVE_FEE, SLEEVE, CAP = 0.001, 0.0025, 0.05, 0.08
DIGITAL = 2


def person() -> People:
    one = np.ones((1, 1))
    return People(
        keys=np.array([1]),
        ages=np.array([62]),
        annual_pay=np.array([100_000]),
        deferral_rates=np.array([0.06]),
        balances=one * 200_000,
        elections=one,
    )


def paid_in() -> np.ndarray:
    plan = PlanTerms(2026, 12, ((0.5, 0.06),), {2026: Limits(24_500, 8_000, 11_250, 72_000, 360_000)})
    return contributions(person(), plan, Behaviour(raise_rate=0.03), 3)[0]


def prices(year: int) -> np.ndarray:
    """Stocks, bonds and digital assets at month-ends 0..12 on the three paths, (3, 13, 3)."""
    levels = np.ones((3, 13, 3), dtype=np.float32)
    for k, path in enumerate(PATHS):
        levels[:, 6:, k] += np.array(MOVES[path][year], dtype=np.float32)[:, None]
    return levels


def fund(sleeve: float) -> FundFactors:
    growth, annuity, share = (np.zeros((3, 3), dtype=np.float32) for _ in range(3))
    for year in range(3):
        assets = prices(year)
        base = fund_levels(assets, GLIDE_PATH[year])
        levels, inside = sleeved_levels(base, assets[DIGITAL], np.full(1, sleeve, np.float32), SLEEVE_FEE)
        growth[year], annuity[year] = growth_and_annuity(levels, FUND_FEE, payroll_weights(12))
        share[year] = inside / levels[12]
    opening = np.full((4, 1), sleeve, dtype=np.float32)
    return FundFactors(growth, annuity, share, opening, np.abs(share - opening[1:]), SLEEVE_FEE, bool(sleeve))


def account(sleeve: float) -> AccountPaths:
    held, paid = fund(sleeve), paid_in()
    values = line_paths(held, 200_000, paid)
    return AccountPaths((held,), (values[:-1],), (values[1:],), paid[None], np.zeros(3))


def printed_rows(columns: int) -> dict[tuple[str, int], list[float]]:
    """The rows of the note's table with this many figures after path and year."""
    rows = {}
    for line in NOTE.read_text().splitlines():
        cells = [cell.strip().replace(",", "") for cell in line.strip("| ").split("|")]
        if cells[0] in PATHS and len(cells) == columns + 2 and re.fullmatch(r"\d", cells[1]):
            rows[cells[0], int(cells[1])] = [float(cell) for cell in cells[2:]]
    return rows


def test_contributions_are_those_of_the_note():
    assert paid_in().tolist() == pytest.approx([9_000.00, 9_270.00, 9_548.10])


def test_without_the_sleeve_every_printed_figure():
    held, paths = fund(0), account(0)
    rows = printed_rows(3)
    assert len(rows) == 9
    for (path, year), printed in rows.items():
        at = (year - 1, PATHS.index(path))
        figures = [held.growth[at], held.annuity[at], paths.balance[at]]
        assert figures == pytest.approx(printed, abs=6e-7, rel=1.5e-7), (path, year)


def test_with_the_sleeve_every_printed_figure():
    held, paths = fund(SLEEVE), account(SLEEVE)
    rows = printed_rows(7)
    assert len(rows) == 9
    start = np.vstack([np.full((1, 3), 200_000), paths.balance[:-1]])
    for (path, year), printed in rows.items():
        at = (year - 1, PATHS.index(path))
        moved = held.moved[at] * paths.balance[at]
        fee = SLEEVE_FEE * (SLEEVE * start[at] + paths.digital[at]) / 2
        figures = [
            held.growth[at],
            held.annuity[at],
            held.digital_share[at],
            paths.balance[at],
            paths.digital[at],
            moved,
            fee,
        ]
        for figure, expected, digits in zip(figures, printed, [6, 6, 6, 2, 2, 2, 2], strict=True):
            tolerance = 0.6 * 10**-digits + 4e-7 * abs(expected) + (0.03 if digits == 2 else 0)
            assert float(figure) == pytest.approx(expected, abs=tolerance), (path, year, expected)


def test_means_over_the_three_paths():
    paths = account(SLEEVE)
    assert paths.sleeve_fees.sum() == pytest.approx(88.78, abs=0.01)
    assert paths.rebalanced[0] == pytest.approx((5_205.24 + 5_317.34 + 6_273.43) / 3, abs=0.05)


def test_the_horizon_table():
    without, with_sleeve = (np.sort(account(sleeve).balance[-1]) for sleeve in (0, SLEEVE))
    printed = {
        "without": (229_912.65, 252_175.01, 265_215.27, 227_439.05),
        "with": (232_359.37, 251_610.58, 275_930.51, 230_220.35),
        "effect": (2_446.73, -564.43, 10_715.24, 2_781.30),
    }
    rows = {
        "without": [*quantiles(without, FAN), shortfall(without)],
        "with": [*quantiles(with_sleeve, FAN), shortfall(with_sleeve)],
    }
    rows["effect"] = [b - a for a, b in zip(rows["without"], rows["with"], strict=True)]

    text = NOTE.read_text()
    for name, figures in printed.items():
        assert rows[name] == pytest.approx(figures, abs=0.05)
        assert f"| {name} | " + " | ".join(f"{figure:,.2f}" for figure in figures) + " |" in text


def test_two_of_three_paths_are_ever_above_the_cap():
    paths = account(SLEEVE)
    ever = above(paths.digital / paths.balance, CAP).any(axis=0)
    assert ever.tolist() == [False, True, True]


def test_the_note_is_of_this_version():
    assert f"Engine version {ENGINE_VERSION}." in NOTE.read_text()
