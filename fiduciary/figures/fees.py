"""Fees: what the fund costs, how it ranks, what the fee takes from a typical account."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.performance import age_cells
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import count, fee, per_1000, usd
from menus.models import Fund


@computes("FE-01")
def expense(basis: ReviewBasis) -> Figure | None:
    if basis.fund is None:
        return None
    ratio = basis.fund.expense_ratio
    known = (
        f"{fee(ratio)} a year, {per_1000(ratio)} per $1,000"
        if ratio is not None
        else "not on file: ask the provider before deciding"
    )
    return Figure(
        f"{basis.fund.name} ({basis.fund.key}): {known} ({basis.fund.get_fee_state_display().lower()}). "
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
        f"{count(len(rows), 'line')} of the menu {'has' if len(rows) == 1 else 'have'} a cheaper "
        "share class in the catalogue."
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
            f"No fund of its kind in the catalogue is cheaper than {fund.key}.", basis.catalogue_provenance
        )
    written = any(line.fund_id == fund.pk and line.value_statement for line in basis.lines)
    return Figure(
        f"{count(len(cheaper), 'fund')} of its kind {'is' if len(cheaper) == 1 else 'are'} cheaper, so a written value "
        f"statement is asked for; {'one is on the menu line' if written else 'none is on the menu line yet'}.",
        basis.catalogue_provenance,
    )


@computes("FE-05")
def fee_by_retirement(basis: ReviewBasis) -> Figure | None:
    rows = [
        (cell["age_band"], f"{cell['people']:,}", usd(cell.get("sleeve_fees_usd")))
        for cell in age_cells(basis)
        if not cell["suppressed"] and cell.get("sleeve_fees_usd") is not None
    ]
    if not rows:
        return None
    return Figure(
        "Fees paid on the sleeve by the horizon, mean of each age band over people and paths.",
        basis.run_provenance,
        ("Age", "People", "Fees on the sleeve"),
        rows,
    )


def _fee_source(fund: Fund, basis: ReviewBasis) -> str:
    fact = fund.facts.get("expense_ratio") or {}
    source = fact.get("source") or {}
    title = source.get("title") if isinstance(source, dict) else str(source)
    return f"{title or basis.catalogue_provenance} (as of {fact.get('as_of') or 'not stated'})."
