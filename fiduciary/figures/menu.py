"""The menu as a whole: breadth, default, coverage, and whether a sleeve is a new selection."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import count, listed, percent
from menus.guardrails import findings_for
from menus.guardrails.registry import RULES
from menus.guardrails.totals import GroupCoverage


@computes("MN-01")
def breadth(basis: ReviewBasis) -> Figure | None:
    core = [line.key for line in basis.facts.lines if line.is_core and line.is_diversified]
    return _with_findings(
        basis,
        f"{count(len(core), 'diversified core line')}: {listed(core)}. Single-coin products never count.",
        "breadth",
    )


@computes("MN-02")
def freedom_to_move(basis: ReviewBasis) -> Figure | None:
    return Figure(
        "Trading rules are the recordkeeper's and are not in Steward; attach them. "
        f"Recordkeeper on file: {basis.review.plan.recordkeeper or 'none'}.",
        "Plan facts as entered in Steward.",
    )


@computes("MN-03")
def default_fund(basis: ReviewBasis) -> Figure | None:
    lines = basis.facts.default_lines
    kinds = sorted({line.asset_class.replace("_", " ") for line in lines})
    return _with_findings(
        basis,
        f"Default: {listed([line.key for line in lines])} ({listed(kinds)})."
        if lines
        else "No default fund is marked.",
        "qdia",
    )


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
    rows = [(group.group, str(len(group.line_keys)), _reached(group)) for group in totals.coverage]
    cost = percent(totals.cost.rate, 3) if totals.cost.rate is not None else "unknown"
    return Figure(
        f"{count(totals.lines, 'line')}, {count(totals.choices, 'choice')} (a target-date series counts once). "
        f"Weighted cost {cost} a year.",
        basis.catalogue_provenance,
        ("Group", "Lines", "Reached"),
        rows,
    )


def _reached(group: GroupCoverage) -> str:
    if group.line_keys:
        return "by lines of its own"
    return "inside mixed funds" if group.is_reached_inside_mixed_funds else "not at all"


def _with_findings(basis: ReviewBasis, statement: str, theme: str) -> Figure:
    """The statement with what the guardrails of one theme (the module their rules stand in) say of the version."""
    of_theme = {rule for rule, check in RULES.items() if check.__module__.endswith(f".{theme}")}
    said = [(f.severity.value, f.sentence) for f in findings_for(basis.facts) if f.rule in of_theme]
    return Figure(
        statement, "Steward's guardrails on this version.", ("Severity", "Finding") if said else (), said
    )
