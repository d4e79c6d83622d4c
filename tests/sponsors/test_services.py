"""Employers, plans and members: what each service does, refuses and records."""

from decimal import Decimal

import pytest
from django.db import transaction

from sponsors.enums import Role, VestingKind
from sponsors.errors import Refusal
from sponsors.ledger.verification import verify_book
from sponsors.models import LedgerEvent, Membership, Plan, PlanSponsor, User
from sponsors.services.memberships import member_add, membership_end
from sponsors.services.plans import match_tiers, plan_create, plan_edit
from sponsors.services.sponsors import sponsor_create
from tests.factories.sponsors import make_member, make_plan, make_sponsor, make_user

pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, dict]]:
    return list(LedgerEvent.objects.order_by("recorded_at").values_list("action", "body"))


def test_sponsor_create_makes_its_creator_plan_administrator():
    user = make_user()

    sponsor = sponsor_create(by=user, name="  Meridian   Tool Company ", title="CFO", is_demonstration=True)

    membership = Membership.objects.get()
    assert (sponsor.name, sponsor.slug, sponsor.is_demonstration) == (
        "Meridian Tool Company",
        "meridian-tool-company",
        True,
    )
    assert (membership.user, membership.sponsor, membership.role, membership.title) == (
        user,
        sponsor,
        Role.PLAN_ADMINISTRATOR,
        "CFO",
    )
    assert events() == [
        (
            "sponsor.created",
            {"name": "Meridian Tool Company", "is_demonstration": True, "plan_administrator_id": user.pk},
        )
    ]


def test_sponsors_of_one_name_have_their_own_addresses():
    user = make_user()

    slugs = [sponsor_create(by=user, name="Meridian").slug for _ in range(3)]

    assert slugs == ["meridian", "meridian-2", "meridian-3"]


def test_sponsor_without_a_name_is_refused():
    with pytest.raises(Refusal, match="needs a name"):
        sponsor_create(by=make_user(), name="  ")

    assert (PlanSponsor.objects.count(), events()) == (0, [])


def test_nothing_is_recorded_when_the_transaction_fails():
    user = make_user()

    with transaction.atomic():
        sponsor_create(by=user, name="Meridian")
        transaction.set_rollback(True)

    assert (PlanSponsor.objects.count(), events()) == (0, [])


def test_plan_create_keeps_the_facts():
    sponsor = make_sponsor()

    plan = plan_create(
        by=make_member(sponsor),
        sponsor=sponsor,
        name="Meridian 401(k) Plan",
        recordkeeper="Northfield Recordkeeping",
        match_formula=[{"rate": "1.00", "up_to": "0.030"}, {"rate": "0.50", "up_to": "0.05"}],
        auto_enrollment=True,
        default_deferral_rate=Decimal("0.06"),
        vesting_kind=VestingKind.GRADED,
        vesting_years=6,
    )

    plan.refresh_from_db()
    assert (plan.slug, plan.plan_number, plan.required_signatures) == ("meridian-401k-plan", "001", 2)
    assert plan.match_formula == [{"rate": "1", "up_to": "0.03"}, {"rate": "0.5", "up_to": "0.05"}]
    [(action, body)] = events()
    assert (action, body["default_deferral_rate"], body["vesting_years"]) == ("plan.created", "0.06", 6)
    assert body["match_true_up"] is True


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"plan_number": "1"}, "plan_number"),
        ({"payroll_frequency": "yearly"}, "payroll_frequency"),
        ({"default_deferral_rate": Decimal("6")}, "default_deferral_rate"),
        ({"auto_enrollment": True}, "default_deferral_rate"),
        ({"vesting_years": 3}, "vesting_years"),
        ({"vesting_kind": VestingKind.CLIFF}, "vesting_years"),
        ({"vesting_kind": VestingKind.CLIFF, "vesting_years": 4}, "vesting_years"),
        ({"vesting_kind": VestingKind.GRADED, "vesting_years": 7}, "vesting_years"),
        ({"required_signatures": 0}, "required_signatures"),
        ({"sole_fiduciary": True}, "required_signatures"),
        ({"match_formula": [{"rate": "0.5"}]}, "match_formula"),
        ({"match_formula": [{"rate": "50", "up_to": "0.06"}]}, "match_formula"),
        ({"match_formula": [{"rate": "0.5", "up_to": "6"}]}, "match_formula"),
        (
            {"match_formula": [{"rate": "1", "up_to": "0.05"}, {"rate": "0.5", "up_to": "0.03"}]},
            "match_formula",
        ),
        ({"match_formula": [{"rate": "NaN", "up_to": "0.03"}]}, "match_formula"),
    ],
    ids=str,
)
def test_facts_that_cannot_be_are_refused_at_their_field(facts, field):
    sponsor = make_sponsor()

    with pytest.raises(Refusal) as refused:
        plan_create(by=make_member(sponsor), sponsor=sponsor, **{"name": "Plan", **facts})

    assert refused.value.field == field
    assert (Plan.objects.count(), events()) == (0, [])


