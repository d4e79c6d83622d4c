"""Pages of reviews, by role, without JavaScript: what each person sees, may do, and keeps when something is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fiduciary.models import ConflictDeclaration, Evidence, PrudenceReview, ReviewResponse
from fiduciary.services.evidence import evidence_add
from fiduciary.services.reviews import response_give
from menus.enums import SleeveKind
from menus.services.versions import version_propose
from sponsors.enums import Role
from sponsors.ledger.models import LedgerEvent
from tests.factories.fiduciary import make_committee, make_decision, make_review, make_signed
from tests.factories.menus import make_menu, make_proposed, make_sleeve, make_version
from tests.factories.sponsors import client_of, make_member, make_user

pytestmark = pytest.mark.django_db


def address(name: str, review: PrudenceReview, **more: Any) -> str:
    return reverse(f"fiduciary:{name}", kwargs={"plan": review.plan.slug, "review": review.number, **more})


def of_plan(name: str, plan: Any) -> str:
    return reverse(f"fiduciary:{name}", kwargs={"plan": plan.slug})


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def committee():
    return make_committee()


@pytest.fixture
def review(committee):
    return make_review(committee)


# ---------------------------------------------------------------- who gets in
def pages_of(review: PrudenceReview) -> list[str]:
    return [
        of_plan("review-list", review.plan),
        of_plan("review-open", review.plan),
        address("review-detail", review),
        address("review-item", review, item="PG-01"),
        address("review-refresh", review),
        address("review-declare", review),
        address("evidence-add", review, item="PG-01"),
        address("decision-draft", review),
        of_plan("decision-list", review.plan),
        of_plan("document-list", review.plan),
    ]


def statuses(client: Client, review: PrudenceReview) -> list[int]:
    return [client.get(page).status_code for page in pages_of(review)]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.PLAN_ADMINISTRATOR, [200] * 10),
        (Role.COMMITTEE_CHAIR, [200] * 10),
        (Role.COMMITTEE_MEMBER, [200, 200, 200, 200, 200, 200, 200, 403, 200, 200]),
        (Role.ADVISER, [200, 403, 200, 200, 403, 403, 200, 403, 200, 200]),
        (Role.COUNSEL, [200, 403, 200, 200, 403, 403, 403, 403, 200, 200]),
        (Role.AUDITOR, [200, 403, 200, 200, 403, 403, 403, 403, 200, 200]),
    ],
)
def test_each_role_sees_its_pages(review, role, expected):
    assert statuses(client_of(make_member(review.plan, role)), review) == expected


def test_stranger_gets_nothing_at_all(review):
    stranger = make_committee().chair

    assert statuses(client_of(stranger), review) == [404] * 10


def test_nobody_is_sent_to_log_in(review):
    assert statuses(Client(), review) == [302] * 10


def test_platform_administrator_reads_only(review):
    platform = make_user(is_platform_administrator=True)

    assert statuses(client_of(platform), review) == [200, 403, 200, 200, 403, 403, 403, 403, 200, 200]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COUNSEL])
def test_reader_changes_nothing(review, role):
    client = client_of(make_member(review.plan, role))
    before = LedgerEvent.objects.count()

    posts = [
        client.post(address("review-item", review, item="PG-01"), {"answer": "met"}),
        client.post(
            address("evidence-add", review, item="PG-01"), {"kind": "text", "title": "T", "text": "x"}
        ),
        client.post(address("review-declare", review), {"has_conflict": "no"}),
        client.post(address("review-refresh", review), {}),
        client.post(address("decision-draft", review), {"outcome": "adopt", "reasons": "x"}),
    ]

    assert [post.status_code for post in posts] == [403] * 5
    assert LedgerEvent.objects.count() == before


# ---------------------------------------------------------------- opening
def test_list_offers_what_waits_for_a_review(committee):
    version = make_proposed(make_menu(committee.plan))
    page = words(client_of(committee.chair).get(of_plan("review-list", committee.plan)))

    assert "Proposed, not yet under review" in page
    assert f"{of_plan('review-open', committee.plan)}?version={version.pk}" in page


def test_empty_plan_is_told_what_comes_first(committee):
    client = client_of(committee.chair)

    assert "Propose a version of the menu first." in words(client.get(of_plan("review-list", committee.plan)))
    assert "There is no proposed version without a review." in words(
        client.get(of_plan("review-open", committee.plan))
    )


def test_only_proposal_is_chosen_already(committee):
    version = make_proposed(make_menu(committee.plan))

    page = words(client_of(committee.chair).get(of_plan("review-open", committee.plan)))

    assert f'<option value="{version.pk}" selected>' in page


def test_review_is_opened(committee):
    version = make_proposed(make_menu(committee.plan))
    day = timezone.localdate() + timedelta(days=60)

    response = client_of(committee.chair).post(
        of_plan("review-open", committee.plan),
        {
            "version": version.pk,
            "purpose": "For the participants.",
            "run": "",
            "effective_on": day.isoformat(),
        },
    )

    review = PrudenceReview.objects.get()
    assert (response.status_code, response.url) == (302, review.get_absolute_url())
    assert (review.version, review.effective_on, review.opened_by) == (version, day, committee.chair)


def test_refused_dates_keep_what_was_typed(committee):
    version = make_proposed(make_menu(committee.plan))
    day = timezone.localdate() + timedelta(days=60)

    page = words(
        client_of(committee.chair).post(
            of_plan("review-open", committee.plan),
            {
                "version": version.pk,
                "purpose": "A purpose <b>kept</b>.",
                "effective_on": day.isoformat(),
                "notice_sent_on": (day + timedelta(days=1)).isoformat(),
            },
        )
    )

    assert "The notice would go out after the change takes effect. Check both dates." in page
    assert "A purpose &lt;b&gt;kept&lt;/b&gt;." in page
    assert f'value="{day.isoformat()}"' in page
    assert not PrudenceReview.objects.exists()


def test_version_of_another_plan_is_no_choice(committee):
    other = make_proposed(make_menu())
    make_proposed(make_menu(committee.plan))

    page = words(
        client_of(committee.chair).post(
            of_plan("review-open", committee.plan), {"version": other.pk, "purpose": "Not ours."}
        )
    )

    assert "Select a valid choice" in page
    assert not PrudenceReview.objects.exists()


# ---------------------------------------------------------------- where it stands
def test_detail_says_what_is_left_and_who_must_act(committee, review):
    response_give(by=committee.member, review=review, item_id="PG-01", answer="follow_up", note="Later.")
    asked = sum(len(section.items) for section in client_sections(committee, review))

    page = words(client_of(committee.chair).get(review.get_absolute_url()))

    assert f"{asked - 1} of {asked} items are unanswered; 1 needs follow-up." in page
    assert "Go on with PG-02" in page
    assert (
        f"Not yet: {', '.join(sorted(str(p) for p in (committee.author, committee.chair, committee.member)))}."
        in page
    )
    assert "Draft the decision" in page
    assert "Cannot start yet" in page


def client_sections(committee, review):
    return client_of(committee.chair).get(review.get_absolute_url()).context["sections"]


def test_detail_offers_only_what_a_role_may_do(committee, review):
    member = words(client_of(committee.member).get(review.get_absolute_url()))
    auditor = words(client_of(make_member(review.plan, Role.AUDITOR)).get(review.get_absolute_url()))

    assert address("decision-draft", review) not in member
    assert address("review-declare", review) in member
    for name in ("decision-draft", "review-declare", "review-refresh"):
        assert address(name, review) not in auditor
    assert "Go on with PG-01</a>" not in auditor


def test_closed_review_shows_the_way_to_its_decision(committee):
    decision = make_signed(committee)

    page = words(client_of(committee.member).get(decision.review.get_absolute_url()))

    assert "How it was decided" in page
    assert decision.get_absolute_url() in page
    assert "Go on with" not in page


def test_banner_says_that_the_rule_is_proposed(committee, review):
    assert "Proposed rule, not in effect." in words(
        client_of(committee.member).get(review.get_absolute_url())
    )


# ---------------------------------------------------------------- answering
def test_answer_is_saved_and_the_next_item_follows(committee, review):
    client = client_of(committee.member)

    stay = client.post(address("review-item", review, item="PG-01"), {"answer": "met", "note": "Page 12."})
    go_on = client.post(
        address("review-item", review, item="PG-02"), {"answer": "not_met", "note": "None.", "next": "1"}
    )

    assert (stay.url, go_on.url) == (
        address("review-item", review, item="PG-01"),
        address("review-item", review, item="PG-03"),
    )
    assert list(ReviewResponse.objects.values_list("item_id", "answer", "note")) == [
        ("PG-01", "met", "Page 12."),
        ("PG-02", "not_met", "None."),
    ]
    page = words(client.get(stay.url))
    assert f"Answered by {committee.member}" in page


def test_refused_answer_keeps_what_was_chosen(committee, review):
    page = words(
        client_of(committee.member).post(
            address("review-item", review, item="PG-01"), {"answer": "not_applicable", "note": ""}
        )
    )

    assert "needs a reason in the note" in page
    assert "checked" in page.split('value="not_applicable"')[1][:120]
    assert not ReviewResponse.objects.exists()


def test_item_that_is_not_asked_is_not_there(committee, review):
    client = client_of(committee.member)

    assert client.get(address("review-item", review, item="DA-01")).status_code == 404
    assert client.get(address("review-item", review, item="XX-01")).status_code == 404


def test_earlier_answers_stay_visible(committee, review):
    response_give(
        by=committee.member, review=review, item_id="PG-01", answer="follow_up", note="First thought."
    )
    response_give(by=committee.chair, review=review, item_id="PG-01", answer="met", note="Second thought.")

    page = words(client_of(committee.member).get(address("review-item", review, item="PG-01")))

    assert page.index("Second thought.") < page.index("Earlier answers") < page.index("First thought.")


def test_typed_markup_is_text(committee, review):
    response_give(
        by=committee.member, review=review, item_id="PG-01", answer="met", note="<script>alert(1)</script>"
    )

    page = words(client_of(committee.member).get(address("review-item", review, item="PG-01")))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_frozen_item_shows_the_answer_and_no_form(committee, review):
    response_give(by=committee.member, review=review, item_id="PG-01", answer="met", note="Page 12.")
    make_decision(committee, review=review)
    client = client_of(committee.member)

    page = words(client.get(address("review-item", review, item="PG-01")))
    posted = client.post(address("review-item", review, item="PG-01"), {"answer": "met"})

    assert "Save and go on" not in page
    assert "Page 12." in page
    assert "awaits signatures, so its answers are frozen." in words(posted)


def test_figures_stand_beside_the_question(committee):
    version = make_version(make_menu(committee.plan), preset="reference")
    make_sleeve(version, SleeveKind.TARGET_DATE)
    review = make_review(committee, version=version_propose(by=committee.author, version=version))

    page = words(client_of(committee.member).get(address("review-item", review, item="BM-03")))

    assert "A composite in the sleeve" in page
    assert '<td class="num">99.5%</td>' in page
    assert "A figure answers a question of fact. The judgement is yours." in page


# ---------------------------------------------------------------- evidence
def test_evidence_of_each_kind_is_added_and_shown(committee, review):
    client, there = client_of(committee.member), address("evidence-add", review, item="PG-01")

    client.post(there, {"kind": "text", "title": "Minutes", "text": "We asked."})
    client.post(there, {"kind": "link", "title": "Rule", "url": "https://example.com/rule"})
    client.post(there, {"kind": "file", "title": "Page", "file": SimpleUploadedFile("p.pdf", b"%PDF-1.7 x")})

    page = words(client.get(address("review-item", review, item="PG-01")))
    piece = Evidence.objects.get(kind="file")
    assert Evidence.objects.count() == 3
    assert "We asked." in page
    assert 'href="https://example.com/rule"' in page
    assert (
        reverse("fiduciary:evidence-download", kwargs={"plan": review.plan.slug, "evidence": piece.pk})
        in page
    )


def test_refused_evidence_keeps_its_title(committee, review):
    response = client_of(committee.member).post(
        address("evidence-add", review, item="PG-01"),
        {"kind": "file", "title": "A kept title", "file": SimpleUploadedFile("x.exe", b"MZ\x90\x00")},
    )

    assert "This kind of file is not accepted." in words(response)
    assert 'value="A kept title"' in words(response)
    assert not Evidence.objects.exists()


def test_evidence_is_handed_out_as_an_attachment_to_the_plans_people_only(committee, review):
    piece = evidence_add(
        by=committee.member,
        review=review,
        item_id="PG-01",
        title="Page",
        kind="file",
        file_name="größe.html",
        data=b"<script>alert(1)</script>",
    )
    url = reverse("fiduciary:evidence-download", kwargs={"plan": review.plan.slug, "evidence": piece.pk})
    other = make_committee()
    theirs = reverse("fiduciary:evidence-download", kwargs={"plan": other.plan.slug, "evidence": piece.pk})

    response = client_of(make_member(review.plan, Role.AUDITOR)).get(url)

    assert (response.status_code, response["Content-Type"]) == (200, "application/octet-stream")
    assert response["Content-Disposition"].startswith("attachment;")
    assert response.content == b"<script>alert(1)</script>"
    assert client_of(other.chair).get(url).status_code == 404
    assert client_of(other.chair).get(theirs).status_code == 404


# ---------------------------------------------------------------- declarations
def test_declaration_is_made_changed_and_kept_on_errors(committee, review):
    client, there = client_of(committee.member), address("review-declare", review)

    refused = client.post(there, {"has_conflict": "yes", "statement": "", "is_recused": "on"})
    made = client.post(there, {"has_conflict": "yes", "statement": "I hold IBIT.", "is_recused": "on"})

    assert "Describe the interest" in words(refused)
    assert made.url == review.get_absolute_url()
    assert list(ConflictDeclaration.objects.values_list("has_conflict", "statement", "is_recused")) == [
        (True, "I hold IBIT.", True)
    ]
    assert "I hold IBIT." in words(client.get(there))
    assert "I hold IBIT. (stepped aside)" in words(client.get(review.get_absolute_url()))


# ---------------------------------------------------------------- cost of a page
def test_detail_asks_few_queries_whatever_is_answered(committee, review, django_assert_max_num_queries):
    for section in client_sections(committee, review)[:4]:
        for state in section.items:
            response_give(by=committee.member, review=review, item_id=state.item.id, answer="met")
    client = client_of(committee.member)

    with django_assert_max_num_queries(32):
        client.get(review.get_absolute_url())
