"""The prudence review: opened on a frozen version, filled with figures, answered item by item with evidence."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from fiduciary import checklists
from fiduciary.enums import Answer, ReviewStatus
from fiduciary.figures import figures_for, figures_of_answers
from fiduciary.models import PrudenceReview, ReviewResponse
from fiduciary.selectors import applicable_item
from fiduciary.subjects import subjects_of
from menus.enums import RunStatus, VersionStatus
from menus.models import Fund, MenuVersion, ProjectionRun
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import Plan, User
from sponsors.services.addresses import next_number

DATES = ("effective_on", "notice_sent_on", "next_review_on")


@transaction.atomic
def review_open(
    *,
    by: User,
    version: MenuVersion,
    purpose: str,
    run: ProjectionRun | None = None,
    subject_fund: Fund | None = None,
    **dates: date | None,
) -> PrudenceReview:
    """Open the review of a proposed version with the checklist edition in force today.

    `dates` may name effective_on, notice_sent_on and next_review_on. Refuses a version that is not proposed, one that
    already has an open review, and a run of another version.
    """
    plan = Plan.objects.select_for_update().get(pk=version.plan_id)
    _require_proposed(version)
    require_words(
        purpose, "purpose", "Say in a sentence why the committee looks at this for the participants' benefit."
    )
    _require_no_open_review(version)
    _require_run_of(version, run)
    edition = checklists.edition_in_force(timezone.localdate())
    review = PrudenceReview(
        sponsor=plan.sponsor,
        plan=plan,
        version=version,
        number=next_number(PrudenceReview.objects.filter(plan=plan)),
        subjects=sorted(subjects_of(version)),
        subject_fund=subject_fund or _fund_in_question(version),
        purpose=purpose.strip(),
        checklist=edition.checklist,
        checklist_edition=edition.edition,
        checklist_hash=edition.edition_hash,
        run=run,
        opened_by=by,
        **{name: dates.get(name) for name in DATES},
    )
    _check_dates(review)
    review.save()
    review.figures = figures_for(review)
    review.save(update_fields=["figures"])
    record("prudence_review.opened", by=by, plan=plan, subject=review, body=_opening(review))
    return review


def _opening(review: PrudenceReview) -> dict[str, Any]:
    """What the ledger keeps of a review's beginning."""
    return {
        "version": review.version.number,
        "content_hash": review.version.content_hash,
        "subjects": review.subjects,
        "checklist": [review.checklist, review.checklist_edition, review.checklist_hash],
        "run": review.run.number if review.run else None,
        "purpose": review.purpose,
    }


@transaction.atomic
def review_refresh(
    *, by: User, review: PrudenceReview, run: ProjectionRun | None = None, **dates: date | None
) -> PrudenceReview:
    """Take another run or other dates into an open review and compute its figures again."""
    review = locked_open_review(review)
    _require_run_of(review.version, run)
    review.run = run or review.run
    for name in DATES:
        setattr(review, name, dates.get(name, getattr(review, name)))
    _check_dates(review)
    review.figures = figures_for(review)
    review.save()
    record(
        "prudence_review.refreshed",
        by=by,
        plan=review.plan,
        subject=review,
        body={
            "run": review.run.number if review.run else None,
            **{name: str(getattr(review, name) or "") for name in DATES},
        },
    )
    return review


@transaction.atomic
def response_give(
    *, by: User, review: PrudenceReview, item_id: str, answer: str, note: str = ""
) -> ReviewResponse:
    """Answer one item. The earlier answer stays on record; every answer but "met" must say why."""
    review = locked_open_review(review)
    item = applicable_item(review, item_id)
    note = note.strip()
    if answer not in Answer.values:
        raise Refusal(
            "Choose one of: met, not met, not applicable, needs follow-up.", field="answer", code="answer"
        )
    if answer != Answer.MET and not note:
        raise Refusal(
            f'{item.id}: "{Answer(answer).label}" needs a reason in the note, so that a later reader understands it.',
            field="note",
            code="note_missing",
        )
    ReviewResponse.objects.filter(review=review, item_id=item.id, is_current=True).update(is_current=False)
    response = ReviewResponse.objects.create(
        sponsor=review.sponsor,
        plan=review.plan,
        review=review,
        item_id=item.id,
        answer=answer,
        note=note,
        answered_by=by,
    )
    review.figures |= figures_of_answers(review)
    review.save(update_fields=["figures"])
    record(
        "review_response.given",
        by=by,
        plan=review.plan,
        subject=review,
        body={"item": item.id, "answer": answer, "note": note, "response": response.pk},
    )
    return response


def locked_open_review(review: PrudenceReview) -> PrudenceReview:
    """The review's row, locked. Refuses when a decision is drafted or signed: what is signed must not move."""
    review = (
        PrudenceReview.objects.select_for_update(of=("self",))
        .select_related("plan", "sponsor", "version")
        .get(pk=review.pk)
    )
    if review.status == ReviewStatus.DECIDED:
        raise Refusal(
            f"{review} awaits signatures, so its answers are frozen. Withdraw the decision first if "
            "something must change.",
            code="review_frozen",
            conflict=True,
        )
    if review.status == ReviewStatus.CLOSED:
        raise Refusal(
            f"{review} is closed by a signed decision and never changes.", code="review_closed", conflict=True
        )
    return review


def _require_proposed(version: MenuVersion) -> None:
    if version.status != VersionStatus.PROPOSED:
        raise Refusal(
            f"{version} is {version.get_status_display().lower()}. A review looks at a proposed "
            "version: propose it first.",
            code="version_not_proposed",
            conflict=True,
        )


def _require_no_open_review(version: MenuVersion) -> None:
    if PrudenceReview.objects.filter(version=version).exclude(status=ReviewStatus.CLOSED).exists():
        raise Refusal(
            f"{version} already has an open review. Go on with that one; a second would split the record.",
            code="review_exists",
            conflict=True,
        )


def _require_run_of(version: MenuVersion, run: ProjectionRun | None) -> None:
    if run is None:
        return
    if run.version_id != version.pk:
        raise Refusal(
            f"{run} projected another version. Choose a run of {version}.", field="run", code="run_of_other"
        )
    if run.status != RunStatus.DONE:
        raise Refusal(
            f"{run} is not finished. Wait for it, or open the review without a run.",
            field="run",
            code="run_open",
        )


def require_words(text: str, field: str, message: str) -> None:
    if not text.strip():
        raise Refusal(message, field=field, code=f"{field}_missing")


def _check_dates(review: PrudenceReview) -> None:
    """A review's dates must be in a possible order; whether a notice is early enough is a checklist item."""
    if review.notice_sent_on and review.effective_on and review.notice_sent_on > review.effective_on:
        raise Refusal(
            "The notice would go out after the change takes effect. Check both dates.",
            field="notice_sent_on",
            code="notice_after_effect",
        )
    if review.next_review_on and review.next_review_on <= timezone.localdate():
        raise Refusal(
            "The next review must be on a later day than today.",
            field="next_review_on",
            code="next_review_past",
        )


def _fund_in_question(version: MenuVersion) -> Fund | None:
    """The fund a review with a sleeve is mainly about: what fills the sleeve; else the first default fund."""
    sleeve = getattr(version, "sleeve", None)
    if sleeve is not None:
        return sleeve.fund
    line = version.lines.filter(is_qdia=True).select_related("fund").first()
    return line.fund if line else None
