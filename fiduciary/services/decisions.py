"""The decision: drafted with its reasons, signed as the plan's charter asks, effective with the last signature.

The last signature adopts or rejects the menu version, closes the review, freezes the record and orders the PDF, all in
one transaction with their ledger entries: either all of it happened, or none.
"""

from django.db import transaction
from django.utils import timezone

from fiduciary.enums import DecisionStatus, Outcome, ReviewStatus
from fiduciary.models import ConflictDeclaration, Decision, PrudenceReview, Signature
from fiduciary.record import build_record, signing_content
from fiduciary.services.documents import document_order
from fiduciary.services.reviews import locked_open_review, require_words
from menus.models import MenuVersion
from menus.selectors import unwaived_blocks
from menus.services.versions import version_adopt, version_reject
from sponsors.access import has_permission, membership_of
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.ledger.canonical import content_hash
from sponsors.models import Membership, Plan, User
from sponsors.permissions import Permission
from sponsors.services.addresses import next_number

ADOPTS = {Outcome.ADOPT, Outcome.ADOPT_WITH_CONDITIONS}


@transaction.atomic
def decision_draft(
    *, by: User, review: PrudenceReview, outcome: str, reasons: str, conditions: str = "", dissent: str = ""
) -> Decision:
    """Write down what is to be decided and why. From here the review's answers are frozen until it is signed.

    Refuses an unknown outcome, missing reasons, conditions missing where the outcome names them, an adoption with
    unwaived blocks, and a second decision on the same version.
    """
    plan = Plan.objects.select_for_update().get(pk=review.plan_id)
    _require_undecided(review.version)
    review = locked_open_review(review)
    outcome = _known_outcome(outcome)
    require_words(
        reasons, "reasons", "Give the reasons: they are what a later reader judges the decision by."
    )
    if outcome == Outcome.ADOPT_WITH_CONDITIONS:
        require_words(conditions, "conditions", "Name the conditions, each with who sees to it and by when.")
    if outcome in ADOPTS:
        _require_no_blocks(review.version)
    decision = Decision(
        sponsor=plan.sponsor,
        plan=plan,
        review=review,
        version=review.version,
        number=next_number(Decision.objects.filter(plan=plan)),
        outcome=outcome,
        reasons=reasons.strip(),
        conditions=conditions.strip(),
        dissent=dissent.strip(),
        required_signatures=plan.required_signatures,
        sole_fiduciary=plan.sole_fiduciary,
        drafted_by=by,
    )
    decision.content_hash = content_hash(signing_content(decision))
    decision.save()
    review.status = ReviewStatus.DECIDED
    review.save(update_fields=["status"])
    record(
        "decision.drafted",
        by=by,
        plan=plan,
        subject=decision,
        body={
            "version": review.version.number,
            "outcome": outcome,
            "required_signatures": decision.required_signatures,
            "content_hash": decision.content_hash,
        },
        reason=decision.reasons,
    )
    return decision


@transaction.atomic
def decision_withdraw(*, by: User, decision: Decision, reason: str) -> Decision:
    """Take back a decision that is not yet signed by all, so that the review can go on."""
    decision = _locked(decision)
    _require_awaiting(decision)
    require_words(reason, "reason", "Say why the decision is withdrawn; the record keeps it.")
    decision.status = DecisionStatus.WITHDRAWN
    decision.save(update_fields=["status"])
    PrudenceReview.objects.filter(pk=decision.review_id).update(status=ReviewStatus.OPEN)
    record("decision.withdrawn", by=by, plan=decision.plan, subject=decision, reason=reason.strip())
    return decision


@transaction.atomic
def decision_sign(*, by: User, decision: Decision, password: str) -> Signature:
    """Sign with the password. The last signature that the charter asks for makes the decision take effect.

    Refuses, changing nothing: a wrong password, a person who may not sign, has not declared conflicts or stepped aside,
    a second signature, content that moved since it was drafted, and a last signature by authors alone.
    """
    decision = _locked(decision)
    _require_awaiting(decision)
    membership = _require_may_sign(by, decision)
    _require_password(by, password)
    _require_unmoved(decision)
    completes = decision.signatures.count() + 1 >= decision.required_signatures
    if completes:
        _require_other_than_authors(by, decision)
    signature = _add_signature(by, membership, decision)
    if completes:
        _take_effect(by, decision)
    return signature


def _add_signature(by: User, membership: Membership, decision: Decision) -> Signature:
    signature = Signature.objects.create(
        sponsor=decision.sponsor,
        plan=decision.plan,
        decision=decision,
        person=by,
        name=by.full_name or by.email,
        role=membership.get_role_display(),
        title=membership.title,
        content_hash=decision.content_hash,
    )
    record(
        "decision.signature_given",
        by=by,
        plan=decision.plan,
        subject=decision,
        body={
            "content_hash": decision.content_hash,
            "signature": decision.signatures.count(),
            "of": decision.required_signatures,
        },
    )
    return signature


