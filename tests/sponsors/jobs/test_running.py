"""However a handler ends, its job ends too: done, tried again, or failed with a reason that can be read."""

import time

import pytest
from django.utils import timezone

from sponsors.enums import JobState
from sponsors.errors import Refusal
from sponsors.jobs import keeping
from sponsors.jobs.queue import LEASE, MAX_ATTEMPTS, job_cancel, job_finish, job_progress, job_retry
from sponsors.jobs.runner import NO_RESULT, run_claimed
from sponsors.models import Job
from tests.factories.jobs import let_lease_run_out, make_claimed, make_job, row_of

pytestmark = pytest.mark.django_db


def run(job, *, times=1):
    """What a worker does with the job, `times` times over, however long its lease still is."""
    for _ in range(times):
        let_lease_run_out(job)
        run_claimed(job.pk)
    return Job.objects.get(pk=job.pk)


def failing(job):
    raise OSError("No space left on device")


# ---------------------------------------------------------------- the good end
def test_finished_work_has_its_effect_once_however_often_it_is_hinted(work_kind, effects):
    work_kind(effects.finish)
    job = make_job()

    for _ in range(3):
        run_claimed(job.pk)

    assert (row_of(job)["state"], effects.count()) == ("done", 1)


def test_held_job_is_left_alone(work_kind, effects):
    work_kind(effects.finish)
    job = make_claimed()
    before = row_of(job)

    run_claimed(job.pk)

    assert row_of(job) == before
    assert effects.count() == 0


def test_work_that_failed_once_can_still_succeed(work_kind, effects):
    def fails_first(job):
        if job.attempt == 1:
            failing(job)
        effects.finish(job)

    work_kind(fails_first)

    job = run(make_job(), times=2)

    assert (job.state, job.attempt, job.error, effects.count()) == (JobState.DONE, 2, "", 1)


# ---------------------------------------------------------------- failing
def test_attempts_are_capped_and_the_reason_and_traceback_are_kept(work_kind):
    ended = []
    work_kind(failing, on_end=lambda job: ended.append((job.state, job.error)))
    job = make_job()

    before = run(job, times=MAX_ATTEMPTS - 1)
    after = run(job)

    assert (before.state, before.error) == (JobState.RUNNING, "OSError: No space left on device")
    reason = "The work failed 5 times. Last reason: OSError: No space left on device"
    assert (after.state, after.error, after.attempt) == (JobState.FAILED, reason, MAX_ATTEMPTS)
    assert after.traceback.rstrip().endswith("OSError: No space left on device")
    assert "in failing" in after.traceback
    assert ended == [(JobState.FAILED, reason)]


def test_retried_job_has_all_its_attempts_again(work_kind):
    work_kind(failing)
    job = run(make_job(), times=MAX_ATTEMPTS)

    job_retry(job)
    job = run(job, times=MAX_ATTEMPTS - 1)

    assert (job.state, job.tries, job.attempt) == (JobState.RUNNING, 4, 9)
    assert run(job).state == JobState.FAILED


def test_refusal_fails_at_once_in_its_own_words(work_kind):
    ended = []

    def refuses(job):
        raise Refusal("The census was removed. Bring it in again.")

    work_kind(refuses, on_end=lambda job: ended.append(job.pk))

    job = run(make_job())

    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    assert job.error == "The census was removed. Bring it in again."
    assert ended == [job.pk]


def test_worker_that_dies_again_and_again_is_told(work_kind, effects):
    ended = []
    work_kind(effects.finish, on_end=lambda job: ended.append(job.state))
    job = make_job(tries=MAX_ATTEMPTS, attempt=MAX_ATTEMPTS, state=JobState.RUNNING)

    job = run(job)

    assert job.state == JobState.FAILED
    assert job.error == (
        "The worker stopped 5 times during this work. "
        "Try again; if it stops again, tell whoever runs Steward (the worker may lack memory)."
    )
    assert (effects.count(), ended) == (0, [JobState.FAILED])


def test_handler_that_does_not_finish_its_job_fails_it(work_kind):
    work_kind(lambda job: job_progress(job, done=1))

    job = run(make_job())

    assert (job.state, job.error) == (JobState.FAILED, NO_RESULT)


