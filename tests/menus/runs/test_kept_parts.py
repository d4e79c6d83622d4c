"""A run whose worker dies among its tables, or whose kept parts another version of the engine left: it finishes."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from menus.engine import ENGINE_VERSION, tables
from menus.engine.inputs import YOUNGEST
from menus.enums import RunStatus
from menus.models import ProjectionRun
from menus.services import projection_work, projections
from menus.services.replays import projection_replay
from sponsors.jobs.models import Job, JobChunk
from sponsors.jobs.runner import run_claimed
from sponsors.ledger.models import LedgerEvent
from tests.factories.menus import make_line, make_version
from tests.factories.runs import make_done_run, make_run, make_small_version, work_off
from tests.factories.sponsors import FUNDS, census_rows, make_snapshot

pytestmark = pytest.mark.django_db
EARLIER = "1.0.0"


class Killed(BaseException):
    """The worker's process dies: nothing after this line runs, so the job is left as it is."""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts and steps of 20 people, so that a small plan has several."""
    monkeypatch.setattr(projection_work, "SMALLEST_PART", 20)
    monkeypatch.setattr(projection_work, "STEP", 20)


@pytest.fixture
def with_tables(monkeypatch):
    """Tables for a small plan, which would be computed exactly."""
    monkeypatch.setattr(tables, "TABLES_FROM", 1)
    monkeypatch.setattr(tables, "SHARED_BY", 1)