def _take_effect(by: User, decision: Decision) -> None:
    """All that follows from the last signature."""
    label = str(decision)
    if decision.outcome in ADOPTS:
        _require_no_blocks(decision.version)
        version_adopt(by=by, version=decision.version, decision_label=label)
    elif decision.outcome == Outcome.REJECT:
        version_reject(by=by, version=decision.version, decision_label=label)
    decision.status = DecisionStatus.SIGNED
    decision.signed_at = timezone.now()
    PrudenceReview.objects.filter(pk=decision.review_id).update(
        status=ReviewStatus.CLOSED, closed_at=decision.signed_at
    )
    decision.record = build_record(decision)
    decision.record_hash = content_hash(decision.record)
    decision.save(update_fields=["status", "signed_at", "record", "record_hash"])
    record(
        "decision.signed",
        by=by,
        plan=decision.plan,
        subject=decision,
        body={
            "outcome": decision.outcome,
            "version": decision.version.number,
            "record_hash": decision.record_hash,
        },
        reason=decision.reasons,
    )
    document_order(by=by, decision=decision)


def _locked(decision: Decision) -> Decision:
    locked = Decision.objects.select_for_update(of=("self",))
    return locked.select_related("plan", "sponsor", "review", "version__menu").get(pk=decision.pk)


def _require_awaiting(decision: Decision) -> None:
    if decision.status != DecisionStatus.AWAITING_SIGNATURES:
        raise Refusal(
            f"{decision} is {decision.get_status_display().lower()}; it takes no further signature or change.",
            code="decision_closed",
            conflict=True,
        )


def _require_undecided(version: MenuVersion) -> None:
    earlier = (
        Decision.objects.filter(version=version)
        .exclude(status=DecisionStatus.WITHDRAWN)
        .exclude(outcome=Outcome.DEFER, status=DecisionStatus.SIGNED)
    )
    found = earlier.first()
    if found is not None:
        raise Refusal(
            f"{version} already has a decision ({found}, {found.get_status_display().lower()}). "
            "Propose a new version if the committee wants to decide again.",
            code="decision_exists",
            conflict=True,
        )


def _known_outcome(outcome: str) -> Outcome:
    if outcome not in Outcome.values:
        raise Refusal(
            "Choose an outcome: adopt, adopt with conditions, defer, or considered and rejected.",
            field="outcome",
            code="outcome",
        )
    return Outcome(outcome)


def _require_no_blocks(version: MenuVersion) -> None:
    blocks = unwaived_blocks(version)
    if blocks:
        sentences = " ".join(finding.sentence for finding in blocks)
        raise Refusal(
            f"The menu cannot be adopted while these findings stand: {sentences} "
            "Correct them in a new version, or record a waiver where one is allowed.",
            field="outcome",
            code="blocked",
            conflict=True,
        )


def _require_may_sign(by: User, decision: Decision) -> Membership:
    """The membership in whose role the person signs."""
    membership = membership_of(by, decision.sponsor)
    if membership is None or not has_permission(by, decision.sponsor, Permission.DECISION_SIGN):
        raise Refusal("Your role does not sign for the sponsor.", code="may_not_sign")
    declaration = ConflictDeclaration.objects.filter(review=decision.review_id, person=by).first()
    if declaration is None:
        raise Refusal(
            "You have not declared whether you have a conflict of interest. Declare it in the review, then sign.",
            code="no_declaration",
        )
    if declaration.is_recused:
        raise Refusal(
            "You stepped aside from this review because of a conflict, so you cannot sign its decision. "
            "Another member of the committee must sign.",
            code="recused",
        )
    if decision.signatures.filter(person=by).exists():
        raise Refusal("You have signed this decision already.", code="signed_already", conflict=True)
    return membership


def _require_password(by: User, password: str) -> None:
    if not by.check_password(password):
        raise Refusal(
            "The password is not right. Nothing was signed. Try again.", field="password", code="password"
        )


def _require_unmoved(decision: Decision) -> None:
    if content_hash(signing_content(decision)) != decision.content_hash:
        raise Refusal(
            "Something the decision rests on changed after it was drafted. Withdraw it, look again, and draft it anew.",
            code="content_moved",
            conflict=True,
        )


def _require_other_than_authors(by: User, decision: Decision) -> None:
    """Somebody who did not write the version or the decision must be among the signers, unless one decides alone."""
    if decision.sole_fiduciary:
        return
    version = decision.version
    authors = {version.created_by_id, version.proposed_by_id, decision.drafted_by_id}
    signers = {by.pk, *decision.signatures.values_list("person", flat=True)}
    if signers <= authors:
        raise Refusal(
            "Those who wrote the menu version or drafted the decision cannot be the only signers. "
            "Ask a member of the committee who did not to sign.",
            code="authors_only",
        )
