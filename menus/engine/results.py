"""Tidy frames of a finished run: one row per participant, cell, plan year or ladder rung.

Money is in dollars, shares and probabilities are fractions, and every sampled figure has its standard error
beside it. Modelled outcomes, not a forecast.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from .arms import BASE
from .bands import median_of
from .cells import cell_frame
from .checks import Check, run_checks
from .chunk import Arrays, ProjectionChunk
from .contributions import contributions, horizons
from .exposure import DROPS, holdings
from .factors import Prepared
from .figures import columns, figures
from .inputs import People
from .measures import FAN, PERCENTILES, quantile_errors, quantiles
from .projection import account_paths
from .sums import EFFECTS, ERRORS, LOSS_THRESHOLDS, MEANS, MILLION
from .tables import Tables
from .totals import PlanTotals, plan_totals


@dataclass(frozen=True, eq=False)
class Summary:
    """Everything a run says, as tidy frames; `manifest` names paths, seed, edition, window and digests, and
    how large the sampling error of a participant's balance typically is."""

    manifest: dict[str, Any]
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


def summarise(
    whole: ProjectionChunk, prepared: Prepared, people: People, tables: Tables | None = None
) -> Summary:
    """The frames of a finished run: `whole` is the merged chunk of all `people`, `tables` those it was
    computed with. Runs the identities too."""
    facts = {"result": whole.digest, "people": len(whole), "people_digest": people.digest}
    return Summary(
        manifest=whole.manifest | facts | {"sampling_error": typical_errors(whole)},
        cells=cell_frame(whole),
        plan_years=plan_year_frame(whole, plan_totals(prepared, whole, tables)),
        ladder=ladder_frame(whole),
        stress=stress_frame(whole),
        checks=check_frame(list(run_checks(prepared, people, whole, tables))),
    )


