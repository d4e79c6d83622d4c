"""Pages for what went wrong: each says in words what happened, and that nothing was changed."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories.sponsors import client_of, make_user


def words(response) -> tuple[int, str]:
    return response.status_code, response.content.decode()


@pytest.mark.django_db
def test_unknown_address(client):
    status, page = words(client.get("/no-such-page/"))

    assert (status, "<h1" in page) == (404, True)


@pytest.mark.django_db
def test_form_of_another_session_is_refused():
    stranger = Client(enforce_csrf_checks=True)

    status, page = words(stranger.post(reverse("account_login"), {"login": "a@example.com", "password": "x"}))

    assert status == 403
    assert "This form has expired" in page
    assert "Nothing was changed" in page


@pytest.mark.django_db
def test_request_that_cannot_be_read(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    fields = {f"field-{number}": "x" for number in range(9)}

    status, page = words(client_of(make_user()).post(reverse("account_change_password"), fields))

    assert status == 400
    assert "Nothing was changed" in page


def test_fault_of_ours_is_told_without_database_or_session(rf):
    page_of = get_resolver().resolve_error_handler(500)

    status, page = words(page_of(rf.get("/")))

    assert status == 500
    assert "undid what it had begun" in page
