"""Who acts for an employer, and until when."""

from django.db import transaction
from django.utils import timezone

from sponsors.enums import Role
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import Membership, PlanSponsor, User


@transaction.atomic
def member_add(
    *, by: User, sponsor: PlanSponsor, email: str, role: Role, full_name: str = "", title: str = ""
) -> Membership:
    """Give somebody a role. A person without an account gets one that cannot be used before they set a password."""
    if role not in Role.values:
        raise Refusal("This role does not exist. Choose one of the list.", field="role")
    user = _user_for(email, full_name)
    present = user.memberships.filter(sponsor=sponsor, ended_at=None).first()
    if present:
        raise Refusal(
            f"{user} already is {present.get_role_display().lower()} of {sponsor}. To give another role, end this one "
            "first.",
            field="email",
            code="already_member",
            conflict=True,
        )
    membership = Membership.objects.create(sponsor=sponsor, user=user, role=role, title=title)
    body = {
        "user_id": user.pk,
        "role": str(role),
        "title": title,
        "new_account": not user.has_usable_password(),
    }
    record("membership.added", by=by, sponsor=sponsor, subject=membership, body=body)
    return membership


@transaction.atomic
def invitation_renew(*, by: User, membership: Membership) -> Membership:
    """Put on record that somebody gets another link to choose a password. Refuses once they have one."""
    if membership.user.has_usable_password():
        raise Refusal(
            f"{membership.user} has chosen a password, so nobody else is given a way into the account. They can use "
            "“Forgot your password?” on the log-in page.",
            code="has_password",
            conflict=True,
        )
    record(
        "membership.invited",
        by=by,
        sponsor=membership.sponsor,
        subject=membership,
        body={"user_id": membership.user_id, "role": membership.role},
    )
    return membership


@transaction.atomic
def membership_end(*, by: User, membership: Membership, reason: str = "") -> Membership:
    """End a role. What the person did before stays theirs. A sponsor keeps at least one plan administrator."""
    PlanSponsor.objects.select_for_update().get(
        pk=membership.sponsor_id
    )  # two who leave at once are counted in turn
    membership = Membership.objects.select_related("sponsor", "user").get(pk=membership.pk)
    if membership.ended_at is not None:
        raise Refusal("This role has already ended.", code="already_ended", conflict=True)
    _keep_an_administrator(membership)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    record(
        "membership.ended",
        by=by,
        sponsor=membership.sponsor,
        subject=membership,
        body={"user_id": membership.user_id, "role": membership.role},
        reason=reason,
    )
    return membership


def _keep_an_administrator(membership: Membership) -> None:
    others = Membership.objects.filter(
        sponsor=membership.sponsor, role=Role.PLAN_ADMINISTRATOR, ended_at=None
    ).exclude(pk=membership.pk)
    if membership.role == Role.PLAN_ADMINISTRATOR and not others.exists():
        raise Refusal(
            f"{membership.user} is the only plan administrator of {membership.sponsor}; without one nobody could "
            "run the plan. Add another plan administrator first.",
            code="last_plan_administrator",
            conflict=True,
        )


def _user_for(email: str, full_name: str) -> User:
    """The account of that address, or a new one without a password."""
    email = email.strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user:
        return user
    full_name = " ".join(full_name.split())
    if not full_name:
        raise Refusal(
            "Nobody has an account with this address yet. Write the person's name too, as it should stand under a "
            "decision.",
            field="full_name",
        )
    return User.objects.create_user(email, full_name=full_name)
