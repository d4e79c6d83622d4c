"""Choices of the menus app, in the field's words."""

from django.db.models import TextChoices


class Vehicle(TextChoices):
    """The legal wrapper of a fund. It decides which of the proposed rule's routes can apply."""

    MUTUAL_FUND = "mutual_fund_40act", "Mutual fund (1940 Act)"
    ETF = "etf_40act", "ETF (1940 Act)"
    ETP_TRUST = "etp_33act_trust", "Exchange-traded trust (1933 Act)"
    CIT = "cit", "Collective investment trust"
    SEPARATE_ACCOUNT = "separate_account", "Separate account"
    STABLE_VALUE = "stable_value", "Stable value"
    INTERVAL_FUND = "interval_or_tender_fund", "Interval or tender-offer fund"
    PRIVATE_FUND = "private_fund", "Private fund"
    MANAGED_ACCOUNT = "managed_account", "Managed account"
    ANNUITY = "annuity", "Annuity"
    BROKERAGE_WINDOW = "brokerage_window", "Brokerage window"


class FeeState(TextChoices):
    VERIFIED = "verified", "Read in a named source"
    STALE = "stale", "Old: check before relying on it"
    NOT_FOUND = "not_found", "Not found"


class VersionStatus(TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    ADOPTED = "adopted", "Adopted"
    RETIRED = "retired", "Retired"
    REJECTED = "rejected", "Considered and rejected"


class SleeveKind(TextChoices):
    CRYPTO_LINE = "crypto_line", "A crypto ETP as a line of the menu"
    TARGET_DATE = "target_date", "A crypto weight inside the target-date series"
    BOTH = "both", "Both doors, against one cap"

    @property
    def opens_line(self) -> bool:
        """Whether participants may choose the crypto fund themselves."""
        return self in (SleeveKind.CRYPTO_LINE, SleeveKind.BOTH)

    @property
    def opens_series(self) -> bool:
        """Whether the target-date series holds the crypto fund."""
        return self in (SleeveKind.TARGET_DATE, SleeveKind.BOTH)


class Rebalancing(TextChoices):
    NONE = "none", "Never: the weight drifts with prices"
    CALENDAR = "calendar", "Once a year, back to the target"
    THRESHOLD = "threshold", "When the weight leaves its band"
    SELL_DOWN = "sell_down", "Once a year, sell what is above the cap"


class RunStatus(TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
