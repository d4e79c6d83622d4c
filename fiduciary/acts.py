"""Every act the ledger knows, in words: what a reader of the audit pages sees instead of `noun.past`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sponsors.ledger.models import LedgerEvent


@dataclass(frozen=True)
class Act:
    """`label` names the kind in a filter; `sentence` is filled with the entry's subject and body."""

    label: str
    sentence: str
    icon: str = "dot"
    kind: str = "neutral"


ACTS: dict[str, Act] = {
    # the employer, its people and its plan
    "sponsor.created": Act("Employer set up", "Set up {subject}", "plan"),
    "membership.added": Act("Role given", "Gave a role: {subject}", "user"),
    "membership.invited": Act("Person invited again", "Gave a new link to log in: {subject}", "mail"),
    "membership.ended": Act("Role ended", "Ended a role: {subject}", "user"),
    "user.closed": Act("Account closed", "Closed the account of {subject}", "user", "caution"),
    "user.reopened": Act("Account opened again", "Opened the account of {subject} again", "user"),
    "plan.created": Act("Plan set up", "Set up {subject}", "plan"),
    "plan.edited": Act("Plan facts changed", "Changed facts of {subject}", "plan"),
    # the people of the plan
    "census.uploaded": Act("Census uploaded", "Uploaded a census: {subject}", "upload"),
    "census.confirmed": Act("Census columns confirmed", "Confirmed the columns of {subject}", "people"),
    "census.accepted": Act("Census accepted", "Census as of {as_of} was accepted", "people", "done"),
    "census.refused": Act("Census refused", "Census as of {as_of} was refused", "people", "block"),
    # menus
    "fund.changed": Act("Fund facts changed", "Facts of {subject} changed in the catalogue", "funds"),
    "menu.created": Act("Menu begun", "Began {subject}", "menu"),
    "menu_version.created": Act("Menu version begun", "Began {subject}", "menu"),
    "menu_line.added": Act("Fund added", "Added {fund} to {subject}", "plus"),
    "menu_line.replaced": Act("Fund replaced", "Replaced {from} with {to} in {subject}", "swap"),
    "menu_line.removed": Act("Fund removed", "Removed {fund} from {subject}", "minus"),
    "menu_line.edited": Act("Menu line changed", "Changed the line of {fund} in {subject}", "pencil"),
    "menu_line.default_marked": Act("Default marked", "Marked the default investment of {subject}", "flag"),
    "sleeve.set": Act("Sleeve set", "Set the digital-asset sleeve of {subject}", "settings"),
    "sleeve.removed": Act("Sleeve removed", "Removed the digital-asset sleeve of {subject}", "minus"),
    "waiver.requested": Act("Waiver asked for", "Asked for a waiver: {subject}", "flag", "caution"),
    "waiver.approved": Act("Waiver approved", "Approved a waiver: {subject}", "flag", "caution"),
    "menu_version.proposed": Act(
        "Menu version proposed", "Proposed {subject} to the committee", "send", "note"
    ),
    "menu_version.recorded_as_found": Act(
        "Menu recorded as found", "Recorded {subject} as the menu in force when the plan joined", "archive"
    ),
    "menu_version.adopted": Act(
        "Menu version adopted", "{subject} took effect ({decision})", "check-circle", "done"
    ),
    "menu_version.rejected": Act("Menu version rejected", "{subject} was closed ({decision})", "x-circle"),
    "menu_version.retired": Act(
        "Menu version retired", "{subject} was retired by version {succeeded_by}", "archive"
    ),
    # exposure
    "return_history.imported": Act("Return history imported", "Imported {subject} from {file}", "upload"),
    "projection_run.requested": Act("Exposure run asked for", "Asked for {subject}", "exposure"),
    "projection_run.finished": Act("Exposure run finished", "{subject} was finished", "exposure", "done"),
    "projection_run.failed": Act("Exposure run failed", "{subject} failed", "exposure", "block"),
    "projection_run.cancelled": Act("Exposure run cancelled", "{subject} was cancelled", "slash"),
    "projection_run.retried": Act("Exposure run started again", "Started {subject} again", "undo"),
    "projection_run.stop_requested": Act("Exposure run stopped", "Asked to stop {subject}", "slash"),
    "projection_run.replay_requested": Act("Replay asked for", "Asked to replay {subject}", "undo"),
    "projection_run.replayed": Act(
        "Exposure run replayed", "Replayed {subject}, identical: {identical}", "undo", "note"
    ),
    # reviews and decisions
    "prudence_review.opened": Act("Review opened", "Opened {subject} of version {version}", "review", "note"),
    "prudence_review.refreshed": Act(
        "Review figures renewed", "Computed the figures of {subject} again", "review"
    ),
    "review_response.given": Act("Item answered", "Answered item {item} of {subject}: {answer}", "pencil"),
    "evidence.added": Act("Evidence added", "Added evidence to item {item}: {subject}", "link"),
    "conflict.declared": Act(
        "Conflict declaration", "Declared on conflicts of interest in {subject}", "scales"
    ),
    "decision.drafted": Act("Decision drafted", "Drafted {subject}", "decision", "note"),
    "decision.withdrawn": Act(
        "Decision withdrawn", "Withdrew {subject} before it was signed", "undo", "caution"
    ),
    "decision.signature_given": Act("Signature given", "Signed {subject} ({signature} of {of})", "pen"),
    "decision.signed": Act("Decision signed by all", "{subject} was signed by all", "pen", "done"),
    "document.rendered": Act("Document made", "Made the document: {subject}", "document", "done"),
}
DECISION_ACTS = ("decision.drafted", "decision.signature_given", "decision.signed", "decision.withdrawn")


def act_of(action: str) -> Act:
    """The act's words; an action that this edition does not know keeps its own name."""
    noun, _, past = action.partition(".")
    words = f"{noun.replace('_', ' ')} {past.replace('_', ' ')}".strip().capitalize()
    return ACTS.get(action) or Act(words, words + ": {subject}")


def sentence_of(event: LedgerEvent) -> str:
    """What the entry says, in a sentence. Body values that are missing (a body may be erased) print as a dash."""
    body = event.body if isinstance(event.body, dict) else {}
    printed = {name: str(value).replace("_", " ") for name, value in body.items() if value is not None}
    return act_of(event.action).sentence.format_map(_Words(printed | {"subject": event.subject_label}))


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"
