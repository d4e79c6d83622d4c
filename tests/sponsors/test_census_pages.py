"""The pages of the census, end to end: upload, columns, reading, result."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sponsors.enums import Role
from sponsors.jobs.runner import run_claimed
from sponsors.models import CensusImport, CensusRefusal, CensusSnapshot, LedgerEvent, Participant
from tests.factories.sponsors import (
    AS_OF,
    census_csv,
    census_rows,
    client_of,
    make_member,
    make_plan,
    make_snapshot,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
def client(plan):
    return client_of(make_member(plan))


def url(name, plan, **kwargs):
    return reverse(f"sponsors:{name}", kwargs={"plan": plan.slug, **kwargs})


def bring(client, plan, data, as_of=AS_OF, **fields):
    """Post the upload form."""
    file = SimpleUploadedFile("census.csv", data, content_type="text/csv")
    return client.post(
        url("census-upload", plan), {"file": file, "as_of": as_of.isoformat(), **fields}, follow=True
    )


def answers(response, **changes):
    """What a browser would send for the page of columns, with changes by column name."""
    form = response.context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name != "accept_partial"}
    for header, meaning in changes.items():
        data[f"meaning_{form.headers.index(header)}"] = meaning
    return data


def confirm(client, plan, response, **changes):
    """Post the page of columns, let the worker's code read the file, and show what became of it."""
    census_import = response.context["census_import"]
    answer = client.post(
        url("census-map", plan, census_import=census_import.pk), answers(response, **changes), follow=True
    )
    job = CensusImport.objects.latest("created_at").job
    if job:
        run_claimed(job.pk)
        return client.get(answer.redirect_chain[-1][0])
    return answer


def test_whole_import_by_the_pages(client, plan):
    columns = bring(client, plan, census_csv(census_rows(12)))

    result = confirm(client, plan, columns)

    assert "12 people were accepted; no row was refused." in result.content.decode()
    assert Participant.objects.filter(plan=plan).count() == 12
    people = client.get(url("census-detail", plan)).content.decode()
    assert "for 12 people, all of them employed" in people


def test_upload_only_screens_and_asks_about_columns(client, plan):
    page = bring(client, plan, census_csv(census_rows(3))).content.decode()

    assert "Confirm the columns" in page
    assert "Surname2" in page
    assert not Participant.objects.exists()


def test_progress_shows_until_the_worker_has_read_the_file(client, plan):
    columns = bring(client, plan, census_csv(census_rows(3)))
    census_import = columns.context["census_import"]
    client.post(url("census-map", plan, census_import=census_import.pk), answers(columns))
    address = url("census-import", plan, census_import=census_import.pk)

    waiting = client.get(address)
    fragment = client.get(address, headers={"HX-Request": "true"})
    run_claimed(CensusImport.objects.get().job_id)
    ended = client.get(address, headers={"HX-Request": "true"})

    assert "Waiting for the worker" in waiting.content.decode()
    assert fragment.content.decode().startswith('<div class="progress"')
    assert f'hx-get="{address}"' in fragment.content.decode()
    assert (ended.headers["HX-Refresh"], ended.content) == ("true", b"")


def test_same_file_again_says_so_and_changes_nothing(client, plan):
    data = census_csv(census_rows(3))
    confirm(client, plan, bring(client, plan, data))
    before = (CensusImport.objects.count(), LedgerEvent.objects.count())

    page = bring(client, plan, data).content.decode()

    assert "This file was uploaded before for the same day, so nothing was changed." in page
    assert (CensusImport.objects.count(), LedgerEvent.objects.count()) == before


def test_refused_rows_are_listed_with_remedy_and_the_others_can_be_accepted(client, plan):
    rows = census_rows(3)
    rows[1]["VFIAX balance"] = "-100"

    result = confirm(client, plan, bring(client, plan, census_csv(rows)))
    page = result.content.decode()
    census_import = result.context["census_import"]
    client.post(url("census-partial", plan, census_import=census_import.pk))
    partial = CensusImport.objects.latest("created_at")
    run_claimed(partial.job_id)

    assert "1 of 3 rows cannot be accepted, so nothing was changed." in page
    assert "The balance is below zero." in page
    assert "ask the recordkeeper for the corrected balance" in page
    assert (
        "2 people were accepted; 1 of 3 rows were refused."
        in client.get(url("census-import", plan, census_import=partial.pk)).content.decode()
    )


def test_file_whose_columns_nobody_confirmed_is_not_accepted_in_part(client, plan):
    census_import = bring(client, plan, census_csv(census_rows(3))).context["census_import"]

    page = client.post(
        url("census-partial", plan, census_import=census_import.pk), follow=True
    ).content.decode()

    assert "Its columns are not confirmed yet" in page
    assert CensusImport.objects.get().status == "uploaded"


def test_search_that_finds_nobody_says_so(client, plan):
    make_snapshot(plan, 3)

    page = client.get(url("participant-list", plan) + "?q=nobody&page=7").content.decode()

    assert "Nobody fits this search." in page


def test_birth_in_the_future_leaves_everything_as_it_was(client, plan):
    make_snapshot(plan, 2, as_of=date(2025, 6, 30))
    before = list(Participant.objects.values())
    rows = census_rows(2)
    rows[0]["birth_date"] = "2031-03-15"

    page = confirm(client, plan, bring(client, plan, census_csv(rows))).content.decode()

    assert "The birth lies after the census date 2026-06-30." in page
    assert list(Participant.objects.values()) == before
    assert CensusSnapshot.objects.count() == 1


