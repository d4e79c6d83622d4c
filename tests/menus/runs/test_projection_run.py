"""Runs through the real queue: request, work, kill, resume, stop, retry, replay."""

import json
from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
from django.utils import timezone

from menus.enums import RunStatus, SleeveKind
from menus.models import ProjectionRun
from menus.services import projection_work
from menus.services.projections import (
    projection_cancel,
    projection_request,
    projection_retry,
)
from menus.services.replays import projection_replay, replay_request
from sponsors.enums import JobState, Role
from sponsors.errors import Refusal
from sponsors.jobs.models import Job, JobChunk
from sponsors.jobs.queue import job_claim
from sponsors.jobs.runner import run_claimed
from sponsors.ledger.models import LedgerEvent
from tests.factories.menus import author_of, make_sleeve, make_version
from tests.factories.runs import make_done_run, make_run, work_off
from tests.factories.sponsors import census_rows, make_member, make_plan, make_snapshot

pytestmark = pytest.mark.django_db
CONTRACT = {"cells", "plan_years", "ladder", "stress", "checks", "manifest", "tables", "people", "notes"}
CONTRACT |= {"holders", "holders_without", "risk", "employer_money"}


class Killed(BaseException):
    """The worker's process dies: nothing after this line runs, so the job is left as it is."""


@pytest.fixture
def small_parts(monkeypatch):
    """Parts and steps of 20 people, so that a small plan has several."""
    monkeypatch.setattr(projection_work, "SMALLEST_PART", 20)
    monkeypatch.setattr(projection_work, "STEP", 20)


def actions(run):
    found = LedgerEvent.objects.filter(plan_id=run.plan_id, action__startswith="projection_run")
    return list(found.order_by("position").values_list("action", flat=True))


def die_after(monkeypatch, parts):
    """The worker is killed once it has kept this many parts."""
    keep, kept = projection_work.Parts.save, []

    def save(self, index, chunk):
        keep(self, index, chunk)
        kept.append(index)
        if len(kept) == parts:
            raise Killed

    monkeypatch.setattr(projection_work.Parts, "save", save)


