"""Logging in and out, passwords and addresses: the parts of allauth that people meet, in the site's words."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from sponsors.models import User
from tests.factories.sponsors import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db


def page(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_logging_out_asks_first_and_then_ends_the_session():
    client = client_of(make_user())

    asked = page(client.get(reverse("account_logout")))
    client.post(reverse("account_logout"))

    assert "Everything you saved stays." in asked
    assert client.get(reverse("sponsors:home")).status_code == 302


def test_forgotten_password_says_the_same_whether_the_address_is_known(client, mailoutbox):
    make_user(email="dana@example.com")

    known = client.post(reverse("account_reset_password"), {"email": "dana@example.com"}, follow=True)
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"}, follow=True)

    assert page(known).count("Look into your mailbox") == page(unknown).count("Look into your mailbox") > 0
    assert [mail.to for mail in mailoutbox] == [["dana@example.com"], ["nobody@example.com"]]


def test_who_has_no_password_yet_chooses_one():
    user = make_user(password=None)
    client = client_of(user)

    asked = page(client.get(reverse("account_set_password")))
    client.post(
        reverse("account_set_password"), {"password1": "quiet-harbour-42", "password2": "quiet-harbour-42"}
    )

    user.refresh_from_db()
    assert "Choose a password" in asked
    assert user.check_password("quiet-harbour-42")


def test_password_is_asked_again_and_the_wrong_one_refused():
    client = client_of(make_user("Dana Reyes"))
    address = reverse("account_reauthenticate")

    asked = page(client.get(address))
    wrong = page(client.post(address, {"password": "not this one"}))
    right = client.post(address, {"password": PASSWORD})

    assert "it is really you, Dana Reyes" in asked
    assert "error" in wrong
    assert right.status_code == 302


def test_closed_account_is_told_what_remains(client):
    assert "What it signed stays on record." in page(client.get(reverse("account_inactive")))


def test_site_by_invitation_registers_nobody(client, settings):
    settings.OPEN_SIGNUP = False
    new = {"email": "new@example.com", "password1": "quiet-harbour-42", "password2": "quiet-harbour-42"}

    said = page(client.get(reverse("account_signup")))
    posted = page(client.post(reverse("account_signup"), {**new, "full_name": "New Person"}))

    assert "accounts are made by invitation" in said
    assert "accounts are made by invitation" in posted
    assert not User.objects.filter(email="new@example.com").exists()


def test_address_is_proved_by_its_link_where_the_site_asks_for_it(client, settings, mailoutbox):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    new = {"email": "new@example.com", "password1": "quiet-harbour-42", "password2": "quiet-harbour-42"}

    sent = client.post(reverse("account_signup"), {**new, "full_name": "New Person"}, follow=True)
    locked_out = client.get(reverse("sponsors:home"))
    link = re.search(r"http://testserver(\S+confirm-email\S+)", mailoutbox[0].body)[1]
    asked = client.get(link)
    client.post(link)
    again = page(client.get("/account/confirm-email/no-such-key/"))

    assert "We sent you a message with a link." in page(sent)
    assert locked_out.status_code == 302
    assert "new@example.com" in page(asked)
    assert EmailAddress.objects.get(email="new@example.com").verified
    assert "This link no longer works" in again
