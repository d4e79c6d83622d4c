"""Census files from the door to the people, by the services and the real runner of jobs."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sponsors.census import Mapping
from sponsors.enums import CensusImportStatus, EmploymentStatus, JobState
from sponsors.errors import Refusal
from sponsors.jobs.queue import JobLost, job_claim
from sponsors.jobs.runner import run_claimed
from sponsors.models import CensusImport, CensusSnapshot, Job, LedgerEvent, Participant, Plan, User
from sponsors.selectors import latest_snapshot, snapshot_arrays
from sponsors.services.census import census_confirm, census_upload
from sponsors.services.census_reading import census_read
from tests.factories.sponsors import AS_OF, census_csv, census_rows, make_member, make_plan, make_snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return make_plan()


@pytest.fixture
def administrator(plan: Plan) -> User:
    return make_member(plan)


def upload(plan, by, data, **fields):
    return census_upload(by=by, plan=plan, data=data, **{"file_name": "census.csv", "as_of": AS_OF, **fields})


def confirm(census_import, by, **fields):
    mapping = Mapping.from_json(census_import.mapping)
    return census_confirm(by=by, census_import=census_import, mapping=mapping, **fields)


def read(plan, by, rows, **fields):
    """Upload, confirm the guess and let the worker's code read the file."""
    census_import = confirm(upload(plan, by, census_csv(rows)), by, **fields)
    run_claimed(census_import.job_id)
    census_import.refresh_from_db()
    return census_import


def actions() -> list[str]:
    return list(LedgerEvent.objects.order_by("recorded_at").values_list("action", flat=True))


def people(plan) -> list[tuple]:
    """Everything that an import may change."""
    fields = ("participant_id", "pseudonym", "status", "balance", "annual_pay", "snapshot_id")
    return list(Participant.objects.filter(plan=plan).values_list(*fields))


def test_upload_keeps_the_file_with_a_guess_of_its_columns(plan, administrator):
    data = census_csv(census_rows(3))

    census_import = upload(plan, administrator, data)

    assert census_import.status == CensusImportStatus.UPLOADED
    assert census_import.mapping["columns"]["annual_pay"] == "annual_pay"
    assert census_import.mapping["fund_balances"]["VFIAX balance"] == "VFIAX"
    assert census_import.file.read() == data
    assert actions() == ["census.uploaded"]


def test_accepted_file_becomes_a_snapshot_and_people(plan, administrator):
    census_import = read(plan, administrator, census_rows(3))

    first = Participant.objects.get(plan=plan, participant_id="00001")
    assert (census_import.status, census_import.accepted_count, census_import.refused_count) == (
        "accepted",
        3,
        0,
    )
    assert (first.surname, first.birth_date, first.hire_date) == (
        "Surname1",
        date(2001, 3, 15),
        date(2024, 9, 1),
    )
    assert (first.annual_pay, first.balance, first.deferral_rate) == (
        Decimal(40000),
        Decimal(150),
        Decimal(0),
    )
    assert snapshot_arrays(census_import.snapshot).ids.tolist() == ["00001", "00002", "00003"]
    assert census_import.snapshot.total_balance == sum(person.balance for person in Participant.objects.all())
    assert actions() == ["census.uploaded", "census.confirmed", "census.accepted"]
    assert Job.objects.get().state == JobState.DONE


def test_same_file_again_changes_nothing(plan, administrator):
    first = read(plan, administrator, census_rows(3))
    before = (people(plan), actions())

    again = read(plan, administrator, census_rows(3))

    assert again == first
    assert (people(plan), actions()) == before
    assert (CensusImport.objects.count(), CensusSnapshot.objects.count(), Job.objects.count()) == (1, 1, 1)


def test_same_people_in_another_order_keep_the_snapshot(plan, administrator):
    first = read(plan, administrator, census_rows(3))

    again = read(plan, administrator, census_rows(3)[::-1])

    assert again != first
    assert again.snapshot == first.snapshot


