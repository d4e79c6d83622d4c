"""The record of a decision: everything the committee had before it, as one JSON-able value.

What is signed (`signing_content`) is hashed when the decision is drafted and again at every signature. The whole record
(`build_record`) is frozen with the last signature; the PDF is made of it and of nothing else, and carries it attached.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from fiduciary.checklists import ChecklistItem
from fiduciary.models import Decision, Evidence, PrudenceReview, ReviewResponse
from fiduciary.selectors import applicable_items, edition_of, section_title
from fiduciary.subjects import subjects_of
from fiduciary.timeline import timeline_entry
from menus.asset_classes import asset_class_label
from menus.exhibits import exhibits_of, words_of
from menus.models import MenuLine, MenuVersion, ProjectionRun, Sleeve
from menus.selectors import content, sleeve_content
from sponsors.models import Plan, User

FORMAT = "steward.prudence-review/1"


def signing_content(decision: Decision) -> dict[str, Any]:
    """What a signature stands under: menu, answers, evidence, figures, outcome, reasons."""
    review = decision.review
    return {
        "format": FORMAT,
        "decision": {
            "outcome": decision.outcome,
            "reasons": decision.reasons,
            "conditions": decision.conditions,
            "dissent": decision.dissent,
            "required_signatures": decision.required_signatures,
            "sole_fiduciary": decision.sole_fiduciary,
        },
        "review": {
            "number": review.number,
            "purpose": review.purpose,
            "checklist_hash": review.checklist_hash,
        },
        "version": {
            "content_hash": review.version.content_hash,
            "findings": review.version.findings_at_proposal,
        },
        "waivers": _waivers(review.version),
        "run": _run_identity(review.run),
        "figures": review.figures,
        "responses": _responses(review),
        "evidence": _evidence(review),
    }


def build_record(decision: Decision) -> dict[str, Any]:
    """The whole record of a signed decision. Same rows, same record."""
    review = PrudenceReview.objects.select_related("version__menu", "subject_fund", "opened_by", "run").get(
        pk=decision.review_id
    )
    version, plan = review.version, decision.plan
    return {
        "format": FORMAT,
        "software": f"Steward {settings.VERSION}",
        "plan": _plan(plan),
        "decision": _decision(decision),
        "signatures": [
            {
                "name": s.name,
                "role": s.role,
                "title": s.title,
                "signed_at": _instant(s.signed_at),
                "hash": s.content_hash,
            }
            for s in decision.signatures.all()
        ],
        "declarations": _declarations(review),
        "review": _review(review),
        "version": _version(version),
        "waivers": _waivers(version),
        "run": _run(review),
        "sections": _sections(review),
        "counts": _counts(review),
        "legal_status": _legal_status(),
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "sponsor": plan.sponsor.name,
        "is_demonstration": plan.sponsor.is_demonstration,
        "name": plan.name,
        "number": plan.plan_number,
        "recordkeeper": plan.recordkeeper,
        "named_fiduciary": plan.named_fiduciary,
        "payroll_frequency": plan.get_payroll_frequency_display(),
        "match_formula": plan.match_formula,
        "auto_enrollment": plan.auto_enrollment,
        "default_deferral_rate": str(plan.default_deferral_rate or ""),
        "vesting": plan.get_vesting_kind_display(),
        "claims_404c": plan.claims_404c,
        "has_brokerage_window": plan.has_brokerage_window,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "number": decision.number,
        "outcome": decision.outcome,
        "outcome_label": decision.get_outcome_display(),
        "reasons": decision.reasons,
        "conditions": decision.conditions,
        "dissent": decision.dissent,
        "required_signatures": decision.required_signatures,
        "sole_fiduciary": decision.sole_fiduciary,
        "content_hash": decision.content_hash,
        "drafted_by": _person(decision.drafted_by),
        "drafted_at": _instant(decision.drafted_at),
        "signed_at": _instant(decision.signed_at),
    }


def _review(review: PrudenceReview) -> dict[str, Any]:
    reasons = subjects_of(review.version)
    edition = edition_of(review)
    return {
        "number": review.number,
        "purpose": review.purpose,
        "subjects": [{"key": key, "reason": reasons.get(key, "")} for key in review.subjects],
        "subject_fund": review.subject_fund.name if review.subject_fund else "",
        "opened_by": _person(review.opened_by),
        "opened_at": _instant(review.opened_at),
        "effective_on": _day(review.effective_on),
        "notice_sent_on": _day(review.notice_sent_on),
        "next_review_on": _day(review.next_review_on),
        "checklist": {
            "title": edition.title,
            "edition": edition.edition,
            "hash": review.checklist_hash,
            "as_of": _day(edition.as_of),
        },
    }


def _version(version: MenuVersion) -> dict[str, Any]:
    return {
        "menu": version.menu.name,
        "number": version.number,
        "purpose": version.purpose,
        "content_hash": version.content_hash,
        "created_by": _person(version.created_by),
        "proposed_by": _person(version.proposed_by),
        "proposed_at": _instant(version.proposed_at),
        "content": content(version),
        "lines": [_line(line) for line in version.lines.select_related("fund").order_by("position", "id")],
        "sleeve": _sleeve(Sleeve.objects.filter(version=version).select_related("fund").first()),
        "findings": version.findings_at_proposal,
    }


def _line(line: MenuLine) -> dict[str, Any]:
    """A line with the facts of its fund as they stood when the decision was signed."""
    fund = line.fund
    return {
        "fund": fund.key,
        "name": fund.name,
        "asset_class": asset_class_label(fund.asset_class),
        "vehicle": fund.get_vehicle_display(),
        "expense_ratio": _plain(fund.expense_ratio),
        "fee_state": fund.get_fee_state_display(),
        "is_qdia": line.is_qdia,
        "is_core": line.is_core,
        "value_statement": line.value_statement,
    }


def _sleeve(sleeve: Sleeve | None) -> dict[str, Any] | None:
    if sleeve is None:
        return None
    return {
        **(sleeve_content(sleeve) or {}),
        "kind_label": sleeve.get_kind_display(),
        "rebalancing_label": sleeve.rebalancing_words,
        **({"ages_label": sleeve.ages_words} if sleeve.ages_words else {}),
        "fund_name": sleeve.fund.name,
        "vehicle": sleeve.fund.get_vehicle_display(),
    }


def _waivers(version: MenuVersion) -> list[dict[str, Any]]:
    return [
        {
            "finding": waiver.finding_key,
            "sentence": waiver.finding_sentence,
            "reason": waiver.reason,
            "requested_by": _person(waiver.requested_by),
            "approved_by": _person(waiver.approved_by),
            "approved_at": _instant(waiver.approved_at),
            "expires_on": _day(waiver.expires_on),
        }
        for waiver in version.waivers.select_related("requested_by", "approved_by")
    ]


def _run_identity(run: ProjectionRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "number": run.number,
        "paths": run.paths,
        "seed": run.seed,
        "market_edition": run.market_edition,
        "engine_version": run.engine_version,
        "market_hash": run.market_hash,
        "menu_hash": run.menu_hash,
        "census_hash": run.census_hash,
        "behaviour_hash": run.behaviour_hash,
        "input_hash": run.input_hash,
        "result_hash": run.result_hash,
        "finished_at": _instant(run.finished_at),
    }


def _run(review: PrudenceReview) -> dict[str, Any] | None:
    run = review.run
    identity = _run_identity(run)
    if run is None or identity is None:
        return None
    snapshot = run.snapshot
    return {
        **identity,
        "behaviour": run.behaviour,
        "census": {
            "as_of": _day(snapshot.as_of),
            "people": snapshot.participant_count,
            "total_balance": str(snapshot.total_balance),
            "is_synthetic": snapshot.is_synthetic,
        },
        "result": run.result,
        "exhibits": exhibits_of(run.result) if run.result else [],  # in the order of reading
        "words": words_of(run.result) if run.result else {},
        "editions": review.figures.get(
            "PF-06"
        ),  # the same question in the other market editions, as it was signed
    }


def _sections(review: PrudenceReview) -> list[dict[str, Any]]:
    """Every item this review asks, by section, with its figure, answer and evidence."""
    answers = {response["item"]: response for response in _responses(review)}
    evidence: dict[str, list[dict[str, Any]]] = {}
    for piece in _evidence(review):
        evidence.setdefault(piece["item"], []).append(piece)
    sections: dict[str, list[dict[str, Any]]] = {}
    edition = edition_of(review)
    for item in applicable_items(review):
        sections.setdefault(section_title(edition, item), []).append(
            {
                **_item(item),
                "figure": review.figures.get(item.id),
                "answer": answers.get(item.id),
                "evidence": evidence.get(item.id, []),
            }
        )
    return [{"title": title, "items": items} for title, items in sections.items()]


def _item(item: ChecklistItem) -> dict[str, str]:
    return {
        "id": item.id,
        "question": item.question,
        "why": item.why_it_matters,
        "citation": item.citation,
        "force": item.force.value,
        "force_label": item.force.label,
        "as_of": item.as_of,
        "basis": item.basis.value,
        "basis_note": item.basis_note,
    }


def _counts(review: PrudenceReview) -> dict[str, int]:
    given = [response["answer"] for response in _responses(review)]
    asked = len(applicable_items(review))
    return {
        "asked": asked,
        **{answer: given.count(answer) for answer in ("met", "not_met", "not_applicable", "follow_up")},
        "unanswered": asked - len(given),
    }


def _responses(review: PrudenceReview) -> list[dict[str, Any]]:
    current = ReviewResponse.objects.filter(review=review, is_current=True).select_related("answered_by")
    return [
        {
            "item": response.item_id,
            "answer": response.answer,
            "answer_label": response.get_answer_display(),
            "note": response.note,
            "by": _person(response.answered_by),
            "at": _instant(response.answered_at),
        }
        for response in current.order_by("item_id")
    ]


def _evidence(review: PrudenceReview) -> list[dict[str, Any]]:
    return [
        {
            "item": piece.item_id,
            "kind": piece.kind,
            "title": piece.title,
            "text": piece.text,
            "url": piece.url,
            "file_name": piece.file_name,
            "size": piece.size,
            "sha256": piece.sha256,
            "by": _person(piece.added_by),
            "at": _instant(piece.added_at),
        }
        for piece in Evidence.objects.filter(review=review)
        .select_related("added_by")
        .order_by("item_id", "pk")
    ]


def _declarations(review: PrudenceReview) -> list[dict[str, Any]]:
    return [
        {
            "name": declaration.person.full_name,
            "has_conflict": declaration.has_conflict,
            "statement": declaration.statement,
            "is_recused": declaration.is_recused,
            "at": _instant(declaration.declared_at),
        }
        for declaration in review.declarations.select_related("person").order_by("declared_at")
    ]


def _legal_status() -> dict[str, Any]:
    """The status of the proposed rule that the banner prints, from the dated timeline."""
    rule = timeline_entry("dia_rule")
    return {"instrument": rule.instrument, "status": rule.status.value, "as_of": rule.as_of}


def _person(user: User | None) -> str:
    return user.full_name or user.email if user else ""


def _instant(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else ""


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _plain(value: Decimal | None) -> str:
    return format(value.normalize(), "f") if value is not None else ""
