"""Kinds of work for a test's own jobs, and the hints that really went to the broker."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery.signals import after_task_publish

from config.celery import app
from sponsors.jobs import runner
from sponsors.jobs.queue import job_finish
from sponsors.models import Job, PlanSponsor
from tests.factories.sponsors import make_sponsor


@pytest.fixture
def work_kind() -> Iterator[Callable[..., None]]:
    """A function that says what jobs of the kind "drill" do during this test, and who hears of their end."""
    yield lambda handler, on_end=None: runner.job_handler("drill", on_end=on_end)(handler)
    runner._handlers.pop("drill", None)
    runner._end_listeners.pop("drill", None)


@pytest.fixture
def effects() -> Any:
    """An effect that can be counted: `effects.write()` makes a row, `effects.count()` says how many there are."""
    return Effects()


class Effects:
    def write(self) -> None:
        make_sponsor("Effect")

    def count(self) -> int:
        return PlanSponsor.objects.filter(name="Effect").count()

    def finish(self, job: Job) -> None:
        job_finish(job, self.write)


@pytest.fixture
def hints() -> Iterator[list[str]]:
    """Ids of the jobs for which the broker took a message during the test, in order."""
    sent: list[str] = []

    def note(body: Any, **_: Any) -> None:
        sent.append(body[0][0])

    after_task_publish.connect(note, weak=False)
    yield sent
    after_task_publish.disconnect(note)


@pytest.fixture
def broker_away() -> Iterator[None]:
    """Messages go to an address where nobody listens."""
    address = app.conf.broker_write_url
    _send_to("redis://127.0.0.1:1/0")
    yield
    _send_to(address)


def _send_to(address: str) -> None:
    app.conf.broker_write_url = address
    app._pool = app.amqp._producer_pool = None  # Celery keeps its connections
