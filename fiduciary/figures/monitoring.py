"""Watching afterwards: the next review, what changed since, people above the cap, where the law stands."""

from fiduciary.enums import ReviewStatus
from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.performance import age_cells
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import weight
from fiduciary.models import PrudenceReview
from fiduciary.timeline import status_board
from menus.selectors import compare_versions, version_in_force
from sponsors.templatetags.steward import number, percent
from sponsors.wording import agree, count, listed, long_day


@computes("MO-01")
def next_review(basis: ReviewBasis) -> Figure | None:
    planned = basis.review.next_review_on
    closed = PrudenceReview.objects.filter(plan=basis.review.plan, status=ReviewStatus.CLOSED)
    past = closed.filter(next_review_on__lt=basis.today).exclude(pk=basis.review.pk)
    late = [
        f"{review} (due {long_day(due)})"
        for review in past
        if (due := review.next_review_on) and not _followed(review, basis)
    ]
    words = (
        f"The next review is due on {long_day(planned)}."
        if planned
        else "No date is set for the next review."
    )
    missed = f"Past its date without a later review: {listed(late)}." if late else "None was missed so far."
    return Figure(f"{words} {missed}", "Dates of this plan's reviews.")


def _followed(review: PrudenceReview, basis: ReviewBasis) -> bool:
    """Whether a review came after this one; the one at hand, perhaps not yet stored, does not count."""
    later = PrudenceReview.objects.filter(plan=review.plan, opened_at__gt=review.opened_at)
    return later.exclude(pk=basis.review.pk).exists()


@computes("MO-02")
def changes_since(basis: ReviewBasis) -> Figure | None:
    before = version_in_force(basis.version.menu)
    if before is None:
        return None
    changed = [line for line in compare_versions(before, basis.version).lines if line.status != "unchanged"]
    rows = [(line.fund.key, line.fund.name, ", ".join([line.status, *line.words])) for line in changed]
    number = len(rows)
    return Figure(
        f"Against the menu in force (version {before.number}), {count(number, 'fund')} "
        f"{agree(number, 'differs', 'differ')}. "
        "Whether a manager, custodian or strategy changed is not in Steward.",
        "Comparison of the two versions, line by line.",
        ("Key", "Fund", "Difference") if rows else (),
        rows,
    )


@computes("MO-04")
def above_the_cap(basis: ReviewBasis) -> Figure | None:
    cells, years = age_cells(basis), (basis.result or {}).get("plan_years", [])
    if not cells or not years or basis.sleeve is None:
        return None
    first = years[0]
    return Figure(
        f"At the end of {first['calendar_year']} {number(first['above_cap_p50'])} of {number(first['people'])} people "
        f"are above the cap of {weight(basis.sleeve.cap)} on the middle path, {number(first['above_cap_p95'])} "
        "on one path "
        "in twenty. Chance that an account is above it at some year end before retirement:",
        f"{basis.run_provenance} Groups under 10 people are not shown.",
        ("Age", "People", "Ever above the cap"),
        [(c["age_band"], number(c["people"]), percent(c["ever_above_cap_probability"], 1)) for c in cells],
    )


@computes("MO-06")
def law_relied_on(basis: ReviewBasis) -> Figure | None:
    rows = [(entry.instrument, entry.status.label, entry.as_of) for entry in status_board()]
    return Figure(
        "Where the texts that a review of a menu relies on stand today.",
        "Steward's regulatory timeline; sources, and what would change each, stand on the rules page.",
        ("Instrument", "Status", "As of"),
        rows,
    )
