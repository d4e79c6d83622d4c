"""Tidy frames of a finished run: one row per participant, cell, plan year or ladder rung.

Money is in dollars, shares and probabilities are fractions, and every sampled figure has its standard error
beside it. Modelled outcomes, not a forecast.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from .arms import BASE, OWN
from .cells import AGE_BANDS, PAY_BANDS, band, cell_frame
from .checks import Check, run_checks
from .chunk import ProjectionChunk
from .contributions import contributions, horizons
from .exposure import DROPS, holdings, takers
from .factors import Prepared
from .inputs import People
from .measures import FAN, PERCENTILES, probability_error, quantile_errors, quantiles
from .projection import account_paths
from .totals import plan_paths
from .validation import Floats

LOSS_THRESHOLDS = (0.01, 0.05, 0.10)


@dataclass(frozen=True, eq=False)
class Summary:
    """Everything a run says, as tidy frames; `manifest` names paths, seed, edition, window and digests."""

    manifest: dict[str, Any]
    participants: pd.DataFrame
    cells: pd.DataFrame
    plan_years: pd.DataFrame
    ladder: pd.DataFrame
    stress: pd.DataFrame
    checks: pd.DataFrame

    def to_dict(self, *names: str) -> dict[str, Any]:
        """JSON-able: the manifest and a list of records for each frame (or those named); what is not there is
        None."""
        wanted = names or [item.name for item in fields(self) if item.name != "manifest"]
        frames = {name: getattr(self, name) for name in wanted}
        return {"manifest": self.manifest} | {name: _records(frame) for name, frame in frames.items()}


def summarise(whole: ProjectionChunk, prepared: Prepared, people: People) -> Summary:
    """The frames of a finished run: `whole` is the merged chunk of all `people`. Runs the identities too."""
    participants = participant_frame(whole)
    return Summary(
        manifest=whole.manifest
        | {"result": whole.digest, "people": len(whole), "people_digest": people.digest},
        participants=participants,
        cells=cell_frame(participants),
        plan_years=plan_year_frame(whole, *plan_paths(prepared, whole)),
        ladder=ladder_frame(whole),
        stress=stress_frame(participants),
        checks=check_frame(list(run_checks(prepared, people, whole))),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{k: _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(value)
    return value.item() if isinstance(value, np.generic) else value


def _columns(prefix: str, suffix: str, values: Floats, levels: tuple[float, ...]) -> dict[str, Floats]:
    """One column per percentile of `values` (..., n_levels): prefix_p5_suffix..."""
    return {f"{prefix}_p{level * 100:g}{suffix}": values[..., i] for i, level in enumerate(levels)}


def arm_position(whole: ProjectionChunk, name: str) -> int:
    return [arm["name"] for arm in whole.manifest["arms"]].index(name)


def participant_frame(whole: ProjectionChunk) -> pd.DataFrame:
    """One row per participant, at the horizon unless the column says today or first year."""
    rows, paths = whole.rows, whole.manifest["n_paths"]
    own, balance, digital = arm_position(whole, OWN), rows["balance_today"] / 100, rows["digital_today"] / 100
    ever = rows["ever_above"] / paths
    frame = {
        "key": rows["key"],
        "age": rows["age"],
        "age_band": band(rows["age"], AGE_BANDS),
        "pay_band": band(rows["annual_pay"] / 100, PAY_BANDS),
        "horizon_years": rows["horizon"],
        "takes_up": rows["takes_up"],
        "balance_today_usd": balance,
        "digital_today_usd": digital[:, own],
        "digital_today_share": np.divide(
            digital[:, own], balance, out=np.zeros_like(balance), where=balance > 0
        ),
        **{
            name + "_usd": rows[name] / 100
            for name in ("door_crypto_line", "door_target_date", "door_other_lines")
        },
        "contributions_first_year_usd": rows["contributions"] / 100,
        "flow_per_payroll_usd": rows["flow"] / 100 / whole.manifest["payrolls_per_year"],
        **_arm_columns(whole, "without", arm_position(whole, BASE)),
        **_arm_columns(whole, "with", own),
        **_effects(whole, own),
        "ever_above_cap_probability": ever,
        "ever_above_cap_probability_se": probability_error(ever, paths),
        "sleeve_fees_usd": rows["sleeve_fees"] / 100,
        **{f"loss_if_down_{drop * 100:g}_usd": drop * digital[:, own] for drop in DROPS},
    }
    return pd.DataFrame(frame)


def _arm_columns(whole: ProjectionChunk, prefix: str, k: int) -> dict[str, Floats]:
    rows = whole.rows
    return (
        _columns(prefix, "_usd", rows["balance"][:, k] / 100, PERCENTILES)
        | _columns(prefix, "_se_usd", rows["balance_error"][:, k] / 100, PERCENTILES)
        | {f"{prefix}_shortfall_usd": rows["shortfall"][:, k] / 100}
        | {f"{prefix}_shortfall_se_usd": rows["shortfall_error"][:, k] / 100}
    )


def _effects(whole: ProjectionChunk, k: int) -> dict[str, Floats]:
    """What an arm adds to or takes from each percentile of the base. The error is that of two independent
    samples; the arms share their paths, so the true one is smaller."""
    base = arm_position(whole, BASE)
    change = (whole.rows["balance"][:, k] - whole.rows["balance"][:, base]) / 100
    worst = (whole.rows["shortfall"][:, k] - whole.rows["shortfall"][:, base]) / 100
    error = np.hypot(whole.rows["balance_error"][:, k], whole.rows["balance_error"][:, base]) / 100
    effects, errors = (
        _columns("effect", "_usd", change, PERCENTILES),
        _columns("effect", "_se_usd", error, PERCENTILES),
    )
    return effects | errors | {"effect_shortfall_usd": worst}


def plan_year_frame(whole: ProjectionChunk, balance: Floats, digital: Floats) -> pd.DataFrame:
    """The plan by year: the fan of digital dollars and share, people above the cap, flows. Years with nobody
    left are dropped."""
    sums, facts = whole.sums, whole.manifest
    share = np.divide(digital, balance, out=np.zeros_like(balance), where=balance > 0)
    dollars, shares, above = (np.sort(each, axis=1) for each in (digital, share, sums["above_cap"]))
    year = np.arange(1, facts["n_years"] + 1)
    frame = pd.DataFrame(
        {
            "year": year,
            "calendar_year": facts["start_year"] + year - 1,
            "people": sums["people"],
            **_columns("digital", "_usd", quantiles(dollars, FAN), FAN),
            **_columns("digital", "_se_usd", quantile_errors(dollars, FAN), FAN),
            **_columns("share", "", quantiles(shares, FAN), FAN),
            **_columns("share", "_se", quantile_errors(shares, FAN), FAN),
            **_columns("people_above_cap", "", quantiles(above, FAN), FAN),
            "flow_per_payroll_usd": sums["flow"] / 100 / facts["payrolls_per_year"],
            "rebalanced_usd": sums["rebalanced"] / 100,
            "sleeve_fees_usd": sums["sleeve_fees"] / 100,
        }
    )
    return frame[frame["people"] > 0].reset_index(drop=True)


def ladder_frame(whole: ProjectionChunk) -> pd.DataFrame:
    """The rungs side by side, the sponsor's own last: day one, and the mean over participants of what each
    percentile gains."""
    arms = whole.manifest["arms"]
    order = sorted(range(len(arms)), key=lambda k: (arms[k]["weight"] is None, arms[k]["weight"] or 0))
    return pd.DataFrame([_rung(whole, k) for k in order])


def _rung(whole: ProjectionChunk, k: int) -> dict[str, Any]:
    arm, digital = whole.manifest["arms"][k], whole.rows["digital_today"][:, k] / 100
    money = whole.rows["balance_today"].sum() / 100
    row = {
        "arm": arm["name"],
        "weight": np.nan if arm["weight"] is None else arm["weight"],
        "label": "Sponsor's sleeve" if arm["weight"] is None else f"{arm['weight']:.0%}",
        "people_holding": int((digital > 0).sum()),
        "digital_today_usd": digital.sum(),
        "digital_today_share": digital.sum() / money if money else 0.0,
    }
    row |= {f"loss_if_down_{drop * 100:g}_usd": drop * digital.sum() for drop in DROPS}
    row |= {
        f"mean_{name}": values.mean() for name, values in _effects(whole, k).items() if "_se_" not in name
    }
    medians = _arm_columns(whole, "median", k).items()
    return row | {name: float(np.median(values)) for name, values in medians if "_se_" not in name}


def stress_frame(participants: pd.DataFrame) -> pd.DataFrame:
    """If digital assets fell tomorrow: what the plan and its people would lose."""
    return pd.DataFrame([_stress(participants, drop) for drop in DROPS])


def _stress(participants: pd.DataFrame, drop: float) -> dict[str, Any]:
    loss, share = participants[f"loss_if_down_{drop * 100:g}_usd"], drop * participants["digital_today_share"]
    over = {f"people_losing_over_{t * 100:g}_percent": int((share > t).sum()) for t in LOSS_THRESHOLDS}
    largest = {"largest_account_loss_share": float(share.max()), "mean_loss_usd": float(loss.mean())}
    return (
        {"drop": drop, "plan_loss_usd": float(loss.sum()), "people_losing": int((loss > 0).sum())}
        | largest
        | over
    )


def check_frame(checks: list[Check]) -> pd.DataFrame:
    return pd.DataFrame([asdict(check) | {"passed": check.passed} for check in checks])


def participant_detail(prepared: Prepared, person: People) -> pd.DataFrame:
    """One participant's fan over the years, without and with the sleeve, worked out on the spot. `person` has
    one row."""
    scenario, taking = prepared.scenario, bool(takers(prepared, person)[0])
    years = int(horizons(person, scenario.behaviour)[0])
    paid = contributions(person, scenario.plan, scenario.behaviour, years)[0]
    frames = []
    for arm in prepared.arms[:2]:
        paths = account_paths(prepared, arm, holdings(prepared, arm, person, 0, taking), paid)
        share = np.divide(
            paths.digital, paths.balance, out=np.zeros_like(paths.balance), where=paths.balance > 0
        )
        frames.append(
            {
                "arm": "without" if arm.name == BASE else "with",
                "year": np.arange(1, years + 1),
                "age": person.ages[0] + np.arange(1, years + 1),
                "contributions_usd": paid,
                **_columns(
                    "balance", "_usd", quantiles(np.sort(paths.balance, axis=1), PERCENTILES), PERCENTILES
                ),
                **_columns(
                    "balance",
                    "_se_usd",
                    quantile_errors(np.sort(paths.balance, axis=1), PERCENTILES),
                    PERCENTILES,
                ),
                **_columns("digital", "_usd", quantiles(np.sort(paths.digital, axis=1), FAN), FAN),
                **_columns("share", "", quantiles(np.sort(share, axis=1), FAN), FAN),
            }
        )
    return pd.concat([pd.DataFrame(frame) for frame in frames], ignore_index=True)
