"""Fees: what the fund costs, how it ranks, its layers, what the fee takes from a typical account."""

from decimal import Decimal

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.performance import age_cells
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import fee, per_1000, weight
from menus.models import Fund
from sponsors.templatetags.steward import money, number
from sponsors.wording import agree, count


@computes("FE-01")
def expense(basis: ReviewBasis) -> Figure | None:
    if basis.fund is None:
        return None
    name, ratio = f"{basis.fund.name} ({basis.fund.key})", basis.fund.expense_ratio
    if ratio is None:
        return Figure(
            f"The catalogue has no expense ratio of {name}: ask the provider before deciding.",
            basis.catalogue_provenance,
        )
    return Figure(
        f"{name} costs {fee(ratio)} a year, {per_1000(ratio)} per $1,000 "
        f"({basis.fund.get_fee_state_display().lower()}). "
        "Trading spreads, custody beyond the sponsor's fee and plan charges are not in it.",
        _fee_source(basis.fund, basis),
    )


@computes("FE-02")
def rank(basis: ReviewBasis) -> Figure | None:
    if basis.fund is None or basis.fund.expense_ratio is None:
        return None
    known = [fund for fund in [*basis.comparators, basis.fund] if fund.expense_ratio is not None]
    ordered = sorted(known, key=lambda fund: (fund.expense_ratio, fund.key))
    place = ordered.index(basis.fund) + 1
    return Figure(
        f"{basis.fund.key} stands {place} of {len(ordered)} by expense ratio, cheapest first, among funds of its kind "
        "whose fee is known.",
        basis.catalogue_provenance,
        ("Key", "Fund", "Expense ratio", "Per $1,000"),
        [
            (fund.key, fund.name, fee(fund.expense_ratio), per_1000(fund.expense_ratio))
            for fund in ordered[:15]
        ],
    )


@computes("FE-03")
def cheaper_class(basis: ReviewBasis) -> Figure | None:
    siblings = [line for line in basis.facts.lines if line.cheaper_sibling]
    rows = [
        (line.key, fee(line.expense_ratio), line.cheaper_sibling.key, fee(line.cheaper_sibling.expense_ratio))
        for line in siblings
        if line.cheaper_sibling
    ]
    statement = (
        f"{count(len(rows), 'line')} of the menu {agree(len(rows), 'has', 'have')} a cheaper share class in the "
        "catalogue."
        if rows
        else "The catalogue knows no cheaper share class of any line; it does not list every class."
    )
    return Figure(
        statement,
        basis.catalogue_provenance,
        ("Line", "Fee", "Cheaper class", "Its fee") if rows else (),
        rows,
    )


@computes("FE-04")
def value_statement_needed(basis: ReviewBasis) -> Figure | None:
    fund = basis.fund
    if fund is None or fund.expense_ratio is None:
        return None
    cheaper = [
        f for f in basis.comparators if f.expense_ratio is not None and f.expense_ratio < fund.expense_ratio
    ]
    if not cheaper:
        return Figure(
            f"No fund of its kind in the catalogue costs less than {fund.key}.", basis.catalogue_provenance
        )
    written = any(line.fund_id == fund.pk and line.value_statement for line in basis.lines)
    return Figure(
        f"{count(len(cheaper), 'fund')} of its kind {agree(len(cheaper), 'costs', 'cost')} less than "
        f"{fund.key}, so the "
        "committee has to say in writing what the difference buys; "
        f"{'the menu line says it' if written else 'the menu line does not say it yet'}.",
        basis.catalogue_provenance,
    )


@computes("FE-05")
def fee_by_retirement(basis: ReviewBasis) -> Figure | None:
    rows = [
        (cell["age_band"], number(cell["people"]), money(cell["sleeve_fees_usd"]))
        for cell in age_cells(basis)
    ]
    if not rows or basis.sleeve is None:
        return None
    return Figure(
        "Fees of the sleeve that an account pays until retirement, mean of each age over people and paths.",
        f"{basis.run_provenance} Groups under 10 people are not shown.",
        ("Age", "People", "Fees on the sleeve"),
        rows,
    )


def _fee_source(fund: Fund, basis: ReviewBasis) -> str:
    """Where the catalogue read the fee, and when."""
    fact = fund.facts.get("expense_ratio") or {}
    titles = [source["title"] for source in fact.get("sources", [])]
    return f"{'; '.join(titles)}, as of {fact['as_of']}." if titles else basis.catalogue_provenance


@computes("CX-03")
def layers(basis: ReviewBasis) -> Figure | None:
    """Fees of a target-date series with a sleeve: the fund's own on the rest, the product's on the sleeve."""
    sleeve = basis.sleeve
    if sleeve is None or not sleeve.weights_by_age or sleeve.fund.expense_ratio is None:
        return None
    series = [line.fund.expense_ratio for line in basis.lines if line.fund.is_target_date]
    known = [ratio for ratio in series if ratio is not None]
    if not known:
        return None
    own, inside = max(known), sleeve.fund.expense_ratio
    shares = [(point["age"], Decimal(str(point["weight"]))) for point in sleeve.weights_by_age]
    return Figure(
        f"Two flat layers and no performance fee on file: {fee(own)} for the target-date fund, {fee(inside)} for "
        f"{sleeve.fund.key} on the sleeve alone. Together:",
        f"{basis.catalogue_provenance} Arithmetic: the fund's fee on the rest, the product's on the sleeve.",
        ("Age", "Sleeve", "Fee together"),
        [(str(age), weight(share), fee((1 - share) * own + share * inside)) for age, share in shares],
    )
