"""Digital assets: cap, stress, concentration, vehicle, status of the law."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.performance import age_cells
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import percent, usd
from fiduciary.timeline import status_board
from menus.histories import correlation, history_of

STRESS = (("loss_if_down_50_usd", "−50 %"), ("loss_if_down_80_usd", "−80 %"))
MENU_SERIES = ("us_large", "intl_dev", "us_agg", "gold")


@computes("DA-03")
def cap(basis: ReviewBasis) -> Figure | None:
    sleeve = basis.sleeve
    if sleeve is None:
        return Figure(
            "The version holds a digital-asset line without a cap of its own. No legal cap was "
            "found; the market marks are "
            "5 % and 20 %.",
            "This version.",
        )
    above = "blocked" if sleeve.new_money_block else "accepted"
    return Figure(
        f"Cap {percent(sleeve.cap)} of an account; {sleeve.get_rebalancing_display().lower()}; new "
        "money above the cap is "
        f"{above}. Through every door at most {percent(basis.totals.most_exposed.at_most)} at the age with most. "
        f"Reason given: {sleeve.reason or 'none'}",
        "This version's sleeve.",
    )


@computes("DA-04")
def loss_by_age(basis: ReviewBasis) -> Figure | None:
    cells = [cell for cell in age_cells(basis) if not cell["suppressed"]]
    if not cells or all(cell.get(STRESS[0][0]) is None for cell in cells):
        return None
    return Figure(
        "Mean loss per account if digital assets fell tomorrow, by age. Groups under 10 people are not shown.",
        basis.run_provenance,
        ("Age", "People", *(label for _, label in STRESS)),
        [(c["age_band"], f"{c['people']:,}", *(usd(c.get(key)) for key, _ in STRESS)) for c in cells],
    )


@computes("DA-05")
def concentration(basis: ReviewBasis) -> Figure | None:
    bitcoin = history_of("bitcoin")
    rows = []
    for key in MENU_SERIES:
        other = history_of(key)
        found = correlation(bitcoin, other) if bitcoin and other else None
        if other and found:
            rows.append((other.label, f"{found[0]:.2f}", str(found[1])))
    exposure = basis.totals.exposure
    by_age = "; ".join(f"age {door.age}: {percent(door.at_most)}" for door in exposure)
    return Figure(
        f"Most an account could hold in digital assets through every door: {by_age}. Correlations since 2014:",
        f"{bitcoin.source if bitcoin else ''}. They differ by window: 0.32 with US stocks since "
        "2014, 0.51 since August 2021.",
        ("Bitcoin with", "Correlation", "Months"),
        rows,
    )


@computes("DA-06")
def vehicle(basis: ReviewBasis) -> Figure | None:
    fund = basis.fund
    if fund is None:
        return None
    outside = fund.vehicle == "etp_33act_trust"
    words = (
        "The 1940 Act's rules on liquidity programmes, boards, custody, leverage and affiliates do not reach it."
        if outside
        else "Check which of the 1940 Act's rules reach it."
    )
    return Figure(f"{fund.key} is: {fund.get_vehicle_display()}. {words}", basis.catalogue_provenance)


@computes("DA-08")
def law_today(basis: ReviewBasis) -> Figure | None:
    rows = [(entry.instrument, entry.status.label, entry.as_of) for entry in status_board()]
    return Figure(
        "Where the instruments stand on Steward's status board, each as of its own date.",
        "Steward's regulatory timeline; sources stand on the rules page.",
        ("Instrument", "Status", "As of"),
        rows,
    )
