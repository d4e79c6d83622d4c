"""Which database and broker a run really stood on: settings are read early, and a wrong guess would be silent."""

import os
import time

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app
from sponsors.enums import JobState
from sponsors.jobs.models import Job
from sponsors.models import PlanSponsor, User
from sponsors.tasks import run_job

WANTED = os.environ.get("STEWARD_TEST_DATABASE", "sqlite")


@pytest.mark.django_db
def test_suite_runs_on_the_database_it_was_started_for():
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if WANTED == "sqlite" else "SHOW server_version")
        major = int(cursor.fetchone()[0].split(".")[0])

    assert connection.vendor == WANTED
    assert major >= {"sqlite": 3, "postgresql": 15}[WANTED]


@pytest.mark.django_db
def test_suite_runs_on_the_broker_it_was_started_for():
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1)
        transport = broker.transport.driver_type

    assert transport == {"sqlite": "filesystem", "postgresql": "redis"}[WANTED]


@pytest.mark.django_db
def test_processes_that_test_side_by_side_do_not_share_a_queue():
    """They would take each other's hints and find no job for them."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    redis = app.conf.broker_url.rpartition("/")[2] if WANTED == "postgresql" else None
    folder = app.conf.broker_transport_options.get("data_folder_in")

    assert (redis, folder) == {
        "postgresql": (str(process + 1), None),
        "sqlite": (None, f"{settings.VAR_DIR}/broker"),
    }[WANTED]


@pytest.mark.django_db
def test_data_of_the_tests_stays_out_of_the_checkout():
    cache = settings.CACHES["default"]["LOCATION"]
    kept = [str(settings.VAR_DIR), str(settings.DOCUMENTS_DIR), cache, str(connection.settings_dict["NAME"])]

    assert [path for path in kept if path.startswith(str(settings.BASE_DIR))] == []


def test_worker_of_the_tests_shares_their_broker_and_database(live_worker):
    sponsor = PlanSponsor.objects.create(name="Harbor Mills", slug="harbor-mills")
    person = User.objects.create_user("dana@harbor.example", full_name="Dana")
    # A job that was cancelled before any worker saw it: the worker that hears of it marks it so, and does no more.
    job = Job.objects.create(
        kind="never_run", idempotency_key="once", sponsor=sponsor, requested_by=person, cancel_requested=True
    )

    run_job.delay(str(job.pk))

    assert _state_of(job, unlike=JobState.NEW) == JobState.CANCELLED


def _state_of(job: Job, *, unlike: JobState, within_seconds: float = 8) -> str:
    # Under ten seconds: later, the worker's own sweep would find the job without our message.
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.state not in (unlike, JobState.RUNNING):
            break
        time.sleep(0.1)
    return job.state
