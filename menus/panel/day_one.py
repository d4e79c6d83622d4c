"""What is known without any market path: who holds digital assets through which door, and who carries the risk."""

from __future__ import annotations

from typing import Any

import numpy as np

from menus.engine import People, Prepared
from menus.engine.arms import BASE, OWN, Arm
from menus.engine.exposure import Accounts, accounts, doors, exposures
from menus.engine.returns import repaired
from menus.engine.risk import LEVELS, sleeve_risk

Row = dict[str, Any]


def day_one_of(prepared: Prepared, people: People) -> dict[str, Any]:
    """`holders` by age band under the version, `holders_without` under the same menu without its sleeve, and `risk`:
    the share of risk of digital assets at each weight and in the plan's own mix, None where there is no such mix."""
    own, base = (next(arm for arm in prepared.arms if arm.name == name) for name in (OWN, BASE))
    held = accounts(prepared, people)
    return {
        "holders": _holders(held, own, people),
        "holders_without": _holders(held, base, people),
        "risk": _risk(held, own),
    }


def _holders(held: Accounts, arm: Arm, people: People) -> list[Row]:
    from menus.engine.holders import holder_rows  # pandas, through the cells: for the worker alone

    return holder_rows(people.ages, held.totals, doors(held, arm))


def _risk(held: Accounts, arm: Arm) -> Row | None:
    scenario = held.prepared.scenario
    market, cap = scenario.market, scenario.sleeve.cap
    dollars = exposures(held, arm).sum(axis=0)
    digital = market.digital_index
    if not np.delete(dollars, digital).sum() > 0:
        return None
    correlations, change = repaired(market.correlations)
    found = sleeve_risk(dollars, market.volatilities, correlations, digital, np.union1d(LEVELS, [cap]))
    points = zip(found.levels.tolist(), found.shares.tolist(), found.volatilities.tolist(), strict=True)
    return {
        "weight": found.own_weight,
        "share": found.own_share,
        "volatility": found.own_volatility,
        "cap": cap,
        "correlation_change": change,
        "curve": [{"weight": w, "share": s, "volatility": v} for w, s, v in points],
    }