def let_lease_run_out(run):
    Job.objects.filter(pk=run.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


# ---------------------------------------------------------------- a whole run
def test_run_keeps_result_hashes_and_one_event_each():
    run = make_done_run()

    assert run.status == RunStatus.DONE
    assert run.job.state == JobState.DONE
    assert set(run.result) == CONTRACT
    assert run.result["people"] == {"projected": 60, "taking_up": 8, "left_out": []}
    assert [check["passed"] for check in run.result["checks"]] == [True] * len(run.result["checks"])
    assert len({run.market_hash, run.menu_hash, run.census_hash, run.behaviour_hash, run.input_hash}) == 5
    assert run.census_hash == run.snapshot.sha256
    assert actions(run) == ["projection_run.requested", "projection_run.finished"]
    assert LedgerEvent.objects.get(action="projection_run.finished").body["result_hash"] == run.result_hash
    assert not JobChunk.objects.exists()


def test_result_is_json_without_nan_and_without_any_single_person():
    run = make_done_run()

    text = json.dumps(run.result, allow_nan=False)

    assert "participants" not in run.result
    assert len(text) < 100_000


def test_result_speaks_the_names_that_reviews_read():
    result = make_done_run().result

    cell = next(cell for cell in result["cells"] if (cell["age_band"], cell["pay_band"]) == ("25-34", "all"))
    needed = {
        "people",
        "suppressed",
        "without_p5_usd",
        "with_p5_usd",
        "sleeve_fees_usd",
        "loss_if_down_50_usd",
    }
    assert needed <= set(cell)
    assert {"flow_per_payroll_usd", "rebalanced_usd", "above_cap_p50", "calendar_year"} <= set(
        result["plan_years"][0]
    )
    assert {"drop", "plan_loss_usd"} <= set(result["stress"][0])


def test_small_groups_are_left_out_of_cells_and_tables():
    result = make_done_run(participants=35).result  # ten of each age band but the last, which has five

    hidden = [cell for cell in result["cells"] if cell["suppressed"]]
    shown = [cell for cell in result["cells"] if not cell["suppressed"]]
    assert hidden
    assert {cell["people"] for cell in hidden} == {None}
    assert {cell["effect_p50_usd"] for cell in hidden} == {None}
    assert min(cell["people"] for cell in shown) >= 10
    assert {type(cell["people"]) for cell in shown} == {int}


def test_tables_hold_nothing_but_their_columns():
    for table in make_done_run().result["tables"]:
        keys = {column["key"] for column in table["columns"]}
        assert table["rows"]
        assert all(set(row) == keys for row in table["rows"])
        assert {column["kind"] for column in table["columns"]} <= {
            "text",
            "usd",
            "percent",
            "count",
            "number",
        }


def test_a_weight_inside_the_target_date_funds_runs_too():
    version = make_version(preset="reference")
    make_sleeve(version, SleeveKind.TARGET_DATE)

    result = make_done_run(version, participants=40).result

    assert result["manifest"]["sleeve"] == "target_date"
    assert result["ladder"][-1]["people_holding"] == 40


def test_a_menu_without_a_sleeve_shows_no_effect_of_its_own():
    result = make_done_run(make_version(preset="lean"), participants=30).result

    own = result["ladder"][-1]
    assert own["weight"] is None
    assert [own[f"mean_effect_{p}_usd"] for p in ("p5", "p50", "p95")] == [0, 0, 0]
    assert {year["digital_p95_usd"] for year in result["plan_years"]} == {0}


# ---------------------------------------------------------------- parts, kills, resuming
def test_result_is_the_same_for_any_parts(small_parts, monkeypatch):
    run = make_done_run(participants=60)
    monkeypatch.setattr(projection_work, "SMALLEST_PART", 500)
    monkeypatch.setattr(projection_work, "STEP", 7)
    monkeypatch.setattr(projection_work, "workers", lambda: 1)

    assert projection_replay(run).new_hash == run.result_hash


def test_killed_worker_resumes_to_the_same_result(small_parts, monkeypatch):
    run = make_run(participants=60)
    with monkeypatch.context() as dying:
        die_after(dying, parts=2)
        with pytest.raises(Killed):
            run_claimed(run.job_id)
    kept = JobChunk.objects.filter(job=run.job_id).count()
    projected = count_projections(monkeypatch)
    let_lease_run_out(run)

    run = work_off(run)

    assert kept == 2
    assert sum(projected) == 20  # the third part alone
    assert run.status == RunStatus.DONE
    assert run.job.attempt == 2
    assert projection_replay(run).identical


def count_projections(monkeypatch):
    projected, project = [], projection_work.project

    def counted(prepared, people, **options):
        projected.append(len(people))
        return project(prepared, people, **options)

    monkeypatch.setattr(projection_work, "project", counted)
    return projected


def test_job_that_another_worker_holds_is_left_alone():
    run = make_run()
    job_claim(run.job_id)

    run = work_off(run)

    assert run.result is None
    assert run.job.attempt == 1


def test_census_file_that_was_changed_is_not_projected():
    run = make_run(participants=37)  # a file of its own: snapshots of the same people share one
    storage, name = run.snapshot.file.storage, run.snapshot.file.name
    storage.delete(name)
    storage.save(name, BytesIO(b"not a census"))

    run = work_off(run)

    storage.delete(name)
    assert run.status == RunStatus.FAILED
    assert "is not the one that was there when the run was asked for" in run.job.error
    assert actions(run)[-1] == "projection_run.failed"


def test_passing_trouble_is_tried_again(monkeypatch):
    run = make_run()
    with monkeypatch.context() as trouble:
        trouble.setattr(projection_work, "prepare", out_of_memory)
        work_off(run)
    waiting = ProjectionRun.objects.select_related("job").get(pk=run.pk)
    let_lease_run_out(run)

    run = work_off(run)

    assert waiting.status == RunStatus.RUNNING
    assert waiting.job.error == "MemoryError: no room"
    assert run.status == RunStatus.DONE


def out_of_memory(scenario):
    raise MemoryError("no room")


# ---------------------------------------------------------------- stopping
def test_cancelling_half_way_leaves_no_result(small_parts, monkeypatch):
    run = make_run(participants=60)
    keep = projection_work.Parts.save

    def save_and_be_stopped(self, index, chunk):
        keep(self, index, chunk)
        if index == 0:
            projection_cancel(by=author_of(run.plan), run=run)

    monkeypatch.setattr(projection_work.Parts, "save", save_and_be_stopped)

    run = work_off(run)

    assert (run.status, run.result, run.result_hash) == (RunStatus.CANCELLED, None, "")
    assert run.job.state == JobState.CANCELLED
    assert actions(run)[1:] == ["projection_run.stop_requested", "projection_run.cancelled"]


def test_waiting_run_is_cancelled_at_once_and_can_be_retried():
    run = make_run()
    by = author_of(run.plan)

    stopped = projection_cancel(by=by, run=run)
    queued = projection_retry(by=by, run=stopped)

    assert stopped.status == RunStatus.CANCELLED
    assert queued.status == RunStatus.QUEUED
    assert work_off(run).status == RunStatus.DONE


def test_finished_run_can_neither_be_stopped_nor_retried():
    run = make_done_run()
    by = author_of(run.plan)

    with pytest.raises(Refusal, match="Run 1 has ended already"):
        projection_cancel(by=by, run=run)
    with pytest.raises(Refusal, match="Run 1 has not failed"):
        projection_retry(by=by, run=run)


# ---------------------------------------------------------------- refusals
def refused(**changes):
    with pytest.raises(Refusal) as caught:
        make_run(**changes)
    assert not ProjectionRun.objects.exists()
    assert not Job.objects.exists()
    return caught.value


def test_run_without_census_is_refused():
    version = make_version(preset="lean")

    by = author_of(version.plan)

    with pytest.raises(Refusal) as caught:
        projection_request(by=by, version=version, snapshot=None, market_edition="house-2026-base")

    assert caught.value.code == "run_census"
    assert "Bring in the plan's people first." in caught.value.message


def test_run_without_lines_is_refused():
    assert "has no lines yet" in refused(version=make_version()).message


def test_census_of_another_plan_is_refused():
    version = make_version(preset="lean")

    assert refused(version=version, snapshot=make_snapshot(make_plan())).field == "snapshot"


def test_census_without_anybody_active_with_pay_is_refused():
    version = make_version(preset="lean")
    rows = [{**row, "annual_pay": "0"} for row in census_rows(3)]

    assert refused(version=version, snapshot=make_snapshot(version.plan, rows)).code == "run_nobody"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"paths": 10}, "paths", "Choose 1,000 to 20,000 paths"),
        ({"market_edition": "house-1999"}, "market_edition", "There is no market edition 'house-1999'"),
        ({"behaviour": {"retirement_age": 90}}, "retirement_age", "between 50 and 75"),
    ],
)
def test_inputs_that_cannot_be_run_are_refused_at_their_field(changes, field, words):
    refusal = refused(**changes)

    assert refusal.field == field
    assert words in refusal.message