def test_next_census_updates_people_keeps_pseudonyms_and_marks_who_is_gone(plan, administrator):
    make_snapshot(plan, 3, as_of=date(2025, 6, 30))
    pseudonyms = dict(Participant.objects.values_list("participant_id", "pseudonym"))
    rows = census_rows(4)[1:]
    rows[0]["annual_pay"] = "99000"

    read(plan, administrator, rows)

    after = Participant.objects.filter(plan=plan)
    assert {person.participant_id: person.status for person in after} == {
        "00001": EmploymentStatus.ABSENT,
        "00002": EmploymentStatus.ACTIVE,
        "00003": EmploymentStatus.ACTIVE,
        "00004": EmploymentStatus.ACTIVE,
    }
    assert after.get(participant_id="00002").annual_pay == Decimal(99000)
    assert pseudonyms.items() <= dict(after.values_list("participant_id", "pseudonym")).items()


def test_older_census_leaves_present_people_as_they_are(plan, administrator):
    make_snapshot(plan, 2)
    before = people(plan)

    make_snapshot(plan, 3, as_of=date(2024, 12, 31))

    assert people(plan)[:2] == before
    assert Participant.objects.get(participant_id="00003").status == EmploymentStatus.ABSENT
    assert latest_snapshot(plan).as_of == AS_OF


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("VFIAX balance", "-100", "The balance is below zero."),
        ("birth_date", "2031-01-01", "The birth lies after the census date 2026-06-30."),
    ],
)
def test_one_wrong_row_is_listed_and_changes_nothing(plan, administrator, column, value, reason):
    make_snapshot(plan, 2, as_of=date(2025, 6, 30))
    before = people(plan)
    rows = census_rows(3)
    rows[1][column] = value

    census_import = read(plan, administrator, rows)

    refused = census_import.refusals.filter(row=3, column=column)
    assert [refusal.reason for refusal in refused] == [reason]
    assert all(refusal.remedy for refusal in census_import.refusals.all())
    assert census_import.error.startswith("1 of 3 rows cannot be accepted, so nothing was changed.")
    assert (census_import.status, census_import.snapshot) == (CensusImportStatus.REFUSED, None)
    assert people(plan) == before


def test_other_rows_are_accepted_when_somebody_says_so(plan, administrator):
    make_snapshot(plan, 3, as_of=date(2025, 6, 30))
    rows = census_rows(3)
    rows[1]["VFIAX balance"] = "-100"
    refused = read(plan, administrator, rows)

    partial = confirm(refused, administrator, accept_partial=True)
    run_claimed(partial.job_id)

    partial.refresh_from_db()
    assert partial != refused
    assert (partial.status, partial.accepted_count, partial.refused_count) == ("accepted", 2, 1)
    # The refused person is in the file: nobody says that they are gone.
    assert Participant.objects.get(participant_id="00002").status == EmploymentStatus.ACTIVE


def test_file_without_an_acceptable_row_is_refused(plan, administrator):
    rows = [row | {"birth_date": "2031-01-01"} for row in census_rows(2)]

    census_import = read(plan, administrator, rows, accept_partial=True)

    assert census_import.status == CensusImportStatus.REFUSED
    assert census_import.error.startswith("No row of this file could be accepted.")
    assert not CensusSnapshot.objects.exists()


def garbage() -> bytes:
    return bytes(range(256)) * 200_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (census_csv([row | {"SSN": "219-09-9999"} for row in census_rows(3)]), "Steward never keeps those"),
        (census_csv([row | {"note": "219-09-9999"} for row in census_rows(3)]), "Steward never keeps those"),
        (garbage(), "the limit is 40,000,000"),
        (garbage()[:1000], "binary data"),
        (b"", "The file is empty"),
    ],
    ids=["ssn-by-name", "ssn-by-shape", "50-mb-of-garbage", "binary", "empty"],
)
def test_file_refused_at_the_door_leaves_nothing_behind(plan, administrator, data, words, settings, caplog):
    stored = set(settings.DOCUMENTS_DIR.rglob("*"))

    with pytest.raises(Refusal, match=words) as refused:
        upload(plan, administrator, data)

    assert refused.value.field == "file"
    assert set(settings.DOCUMENTS_DIR.rglob("*")) == stored
    assert (CensusImport.objects.count(), LedgerEvent.objects.count()) == (0, 0)
    assert "9999" not in caplog.text + refused.value.message


