"""Liquidity and valuation: which routes of the proposed rule the vehicle leaves open, and what a fall would move."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import weight, wrapper
from menus.enums import Vehicle
from sponsors.limits import limit_facts
from sponsors.templatetags.steward import money, percent

ROUTES = {
    Vehicle.MUTUAL_FUND: "the vehicle that the route for registered funds names",
    Vehicle.ETF: "registered, but the route names mutual funds: confirm with counsel that it covers this one",
}


@computes("LQ-01")
def liquidity_route(basis: ReviewBasis) -> Figure | None:
    return _route(
        basis,
        "Its liquidity is not shown by registration: a similar programme with a written representation, or an "
        "analysis of "
        "the committee's own, remains.",
    )


@computes("VA-01")
def valuation_route(basis: ReviewBasis) -> Figure | None:
    return _route(
        basis,
        "Its valuation is not shown by registration: that exchange prices, or an independent process, are "
        "adequate has to "
        "be shown.",
    )


def _route(basis: ReviewBasis, otherwise: str) -> Figure | None:
    fund = basis.fund
    if fund is None:
        return None
    route = ROUTES.get(Vehicle(fund.vehicle))
    words = f"{fund.key} is {wrapper(fund.vehicle)}" + (f", {route}." if route else f". {otherwise}")
    return Figure(
        f"{words} The proposed rule's routes are not in effect.",
        f"{basis.catalogue_provenance} Proposed 29 CFR 2550.404a-6(i) and (j).",
    )


@computes("LQ-03")
def participant_flows(basis: ReviewBasis) -> Figure | None:
    years = (basis.result or {}).get("plan_years", [])
    if not years:
        return None
    first = years[0]
    return Figure(
        f"In the first modelled year {money(first['flow_per_payroll_usd'])} of each payroll buys digital assets and "
        f"rebalancing moves {money(first['rebalanced_usd'])}. Loans, hardship and people who leave are not modelled.",
        basis.run_provenance,
    )


@computes("LQ-05")
def illiquid_share(basis: ReviewBasis) -> Figure | None:
    sleeve = basis.sleeve
    if sleeve is None:
        return None
    inside = [float(point["weight"]) for point in sleeve.weights_by_age]
    weights = [float(sleeve.cap)] if sleeve.opens_line else inside
    return Figure(
        f"The sleeve is at most {weight(max(weights))} by its own rule; {sleeve.fund.key} is "
        f"{wrapper(sleeve.fund.vehicle)}. "
        "Illiquid holdings inside other funds are not in Steward. A registered open-end fund may hold "
        f"{weight(limit_facts()['illiquid_investment_cap'].value_on(basis.today))} at most.",
        f"{basis.catalogue_provenance} 17 CFR 270.22e-4.",
    )


@computes("LQ-06")
def under_a_fall(basis: ReviewBasis) -> Figure | None:
    stress = (basis.result or {}).get("stress", [])
    if not stress or basis.sleeve is None:
        return None
    rows = [
        (percent(-row["drop"], 0), money(row["plan_loss_usd"]), percent(row["largest_account_loss_share"], 1))
        for row in stress
    ]
    return Figure(
        f"Rebalancing: {basis.sleeve.rebalancing_words.lower()}. Who trades after a fall stands in the fund's "
        "documents. What a fall tomorrow would take:",
        basis.run_provenance,
        ("Digital assets", "Loss of the plan", "Largest loss of an account"),
        rows,
    )
