"""Choices of the fiduciary app, in the field's words."""

from django.db.models import TextChoices


class Subject(TextChoices):
    """What a review is about; decides which checklist items apply."""

    ANY = "any", "Any fund on the menu"
    DIGITAL_ASSETS = "digital_assets", "Digital-asset exposure"
    ASSET_ALLOCATION_SLEEVE = "asset_allocation_sleeve", "Asset-allocation fund with a sleeve"
    PRIVATE_ASSETS = "private_assets", "Private assets"
    MENU = "menu", "The menu as a whole"
    BROKERAGE_WINDOW = "brokerage_window", "Brokerage window"
    NOT_40ACT = "not_40act", "A fund that is not a 1940 Act fund"
    NEW_FUND = "new_fund", "A fund without a track record of its own"
    MANAGED_ACCOUNT = "managed_account", "Managed account"


class ReviewStatus(TextChoices):
    OPEN = "open", "Open"
    DECIDED = "decided", "Decision drafted, awaiting signatures"
    CLOSED = "closed", "Closed by a signed decision"


class Answer(TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    FOLLOW_UP = "follow_up", "Needs follow-up"


class EvidenceKind(TextChoices):
    TEXT = "text", "Text"
    LINK = "link", "Link"
    FILE = "file", "File"


class Outcome(TextChoices):
    ADOPT = "adopt", "Adopt"
    ADOPT_WITH_CONDITIONS = "adopt_with_conditions", "Adopt with conditions"
    DEFER = "defer", "Defer"
    REJECT = "reject", "Considered and rejected"


class DecisionStatus(TextChoices):
    AWAITING_SIGNATURES = "awaiting_signatures", "Awaiting signatures"
    SIGNED = "signed", "Signed"
    WITHDRAWN = "withdrawn", "Withdrawn before it was signed"
