"""A job is put on record with the act that asks for it, once, and a worker is told when that act is committed."""

import threading

import pytest
from django.db import connection, transaction

from sponsors.jobs import job_enqueue
from sponsors.models import Job
from tests.factories.jobs import row_of
from tests.factories.sponsors import make_sponsor, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    sponsor = make_sponsor()
    return {"kind": "drill", "subject": sponsor, "sponsor": sponsor, "by": make_user(), "total": 3}


def test_job_waits_on_record_as_it_was_asked_for(asked):
    job = job_enqueue(**asked)

    found = {key: value for key, value in row_of(job).items() if key not in ("id", "created_at")}
    assert found == {
        "sponsor_id": asked["sponsor"].pk,
        "kind": "drill",
        "subject_id": str(asked["sponsor"].pk),
        "idempotency_key": f"drill:{asked['sponsor'].pk}",
        "requested_by_id": asked["by"].pk,
        "state": "new",
        "attempt": 0,
        "tries": 0,
        "cancel_requested": False,
        "progress_done": 0,
        "progress_total": 3,
        "progress_note": "",
        "error": "",
        "traceback": "",
        "lease_until": None,
        "reported_at": None,
        "started_at": None,
        "finished_at": None,
    }


def test_same_key_gives_the_same_job_and_one_hint(asked, hints, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = job_enqueue(**asked)
        second = job_enqueue(**{**asked, "by": make_user(), "total": 9})

    assert second == first
    assert (Job.objects.count(), Job.objects.get().progress_total) == (1, 3)
    assert hints == [str(first.pk)]


def test_another_key_is_another_job(asked):
    first = job_enqueue(**asked)
    second = job_enqueue(**asked, key="drill again")

    assert {first.idempotency_key, second.idempotency_key} == {f"drill:{asked['sponsor'].pk}", "drill again"}


@pytest.mark.django_db(transaction=True)
def test_act_that_is_rolled_back_leaves_no_job_and_sends_no_hint(asked, hints):
    with transaction.atomic():
        job_enqueue(**asked)
        transaction.set_rollback(True)

    assert not Job.objects.exists()
    assert hints == []


@pytest.mark.django_db(transaction=True)
def test_hint_goes_out_only_when_the_act_is_committed(asked, hints):
    with transaction.atomic():
        job = job_enqueue(**asked)
        before = list(hints)

    assert (before, hints) == ([], [str(job.pk)])


@pytest.mark.django_db(transaction=True)
def test_two_acts_at_once_put_one_job_on_record(asked):
    found, start = [], threading.Barrier(4)

    def ask():
        start.wait()
        with transaction.atomic():
            found.append(job_enqueue(**asked).pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [Job.objects.get().pk] * 4


def test_broker_that_is_away_refuses_nobody(
    asked, hints, broker_away, caplog, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = job_enqueue(**asked)

    assert row_of(job)["state"] == "new"
    assert hints == []
    assert caplog.messages == [f"could not reach the broker; job {job.pk} waits for the sweep"]
