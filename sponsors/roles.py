"""Each role and what it may do, as lists to be read aloud."""

from sponsors.enums import Role
from sponsors.permissions import Permission as P

READS = frozenset(
    {P.PLAN_VIEW, P.CENSUS_VIEW, P.MENU_VIEW, P.RUN_VIEW, P.REVIEW_VIEW, P.DOCUMENT_VIEW, P.AUDIT_VIEW}
)
DRAFTS = frozenset({P.MENU_EDIT, P.RUN_START})
DECIDES = frozenset(
    {
        P.REVIEW_OPEN,
        P.REVIEW_ANSWER,
        P.CONFLICT_DECLARE,
        P.DECISION_SIGN,
        P.WAIVER_REQUEST,
        P.WAIVER_APPROVE,
        P.MENU_PROPOSE,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[P]] = {
    # Runs the plan: facts, people, menus, runs, reviews. Signs as one of the fiduciaries the charter asks for.
    Role.PLAN_ADMINISTRATOR: READS
    | DRAFTS
    | DECIDES
    | {P.PLAN_EDIT, P.MEMBERS_EDIT, P.CENSUS_IMPORT, P.PARTICIPANT_NAMES, P.DECISION_DRAFT},
    # Leads the committee: drafts the decision, signs. Does not see participants' names.
    Role.COMMITTEE_CHAIR: READS | DRAFTS | DECIDES | {P.DECISION_DRAFT},
    # Reviews, answers, declares conflicts, signs.
    Role.COMMITTEE_MEMBER: READS | DRAFTS | DECIDES,
    # Drafts, analyses, answers as help to the committee; never signs or approves for the sponsor.
    Role.ADVISER: READS | DRAFTS | {P.REVIEW_ANSWER, P.WAIVER_REQUEST},
    # Reads everything of the sponsor; advice travels outside Steward, or as evidence that a member adds.
    Role.COUNSEL: READS,
    # Reads everything of the sponsor, replays, verifies, exports. Changes nothing.
    Role.AUDITOR: READS,
}

PLATFORM_ADMINISTRATOR_PERMISSIONS = frozenset({P.PLAN_VIEW, P.MENU_VIEW, P.RUN_VIEW, P.REVIEW_VIEW}) | {
    P.DOCUMENT_VIEW,
    P.AUDIT_VIEW,
}

ROLE_SENTENCES: dict[Role, str] = {
    Role.PLAN_ADMINISTRATOR: "Runs the plan: facts, people, menus, reviews, invitations; signs as the charter says.",
    Role.COMMITTEE_CHAIR: "Leads the review, drafts the decision and signs it.",
    Role.COMMITTEE_MEMBER: "Answers the review, declares conflicts and signs.",
    Role.ADVISER: "Drafts and analyses; never signs for the sponsor.",
    Role.COUNSEL: "Reads everything of the sponsor; changes nothing.",
    Role.AUDITOR: "Reads everything of the sponsor, replays and verifies; changes nothing.",
}
