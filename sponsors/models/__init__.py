"""Tables of the sponsors app: employers, users, roles, plans, people, the ledger and the job queue."""

from sponsors.jobs.models import Job, JobChunk
from sponsors.ledger.models import LedgerBook, LedgerEvent
from sponsors.models.census import CensusImport, CensusRefusal, CensusSnapshot
from sponsors.models.membership import Membership
from sponsors.models.participant import Participant
from sponsors.models.plan import Plan, PlanOwned
from sponsors.models.plan_sponsor import PlanSponsor, SponsorOwned
from sponsors.models.user import User

__all__ = [
    "CensusImport",
    "CensusRefusal",
    "CensusSnapshot",
    "Job",
    "JobChunk",
    "LedgerBook",
    "LedgerEvent",
    "Membership",
    "Participant",
    "Plan",
    "PlanOwned",
    "PlanSponsor",
    "SponsorOwned",
    "User",
]
