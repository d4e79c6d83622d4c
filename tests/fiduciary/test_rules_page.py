"""The rules page says where the law stands, with status and date beside everything."""

import re
from html import unescape

import pytest
from django.urls import reverse

from fiduciary.checklists import editions
from fiduciary.timeline import regulatory_timeline, status_board, timeline_entry
from menus.guardrails.register import value_text
from menus.guardrails.rulebook import load_rulebook
from tests.factories.sponsors import client_of, make_user

pytestmark = pytest.mark.django_db
URL = reverse("fiduciary:rule-list")


@pytest.fixture
def text():
    """The page as people read it: no tags, single spaces."""
    page = client_of(make_user()).get(URL).content.decode()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def flat(words):
    return re.sub(r"\s+", " ", words).strip()


def test_every_instrument_stands_there_with_effect_and_what_would_change_it(text):
    missing = [entry.key for entry in regulatory_timeline() if flat(entry.effect) not in text]
    missing += [entry.key for entry in status_board() if flat(entry.would_change) not in text]

    assert missing == []


def test_proposed_rule_is_called_proposed_first_of_all(text):
    rule = timeline_entry("dia_rule")

    assert text.index("Proposed rule, not in effect.") < text.index(flat(rule.instrument))
    assert "Status as of" in text


def test_every_guardrail_stands_there_with_its_limits_and_citation(text):
    book = load_rulebook()
    missing = [
        entry.id
        for entry in book.values()
        if flat(entry.title) not in text or flat(entry.citation) not in text
    ]
    limits = [value_text(fact) for entry in book.values() for fact in entry.thresholds.values()]

    assert missing == []
    assert [limit for limit in limits if flat(limit) not in text] == []


def test_every_checklist_item_stands_there_with_its_force(text):
    (edition, *_) = reversed(editions())
    missing = [item.id for item in edition.items if flat(item.question) not in text]

    assert missing == []
    assert sum(item.force == "proposed" for item in edition.items) > 0
    assert f"{sum(item.force == 'proposed' for item in edition.items)} proposed rule, not in effect" in text


def test_page_promises_nothing(text):
    assert not re.search(r"\bcompliant\b|safe harbor satisfied|we recommend", text, re.IGNORECASE)


def test_page_asks_for_an_account(client):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_page_asks_the_database_only_for_its_frame(django_assert_max_num_queries):
    client = client_of(make_user())

    with django_assert_max_num_queries(4):
        client.get(URL)