def test_missing_column_is_refused_by_name(plan, administrator):
    rows = [{key: value for key, value in row.items() if key != "annual_pay"} for row in census_rows(3)]
    census_import = upload(plan, administrator, census_csv(rows))

    with pytest.raises(Refusal, match="No column is mapped to the annual pay"):
        confirm(census_import, administrator)

    census_import.refresh_from_db()
    assert census_import.status == CensusImportStatus.UPLOADED
    assert (Job.objects.count(), actions()) == (0, ["census.uploaded"])


@pytest.mark.parametrize("as_of", [date(2999, 1, 1), date(1970, 1, 1)])
def test_impossible_census_date_is_refused(plan, administrator, as_of):
    with pytest.raises(Refusal) as refused:
        upload(plan, administrator, census_csv(census_rows(3)), as_of=as_of)

    assert refused.value.field == "as_of"
    assert not CensusImport.objects.exists()


def test_mapping_of_an_accepted_file_is_remembered_for_the_same_columns(plan, administrator):
    rows = [
        {("code" if key == "annual_pay" else key): value for key, value in row.items()}
        for row in census_rows(3)
    ]
    first = upload(plan, administrator, census_csv(rows))
    guessed = Mapping.from_json(first.mapping)
    corrected = Mapping(
        guessed.layout,
        guessed.columns | {"annual_pay": "code"},
        guessed.fund_balances,
        guessed.fund_elections,
    )
    run_claimed(census_confirm(by=administrator, census_import=first, mapping=corrected).job_id)

    following = upload(plan, administrator, census_csv(rows[:2]))

    assert "annual_pay" not in guessed.columns
    assert following.mapping["columns"] == corrected.columns


def test_import_that_was_stopped_can_be_tried_again(plan, administrator):
    stopped = confirm(upload(plan, administrator, census_csv(census_rows(3))), administrator)
    Job.objects.filter(pk=stopped.job_id).update(cancel_requested=True)
    run_claimed(stopped.job_id)
    stopped.refresh_from_db()

    again = confirm(stopped, administrator)
    run_claimed(again.job_id)

    again.refresh_from_db()
    assert (stopped.status, stopped.error) == (
        "refused",
        "Reading was stopped before it ended. Nothing was changed.",
    )
    assert again.status == CensusImportStatus.ACCEPTED


def test_stored_file_that_was_altered_is_not_read(plan, administrator):
    census_import = confirm(upload(plan, administrator, census_csv(census_rows(3))), administrator)
    Path(census_import.file.path).write_bytes(census_csv(census_rows(2)))

    run_claimed(census_import.job_id)

    census_import.refresh_from_db()
    assert (census_import.status, census_import.error) == (
        CensusImportStatus.REFUSED,
        "The stored file is not the one that was uploaded. Upload the census again.",
    )
    assert census_import.job.state == JobState.DONE
    assert not Participant.objects.exists()


def test_stored_file_that_is_gone_cannot_be_confirmed(plan, administrator):
    census_import = upload(plan, administrator, census_csv(census_rows(3)))
    Path(census_import.file.path).unlink()

    with pytest.raises(Refusal, match="no longer there"):
        confirm(census_import, administrator)

    assert actions() == ["census.uploaded"]


def test_worker_that_lost_its_job_changes_nothing(plan, administrator):
    census_import = confirm(upload(plan, administrator, census_csv(census_rows(3))), administrator)
    job = job_claim(census_import.job_id)
    Job.objects.update(attempt=2)  # another worker took it over after a silence

    with pytest.raises(JobLost):
        census_read(job)

    assert not CensusSnapshot.objects.exists()


def test_people_of_two_plans_stay_apart(plan, administrator):
    other = make_plan()
    make_snapshot(other, 3)
    before = people(other)

    read(plan, administrator, census_rows(2))

    assert people(other) == before
    assert Participant.objects.filter(plan=plan).count() == 2
