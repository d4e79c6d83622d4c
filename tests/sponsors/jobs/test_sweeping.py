"""The sweep sends hints for what waits too long or went silent, and for nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sponsors.enums import JobState
from sponsors.jobs.queue import job_claim, job_finish
from sponsors.jobs.sweeping import FIRST_PAUSE, LONGEST_PAUSE, Sweeper
from tests.factories.jobs import let_lease_run_out, let_time_pass, make_claimed, make_job, row_of

pytestmark = pytest.mark.django_db


def waiting(seconds):
    job = make_job()
    let_time_pass(job, seconds)
    return job


def silent():
    job = make_claimed()
    let_lease_run_out(job)
    return job


def pass_time(sweeper, pause):
    """The sweeper's next hints are due that much earlier."""
    sweeper.next = {key: (due - pause, wait) for key, (due, wait) in sweeper.next.items()}


def test_sweep_hints_at_what_is_stranded_and_nothing_else(hints):
    old = waiting(60)
    gone = silent()
    waiting(2)
    make_claimed()
    for state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        let_time_pass(make_job(state=state), 60)

    assert Sweeper().sweep() == 2
    assert set(hints) == {str(old.pk), str(gone.pk)}


def test_sweep_changes_no_job(hints):
    job = waiting(60)
    before = row_of(job)

    Sweeper().sweep()

    assert row_of(job) == before


def test_who_came_first_is_hinted_first(hints):
    jobs = [waiting(seconds) for seconds in (20, 60, 40)]

    Sweeper().sweep()

    assert hints == [str(jobs[place].pk) for place in (1, 2, 0)]


def test_long_queue_is_not_buried_in_hints():
    waiting(60)
    sweeper, sent = Sweeper(), []

    for _ in range(60):  # two minutes of sweeps
        sent.append(sweeper.sweep())
        pass_time(sweeper, timedelta(seconds=2))

    assert [place * 2 for place, count in enumerate(sent) if count] == [0, 4, 12, 28, 60]


def test_pause_between_hints_has_an_end():
    job = waiting(60)
    sweeper = Sweeper()

    for _ in range(12):
        sweeper.sweep()
        pass_time(sweeper, LONGEST_PAUSE)

    assert sweeper.next[(job.pk, 0)][1] == LONGEST_PAUSE
    assert sweeper.sweep() == 1


def test_new_silence_is_hinted_at_once():
    job = waiting(60)
    sweeper = Sweeper()
    sweeper.sweep()
    let_lease_run_out(job_claim(job.pk))

    assert sweeper.sweep() == 1


def test_sweeper_forgets_what_is_over():
    job = waiting(60)
    sweeper = Sweeper()
    sweeper.sweep()
    job_finish(job_claim(job.pk))

    assert sweeper.sweep() == 0
    assert sweeper.next == {}


def test_broker_that_is_away_is_asked_once_and_again_in_the_next_sweep(broker_away, hints, caplog):
    first = waiting(60)
    waiting(50)
    sweeper = Sweeper()

    assert sweeper.sweep() == 0
    assert caplog.messages == [f"could not reach the broker; job {first.pk} waits for the sweep"]
    assert sweeper.next[(first.pk, 0)][0] <= timezone.now()
    assert sweeper.next[(first.pk, 0)][1] == FIRST_PAUSE
