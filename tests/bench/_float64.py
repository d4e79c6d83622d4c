"""The truth that tables are held against: the same paths month by month in float64, dollars by asset in every line."""

import numpy as np

from menus.engine import Prepared
from menus.engine.measures import quantile_errors
from tests.bench._opponents import FAN, HORIZON, Output, read_off, worst
from tests.bench._workload import Crowd
from tests.menus.engine.brute_force import follow


def float64_reference(prepared: Prepared, some: Crowd) -> Output:
    """The full output, and the sampling errors of the yearly figures (`digital_error`, `share_error`)."""
    people, n_years = some.people, prepared.scenario.n_years
    fans = {
        name: np.full((len(some), n_years, len(FAN)), np.nan)
        for name in ("digital", "share", "digital_error", "share_error")
    }
    output = fans | {
        "balance": np.empty((len(some), 2, len(HORIZON))),
        "shortfall": np.empty((len(some), 2)),
        "ever_above": np.zeros(len(some), dtype=np.int64),
    }
    for row in range(len(some)):
        base, own = (follow(prepared, arm, people, row) for arm in prepared.arms[:2])
        for k, arm in enumerate((base, own)):
            ordered = np.sort(arm["balance"][-1])
            output["balance"][row, k], output["shortfall"][row, k] = (
                read_off(ordered, HORIZON),
                worst(ordered),
            )
        share = own["digital"] / own["balance"]
        for name, values in (("digital", own["digital"]), ("share", share)):
            ordered = np.sort(values, axis=1)
            output[name][row, : len(values)] = read_off(ordered, FAN)
            output[f"{name}_error"][row, : len(values)] = quantile_errors(ordered, FAN)
        cap = prepared.scenario.sleeve.cap * (1 + 1e-6)
        output["ever_above"][row] = (share > cap).any(axis=0).sum()
    return output
