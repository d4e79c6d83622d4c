"""Liquidity and valuation: which routes of the proposed rule the vehicle leaves open, and what a fall would move."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import percent, usd
from menus.enums import Vehicle

OPEN_ROUTES = {
    Vehicle.MUTUAL_FUND: "registered under the 1940 Act as an open-end fund, the vehicle that route (A) names",
    Vehicle.ETF: "a 1940 Act ETF: route (A) names mutual funds, so confirm with counsel that it covers this one",
}


@computes("LQ-01")
def liquidity_route(basis: ReviewBasis) -> Figure | None:
    return _route(
        basis, "liquidity", "the three conditions for a similar programme, or the full analysis, remain"
    )


@computes("VA-01")
def valuation_route(basis: ReviewBasis) -> Figure | None:
    return _route(
        basis, "valuation", "exchange prices or an independent process must be shown to be adequate"
    )


def _route(basis: ReviewBasis, what: str, otherwise: str) -> Figure | None:
    if basis.fund is None:
        return None
    vehicle = Vehicle(basis.fund.vehicle)
    route = OPEN_ROUTES.get(vehicle)
    if route is None:
        words = (
            f"{vehicle.label}: not a 1940 Act fund, so no {what} route is met by registration; {otherwise}"
        )
    else:
        words = route
    return Figure(
        f"{basis.fund.key} is {words}. The proposed rule's routes are not in effect.",
        f"{basis.catalogue_provenance} Proposed 29 CFR 2550.404a-6(i) and (j).",
    )


@computes("LQ-03")
def participant_flows(basis: ReviewBasis) -> Figure | None:
    years = (basis.result or {}).get("plan_years", [])
    if not years:
        return None
    first = years[0]
    return Figure(
        f"Modelled flow into digital assets: {usd(first.get('flow_per_payroll_usd'))} per payroll in the first year; "
        f"{usd(first.get('rebalanced_usd'))} moved by rebalancing in it.",
        basis.run_provenance,
    )


@computes("LQ-05")
def illiquid_share(basis: ReviewBasis) -> Figure | None:
    sleeve = basis.sleeve
    if sleeve is None:
        return None
    weights = [float(point["weight"]) for point in sleeve.weights_by_age] or [float(sleeve.cap)]
    return Figure(
        f"The sleeve is at most {percent(max(weights))} of a fund or account by its own rule. The "
        "product is exchange-traded; "
        "Steward knows of no other illiquid holding on the menu. 17 CFR 270.22e-4 caps illiquid holdings of registered "
        "open-end funds at 15 %.",
        basis.catalogue_provenance,
    )


@computes("LQ-06")
def under_a_fall(basis: ReviewBasis) -> Figure | None:
    stress = (basis.result or {}).get("stress", [])
    if not stress or basis.sleeve is None:
        return None
    rows = [(percent(-row["drop"], 0), usd(row.get("plan_loss_usd"))) for row in stress]
    return Figure(
        f"Rebalancing rule: {basis.sleeve.get_rebalancing_display().lower()}. What a sudden fall "
        "would take from the plan:",
        basis.run_provenance,
        ("Fall of digital assets", "Loss of the plan"),
        rows,
    )
