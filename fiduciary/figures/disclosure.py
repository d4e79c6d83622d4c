"""What participants are told, and when."""

from datetime import date, timedelta

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.digital import limits
from fiduciary.figures.menu import default_words
from fiduciary.figures.registry import Figure, computes
from sponsors.limits import limit_facts
from sponsors.wording import agree, count, listed, long_day

CHART_COLUMNS = {
    "Expense ratio": lambda fund: fund.expense_ratio is not None,
    "Broad-based index": lambda fund: bool(fund.chart_benchmark),
    "Category": lambda fund: bool(fund.subclass or fund.asset_class),
}


@computes("DS-01")
def chart_columns(basis: ReviewBasis) -> Figure | None:
    rows = []
    for column, is_filled in CHART_COLUMNS.items():
        missing = [line.fund.key for line in basis.lines if not is_filled(line.fund)]
        rows.append((column, str(len(basis.lines) - len(missing)), listed(missing) if missing else ""))
    return Figure(
        "Of the chart's columns Steward can fill these; returns and each fund's address come from the providers.",
        f"{basis.catalogue_provenance} 29 CFR 2550.404a-5(d).",
        ("Column", "Lines filled", "Missing for"),
        rows,
    )


@computes("DS-02")
def schedule(basis: ReviewBasis) -> Figure | None:
    effective = basis.review.effective_on
    if effective is None:
        return Figure(
            "No effective date is set, so no calendar can be drawn. Set it under “Change run or dates”.",
            "This review.",
        )
    least, most = _notice_days(basis.today)
    first, last = effective - timedelta(days=most), effective - timedelta(days=least)
    return Figure(
        f"Effective {long_day(effective)}: the change notice is due between {long_day(first)} and {long_day(last)}; "
        "the yearly chart and the quarterly statements follow the plan year.",
        "29 CFR 2550.404a-5(c); dates by arithmetic.",
    )


@computes("DS-03")
def change_notice(basis: ReviewBasis) -> Figure | None:
    effective, notice = basis.review.effective_on, basis.review.notice_sent_on
    if effective is None or notice is None:
        dates = {"the effective date": effective, "the date of the notice": notice}
        missing = [name for name, day in dates.items() if day is None]
        return Figure(
            f"Not computed yet: {listed(missing)} {agree(len(missing), 'is', 'are')} not set.", "This review."
        )
    days = (effective - notice).days
    least, most = _notice_days(basis.today)
    inside = "inside" if least <= days <= most else "outside"
    return Figure(
        f"Notice on {long_day(notice)}, effect on {long_day(effective)}: {count(days, 'day')} before, "
        f"{inside} the {least} to {most} days.",
        "29 CFR 2550.404a-5(c)(1)(ii); dates of this review.",
    )


def _notice_days(today: date) -> tuple[int, int]:
    """Least and most days between a change notice and the change."""
    least, most = (limit_facts()[f"change_notice_{end}_days"].value_on(today) for end in ("min", "max"))
    return least, most


@computes("DS-05")
def default_notice(basis: ReviewBasis) -> Figure | None:
    return Figure(
        f"The notice must name the default: {default_words(basis)}. "
        "Steward holds no dated copy of it unless attached here.",
        "This version; 29 CFR 2550.404c-5.",
    )


@computes("DS-06")
def restrictions(basis: ReviewBasis) -> Figure | None:
    sleeve = basis.sleeve
    if sleeve is None:
        return None
    return Figure(
        f"The chart has to show: {limits(sleeve)}", "This version's sleeve; 29 CFR 2550.404a-5(d)(1)(iv)."
    )
