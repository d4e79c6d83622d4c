"""Everything that can be permitted, one name each."""

from enum import StrEnum


class Permission(StrEnum):
    """What a person may do for a plan sponsor. Which role holds which: `sponsors.roles`."""

    PLAN_VIEW = "plan_view"
    PLAN_EDIT = "plan_edit"
    MEMBERS_EDIT = "members_edit"
    CENSUS_VIEW = "census_view"
    CENSUS_IMPORT = "census_import"
    PARTICIPANT_NAMES = "participant_names"
    MENU_VIEW = "menu_view"
    MENU_EDIT = "menu_edit"
    MENU_PROPOSE = "menu_propose"
    WAIVER_REQUEST = "waiver_request"
    WAIVER_APPROVE = "waiver_approve"
    RUN_VIEW = "run_view"
    RUN_START = "run_start"
    REVIEW_VIEW = "review_view"
    REVIEW_OPEN = "review_open"
    REVIEW_ANSWER = "review_answer"
    CONFLICT_DECLARE = "conflict_declare"
    DECISION_DRAFT = "decision_draft"
    DECISION_SIGN = "decision_sign"
    DOCUMENT_VIEW = "document_view"
    AUDIT_VIEW = "audit_view"