def test_plan_number_is_unique_for_a_sponsor():
    plan = make_plan(plan_number="001")
    user = make_member(plan)

    with pytest.raises(Refusal, match="has the number 001") as refused:
        plan_create(by=user, sponsor=plan.sponsor, name="Another", plan_number="001")

    assert refused.value.conflict
    assert (Plan.objects.count(), events()) == (1, [])


def test_plan_edit_records_what_changed_before_and_after():
    plan = make_plan(recordkeeper="Old Recordkeeping")
    user = make_member(plan)

    plan_edit(by=user, plan=plan, recordkeeper="New Recordkeeping", name=plan.name, reason="Moved on July 1.")

    event = LedgerEvent.objects.get()
    assert Plan.objects.get().recordkeeper == "New Recordkeeping"
    assert (event.action, event.reason) == ("plan.edited", "Moved on July 1.")
    assert event.body == {"changed": {"recordkeeper": ["Old Recordkeeping", "New Recordkeeping"]}}
    assert verify_book(f"sponsor-{plan.sponsor_id}").verified


def test_plan_edit_without_a_change_records_nothing():
    plan = make_plan(default_deferral_rate=Decimal("0.0600"))

    plan_edit(by=make_member(plan), plan=plan, default_deferral_rate=Decimal("0.06"), name=plan.name)

    assert events() == []


def test_refused_edit_leaves_the_plan():
    plan = make_plan(required_signatures=2)

    with pytest.raises(Refusal):
        plan_edit(by=make_member(plan), plan=plan, name="Renamed", sole_fiduciary=True)

    plan.refresh_from_db()
    assert (plan.name, plan.sole_fiduciary, events()) == ("Meridian 401(k) Plan", False, [])


def test_plan_edit_knows_no_other_facts():
    plan = make_plan()

    with pytest.raises(TypeError, match="slug"):
        plan_edit(by=make_member(plan), plan=plan, slug="stolen")


def test_match_of_nothing_is_no_match():
    assert match_tiers([]) == []


def test_member_add_gives_a_role_to_somebody_with_an_account():
    sponsor, user = make_sponsor(), make_user(email="kim@example.com")
    administrator = make_member(sponsor)

    membership = member_add(by=administrator, sponsor=sponsor, email="Kim@Example.com", role=Role.ADVISER)

    assert (membership.user, membership.role, User.objects.count()) == (user, Role.ADVISER, 2)
    assert events() == [
        ("membership.added", {"user_id": user.pk, "role": "adviser", "title": "", "new_account": False})
    ]


def test_member_add_makes_an_account_that_nobody_can_use_yet():
    sponsor = make_sponsor()

    membership = member_add(
        by=make_member(sponsor),
        sponsor=sponsor,
        email="new@example.com",
        full_name="Sam  Rivers",
        role=Role.AUDITOR,
        title="CPA",
    )

    assert (membership.user.full_name, membership.title) == ("Sam Rivers", "CPA")
    assert not membership.user.has_usable_password()
    assert not membership.user.check_password("")
    assert [action for action, _ in events()] == ["membership.added"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "new@example.com"}, "full_name"),
        ({"email": "new@example.com", "full_name": "Sam", "role": "owner"}, "role"),
    ],
)
def test_member_add_refuses_what_is_missing(fields, field):
    sponsor = make_sponsor()
    administrator = make_member(sponsor)

    with pytest.raises(Refusal) as refused:
        member_add(by=administrator, sponsor=sponsor, **{"role": Role.COUNSEL, **fields})

    assert refused.value.field == field
    assert (User.objects.count(), Membership.objects.count(), events()) == (1, 1, [])


def test_one_person_has_one_role():
    sponsor = make_sponsor()
    administrator = make_member(sponsor)

    with pytest.raises(Refusal, match="already is plan administrator") as refused:
        member_add(by=administrator, sponsor=sponsor, email=administrator.email, role=Role.AUDITOR)

    assert refused.value.conflict
    assert (Membership.objects.count(), events()) == (1, [])


def test_membership_end_keeps_the_row_and_takes_the_role():
    sponsor = make_sponsor()
    administrator, member = make_member(sponsor), make_member(sponsor, Role.COMMITTEE_MEMBER)

    ended = membership_end(by=administrator, membership=member.memberships.get(), reason="Left the company.")

    assert ended.ended_at is not None
    assert Membership.objects.filter(sponsor=sponsor).count() == 2
    assert list(LedgerEvent.objects.values_list("action", "reason")) == [
        ("membership.ended", "Left the company.")
    ]


def test_last_plan_administrator_stays():
    sponsor = make_sponsor()
    administrator = make_member(sponsor)
    make_member(sponsor, Role.COMMITTEE_CHAIR)
    make_member(make_sponsor())

    with pytest.raises(Refusal, match="the only plan administrator"):
        membership_end(by=administrator, membership=administrator.memberships.get())

    assert administrator.memberships.get().ended_at is None
    assert events() == []


def test_role_ends_once():
    sponsor = make_sponsor()
    administrator, other = make_member(sponsor), make_member(sponsor)
    membership_end(by=administrator, membership=other.memberships.get())

    with pytest.raises(Refusal, match="already ended"):
        membership_end(by=administrator, membership=other.memberships.get())

    assert [action for action, _ in events()] == ["membership.ended"]