def participant_frame(rows: Arrays, manifest: dict[str, Any]) -> pd.DataFrame:
    """One row per participant from what `runs.evaluate` gives; see `figures.figures` for the columns."""
    return pd.DataFrame(figures(rows, manifest))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{k: _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(value)
    return value.item() if isinstance(value, np.generic) else value


def typical_errors(whole: ProjectionChunk) -> dict[str, float]:
    """The median over participants of the relative standard error of a balance with the sleeve, by
    percentile."""
    return dict(zip(ERRORS, (median_of(whole.sums["relative_errors"]) / MILLION).tolist(), strict=True))


def plan_year_frame(whole: ProjectionChunk, totals: PlanTotals) -> pd.DataFrame:
    """The plan by year: the fan of digital dollars and share, people above the cap, flows. Years with nobody
    left are dropped."""
    facts = whole.manifest
    share = np.divide(
        totals.digital, totals.balance, out=np.zeros_like(totals.balance), where=totals.balance > 0
    )
    dollars, shares, above = (np.sort(each, axis=1) for each in (totals.digital, share, totals.above_cap))
    people = _people_by_year(whole)
    year = np.arange(1, facts["n_years"] + 1)
    frame = pd.DataFrame(
        {
            "year": year,
            "calendar_year": facts["start_year"] + year - 1,
            "people": people,
            **columns("digital", "_usd", quantiles(dollars, FAN), FAN),
            **columns("digital", "_se_usd", quantile_errors(dollars, FAN), FAN),
            **columns("share", "", quantiles(shares, FAN), FAN),
            **columns("share", "_se", quantile_errors(shares, FAN), FAN),
            **columns("people_above_cap", "", quantiles(above, FAN), FAN),
            "flow_per_payroll_usd": totals.flow / facts["payrolls_per_year"],
            "flow_per_year_usd": totals.flow,
            "rebalanced_usd": totals.rebalanced,
            "sleeve_fees_usd": totals.sleeve_fees,
        }
    )
    return frame[frame["people"] > 0].reset_index(drop=True)


def _people_by_year(whole: ProjectionChunk) -> np.ndarray:
    return np.asarray(np.cumsum(whole.sums["horizons"][::-1])[::-1])


def ladder_frame(whole: ProjectionChunk) -> pd.DataFrame:
    """The rungs side by side, the sponsor's own last: day one, and the mean over participants of what each
    percentile gains."""
    arms = whole.manifest["arms"]
    order = sorted(range(len(arms)), key=lambda k: (arms[k]["weight"] is None, arms[k]["weight"] or 0))
    return pd.DataFrame([_rung(whole, k) for k in order])


def _rung(whole: ProjectionChunk, k: int) -> dict[str, Any]:
    arm, sums, people = whole.manifest["arms"][k], whole.sums, len(whole)
    digital, money = sums["arm_digital"][k] / 100, _total(whole, "balance_today_usd")
    row = {
        "arm": arm["name"],
        "weight": np.nan if arm["weight"] is None else arm["weight"],
        "label": "Sponsor's sleeve" if arm["weight"] is None else f"{arm['weight']:.0%}",
        "people_holding": int(sums["arm_holding"][k]),
        "digital_today_usd": digital,
        "digital_today_share": digital / money if money else 0.0,
    }
    row |= {f"loss_if_down_{drop * 100:g}_usd": drop * digital for drop in DROPS}
    effects = zip((*EFFECTS, "effect_shortfall"), sums["arm_effects"][k].tolist(), strict=True)
    row |= {f"mean_{name}_usd": added / 100 / max(people, 1) for name, added in effects}
    medians = median_of(sums["arm_balances"][k])
    names = (*(f"p{level * 100:g}" for level in PERCENTILES), "shortfall")
    return row | {f"median_{name}_usd": float(value) for name, value in zip(names, medians, strict=True)}


def _total(whole: ProjectionChunk, name: str) -> float:
    """A dollar figure of `MEANS` summed over everybody."""
    return float(whole.sums["means"][MEANS.index(name)].sum()) / 100


def stress_frame(whole: ProjectionChunk) -> pd.DataFrame:
    """If digital assets fell tomorrow: what the plan and its people would lose."""
    return pd.DataFrame([_stress(whole, i) for i in range(len(DROPS))])


def _stress(whole: ProjectionChunk, i: int) -> dict[str, Any]:
    drop, (losing, *over) = DROPS[i], whole.sums["losing"][i].tolist()
    loss = _total(whole, f"loss_if_down_{drop * 100:g}_usd")
    largest = {
        "largest_account_loss_share": drop * int(whole.peaks["digital_share"][0]) / MILLION,
        "mean_loss_usd": loss / max(len(whole), 1),
    }
    counts = {
        f"people_losing_over_{t * 100:g}_percent": n for t, n in zip(LOSS_THRESHOLDS, over, strict=True)
    }
    return {"drop": drop, "plan_loss_usd": loss, "people_losing": losing} | largest | counts


def check_frame(checks: list[Check]) -> pd.DataFrame:
    return pd.DataFrame([asdict(check) | {"passed": check.passed} for check in checks])


def participant_detail(prepared: Prepared, person: People) -> pd.DataFrame:
    """One participant's fan over the years, without and with the sleeve, worked out on the spot. `person` has
    one row."""
    scenario = prepared.scenario
    years = int(horizons(person, scenario.behaviour)[0])
    paid = contributions(person, scenario.plan, scenario.behaviour, years)[0]
    frames = []
    for arm in prepared.arms[:2]:
        paths = account_paths(prepared, arm, holdings(prepared, arm, person, 0), paid)
        share = np.divide(
            paths.digital, paths.balance, out=np.zeros_like(paths.balance), where=paths.balance > 0
        )
        frames.append(
            {
                "arm": "without" if arm.name == BASE else "with",
                "year": np.arange(1, years + 1),
                "age": person.ages[0] + np.arange(1, years + 1),
                "contributions_usd": paid,
                **columns(
                    "balance", "_usd", quantiles(np.sort(paths.balance, axis=1), PERCENTILES), PERCENTILES
                ),
                **columns(
                    "balance",
                    "_se_usd",
                    quantile_errors(np.sort(paths.balance, axis=1), PERCENTILES),
                    PERCENTILES,
                ),
                **columns("digital", "_usd", quantiles(np.sort(paths.digital, axis=1), FAN), FAN),
                **columns("share", "", quantiles(np.sort(share, axis=1), FAN), FAN),
            }
        )
    return pd.concat([pd.DataFrame(frame) for frame in frames], ignore_index=True)
