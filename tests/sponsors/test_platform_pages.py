"""Pages of the platform administrator: every employer read-only, accounts closed and opened on record."""

import pytest
from django.urls import reverse

from sponsors.enums import JobState, Role
from sponsors.errors import Refusal
from sponsors.ledger.models import LedgerEvent
from sponsors.ledger.recorder import PLATFORM_BOOK
from sponsors.models import Job
from sponsors.services.users import user_close, user_reopen
from tests.factories.fiduciary import make_signed
from tests.factories.sponsors import PASSWORD, client_of, make_member, make_plan, make_sponsor, make_user

pytestmark = pytest.mark.django_db
HOME, USERS, HEALTH = (reverse(f"sponsors:platform-{name}") for name in ("home", "users", "health"))


@pytest.fixture
def admin():
    return make_user("Ada Platform", is_platform_administrator=True)


def user_url(user):
    return reverse("sponsors:platform-user", kwargs={"user": user.pk})


def test_nobody_else_learns_that_these_pages_exist():
    person = make_member(make_sponsor(), Role.PLAN_ADMINISTRATOR)
    client = client_of(person)

    assert {client.get(page).status_code for page in (HOME, USERS, HEALTH, user_url(person))} == {404}


def test_employers_with_plans_and_latest_decisions(admin):
    decision = make_signed()
    plan = make_plan(make_sponsor("Birch Mills"), name="Birch Plan")

    page = client_of(admin).get(HOME)

    rows = {sponsor.name: (plans, sponsor.last_signed) for sponsor, plans in page.context["rows"]}
    assert rows["Birch Mills"] == ([plan], None)
    assert rows[decision.sponsor.name] == ([decision.plan], str(decision))


def test_queries_do_not_grow_with_the_employers(admin, django_assert_max_num_queries):
    client = client_of(admin)
    for _ in range(4):
        make_plan()

    with django_assert_max_num_queries(7):
        client.get(HOME)
    with django_assert_max_num_queries(5):
        client.get(USERS)


def test_accounts_are_found_by_name_and_address(admin):
    make_user("Ben Oak", email="oak@example.com")
    make_user("Cleo Elm", email="elm@example.com")

    def found(text):
        return [person.full_name for person in client_of(admin).get(USERS, {"q": text}).context["page_obj"]]

    assert (found("ben"), found("ELM@"), found("nobody")) == (["Ben Oak"], ["Cleo Elm"], [])


def test_closed_account_cannot_log_in_and_the_platforms_book_says_why(admin, client):
    person = make_user("Ben Oak", email="oak@example.com")
    theirs = client_of(person)

    client_of(admin).post(user_url(person), {"reason": "Left the company."})

    person.refresh_from_db()
    event = LedgerEvent.objects.get(action="user.closed")
    login = {"login": "oak@example.com", "password": PASSWORD}
    assert not person.is_active
    assert (event.book, event.actor_id, event.reason) == (PLATFORM_BOOK, admin.pk, "Left the company.")
    assert theirs.get(reverse("sponsors:home")).url.startswith(reverse("account_login"))
    assert "/account/inactive/" in client.post(reverse("account_login"), login).url


def test_account_is_opened_again_with_its_roles(admin):
    person = make_member(make_sponsor(), Role.COUNSEL)
    user_close(by=admin, user=person, reason="Left.")

    client_of(admin).post(user_url(person), {"reason": "Came back."})

    person.refresh_from_db()
    assert (person.is_active, person.memberships.filter(ended_at=None).count()) == (True, 1)
    assert LedgerEvent.objects.filter(action="user.reopened", reason="Came back.").count() == 1


@pytest.mark.parametrize(
    ("act", "is_active", "reason", "code"),
    [
        (user_close, True, " ", "reason_missing"),
        (user_close, False, "Left.", "already_closed"),
        (user_reopen, True, "Back.", "already_open"),
    ],
)
def test_refusals_leave_the_account_as_it_was(admin, act, is_active, reason, code):
    person = make_user(is_active=is_active)

    with pytest.raises(Refusal) as caught:
        act(by=admin, user=person, reason=reason)

    person.refresh_from_db()
    assert (caught.value.code, person.is_active) == (code, is_active)
    assert not LedgerEvent.objects.exists()


def test_own_account_cannot_be_closed(admin):
    page = client_of(admin).post(user_url(admin), {"reason": "Enough."})

    admin.refresh_from_db()
    assert admin.is_active
    assert "cannot close your own account" in page.content.decode()


def test_health_names_the_oldest_waiting_job_and_the_failed_one(admin):
    sponsor = make_sponsor()
    common = {"sponsor": sponsor, "requested_by": admin, "subject_id": "1"}
    waiting = Job.objects.create(kind="projection", idempotency_key="a", **common)
    Job.objects.create(
        kind="census", idempotency_key="b", state=JobState.FAILED, error="Out of paper.", **common
    )

    page = client_of(admin).get(HEALTH)

    health = page.context["health"]
    assert health.oldest_waiting == waiting.created_at
    assert dict(health.jobs) == {"Waiting": 1, "Running": 0, "Done": 0, "Failed": 1, "Cancelled": 0}
    assert "Out of paper." in page.content.decode()


def test_health_shows_books_and_last_entries(admin):
    decision = make_signed()

    page = client_of(admin).get(HEALTH)

    assert [book.sponsor for book in page.context["health"].books] == [decision.sponsor]
    assert page.context["health"].last_entries[0].action == "decision.signed"
