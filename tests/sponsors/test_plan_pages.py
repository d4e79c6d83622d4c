"""Pages of the plan and its members: who sees them, what they say, what they change."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from sponsors import today
from sponsors.enums import Role
from sponsors.models import LedgerEvent, Membership, Participant, Plan, PlanSponsor, User
from tests.factories.sponsors import (
    PASSWORD,
    client_of,
    make_member,
    make_plan,
    make_snapshot,
    make_sponsor,
    make_user,
)

pytestmark = pytest.mark.django_db

READS = [
    "plan-today",
    "plan-detail",
    "member-list",
    "census-detail",
    "participant-list",
]
EDITS = ["plan-edit", "plan-create", "member-add", "census-upload"]


@pytest.fixture
def plan():
    return make_plan(name="Meridian 401(k) Plan")


def url(name, plan, **kwargs):
    return reverse(f"sponsors:{name}", kwargs={"plan": plan.slug, **kwargs})


@pytest.mark.parametrize("name", READS + EDITS)
def test_strangers_learn_nothing_of_a_plan(plan, name):
    stranger = client_of(make_member(make_plan(name="Another Plan")))

    answer = stranger.get(url(name, plan))

    assert answer.status_code == 404
    assert b"Meridian" not in answer.content


@pytest.mark.parametrize("name", READS + EDITS)
def test_nobody_gets_in_without_logging_in(plan, name):
    answer = Client().get(url(name, plan))

    assert answer.url == f"{reverse('account_login')}?next={url(name, plan)}"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PLAN_ADMINISTRATOR])
def test_members_read_but_do_not_edit_the_plan(plan, role):
    client = client_of(make_member(plan, role))

    statuses = {name: client.get(url(name, plan)).status_code for name in READS + EDITS}

    assert statuses == dict.fromkeys(READS, 200) | dict.fromkeys(EDITS, 403)


@pytest.mark.parametrize("name", READS + EDITS)
def test_plan_administrator_opens_every_page(plan, name):
    answer = client_of(make_member(plan)).get(url(name, plan))

    assert answer.status_code == 200
    assert "Meridian 401(k) Plan" in answer.content.decode()


def test_platform_administrator_reads_the_plan_but_not_its_people(plan):
    client = client_of(make_user(is_platform_administrator=True))

    statuses = {name: client.get(url(name, plan)).status_code for name in READS + EDITS}

    assert {name for name, status in statuses.items() if status == 200} == {
        "plan-today",
        "plan-detail",
        "member-list",
    }


def test_somebody_without_a_plan_is_told_how_to_begin():
    page = client_of(make_user()).get(reverse("sponsors:home")).content.decode()

    assert "You have no plan here yet." in page
    assert reverse("sponsors:sponsor-create") in page


def test_somebody_with_one_plan_lands_on_it(plan):
    answer = client_of(make_member(plan)).get(reverse("sponsors:home"))

    assert answer.url == url("plan-today", plan)


def test_somebody_with_two_plans_chooses():
    sponsor = make_sponsor()
    plans = [make_plan(sponsor, name=name) for name in ("Hourly Plan", "Salaried Plan")]

    page = client_of(make_member(sponsor)).get(reverse("sponsors:home")).content.decode()

    assert [plan.name in page and url("plan-today", plan) in page for plan in plans] == [True, True]


def test_employer_and_plan_begin_in_one_form():
    user = make_user()

    answer = client_of(user).post(
        reverse("sponsors:sponsor-create"),
        {
            "sponsor_name": "Meridian Tool Company",
            "title": "CFO",
            "name": "Meridian 401(k) Plan",
            "plan_number": "001",
            "match_formula": "50% of 6%",
        },
        follow=True,
    )

    plan = Plan.objects.get()
    assert plan.match_formula == [{"rate": "0.5", "up_to": "0.06"}]
    assert Membership.objects.get().role == Role.PLAN_ADMINISTRATOR
    assert answer.redirect_chain[-1][0] == url("plan-today", plan)
    assert "you are its plan administrator" in answer.content.decode()
    assert sorted(LedgerEvent.objects.values_list("action", flat=True)) == ["plan.created", "sponsor.created"]


def test_refused_employer_leaves_nothing_and_keeps_what_was_typed():
    answer = client_of(make_user()).post(
        reverse("sponsors:sponsor-create"),
        {"sponsor_name": "Meridian", "name": "Plan", "plan_number": "1", "match_formula": ""},
    )

    page = answer.content.decode()
    assert answer.context["form"].errors["plan_number"] == [
        "The plan number has three digits, as on Form 5500, such as 001."
    ]
    assert 'value="Meridian"' in page
    assert (PlanSponsor.objects.count(), Plan.objects.count(), LedgerEvent.objects.count()) == (0, 0, 0)


def test_plan_facts_are_shown_as_the_plan_document_says_them(plan):
    page = client_of(make_member(plan)).get(url("plan-detail", plan)).content.decode()

    assert "50% of the first 6% of pay" in page
    assert "Twice a month (24 a year)" in page
    assert "what a payroll missed is made up at year end" in page


def test_plan_facts_say_what_the_match_the_roth_rule_and_vesting_mean():
    plan = make_plan(match_true_up=False, has_roth=False, vesting_kind="graded", vesting_years=6)

    page = client_of(make_member(plan)).get(url("plan-detail", plan)).content.decode()

    assert "Worked out payroll by payroll: what a payroll missed is not made up." in page
    assert "people paid more than $150,000 the year before have no catch-up contributions" in page
    assert "20% after 2 years of service, 40% after 3, 60% after 4, 80% after 5, 100% after 6" in page


def test_true_up_is_ticked_off_by_the_page(plan):
    client = client_of(make_member(plan))
    typed = edit_form(client, plan)
    assert typed["match_true_up"] is True

    del typed["match_true_up"]
    client.post(url("plan-edit", plan), typed)

    plan.refresh_from_db()
    assert plan.match_true_up is False
    assert LedgerEvent.objects.get().body == {"changed": {"match_true_up": [True, False]}}


def edit_form(client, plan) -> dict:
    """What a browser would send back unchanged."""
    form = client.get(url("plan-edit", plan)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_plan_edit_changes_only_what_was_changed(plan):
    client = client_of(make_member(plan))
    typed = edit_form(client, plan) | {
        "auto_enrollment": "on",
        "default_deferral_rate": "6",
        "reason": "Amended.",
    }

    client.post(url("plan-edit", plan), typed)

    event = LedgerEvent.objects.get()
    assert event.body == {
        "changed": {"auto_enrollment": [False, True], "default_deferral_rate": [None, "0.06"]}
    }
    assert event.reason == "Amended."


def test_refusal_of_an_edit_stands_at_its_field(plan):
    client = client_of(make_member(plan))

    answer = client.post(url("plan-edit", plan), edit_form(client, plan) | {"sole_fiduciary": "on"})

    assert list(answer.context["form"].errors) == ["required_signatures"]
    assert "A sole fiduciary decides alone" in answer.content.decode()
    assert not LedgerEvent.objects.exists()


def test_match_that_cannot_be_read_says_how_to_write_it(plan):
    client = client_of(make_member(plan))

    answer = client.post(url("plan-edit", plan), edit_form(client, plan) | {"match_formula": "half"})

    assert (
        "100% of the first 3% of pay, 50% of the next 2%" in answer.context["form"].errors["match_formula"][0]
    )


def test_another_plan_of_the_same_employer(plan):
    client = client_of(make_member(plan))
    typed = edit_form(client, plan) | {"name": "Hourly Plan", "plan_number": "002"}

    client.post(url("plan-create", plan), typed)

    assert set(Plan.objects.filter(sponsor=plan.sponsor).values_list("name", flat=True)) == {
        "Meridian 401(k) Plan",
        "Hourly Plan",
    }


def test_first_steps_tick_themselves_off(plan):
    client = client_of(make_member(plan))

    def steps():
        return {step["label"]: step["state"] for step in client.get(url("plan-today", plan)).context["steps"]}

    before = steps()
    make_snapshot(plan, 3)
    Plan.objects.filter(pk=plan.pk).update(recordkeeper="Northfield", named_fiduciary="Committee")
    after = steps()

    assert (before["Check the plan facts"], before["Bring in the census"]) == ("current", "todo")
    assert [after.get(step, "done") for step in before][:2] == ["done", "done"]


def test_checklist_disappears_when_every_step_is_done():
    done = today.Section("Plan", "Stated.", state="done", step="Check the plan facts")
    todo = today.Section("Menu", "No menu yet.", url="/menus/", step="Design a menu")
    other = today.Section("Watch", "Nothing to watch.")

    assert today.first_steps([done, other]) == []
    assert today.first_steps([done, todo, other]) == [
        {"label": "Check the plan facts", "hint": "Stated.", "url": "", "state": "done"},
        {"label": "Design a menu", "hint": "No menu yet.", "url": "/menus/", "state": "current"},
    ]


def test_demonstration_says_that_its_people_are_made_up():
    plan = make_plan(make_sponsor(is_demonstration=True))

    page = client_of(make_member(plan)).get(url("census-detail", plan)).content.decode()

    assert "Synthetic data." in page


def test_new_member_gets_in_by_a_link_that_is_shown_once(plan, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client = client_of(make_member(plan))
    typed = {
        "email": "sam@example.com",
        "full_name": "Sam Rivers",
        "role": Role.COMMITTEE_MEMBER,
        "title": "",
    }

    page = client.post(url("member-add", plan), typed).content.decode()
    link = re.search(r'value="(http[^"]+)"', page)[1]
    newcomer = Client()
    form = newcomer.get(link, follow=True)
    newcomer.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    newcomer.post(reverse("account_login"), {"login": "sam@example.com", "password": PASSWORD})

    assert newcomer.get(url("plan-today", plan)).status_code == 200
    assert link not in client.get(url("member-list", plan)).content.decode()
    assert Client().get(link).context["token_fail"] is True


def test_new_member_is_mailed_the_link_where_mail_is_sent(plan, mailoutbox):
    client = client_of(make_member(plan))
    typed = {"email": "sam@example.com", "full_name": "Sam Rivers", "role": Role.ADVISER, "title": ""}

    answer = client.post(url("member-add", plan), typed)

    assert answer.url == url("member-list", plan)
    assert [mail.to for mail in mailoutbox] == [["sam@example.com"]]
    assert "/account/password/reset/key/" in mailoutbox[0].body


def test_lost_link_is_replaced_and_that_is_recorded(plan, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    administrator = make_member(plan)
    newcomer = make_member(plan, Role.COUNSEL, user=make_user("Sam Rivers", password=None))
    address = url("member-invite", plan, member=newcomer.memberships.get().pk)

    page = client_of(administrator).post(address).content.decode()

    link = re.search(r'value="(http[^"]+)"', page)[1]
    assert Client().get(link, follow=True).context["form"].fields.keys() == {"password1", "password2"}
    assert list(LedgerEvent.objects.values_list("action", flat=True)) == ["membership.invited"]


def test_no_new_link_for_somebody_with_a_password(plan, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    member = make_member(plan, Role.COUNSEL)
    address = url("member-invite", plan, member=member.memberships.get().pk)

    page = client_of(make_member(plan)).post(address, follow=True).content.decode()

    assert "has chosen a password" in page
    assert "/account/password/reset/key/" not in page
    assert not LedgerEvent.objects.exists()


def test_nobody_is_given_a_way_into_an_account_that_has_a_password(plan, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    known = make_user(email="kim@example.com", full_name="Kim Ode")
    client = client_of(make_member(plan))

    answer = client.post(
        url("member-add", plan), {"email": "kim@example.com", "role": Role.ADVISER, "title": ""}, follow=True
    )

    assert "/account/password/reset/" not in answer.content.decode()
    assert "Kim Ode now has the role of adviser." in answer.content.decode()
    assert User.objects.get(pk=known.pk).check_password(PASSWORD)
    assert mailoutbox == []


def test_member_who_is_there_already_is_refused_at_the_address(plan):
    administrator = make_member(plan)

    answer = client_of(administrator).post(
        url("member-add", plan), {"email": administrator.email, "role": Role.AUDITOR, "title": ""}
    )

    assert list(answer.context["form"].errors) == ["email"]
    assert Membership.objects.count() == 1


def test_role_ends_by_the_page_and_its_person_becomes_a_stranger(plan):
    administrator, member = make_member(plan), make_member(plan, Role.COMMITTEE_MEMBER)
    membership = member.memberships.get()

    client_of(administrator).post(url("member-end", plan, member=membership.pk), {"reason": "Retired."})

    assert client_of(member).get(url("plan-today", plan)).status_code == 404
    former = client_of(administrator).get(url("member-list", plan)).context["former"]
    assert [ended.user for ended in former] == [member]


def test_last_plan_administrator_is_told_why_they_stay(plan):
    administrator = make_member(plan)

    answer = client_of(administrator).post(
        url("member-end", plan, member=administrator.memberships.get().pk), {"reason": ""}
    )

    assert "Add another plan administrator first." in answer.content.decode()
    assert administrator.memberships.get().ended_at is None


def test_member_of_another_sponsor_cannot_be_ended_from_here(plan):
    other = make_member(make_sponsor(), Role.COMMITTEE_MEMBER).memberships.get()
    make_member(other.sponsor)

    answer = client_of(make_member(plan)).post(url("member-end", plan, member=other.pk), {"reason": ""})

    other.refresh_from_db()
    assert (answer.status_code, other.ended_at) == (404, None)


def test_person_of_another_plan_cannot_be_opened_from_here(plan):
    make_snapshot(plan, 3)
    other = make_plan()
    make_snapshot(other, 3)
    foreign = Participant.objects.filter(plan=other).first()

    answer = client_of(make_member(plan)).get(url("participant-detail", plan, pseudonym=foreign.pseudonym))

    assert answer.status_code == 404