def killed_in(owner, name, calls, run, monkeypatch):
    """Run the job until the worker is killed as it leaves call number `calls` of a function."""
    work, done = getattr(owner, name), []

    def work_and_die(*args, **options):
        found = work(*args, **options)
        done.append(name)
        if len(done) == calls:
            raise Killed
        return found

    with monkeypatch.context() as dying:
        dying.setattr(owner, name, work_and_die)
        with pytest.raises(Killed):
            run_claimed(run.job_id)
    Job.objects.filter(pk=run.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def rows_of_one_mix(people):
    """Their money lies in the same shares, so one table serves them all."""
    rows = census_rows(people)
    for number, row in enumerate(rows, start=1):
        held = dict(zip(FUNDS, (500 * number, 200 * number, 300 * number), strict=True))
        row |= {"balance": str(1000 * number)} | {f"{fund} balance": str(usd) for fund, usd in held.items()}
    return rows


def make_run_of_one_mix(people):
    version = make_small_version()
    return make_run(version, make_snapshot(version.plan, rows_of_one_mix(people)))


def kept(run):
    return JobChunk.objects.filter(job=run.job_id).count()


def counted(monkeypatch):
    """How many people each call of `project` is given from here on."""
    projected, project = [], projection_work.project

    def count_and_project(prepared, people, **options):
        projected.append(len(people))
        return project(prepared, people, **options)

    monkeypatch.setattr(projection_work, "project", count_and_project)
    return projected


# ---------------------------------------------------------------- killed among the tables
def test_run_killed_while_tables_are_made_leaves_nothing_and_finishes(with_tables, monkeypatch):
    run = make_run_of_one_mix(60)
    killed_in(tables, "write_horizon", 7, run, monkeypatch)
    after_kill = (ProjectionRun.objects.get(pk=run.pk).status, kept(run))

    run = work_off(run)

    assert after_kill == (RunStatus.RUNNING, 0)
    assert (run.status, run.job.attempt) == (RunStatus.DONE, 2)
    assert run.result["manifest"]["evaluator"] == "tables"
    assert projection_replay(run).identical


def test_parts_read_off_tables_are_used_again_after_a_kill(with_tables, monkeypatch):
    run = make_run_of_one_mix(60)
    killed_in(projection_work.Parts, "save", 2, run, monkeypatch)
    two_kept, projected = kept(run), counted(monkeypatch)

    run = work_off(run)

    assert (two_kept, sum(projected)) == (2, 20)
    assert run.result["manifest"]["evaluator"] == "tables"
    assert projection_replay(run).identical


def test_parts_computed_exactly_are_not_mixed_with_tables(monkeypatch):
    run = make_run_of_one_mix(60)
    killed_in(projection_work.Parts, "save", 2, run, monkeypatch)
    monkeypatch.setattr(tables, "TABLES_FROM", 1)
    monkeypatch.setattr(tables, "SHARED_BY", 1)
    projected = counted(monkeypatch)

    run = work_off(run)

    assert sum(projected) == 60
    assert (run.status, run.result["manifest"]["evaluator"]) == (RunStatus.DONE, "tables")


@pytest.mark.parametrize("retirement_age", [50, 75])
def test_tables_serve_every_retirement_age_that_a_run_may_ask_for(with_tables, retirement_age):
    """A vintage far away from an early retirement stands at an age on its glide path that no participant has."""
    version = make_version(funds=FUNDS[:2])
    make_line(version, "VSVNX", is_qdia=True)  # 2070
    snapshot = make_snapshot(version.plan, rows_of_one_mix(20))

    run = make_done_run(version, snapshot, behaviour={"retirement_age": retirement_age})

    assert (run.status, run.job.error) == (RunStatus.DONE, "")
    assert run.result["manifest"]["evaluator"] == "tables"
    assert (run.inputs["menu"]["first_age"] < YOUNGEST) == (retirement_age == 50)


# ---------------------------------------------------------------- an upgrade in the middle of a run
def asked_and_killed_under(version, monkeypatch, *, parts=2):
    """A run that an engine of this version was asked for, and of which it left some parts."""
    with monkeypatch.context() as earlier:
        for module in (projections, projection_work):
            earlier.setattr(module, "ENGINE_VERSION", version)
        earlier.setattr("menus.engine.manifest.ENGINE_VERSION", version)
        run = make_run(participants=60)
        killed_in(projection_work.Parts, "save", parts, run, earlier)
    return run


def test_parts_of_an_earlier_engine_are_worked_out_again(monkeypatch):
    run = asked_and_killed_under(EARLIER, monkeypatch)
    versions = [projection_work.ProjectionChunk.from_bytes(bytes(one.result)).manifest["engine_version"]
                for one in JobChunk.objects.filter(job=run.job_id)]  # fmt: skip
    projected = counted(monkeypatch)

    run = work_off(run)

    assert versions == [EARLIER] * 2
    assert sum(projected) == 60
    assert run.status == RunStatus.DONE
    assert run.result["manifest"]["engine_version"] == ENGINE_VERSION
    assert kept(run) == 0


def test_run_bears_the_engine_that_computed_it_and_replays(monkeypatch):
    run = asked_and_killed_under(EARLIER, monkeypatch)
    asked = ProjectionRun.objects.get(pk=run.pk)

    run = work_off(run)

    finished = LedgerEvent.objects.get(action="projection_run.finished")
    assert (asked.engine_version, run.engine_version) == (EARLIER, ENGINE_VERSION)
    assert finished.body["input_hash"] == run.input_hash != asked.input_hash
    assert projection_replay(run).identical


def test_parts_worked_out_again_take_the_place_of_the_earlier_ones(monkeypatch):
    run = asked_and_killed_under(EARLIER, monkeypatch)
    killed_in(projection_work.Parts, "save", 2, run, monkeypatch)
    projected = counted(monkeypatch)

    run = work_off(run)

    assert sum(projected) == 20  # what was worked out again is not worked out a third time
    assert (run.status, run.job.attempt) == (RunStatus.DONE, 3)


def a_zip_without_manifest(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("rows.json", json.dumps([1, 2]))
    return buffer.getvalue()


def with_rows_of_participants(content: bytes) -> bytes:
    """As an engine left it that kept a row for each participant."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(buffer, "w") as archive:
        manifest = json.loads(read.read("manifest.json")) | {"engine_version": EARLIER}
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("rows/key.npy", read.read("sums/people.npy"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [lambda content: b"", lambda content: content[:100], a_zip_without_manifest, with_rows_of_participants],
    ids=["empty", "cut off", "no manifest", "rows"],
)
def test_part_in_a_form_that_nobody_reads_any_more_is_worked_out_again(spoil, monkeypatch):
    run = make_run(participants=60)
    killed_in(projection_work.Parts, "save", 2, run, monkeypatch)
    part = JobChunk.objects.get(job=run.job_id, index=0)
    JobChunk.objects.filter(pk=part.pk).update(result=spoil(bytes(part.result)))
    projected = counted(monkeypatch)

    run = work_off(run)

    assert sum(projected) == 40  # the spoilt part and the third
    assert (run.status, run.job.attempt) == (RunStatus.DONE, 2)
    assert projection_replay(run).identical
