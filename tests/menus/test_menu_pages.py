"""The pages of funds, menus and versions: who may, what they show, what they change, how many queries they take."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from menus.models import Menu, MenuVersion, Waiver
from menus.selectors import content
from menus.services.versions import version_adopt, version_create
from sponsors.enums import Role
from tests.factories.menus import (
    author_of,
    make_catalogue,
    make_fund,
    make_menu,
    make_proposed,
    make_sleeve,
    make_version,
)
from tests.factories.sponsors import client_of, make_member, make_plan, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name: str, version: MenuVersion, **more) -> str:
    kwargs = {"plan": version.plan.slug, "menu": version.menu.slug, "version": version.number}
    return reverse(f"menus:{name}", kwargs={**kwargs, **more})


def author_client(version: MenuVersion):
    return client_of(author_of(version.plan))


# ---------------------------------------------------------------- who may
PAGES = ["version-detail", "version-panel", "version-compare"]
EDITS = ["line-add", "sleeve-remove", "version-record"]


@pytest.fixture
def draft() -> MenuVersion:
    first = make_version(preset="lean")
    return version_create(by=author_of(first.plan), menu=first.menu, copy_of=first)


@pytest.mark.parametrize("role", list(Role))
def test_every_member_reads_and_only_editors_change(draft, role):
    client = client_of(make_member(draft.plan, role))
    may_edit = role not in (Role.COUNSEL, Role.AUDITOR)
    may_propose = role in (Role.PLAN_ADMINISTRATOR, Role.COMMITTEE_CHAIR, Role.COMMITTEE_MEMBER)

    read = {client.get(url(name, draft)).status_code for name in PAGES}
    added = client.post(url("line-add", draft), {"fund": "FTIHX"}).status_code
    sleeve = client.get(url("sleeve-edit", draft)).status_code
    propose = client.get(url("version-propose", draft)).status_code

    assert read == {200}
    assert (added, sleeve) == ((302, 200) if may_edit else (403, 403))
    assert propose == (200 if may_propose else 403)
    assert draft.lines.filter(fund__key="FTIHX").exists() == may_edit


def test_stranger_learns_nothing(draft):
    client = client_of(make_user())

    answers = {
        client.get(url(name, draft)).status_code for name in [*PAGES, "version-propose", "sleeve-edit"]
    }
    answers |= {client.post(url(name, draft), {"fund": "FTIHX"}).status_code for name in EDITS}

    assert answers == {404}


def test_version_of_another_plan_of_the_sponsor_is_not_found(draft):
    other = make_plan(draft.sponsor)
    client = author_client(draft)

    address = reverse(
        "menus:version-detail", kwargs={"plan": other.slug, "menu": draft.menu.slug, "version": 1}
    )

    assert client.get(address).status_code == 404


# ---------------------------------------------------------------- funds
def test_fund_list_filters_and_keeps_what_was_typed():
    make_catalogue()
    client = client_of(make_user())

    page = client.get(reverse("menus:fund-list"), {"q": "bitcoin", "vehicle": "etf_40act"})

    assert [fund.key for fund in page.context["funds"]] == ["BITO"]
    assert 'value="bitcoin"' in page.text
    assert "1 of 137 funds." in page.text


def test_fund_list_says_when_nothing_fits_and_when_it_is_empty():
    client = client_of(make_user())
    empty = client.get(reverse("menus:fund-list")).text
    make_catalogue()

    none = client.get(reverse("menus:fund-list"), {"q": "no such fund"}).text

    assert "The fund catalogue is empty." in empty
    assert "No fund of the catalogue fits this search." in none


def test_filter_that_is_no_number_is_said_at_its_field():
    make_catalogue()

    page = client_of(make_user()).get(reverse("menus:fund-list"), {"fee_below": "cheap"})

    assert page.context["form"].errors["fee_below"] == ["Enter a number."]
    assert len(page.context["funds"]) == 137


def test_fund_page_shows_every_fact_with_its_source_and_where_it_is_used(draft):
    fund = make_fund("FXAIX")

    page = author_client(draft).get(fund.get_absolute_url())

    shown = {fact["label"] for fact in page.context["facts"]}
    assert {"Expense ratio, a year", "Benchmark for the review", "Legal wrapper", "First offered"} <= shown
    for fact in fund.facts.values():
        assert fact["label"].replace("'", "&#x27;") in page.text
        assert all(source["title"].replace("&", "&amp;") in page.text for source in fact["sources"])
    assert [line.version.number for line in page.context["lines"]] == [2, 1]
    assert page.context["plan_in_view"] == draft.plan


def test_fund_page_shows_no_plan_of_a_stranger(draft):
    page = client_of(make_user()).get(f"{make_fund('FXAIX').get_absolute_url()}?plan={draft.plan.slug}")

    assert (page.status_code, page.context["plan_in_view"]) == (200, None)
    assert draft.plan.name not in page.text


def test_short_record_and_trust_are_named_on_the_fund_page():
    page = client_of(make_user()).get(make_fund("IBIT").get_absolute_url())

    assert "Short: under 3 years says little." in page.text
    assert "A trust under the 1933 Act." in page.text


# ---------------------------------------------------------------- menus and versions
def test_plan_without_a_menu_says_what_to_do():
    plan = make_plan()
    client = client_of(make_member(plan))
    address = reverse("menus:menu-list", kwargs={"plan": plan.slug})

    page = client.get(address)
    answer = client.post(address, {"name": "Investment menu"})

    menu = Menu.objects.get(plan=plan)
    assert "This plan has none here yet." in page.text
    assert answer.url == reverse("menus:version-create", kwargs={"plan": plan.slug, "menu": menu.slug})


def test_menu_of_a_name_in_use_is_refused_at_the_field():
    menu = make_menu()
    address = reverse("menus:menu-list", kwargs={"plan": menu.plan.slug})

    page = client_of(author_of(menu.plan)).post(address, {"name": menu.name})

    assert (
        page.context["form"]
        .errors["name"][0]
        .startswith("The plan already has a menu called Investment menu.")
    )
    assert Menu.objects.count() == 1


def test_auditor_cannot_start_a_menu():
    plan = make_plan()
    client = client_of(make_member(plan, Role.AUDITOR))

    answer = client.post(reverse("menus:menu-list", kwargs={"plan": plan.slug}), {"name": "Investment menu"})

    assert (answer.status_code, Menu.objects.count()) == (403, 0)


def test_version_starts_from_the_preset_that_was_chosen():
    make_catalogue()
    menu = make_menu()
    client = client_of(author_of(menu.plan))
    address = reverse("menus:version-create", kwargs={"plan": menu.plan.slug, "menu": menu.slug})

    page = client.get(address)
    answer = client.post(address, {"start": "wide", "purpose": "Yearly review"})

    version = menu.versions.get()
    assert all(words in page.text for words in ("Lean: 20 lines", "Reference: 26 lines", "Wide: 30 lines"))
    assert answer.url == version.get_absolute_url()
    assert (version.lines.count(), version.purpose) == (30, "Yearly review")


def test_copy_of_a_version_is_one_click_away():
    version = make_proposed()
    client = author_client(version)
    page = client.get(version.get_absolute_url())
    address = reverse("menus:version-create", kwargs={"plan": version.plan.slug, "menu": version.menu.slug})

    form = client.get(f"{address}?copy=1").context["form"]
    client.post(address, {"start": form["start"].value()})

    assert f'href="{address}?copy=1"' in page.text
    assert content(version.menu.versions.get(number=2)) == content(version)


def test_versions_and_the_one_in_force_stand_on_the_menu_page():
    version = make_proposed()
    version_adopt(by=author_of(version.plan), version=version, decision_label="Decision 1")
    version_create(by=author_of(version.plan), menu=version.menu, copy_of=version)

    page = author_client(version).get(version.menu.get_absolute_url())

    assert [(one.number, one.status, one.line_count) for one in page.context["versions"]] == [
        (2, "draft", 26),
        (1, "adopted", 26),
    ]
    assert page.context["in_force"] == version


def test_comparison_shows_what_changes(draft):
    client = author_client(draft)
    client.post(url("line-add", draft), {"fund": "FTIHX"})

    page = client.get(url("version-compare", draft))

    assert "From version 1 to version 2: 1 added, 0 removed, 0 changed, 20 as before." in page.text
    assert "FTIHX" in page.text
    assert "VBIAX" not in page.text
    assert "VBIAX" in client.get(url("version-compare", draft), {"from": "1", "all": "1"}).text


def test_only_version_has_nothing_to_compare_with():
    version = make_version(preset="lean")

    assert author_client(version).get(url("version-compare", version)).status_code == 404


# ---------------------------------------------------------------- the builder
def test_builder_of_thirty_lines_takes_few_queries(django_assert_max_num_queries):
    version = make_version(preset="wide")
    make_sleeve(version, "target_date")
    client = author_client(version)

    with django_assert_max_num_queries(24):
        page = client.get(version.get_absolute_url())

    assert (page.context["totals"].lines, page.context["totals"].choices) == (30, 20)


def test_draft_without_scripts_adds_a_fund_through_the_search(draft):
    client = author_client(draft)

    page = client.get(draft.get_absolute_url(), {"q": "total international"})
    answer = client.post(url("line-add", draft), {"fund": "FTIHX", "q": "total international"}, follow=True)

    assert {fund.key for fund in page.context["results"]} >= {"FTIHX", "VTIAX"}
    assert answer.redirect_chain == [(f"{draft.get_absolute_url()}?q=total+international#add", 302)]
    assert "Fidelity Total International Index Fund is on the menu." in answer.text
    assert draft.lines.filter(fund__key="FTIHX").exists()


def test_htmx_gets_the_fresh_builder_and_panel(draft):
    client = author_client(draft)

    answer = client.post(url("line-add", draft), {"fund": "FTIHX"}, headers=HTMX)

    assert answer.templates[0].name == "menus/_builder_update.html"
    assert answer.context["totals"].lines == 21
    assert 'id="version-panel" hx-swap-oob="true"' in answer.text
    assert "<html" not in answer.text


def test_refusal_of_a_button_is_shown_and_changes_nothing(draft):
    before = content(draft)

    answer = author_client(draft).post(url("line-add", draft), {"fund": "FXAIX"}, headers=HTMX)

    assert "Fidelity 500 Index Fund (FXAIX) is already on this menu." in answer.context["refusal"]
    assert content(draft) == before


def test_htmx_search_gets_the_results_alone(draft):
    answer = author_client(draft).get(draft.get_absolute_url(), {"q": "gold"}, headers=HTMX)

    assert answer.templates[0].name == "menus/_fund_results.html"
    assert {fund.key for fund in answer.context["results"]} == {"GLD", "IAU", "GLDM"}


def test_marks_are_set_by_buttons(draft):
    client = author_client(draft)
    line, balanced = draft.lines.get(fund__key="FXAIX"), draft.lines.get(fund__key="VBIAX")

    client.post(url("line-mark", draft, line=line.pk), {"mark": "not-core"})
    client.post(url("line-mark", draft, line=balanced.pk), {"mark": "default"})

    line.refresh_from_db()
    assert line.is_core is False
    assert list(draft.lines.filter(is_qdia=True).values_list("fund__key", flat=True)) == ["VBIAX"]


def test_line_page_saves_marks_and_statement_and_offers_replacements(draft):
    client, line = author_client(draft), draft.lines.get(fund__key="FXAIX")
    address = url("line-edit", draft, line=line.pk)

    page = client.get(address)
    client.post(address, {"is_core": "on", "value_statement": "Lowest fee.", "seen_edits": draft.edit_count})

    line.refresh_from_db()
    assert "VFIAX" in {fund.key for fund in page.context["comparators"]}
    assert (line.is_core, line.is_qdia, line.value_statement) == (True, False, "Lowest fee.")


def test_crypto_default_is_refused_at_its_field_with_what_was_typed(draft):
    make_sleeve(draft)
    client, line = author_client(draft), draft.lines.get(fund__key="IBIT")
    draft.refresh_from_db()

    page = client.post(
        url("line-edit", draft, line=line.pk),
        {"is_qdia": "on", "value_statement": "Kept words", "seen_edits": draft.edit_count},
    )

    line.refresh_from_db()
    assert (
        page.context["form"]
        .errors["is_qdia"][0]
        .startswith("iShares Bitcoin Trust ETF cannot be the default")
    )
    assert "Kept words" in page.text
    assert (line.is_qdia, line.value_statement) == (False, "")


def test_stale_page_is_refused_and_then_saves(draft):
    client, line = author_client(draft), draft.lines.get(fund__key="FXAIX")
    address, seen = url("line-edit", draft, line=line.pk), draft.edit_count
    client.post(url("line-add", draft), {"fund": "FTIHX"})
    typed = {"is_core": "on", "value_statement": "Mine", "seen_edits": seen}

    page = client.post(address, typed)
    again = client.post(address, {**typed, "seen_edits": page.context["form"]["seen_edits"].value()})

    line.refresh_from_db()
    assert "Somebody changed this version while your page was open" in page.text
    assert (again.status_code, line.value_statement) == (302, "Mine")


def test_line_is_replaced_by_ticker_and_removed(draft):
    client = author_client(draft)
    line, other = draft.lines.get(fund__key="FXAIX"), draft.lines.get(fund__key="VBIAX")

    client.post(url("line-replace", draft, line=line.pk), {"fund": "VFIAX"})
    unknown = client.post(url("line-replace", draft, line=line.pk), {"fund": "NOPE"}, headers=HTMX)
    client.post(url("line-remove", draft, line=other.pk))
    twice = client.post(url("line-remove", draft, line=other.pk), headers=HTMX)

    keys = set(draft.lines.values_list("fund__key", flat=True))
    assert ("VFIAX" in keys, "FXAIX" in keys, "VBIAX" in keys) == (True, False, False)
    assert unknown.context["refusal"] == "Choose a fund of the catalogue."
    assert twice.context["refusal"] == "This line was removed already."


def test_frozen_version_shows_the_same_page_without_changes():
    version = make_proposed()

    page = author_client(version).get(version.get_absolute_url())

    assert page.context["can_edit"] is False
    assert "Add a fund" not in page.text
    assert "Findings when it was proposed" in page.text
    assert version.content_hash[:12] in page.text
    assert page.context["totals"].lines == 26


# ---------------------------------------------------------------- sleeve
LINE_TERMS = {
    "cap": "5",
    "target_weight": "2",
    "new_money_block": "on",
    "rebalancing": "sell_down",
    "reason": "Trial",
}
SERIES_TERMS = {"cap": "5%", "weight_25": "2", "weight_65": "0.5", "rebalancing": "calendar"}


def test_crypto_line_is_set_and_removed_by_pages(draft):
    client = author_client(draft)
    terms = {**LINE_TERMS, "fund": make_fund("IBIT").pk, "seen_edits": draft.edit_count}

    client.post(f"{url('sleeve-edit', draft)}?kind=crypto_line", terms)
    draft.refresh_from_db()
    sleeve = content(draft)["sleeve"]
    client.post(url("sleeve-remove", draft))

    assert (sleeve["cap"], sleeve["target_weight"], sleeve["reason"]) == ("0.05", "0.02", "Trial")
    assert content(MenuVersion.objects.get(pk=draft.pk))["sleeve"] is None
    assert not draft.lines.filter(fund__key="IBIT").exists()


def test_weights_by_age_are_typed_one_by_one_and_shown_again(draft):
    client, address = author_client(draft), f"{url('sleeve-edit', draft)}?kind=target_date"

    client.post(address, {**SERIES_TERMS, "fund": make_fund("IBIT").pk, "seen_edits": draft.edit_count})
    page = client.get(address)

    assert content(draft)["sleeve"]["weights_by_age"] == [
        {"age": 25, "weight": "0.02"},
        {"age": 65, "weight": "0.005"},
    ]
    assert {
        field.name: field.value() for field in page.context["form"].weight_fields if field.initial
    }.keys() == {
        "weight_25",
        "weight_65",
    }


def test_both_doors_are_typed_on_one_page(draft):
    client, address = author_client(draft), f"{url('sleeve-edit', draft)}?kind=both"
    terms = {**LINE_TERMS, **SERIES_TERMS, "line_rebalancing": "sell_down", "min_age": "21", "max_age": ""}
    terms |= {"fund": make_fund("IBIT").pk, "seen_edits": draft.edit_count}

    client.post(address, terms)
    page = client.get(address)

    kept = content(draft)["sleeve"]
    assert (kept["kind"], kept["rebalancing"], kept["line_rebalancing"]) == ("both", "calendar", "sell_down")
    assert (kept["min_age"], "max_age" in kept) == (21, False)
    assert [page.context["form"][name].value() for name in ("min_age", "max_age", "cap")] == [21, None, "5"]
    assert "One cap counts through both doors." in page.text


def test_ages_the_wrong_way_round_are_refused_at_their_field(draft):
    terms = {**LINE_TERMS, "min_age": "60", "max_age": "30", "fund": make_fund("IBIT").pk}

    page = author_client(draft).post(
        f"{url('sleeve-edit', draft)}?kind=crypto_line", terms | {"seen_edits": draft.edit_count}
    )

    assert page.context["form"].errors["max_age"][0].startswith("The oldest age, 30, lies below the youngest")
    assert content(draft)["sleeve"] is None


def test_terms_of_the_lab_stand_in_the_form_unsaved(draft):
    make_sleeve(draft, "target_date")
    before = content(draft)

    page = author_client(draft).get(
        f"{url('sleeve-edit', draft)}?kind=target_date&cap=3&weight_30=2.5&weight_60=1&rebalancing=none"
    )

    form = page.context["form"]
    assert {field.name: field.value() for field in form.weight_fields if field.value() is not None} == {
        "weight_30": "2.5",
        "weight_60": "1",
    }
    assert (form["cap"].value(), form["rebalancing"].value()) == ("3", "none")
    assert "Nothing is saved until you save it here." in page.text
    assert content(draft) == before


def test_weight_above_the_cap_is_refused_with_what_was_typed(draft):
    terms = {**SERIES_TERMS, "weight_25": "7.5", "fund": make_fund("IBIT").pk, "seen_edits": draft.edit_count}

    page = author_client(draft).post(f"{url('sleeve-edit', draft)}?kind=target_date", terms)

    assert (
        page.context["form"]
        .errors["weights_by_age"][0]
        .startswith("The sleeve would hold 7.5% at age 25, above its own cap of 5%.")
    )
    assert 'value="7.5"' in page.text
    assert content(draft)["sleeve"] is None


# ---------------------------------------------------------------- proposing and waivers
def test_propose_page_lists_what_stops_it_and_then_proposes(draft):
    client = author_client(draft)
    draft.lines.get(fund__key="VBIAX").delete()

    stopped = client.get(url("version-propose", draft))
    refused = client.post(url("version-propose", draft))
    client.post(url("line-add", draft), {"fund": "FTIHX"})
    done = client.post(url("version-propose", draft), follow=True)

    draft.refresh_from_db()
    assert [row.key for row in stopped.context["open_blocks"]] == ["line_count"]
    assert "Propose version 2" not in stopped.text
    assert refused.context["refusal"].startswith(
        "Version 2 was not proposed: one finding blocks it. (1) The menu has 19"
    )
    assert "Version 2 is proposed. It can no longer be changed." in done.text
    assert draft.status == "proposed"


def test_proposed_version_cannot_be_proposed_again():
    version = make_proposed()

    answer = author_client(version).get(url("version-propose", version))

    assert answer.url == version.get_absolute_url()


def test_menu_as_found_is_recorded_from_its_page():
    version = make_version(funds=["FXAIX"], is_as_found=True)

    answer = author_client(version).post(url("version-record", version), follow=True)

    version.refresh_from_db()
    assert version.status == "adopted"
    assert "is on record as the menu in force when the plan joined" in answer.text


def test_waiver_is_asked_for_and_approved_by_somebody_else(draft):
    draft.lines.update(is_qdia=False)
    author, chair = author_client(draft), client_of(make_member(draft.plan, Role.COMMITTEE_CHAIR))
    ends = timezone.localdate() + timedelta(days=60)

    builder = author.get(draft.get_absolute_url())
    author.post(
        f"{url('waiver-request', draft)}?finding=default_missing",
        {"reason": "All elect on joining.", "expires_on": ends.isoformat()},
    )
    waiver = Waiver.objects.get()
    own = author.post(url("waiver-approve", draft, waiver=waiver.pk), follow=True)
    chair.post(url("waiver-approve", draft, waiver=waiver.pk))

    waiver.refresh_from_db()
    assert [row.waive_url for row in builder.context["open_blocks"]] == [
        f"{url('waiver-request', draft)}?finding=default_missing"
    ]
    assert "somebody else has to approve it" in own.text
    assert (waiver.approved_by.memberships.get().role, waiver.expires_on) == (Role.COMMITTEE_CHAIR, ends)
    assert chair.get(url("version-propose", draft)).context["open_blocks"] == []


def test_waiver_is_asked_for_beside_the_finding_and_not_without_a_reason(draft):
    draft.lines.update(is_qdia=False)
    address = f"{url('waiver-request', draft)}?finding=default_missing"
    author, ends = author_client(draft), timezone.localdate() + timedelta(days=60)

    asked = author.get(address)
    silent = author.post(address, {"reason": " ", "expires_on": ends.isoformat()})

    assert (asked.context["finding"].key, "Somebody other than you has to approve it" in asked.text) == (
        "default_missing",
        True,
    )
    assert silent.context["form"].errors["reason"] == ["This field is required."]
    assert f'value="{ends.isoformat()}"' in silent.text
    assert not Waiver.objects.exists()


def test_waiver_of_a_finding_that_is_gone_leads_back(draft):
    answer = author_client(draft).get(f"{url('waiver-request', draft)}?finding=default_missing")

    assert answer.url == draft.get_absolute_url()