# ---------------------------------------------------------------- who is projected
def test_people_left_out_and_money_moved_are_said():
    version = make_version(preset="reference")
    rows = census_rows(12)
    rows[0]["annual_pay"] = "0"

    result = make_done_run(version, make_snapshot(version.plan, rows)).result

    assert result["people"] == {"projected": 11, "taking_up": 0, "left_out": [["no pay in the census", 1]]}
    assert result["notes"][0] == "1 left out: no pay in the census."
    assert (
        "in funds that this menu does not have (VBTLX, VFIAX); the run counts it in the line that does the same job."
        in (result["notes"][1])
    )


def test_unknown_fund_goes_to_the_default_of_the_persons_age():
    version = make_version(preset="reference")
    rows = [{key.replace("VFIAX", "ZZZZX"): value for key, value in row.items()} for row in census_rows(12)]

    run = make_done_run(version, make_snapshot(version.plan, rows))

    note = next(note for note in run.result["notes"] if "ZZZZX" in note)
    assert "counts it in the default fund of their age" in note


def test_money_of_the_people_is_all_there():
    run = make_done_run()
    whole = next(cell for cell in run.result["cells"] if cell["age_band"] == cell["pay_band"] == "all")

    assert whole["balance_today_usd"] * 60 == pytest.approx(float(run.snapshot.total_balance), abs=1)


