"""One worker holds a job at a time; who lost it changes nothing any more."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sponsors.enums import JobState
from sponsors.jobs.queue import (
    LEASE,
    SILENCE,
    JobCancelled,
    JobLost,
    chunk_results,
    chunk_save,
    job_cancel,
    job_claim,
    job_end,
    job_finish,
    job_progress,
    job_release,
    job_retry,
    lease_renew,
)
from sponsors.models import Job, JobChunk
from tests.factories.jobs import let_lease_run_out, make_claimed, make_job, row_of, taken_over

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- claiming
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waiting", ["new", "silent"])
def test_claims_at_once_let_one_worker_in(waiting):
    job = make_job()
    if waiting == "silent":
        let_lease_run_out(job_claim(job.pk))
    taken, start = [], threading.Barrier(6)

    def claim():
        start.wait()
        taken.append(job_claim(job.pk))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    attempts = [each.attempt for each in taken if each is not None]
    assert (len(taken), attempts) == (6, [1 if waiting == "new" else 2])


def test_claim_marks_the_job_and_takes_a_lease():
    before = timezone.now()
    job = make_claimed()

    assert (job.state, job.attempt, job.tries) == (JobState.RUNNING, 1, 1)
    assert before + LEASE <= job.lease_until <= timezone.now() + LEASE
    assert job.started_at == job.reported_at >= before


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_job_that_is_over_cannot_be_claimed(state):
    job = make_job(state=state)
    before = row_of(job)

    assert job_claim(job.pk) is None
    assert row_of(job) == before


def test_job_that_is_held_cannot_be_claimed():
    job = make_claimed()

    assert job_claim(job.pk) is None


def test_job_that_is_not_there_cannot_be_claimed():
    assert job_claim("6f0f9f9c-0000-4000-8000-000000000000") is None


# ---------------------------------------------------------------- losing
@pytest.mark.parametrize(
    "act",
    [
        lambda job: job_progress(job, done=3, total=9, note="Still here"),
        lambda job: chunk_save(job, 0, b"late"),
        lambda job: job_finish(job),
    ],
    ids=["job_progress", "chunk_save", "job_finish"],
)
def test_worker_that_lost_its_job_stops_and_changes_nothing(act):
    job = make_claimed()
    taken_over(job)
    before = row_of(job)

    with pytest.raises(JobLost):
        act(job)

    assert row_of(job) == before
    assert not JobChunk.objects.exists()


def test_worker_that_lost_its_job_writes_no_effect(effects):
    job = make_claimed()
    other = taken_over(job)

    with pytest.raises(JobLost):
        effects.finish(job)
    effects.finish(other)

    assert effects.count() == 1


def test_worker_that_lost_its_job_can_neither_end_nor_release_nor_keep_it():
    job = make_claimed()
    taken_over(job)
    before = row_of(job)

    assert job_end(job, JobState.FAILED, error="late") is False
    assert lease_renew(job) is False
    job_release(job, error="late", traceback="late")

    assert row_of(job) == before


def test_lease_that_ran_out_unnoticed_is_still_the_holders():
    job = make_claimed()
    let_lease_run_out(job)

    job_progress(job, done=1)

    assert job_claim(job.pk) is None


def test_silent_worker_does_not_take_a_retried_job_for_its_own():
    silent = make_claimed()
    job_end(taken_over(silent), JobState.FAILED, error="No room left.")
    job_retry(silent)
    now = job_claim(silent.pk)
    silent.attempt = 1  # as it remembers it

    with pytest.raises(JobLost):
        chunk_save(silent, 0, b"from long ago")

    assert (now.attempt, now.tries) == (3, 1)


# ---------------------------------------------------------------- progress
def test_progress_is_told_and_renews_the_lease():
    job = make_claimed()
    let_lease_run_out(job)
    before = timezone.now()

    job_progress(job, done=2, total=8, note="Projecting people")

    job.refresh_from_db()
    assert (job.progress_done, job.progress_total, job.progress_note) == (2, 8, "Projecting people")
    assert job.lease_until >= before + LEASE
    assert job.reported_at >= before


def test_progress_never_goes_backwards_when_another_worker_begins_again():
    job = make_claimed()
    job_progress(job, done=3, note="Nearly there")
    other = taken_over(job)

    job_progress(other, done=0, note="Opening the file")
    begun = row_of(job)
    job_progress(other, done=4, note="Keeping the result")

    assert (begun["progress_done"], begun["progress_note"]) == (3, "Opening the file")
    assert row_of(job)["progress_done"] == 4


def test_lease_is_not_renewed_for_work_that_reports_nothing():
    job = make_claimed()
    Job.objects.update(reported_at=timezone.now() - SILENCE - timedelta(seconds=1))
    before = row_of(job)

    assert lease_renew(job) is False
    assert row_of(job) == before


# ---------------------------------------------------------------- parts
def test_part_is_kept_once():
    job = make_claimed()
    chunk_save(job, 0, b"first")
    other = taken_over(job)

    chunk_save(other, 0, b"again")
    chunk_save(other, 1, b"second")

    assert chunk_results(other) == {0: b"first", 1: b"second"}
    assert list(JobChunk.objects.values_list("attempt", flat=True)) == [1, 2]


def test_finished_part_gives_the_work_new_tries():
    job = make_claimed(tries=4)

    chunk_save(job, 0, b"first")

    assert (job.tries, row_of(job)["tries"]) == (0, 0)


# ---------------------------------------------------------------- the end
def test_finish_marks_the_job_and_drops_its_parts():
    job = make_claimed(error="An attempt before this one failed.", traceback="where")
    chunk_save(job, 0, b"part")

    job_finish(job)

    job.refresh_from_db()
    assert (job.state, job.lease_until, job.error, job.traceback) == (JobState.DONE, None, "", "")
    assert (job.progress_done, job.progress_total, job.progress_note) == (4, 4, "")
    assert job.finished_at >= job.started_at
    assert not JobChunk.objects.exists()


def test_effect_that_fails_leaves_the_job_running_and_its_parts_kept(effects):
    job = make_claimed()
    chunk_save(job, 0, b"part")
    before = row_of(job)

    def half_an_effect():
        effects.write()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        job_finish(job, half_an_effect)

    assert row_of(job) == before
    assert chunk_results(job) == {0: b"part"}
    assert effects.count() == 0


# ---------------------------------------------------------------- stopping
def test_waiting_job_is_stopped_at_once():
    job = make_job()

    job_cancel(job)

    assert (job.state, job.cancel_requested) == (JobState.CANCELLED, True)
    assert job.finished_at is not None
    assert job_claim(job.pk) is None


@pytest.mark.parametrize(
    "act", [lambda job: job_progress(job, done=3), job_finish], ids=["job_progress", "job_finish"]
)
def test_running_job_hears_that_it_should_stop(act):
    job = make_claimed()
    job_cancel(Job.objects.get(pk=job.pk))
    before = row_of(job)

    with pytest.raises(JobCancelled):
        act(job)

    assert row_of(job) == before
    assert (before["state"], before["cancel_requested"]) == ("running", True)


def test_stopping_after_the_end_changes_nothing():
    job = make_claimed()
    job_finish(job)
    before = row_of(job)

    job_cancel(job)

    assert row_of(job) == before


# ---------------------------------------------------------------- trying again
@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_retry_waits_again_with_finished_parts(state, hints, django_capture_on_commit_callbacks):
    job = make_claimed(cancel_requested=state == JobState.CANCELLED)
    chunk_save(job, 0, b"part")
    job_end(job, state, error="No room left.", traceback="where")

    with django_capture_on_commit_callbacks(execute=True):
        job_retry(job)

    assert (job.state, job.attempt, job.tries, job.cancel_requested) == (JobState.NEW, 1, 0, False)
    assert (job.error, job.traceback, job.finished_at, job.lease_until) == ("", "", None, None)
    assert chunk_results(job_claim(job.pk)) == {0: b"part"}
    assert hints == [str(job.pk)]


@pytest.mark.parametrize("state", [JobState.NEW, JobState.RUNNING, JobState.DONE])
def test_job_that_did_not_fail_is_not_retried(state, hints, django_capture_on_commit_callbacks):
    job = make_job(state=state)
    before = row_of(job)

    with django_capture_on_commit_callbacks(execute=True):
        job_retry(job)

    assert row_of(job) == before
    assert hints == []


def test_failed_attempt_is_tried_again_after_a_growing_pause():
    job, pauses = make_claimed(), []

    for _ in range(3):
        asked = timezone.now()
        job_release(job, error="busy", traceback="where")
        pauses.append(round((Job.objects.get(pk=job.pk).lease_until - asked).total_seconds()))
        job = taken_over(job)

    assert pauses == [2, 4, 8]
