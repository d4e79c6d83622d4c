"""Watching afterwards: the next review, people above the cap, and what changed in the law."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import day, percent
from fiduciary.models import PrudenceReview
from fiduciary.timeline import status_board
from menus.selectors import compare_versions


@computes("MO-01")
def next_review(basis: ReviewBasis) -> Figure | None:
    planned = basis.review.next_review_on
    missed = PrudenceReview.objects.filter(
        plan=basis.review.plan, next_review_on__lt=basis.today, status="closed"
    ).exclude(pk=basis.review.pk)
    late = [str(review) for review in missed if not _followed(review)]
    words = f"Next review: {day(planned)}." if planned else "No date is set for the next review."
    return Figure(
        f"{words} {'Past their date without a later review: ' + ', '.join(late) + '.' if late else 'None was missed.'}",
        "Dates of this plan's reviews.",
    )


def _followed(review: PrudenceReview) -> bool:
    return PrudenceReview.objects.filter(plan=review.plan, opened_at__gt=review.opened_at).exists()


@computes("MO-02")
def changes_since(basis: ReviewBasis) -> Figure | None:
    before = basis.version.based_on
    if before is None:
        return None
    comparison = compare_versions(before, basis.version)
    changed = [line for line in comparison.lines if line.status != "unchanged"]
    return Figure(
        f"Against version {before.number}: {len(changed)} lines differ.",
        "Line-by-line comparison of the two versions; facts of the funds carry their own dates.",
        ("Fund", "Difference"),
        [(line.fund.key, ", ".join([line.status, *line.words])) for line in changed],
    )


@computes("MO-04")
def above_the_cap(basis: ReviewBasis) -> Figure | None:
    years = (basis.result or {}).get("plan_years", [])
    if not years or basis.sleeve is None:
        return None
    shown = [years[i] for i in (0, 4, 9, len(years) - 1) if i < len(years)]
    return Figure(
        f"People modelled above the cap of {percent(basis.sleeve.cap)} at year end.",
        basis.run_provenance,
        ("Year", "Median", "95th percentile"),
        [
            (str(y["calendar_year"]), f"{y['above_cap_p50']:,.0f}", f"{y['above_cap_p95']:,.0f}")
            for y in shown
        ],
    )


@computes("MO-06")
def law_relied_on(basis: ReviewBasis) -> Figure | None:
    rows = [(entry.instrument, entry.status.label, entry.would_change) for entry in status_board()]
    return Figure(
        "What this review relies on, where it stands, and what would change it.",
        "Steward's regulatory timeline, each entry as of its own date.",
        ("Instrument", "Status", "What would change it"),
        rows,
    )