def test_a_draft_changed_later_does_not_change_its_run():
    run = make_done_run()

    run.version.sleeve.delete()
    run.version.lines.last().delete()

    assert projection_replay(run).identical


# ---------------------------------------------------------------- replay
def test_replay_is_identical_and_writes_nothing():
    run = make_done_run()
    before = (LedgerEvent.objects.count(), ProjectionRun.objects.values().get(pk=run.pk))

    outcome = projection_replay(run)

    assert outcome.identical
    assert outcome.recorded_hash == outcome.stored_hash == outcome.new_hash == run.result_hash
    assert (LedgerEvent.objects.count(), ProjectionRun.objects.values().get(pk=run.pk)) == before


def test_replay_after_somebody_changed_a_figure_says_so():
    run = make_done_run()
    run.result["ladder"][-1]["digital_today_usd"] += 0.01
    run.save()

    outcome = projection_replay(run)

    assert not outcome.identical
    assert outcome.sentence.startswith("Not identical: the stored figures are not those that were recorded")


def test_replay_after_somebody_changed_result_and_hash_says_so():
    run = make_done_run()
    run.result["ladder"][-1]["digital_today_usd"] += 0.01
    run.result_hash = projection_work.content_hash(run.result)
    run.save()

    outcome = projection_replay(run)

    assert not outcome.identical
    assert outcome.new_hash != outcome.recorded_hash


def test_replay_after_somebody_changed_an_input_says_so():
    run = make_done_run()
    run.inputs["behaviour"]["raise_rate"] = 0.04
    run.save()

    outcome = projection_replay(run)

    assert (outcome.identical, outcome.same_inputs) == (False, False)


def test_replay_of_a_run_without_result_is_refused():
    with pytest.raises(Refusal, match="Run 1 has no result to compare with"):
        projection_replay(make_run())


def test_auditors_replay_is_a_job_with_its_outcome_on_record():
    run = make_done_run()
    auditor = make_member(run.plan, Role.AUDITOR)
    job = replay_request(by=auditor, run=run)

    run_claimed(job.pk)

    run.refresh_from_db()
    assert run.last_replay["identical"] is True
    assert actions(run)[2:] == ["projection_run.replay_requested", "projection_run.replayed"]
    event = LedgerEvent.objects.get(action="projection_run.replayed")
    assert event.actor_id == auditor.pk
    assert event.body["new_hash"] == run.result_hash


def test_one_person_alone_walks_the_paths_of_the_whole_run():
    from menus.engine import prepare
    from menus.engine.results import participant_detail
    from menus.panel import outlook_of, panel_of, scenario_of

    run = make_done_run()
    panel = panel_of(run.inputs, projection_work.arrays_of(run.snapshot))
    whole = participant_detail(prepare(scenario_of(run.inputs)), panel.people.take([4]))

    alone = outlook_of(run, "00005")

    assert alone == tuple(whole.to_dict("records"))
    assert np.isfinite([row["balance_p50_usd"] for row in alone]).all()