def test_work_of_an_unknown_kind_fails_with_a_reason():
    job = run(make_job("of next year"))

    assert job.state == JobState.FAILED
    assert job.error == (
        'The worker does not know work of the kind "of next year", so nothing was done. '
        "It may be older than the pages: have it restarted, then try again."
    )


def test_effect_that_fails_is_tried_again(work_kind, effects):
    def writes_and_fails_first(job):
        def effect():
            effects.write()
            if job.attempt == 1:
                failing(job)

        job_finish(job, effect)

    work_kind(writes_and_fails_first)

    first = run(make_job())
    counted = effects.count()
    second = run(first)

    assert (first.state, counted) == (JobState.RUNNING, 0)
    assert (second.state, effects.count()) == (JobState.DONE, 1)


# ---------------------------------------------------------------- stopping
def test_running_work_stops_at_its_next_report(work_kind, effects):
    ended = []

    def is_stopped(job):
        job_progress(job, done=1)
        job_cancel(Job.objects.get(pk=job.pk))
        job_progress(job, done=2)
        effects.finish(job)

    work_kind(is_stopped, on_end=lambda job: ended.append(job.state))

    job = run(make_job())

    assert (job.state, job.progress_done, job.error) == (JobState.CANCELLED, 1, "")
    assert (effects.count(), ended) == (0, [JobState.CANCELLED])


def test_work_stopped_after_its_last_report_has_no_effect(work_kind, effects):
    def is_stopped_late(job):
        job_cancel(Job.objects.get(pk=job.pk))
        effects.finish(job)

    work_kind(is_stopped_late)

    assert (run(make_job()).state, effects.count()) == (JobState.CANCELLED, 0)


def test_stopped_job_of_a_dead_worker_ends_as_cancelled(work_kind, effects):
    ended = []
    work_kind(effects.finish, on_end=lambda job: ended.append(job.state))
    job = make_claimed()
    job_cancel(job)

    job = run(job)

    assert (job.state, effects.count(), ended) == (JobState.CANCELLED, 0, [JobState.CANCELLED])


# ---------------------------------------------------------------- who listens
def test_end_and_its_listener_are_one_transaction(work_kind, effects):
    def refuses(job):
        raise Refusal("No.")

    def hears_and_fails(job):
        effects.write()
        raise OSError("disk")

    work_kind(refuses, on_end=hears_and_fails)

    job = run(make_job())

    assert (job.state, job.error, effects.count()) == (JobState.RUNNING, "OSError: disk", 0)


def test_listener_that_failed_once_is_told_again(work_kind):
    heard = []

    def refuses(job):
        raise Refusal("No.")

    def fails_first(job):
        heard.append(job.attempt)
        if len(heard) == 1:
            raise OSError("disk")

    work_kind(refuses, on_end=fails_first)

    job = run(make_job(), times=2)

    assert (job.state, job.error, heard) == (JobState.FAILED, "No.", [1, 2])


def test_listener_that_always_fails_does_not_keep_the_job_for_ever(work_kind):
    def refuses(job):
        raise Refusal("No.")

    def always_fails(job):
        raise OSError("disk")

    work_kind(refuses, on_end=always_fails)

    job = run(make_job(), times=MAX_ATTEMPTS + 1)

    assert job.state == JobState.FAILED
    assert job.error == "The work failed 5 times. Last reason: OSError: disk"
    assert "always_fails" in job.traceback


# ---------------------------------------------------------------- keeping
@pytest.mark.django_db(transaction=True)
def test_lease_is_kept_during_a_long_step_and_not_after_it(work_kind, monkeypatch):
    monkeypatch.setattr(keeping, "BEAT_SECONDS", 0.05)
    seen = []

    def long_step(job):
        let_lease_run_out(job)
        deadline = time.monotonic() + 10
        while row_of(job)["lease_until"] < timezone.now() and time.monotonic() < deadline:
            time.sleep(0.02)
        seen.append(row_of(job)["lease_until"])
        failing(job)

    work_kind(long_step)
    before = timezone.now()
    job = make_job()

    run_claimed(job.pk)
    released = row_of(job)["lease_until"]
    time.sleep(0.2)

    assert seen[0] > before + LEASE
    assert row_of(job)["lease_until"] == released < before + LEASE
