"""The menu as a whole: breadth, default, coverage, and whether a sleeve is a new selection."""

from collections import Counter

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from menus.guardrails import findings_for
from menus.guardrails.registry import RULES
from menus.guardrails.totals import GroupCoverage, MenuCost
from sponsors.templatetags.steward import percent
from sponsors.wording import count, listed


@computes("MN-01")
def breadth(basis: ReviewBasis) -> Figure | None:
    core = [line.key for line in basis.facts.lines if line.is_core and line.is_diversified]
    return _with_findings(
        basis,
        f"{count(len(core), 'diversified core line')}: {listed(core) or 'none'}. "
        "Products that hold one coin never count.",
        "breadth",
    )


@computes("MN-02")
def freedom_to_move(basis: ReviewBasis) -> Figure | None:
    return Figure(
        "Trading rules are the recordkeeper's and not in Steward: attach them as evidence. "
        f"Recordkeeper on file: {basis.review.plan.recordkeeper or 'none'}.",
        "Plan facts as entered in Steward.",
    )


@computes("MN-03")
def default_fund(basis: ReviewBasis) -> Figure | None:
    return _with_findings(basis, f"The default is {default_words(basis)}.", "qdia")


def default_words(basis: ReviewBasis) -> str:
    """The default in words: a target-date series by its name and number of vintages, other funds by their keys."""
    lines = [line for line in basis.lines if line.is_qdia]
    series = Counter(line.fund.series for line in lines if line.fund.series)
    words = [f"{name} ({count(number, 'vintage')})" for name, number in series.items()]
    words += [f"{line.fund.name} ({line.fund.key})" for line in lines if not line.fund.series]
    return listed(words) if words else "not marked yet"


@computes("MN-04")
def new_selection(basis: ReviewBasis) -> Figure | None:
    return Figure(
        f"This is that review: number {basis.review.number}, opened for version "
        f"{basis.version.number} with its sleeve.",
        "Proposed 29 CFR 2550.404a-6(h)(4): a fund whose strategy changes is selected afresh.",
    )


@computes("MN-05")
def size_and_coverage(basis: ReviewBasis) -> Figure | None:
    totals = basis.totals
    rows = [
        (group.group[0].upper() + group.group[1:], str(len(group.line_keys)), _reached(group, basis))
        for group in totals.coverage
    ]
    return Figure(
        f"{count(totals.lines, 'line')}, {count(totals.choices, 'choice')} (a target-date series counts once). "
        f"{_cost(totals.cost)}",
        basis.catalogue_provenance,
        ("Group", "Lines", "Reached"),
        rows,
    )


def _cost(cost: MenuCost) -> str:
    if cost.rate is None:
        return "What they cost is not on file."
    how = "weighted by balances" if cost.weighted_by == "balances" else "each line counted alike"
    return f"They cost {percent(cost.rate, 3)} a year, {how}."


def _reached(group: GroupCoverage, basis: ReviewBasis) -> str:
    if group.line_keys:
        return "by lines of its own"
    if group.group == "digital assets" and basis.totals.has_digital_assets:
        return "through the sleeve"
    return "inside mixed funds" if group.is_reached_inside_mixed_funds else "not at all"


def _with_findings(basis: ReviewBasis, statement: str, theme: str) -> Figure:
    """The statement with what the guardrails of one theme (the module their rules stand in) say of the version."""
    of_theme = {rule for rule, check in RULES.items() if check.__module__.endswith(f".{theme}")}
    said = [(f.severity.value, f.sentence) for f in findings_for(basis.facts) if f.rule in of_theme]
    return Figure(
        statement, "Steward's guardrails on this version.", ("Severity", "Finding") if said else (), said
    )
