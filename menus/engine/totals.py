"""The plan as a whole, path by path, from sums alone.

Dollars are linear in opening balances and contributions, so people who share a fund and a horizon can be
added up first and rolled forward once. Accounts under a share rule are not linear; their paths were added in
whole cents when they were projected.
"""

import numpy as np

from .arms import OWN
from .chunk import ProjectionChunk
from .factors import Prepared
from .projection import line_paths
from .validation import Floats


def plan_paths(prepared: Prepared, whole: ProjectionChunk) -> tuple[Floats, Floats]:
    """The plan's balance and digital-asset dollars at each year end (n_years, n_paths), with the sponsor's
    sleeve.

    The group is closed: everyone counts up to and including their own horizon, nobody joins.
    """
    shape = whole.sums["above_cap"].shape
    balance, digital = np.zeros(shape), np.zeros(shape)
    own = next(arm for arm in prepared.arms if arm.name == OWN)
    opening, paid_in = whole.sums["opening"], whole.sums["paid_in"]
    for i, last in np.argwhere((opening > 0) | paid_in.any(axis=2)).tolist():
        fund, years = prepared.fund(own, prepared.tracks[i]), last + 1
        closing = line_paths(fund, opening[i, last] / 100, paid_in[i, last, :years] / 100)[1:]
        balance[:years] += closing
        if fund.holds_digital:
            digital[:years] += closing * fund.digital_share[:years]
    if "ruled_balance" in whole.sums:
        balance += whole.sums["ruled_balance"] / 100
        digital += whole.sums["ruled_digital"] / 100
    return balance, digital
