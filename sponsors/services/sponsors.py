"""Employers: how one comes to Steward."""

from django.db import transaction

from sponsors.enums import Role
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import Membership, PlanSponsor, User
from sponsors.services.addresses import free_slug


@transaction.atomic
def sponsor_create(*, by: User, name: str, title: str = "", is_demonstration: bool = False) -> PlanSponsor:
    """Put an employer on record; whoever does so becomes its plan administrator. `title` is theirs, e.g. CFO."""
    name = " ".join(name.split())
    if not name:
        raise Refusal("The employer needs a name. Write it as on Form 5500.", field="name")
    sponsor = PlanSponsor.objects.create(
        name=name, slug=free_slug(PlanSponsor, name), is_demonstration=is_demonstration
    )
    Membership.objects.create(sponsor=sponsor, user=by, role=Role.PLAN_ADMINISTRATOR, title=title)
    record(
        "sponsor.created",
        by=by,
        sponsor=sponsor,
        subject=sponsor,
        body={"name": name, "is_demonstration": is_demonstration, "plan_administrator_id": by.pk},
    )
    return sponsor
