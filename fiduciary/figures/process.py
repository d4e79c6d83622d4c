"""Process and governance: who decides, when what was proposed and opened, what keeps the file."""

from datetime import datetime

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.selectors import review_sections
from sponsors.wording import agree, count, listed, long_day


@computes("PG-01")
def named_fiduciary(basis: ReviewBasis) -> Figure | None:
    plan = basis.review.plan
    named = plan.named_fiduciary or "nobody yet (the plan facts are silent)"
    charter = (
        "one person who decides alone"
        if plan.sole_fiduciary
        else f"{count(plan.required_signatures, 'signature')} under a decision"
    )
    return Figure(
        f"The plan facts name {named}. The charter asks for {charter}.", "Plan facts as entered in Steward."
    )


@computes("PG-03")
def recorded_at_the_time(basis: ReviewBasis) -> Figure | None:
    version, review = basis.version, basis.review
    if version.proposed_at is None:
        return None
    opened = review.opened_at or version.proposed_at
    return Figure(
        f"Version {version.number} was proposed on {_at(version.proposed_at)} and has not changed since; this "
        "review was "
        f"opened on {_at(opened)}. Each answer carries its own time.",
        "The sponsor's ledger: each entry is written in the transaction of its act.",
    )


def _at(instant: datetime) -> str:
    return f"{long_day(instant.date())} at {instant:%H:%M} UTC"


@computes("PG-08")
def fee_facts_on_file(basis: ReviewBasis) -> Figure | None:
    missing = [line.fund.key for line in basis.lines if line.fund.expense_ratio is None]
    stale = [line.fund.key for line in basis.lines if line.fund.fee_state == "stale"]
    words = [f"no expense ratio is on file for {listed(missing)}"] if missing else []
    words += [f"that of {listed(stale)} is old"] if stale else []
    statement = " and ".join(words) if words else "every line has an expense ratio with its source"
    return Figure(
        f"In the catalogue {statement}. Providers' disclosures under 408(b)(2) are not in Steward unless "
        "attached here as "
        "evidence.",
        basis.catalogue_provenance,
    )


@computes("PG-09")
def factors_considered(basis: ReviewBasis) -> Figure | None:
    """Counts answers, so it is computed again with each one."""
    rows = [
        (section.title, str(section.answered), str(len(section.items)))
        for section in review_sections(basis.review)
    ]
    open_items = sum(int(asked) - int(answered) for _, answered, asked in rows)
    return Figure(
        f"{count(open_items, 'item')} of this review {agree(open_items, 'is', 'are')} unanswered."
        if open_items
        else "Every item of this review is answered.",
        "The answers on record, counted again with each.",
        ("Section", "Answered", "Asked"),
        rows,
    )


@computes("PG-11")
def retention(basis: ReviewBasis) -> Figure | None:
    return Figure(
        "Steward has no function that deletes a review, its evidence or its documents. How long the database "
        "and the files are kept and backed up is for whoever runs the site; record that rule, or a legal "
        "hold, as evidence here.",
        "Database rules refuse to change or delete ledger entries; services have no delete.",
    )
