"""What every result of a run must say about itself."""

from typing import Any

from .factors import Prepared

ENGINE_VERSION = "2.0.0"


def manifest(prepared: Prepared, tables: object = None) -> dict[str, Any]:
    """Versions, digests and settings, equal in all chunks of a run; the evaluator is "exact", or "tables"
    with any."""
    scenario = prepared.scenario
    return {
        "engine_version": ENGINE_VERSION,
        "evaluator": "exact" if tables is None else "tables",
        "scenario": scenario.digest,
        "market_edition": scenario.market.edition,
        "market_window": scenario.market.window,
        "market": scenario.market.digest,
        "correlation_change": round(prepared.parameters.largest_change, 9),
        "seed": scenario.seed,
        "n_paths": scenario.n_paths,
        "n_years": scenario.n_years,
        "start_year": scenario.plan.start_year,
        "payrolls_per_year": scenario.plan.payrolls_per_year,
        "payout_rate": scenario.behaviour.payout_rate,
        "cap": scenario.sleeve.cap,
        "sleeve": scenario.sleeve.kind,
        "arms": [{"name": arm.name, "weight": arm.weight} for arm in prepared.arms],
    }