def test_missing_column_is_named_and_what_was_chosen_is_kept(client, plan):
    rows = [{key: value for key, value in row.items() if key != "annual_pay"} for row in census_rows(3)]
    columns = bring(client, plan, census_csv(rows))

    answer = confirm(client, plan, columns, surname="")

    page = answer.content.decode()
    assert "No column is mapped to the annual pay." in page
    assert answer.context["form"]["meaning_1"].value() == ""
    assert not CensusRefusal.objects.exists()
    assert CensusImport.objects.get().status == "uploaded"


def test_two_columns_cannot_be_the_same_thing(client, plan):
    columns = bring(client, plan, census_csv(census_rows(3)))

    page = confirm(client, plan, columns, surname="given_name").content.decode()

    assert "is already the given name." in page
    assert CensusImport.objects.get().status == "uploaded"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (census_csv([row | {"ssn": "219-09-9999"} for row in census_rows(3)]), "Steward never keeps those"),
        (bytes(range(256)) * 200_000, "The file has 51,200,000 bytes and the limit is 40,000,000"),
        (b"", "The file is empty."),
    ],
    ids=["ssn", "50-mb-of-garbage", "empty"],
)
def test_file_that_must_not_come_in_is_refused_at_its_field(client, plan, data, words, settings):
    stored = set(settings.DOCUMENTS_DIR.rglob("*"))

    answer = bring(client, plan, data)

    assert words in answer.content.decode()
    assert list(answer.context["form"].errors) == ["file"]
    assert b"219-09" not in answer.content
    assert set(settings.DOCUMENTS_DIR.rglob("*")) == stored
    assert (CensusImport.objects.count(), LedgerEvent.objects.count()) == (0, 0)


def test_employee_numbers_of_nine_digits_come_in_when_declared(client, plan):
    rows = [row | {"badge": f"{219_099_000 + 1_000_000 * place}"} for place, row in enumerate(census_rows(3))]

    refused = bring(client, plan, census_csv(rows)).content.decode()
    accepted = bring(client, plan, census_csv(rows), employee_numbers="badge").content.decode()

    assert "nine-digit numbers" in refused
    assert "Confirm the columns" in accepted


def test_refused_rows_as_csv_cannot_run_in_a_spreadsheet(client, plan):
    rows = census_rows(2)
    rows[0]["annual_pay"] = "=2+3"
    result = confirm(client, plan, bring(client, plan, census_csv(rows)))
    census_import = result.context["census_import"]

    answer = client.get(url("census-refusals", plan, census_import=census_import.pk))

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "row,column,value,reason,remedy"
    assert lines[1].startswith("2,annual_pay,'=2+3,This is not an amount")


def test_groups_of_ten_are_counted(plan, client):
    make_snapshot(plan, 45)

    summary = client.get(url("census-detail", plan)).context["summary"]

    assert [band.count for band in summary.by_age] == [0, 15, 10, 10, 10, 0]
    assert sum(fund.balance for fund in summary.funds) == summary.total_balance


def test_small_groups_are_shown_to_nobody(plan, client):
    make_snapshot(plan, 39)

    page = client.get(url("census-detail", plan))

    # Nine people are 55 to 64. One more group is hidden with them, or the total would give them away.
    assert [band.count for band in page.context["summary"].by_age] == [0, None, 10, 10, None, 0]
    assert page.content.decode().count("Not shown: few people") >= 2


def test_names_are_for_the_plan_administrator_alone(plan, client):
    make_snapshot(plan, 3)
    member = client_of(make_member(plan, Role.COMMITTEE_MEMBER))
    pseudonym = Participant.objects.get(participant_id="00002").pseudonym

    pages = [
        (
            visitor.get(url("participant-list", plan)),
            visitor.get(url("participant-detail", plan, pseudonym=pseudonym)),
        )
        for visitor in (client, member)
    ]

    assert [["Surname2" in page.content.decode() for page in both] for both in pages] == [
        [True, True],
        [False, False],
    ]
    assert ["00002" in page.content.decode() for page in pages[1]] == [False, False]
    assert pseudonym in pages[1][0].content.decode()
    assert not member.get(url("participant-list", plan) + "?q=Surname2").context["people"]


def test_refused_values_are_hidden_from_who_may_not_see_names(plan, client):
    rows = census_rows(2)
    rows[0]["annual_pay"] = "Surname1 5 dollars"
    result = confirm(client, plan, bring(client, plan, census_csv(rows)))
    auditor = client_of(make_member(plan, Role.AUDITOR))

    page = auditor.get(
        url("census-import", plan, census_import=result.context["census_import"].pk)
    ).content.decode()

    assert "This is not an amount in dollars." in page
    assert "Surname1" not in page


def test_person_page_adds_up(plan, client):
    make_snapshot(plan, 12)
    person = Participant.objects.get(participant_id="00012")

    page = client.get(url("participant-detail", plan, pseudonym=person.pseudonym))

    assert sum(held.dollars for held in page.context["holdings"]) == person.balance
    assert [held.fund_key for held in page.context["holdings"]] == ["VFFVX", "VFIAX", "VBTLX"]
