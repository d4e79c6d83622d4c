"""The figures of single participants as tidy columns, named as readers of results know them."""

from typing import Any

import numpy as np

from .arms import BASE, OWN
from .bands import AGE_BANDS, PAY_BANDS, band_of
from .chunk import Arrays
from .exposure import DOORS, DROPS
from .measures import PERCENTILES, probability_error
from .validation import Floats

REPLACED = ("p5", "p50", "p95")


def figures(rows: Arrays, manifest: dict[str, Any]) -> Arrays:
    """One column per figure, one row per participant, from `runs.evaluate`: at the horizon unless the name
    says today or first year. Dollars (`_usd`) and fractions; every sampled figure has its standard error
    beside it (`_se`)."""
    own, balance, digital = arm_position(manifest, OWN), rows["balance_today"], rows["digital_today"]
    ever = rows["ever_above"] / manifest["n_paths"]
    without, with_sleeve = (_arm_columns(rows, name, arm_position(manifest, arm)) for name, arm in ARMS)
    return {
        "key": rows["key"],
        "age": rows["age"],
        "age_band": band_of(rows["age"], AGE_BANDS),
        "pay_band": band_of(rows["annual_pay"], PAY_BANDS),
        "horizon_years": rows["horizon"],
        "takes_up": rows["takes_up"],
        "balance_today_usd": balance,
        "digital_today_usd": digital[:, own],
        "digital_today_share": ratio(digital[:, own], balance),
        **{f"door_{name}_usd": rows[f"door_{name}"] for name in DOORS},
        "contributions_first_year_usd": rows["contributions"],
        "flow_per_payroll_usd": rows["flow"] / manifest["payrolls_per_year"],
        **without,
        **with_sleeve,
        **effects(rows, manifest, own),
        **_replacement(rows, manifest, without, with_sleeve),
        "ever_above_cap_probability": ever,
        "ever_above_cap_probability_se": probability_error(ever, manifest["n_paths"]),
        "sleeve_fees_usd": rows["sleeve_fees"],
        **{f"loss_if_down_{drop * 100:g}_usd": drop * digital[:, own] for drop in DROPS},
    }


ARMS = (("without", BASE), ("with", OWN))


def arm_position(manifest: dict[str, Any], name: str) -> int:
    return [arm["name"] for arm in manifest["arms"]].index(name)


def ratio(part: Floats, whole: Floats) -> Floats:
    """part / whole, 0 where there is nothing."""
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)


def columns(prefix: str, suffix: str, values: Floats, levels: tuple[float, ...]) -> dict[str, Floats]:
    """One column per percentile of `values` (..., n_levels): prefix_p5_suffix..."""
    return {f"{prefix}_p{level * 100:g}{suffix}": values[..., i] for i, level in enumerate(levels)}


def _arm_columns(rows: Arrays, prefix: str, k: int) -> dict[str, Floats]:
    return (
        columns(prefix, "_usd", rows["balance"][:, k], PERCENTILES)
        | columns(prefix, "_se_usd", rows["balance_error"][:, k], PERCENTILES)
        | {f"{prefix}_shortfall_usd": rows["shortfall"][:, k]}
        | {f"{prefix}_shortfall_se_usd": rows["shortfall_error"][:, k]}
    )


def effects(rows: Arrays, manifest: dict[str, Any], k: int) -> dict[str, Floats]:
    """What arm k adds to or takes from each percentile of the base, with the error of that on the paths they
    share."""
    base = arm_position(manifest, BASE)
    change = rows["balance"][:, k] - rows["balance"][:, base]
    worst = rows["shortfall"][:, k] - rows["shortfall"][:, base]
    return (
        columns("effect", "_usd", change, PERCENTILES)
        | columns("effect", "_se_usd", rows["effect_error"][:, k], PERCENTILES)
        | {"effect_shortfall_usd": worst}
    )


def _replacement(rows: Arrays, manifest: dict[str, Any], *arms: dict[str, Floats]) -> dict[str, Floats]:
    """Yearly income at retirement as a share of the last year's pay: balance at the horizon times the payout
    rate over pay; without and with the sleeve, and the difference."""
    rate = manifest["payout_rate"]
    found: dict[str, Floats] = {}
    for level in REPLACED:
        before, after = (
            ratio(rate * arm[f"{name}_{level}_usd"], rows["final_pay"])
            for (name, _), arm in zip(ARMS, arms, strict=True)
        )
        found |= {f"replacement_without_{level}": before, f"replacement_with_{level}": after}
        found[f"replacement_effect_{level}"] = after - before
    return found
