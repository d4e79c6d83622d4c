"""Before deciding, each person says whether they have an interest in the outcome, and steps aside if so."""

from django.db import transaction

from fiduciary.enums import ReviewStatus
from fiduciary.models import ConflictDeclaration, PrudenceReview, Signature
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import User


@transaction.atomic
def conflict_declare(
    *, by: User, review: PrudenceReview, has_conflict: bool, statement: str = "", is_recused: bool = False
) -> ConflictDeclaration:
    """Declare an interest, or none, until the review is closed. A later declaration replaces the former; the ledger
    keeps both.

    Refuses a conflict without a description, stepping aside without a conflict, and a change by who has signed.
    """
    review = (
        PrudenceReview.objects.select_for_update(of=("self",))
        .select_related("plan__sponsor")
        .get(pk=review.pk)
    )
    _require_before_signing(by, review)
    statement = statement.strip()
    if has_conflict and not statement:
        raise Refusal(
            "Describe the interest (what, how much, since when), so that the others can weigh it.",
            field="statement",
            code="statement_missing",
        )
    if is_recused and not has_conflict:
        raise Refusal(
            "Stepping aside needs a reason: declare the conflict too.",
            field="has_conflict",
            code="no_conflict",
        )
    declaration, _ = ConflictDeclaration.objects.update_or_create(
        review=review,
        person=by,
        defaults={
            "sponsor": review.plan.sponsor,
            "plan": review.plan,
            "has_conflict": has_conflict,
            "statement": statement,
            "is_recused": is_recused,
        },
    )
    record(
        "conflict.declared",
        by=by,
        plan=review.plan,
        subject=review,
        body={"has_conflict": has_conflict, "is_recused": is_recused, "statement": statement},
    )
    return declaration


def _require_before_signing(by: User, review: PrudenceReview) -> None:
    if review.status == ReviewStatus.CLOSED:
        raise Refusal(
            f"{review} is closed by a signed decision and never changes.", code="review_closed", conflict=True
        )
    if Signature.objects.filter(
        decision__review=review, decision__status="awaiting_signatures", person=by
    ).exists():
        raise Refusal(
            "You have signed the decision of this review already. If something came up since, ask for the decision to "
            "be withdrawn, then declare it.",
            code="signed_already",
            conflict=True,
        )
