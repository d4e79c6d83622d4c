"""Choices of the sponsors app, in the field's words."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person does for one plan sponsor. Permissions of each role: `sponsors.roles`."""

    PLAN_ADMINISTRATOR = "plan_administrator", "Plan administrator"
    COMMITTEE_CHAIR = "committee_chair", "Committee chair"
    COMMITTEE_MEMBER = "committee_member", "Committee member"
    ADVISER = "adviser", "Adviser"
    COUNSEL = "counsel", "Counsel"
    AUDITOR = "auditor", "Auditor"


class PayrollFrequency(TextChoices):
    MONTHLY = "monthly", "Monthly (12 a year)"
    SEMI_MONTHLY = "semi_monthly", "Twice a month (24 a year)"
    BIWEEKLY = "biweekly", "Every two weeks (26 a year)"
    WEEKLY = "weekly", "Weekly (52 a year)"

    @property
    def periods_per_year(self) -> int:
        return {"monthly": 12, "semi_monthly": 24, "biweekly": 26, "weekly": 52}[self.value]


class VestingKind(TextChoices):
    IMMEDIATE = "immediate", "Immediate"
    CLIFF = "cliff", "Cliff: nothing before, all after"
    GRADED = "graded", "Graded: a step each year"


class EmploymentStatus(TextChoices):
    ACTIVE = "active", "Active"
    LEFT = "left", "Left the company, still has a balance"
    ABSENT = "absent", "Not in the latest census"


class CensusImportStatus(TextChoices):
    UPLOADED = "uploaded", "Uploaded: columns to be confirmed"
    QUEUED = "queued", "Reading"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"


class JobState(TextChoices):
    NEW = "new", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
