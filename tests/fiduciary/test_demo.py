"""`manage.py demo` with a real worker: the whole chain, verified, and nothing added by a second run."""

import json
from io import StringIO
from pathlib import Path

import page
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from fiduciary.models import Decision, PrudenceReview
from fiduciary.worker import worker_on_demand
from menus.models import MenuVersion
from sponsors.enums import JobState
from sponsors.jobs.models import Job
from sponsors.models import Participant
from tests.factories.sponsors import make_sponsor, make_user


def rows() -> dict[str, int]:
    """How many rows every table of the site holds."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def demo(out: Path) -> dict:
    said = StringIO()
    call_command("demo", out=out, json=True, stdout=said)
    return json.loads(said.getvalue())


@pytest.mark.django_db(transaction=True)
def test_demo_does_the_whole_chain_and_running_it_again_adds_nothing(live_worker, tmp_path):
    report = demo(tmp_path / "first")

    assert report["verified"] is True
    assert [document["decision"] for document in report["documents"]] == [
        "Adopt with conditions",
        "Considered and rejected",
    ]
    assert Participant.objects.count() == 1000
    assert dict(MenuVersion.objects.values_list("number", "status")) == {
        1: "retired",
        2: "adopted",
        3: "rejected",
    }
    assert list(Decision.objects.values_list("status", flat=True)) == ["signed", "signed"]
    assert all(PrudenceReview.objects.values_list("closed_at", flat=True))
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    for document in report["documents"]:
        pdf = Path(document["file"]).read_bytes()
        assert all(check["agrees"] for check in document["checks"])
        assert [page.validate_pdf_bytes(pdf, profile=p).is_compliant for p in ("3a", "ua1")] == [True, True]

    before = rows()
    again = demo(tmp_path / "second")

    assert rows() == before
    assert [d["sha256"] for d in again["documents"]] == [d["sha256"] for d in report["documents"]]
    said = StringIO()
    call_command("seed_demo", stdout=said)
    assert rows() == before
    assert "employer@harborpoint.example" in said.getvalue()


@pytest.mark.django_db
def test_job_that_failed_ends_the_command_with_its_reason():
    job = Job.objects.create(
        kind="projection",
        idempotency_key="x",
        sponsor=make_sponsor(),
        requested_by=make_user(),
        state=JobState.FAILED,
        error="The census file is gone.",
    )

    with worker_on_demand() as wait, pytest.raises(CommandError, match=r"The census file is gone\."):
        wait(job)


@pytest.mark.django_db
def test_nothing_to_wait_for_starts_no_worker():
    done = Job.objects.create(
        kind="x", idempotency_key="x", sponsor=make_sponsor(), requested_by=make_user(), state=JobState.DONE
    )

    with worker_on_demand() as wait:
        wait(None)
        wait(done)
