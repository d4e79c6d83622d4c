"""The worker's part of an exposure run: project in parts that survive a kill, put them together, check, finish."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import Any
from zipfile import BadZipFile

from django.utils import timezone

from menus.engine import (
    ENGINE_VERSION,
    InputError,
    People,
    Prepared,
    ProjectionChunk,
    Tables,
    merge,
    prepare,
    project,
    tables_for,
)
from menus.engine.manifest import manifest
from menus.enums import RunStatus
from menus.models import ProjectionRun
from menus.panel import Inputs, panel_of, result_of, scenario_of
from sponsors.census import CensusFileError, read_snapshot
from sponsors.census.snapshot import CensusSnapshotArrays
from sponsors.errors import Refusal
from sponsors.jobs.models import Job
from sponsors.jobs.queue import chunk_drop, chunk_results, chunk_save, job_finish, job_progress
from sponsors.ledger import record
from sponsors.ledger.canonical import content_hash, sha256_hex
from sponsors.models import CensusSnapshot

SMALLEST_PART, LARGEST_PART, PARTS, STEP = 500, 4_000, 40, 250


class Parts:
    """Where a run says how far it is and keeps its finished parts. Without a job, or for a replay, it keeps none."""

    def __init__(self, job: Job | None = None, *, keeps: bool = False) -> None:
        self.job, self.keeps = job, keeps
        self.kept = chunk_results(job) if job is not None and keeps else {}

    def save(self, index: int, chunk: ProjectionChunk) -> None:
        if self.job is not None and self.keeps:
            chunk_save(self.job, index, chunk.to_bytes())

    def drop(self, index: int) -> None:
        if self.job is not None and self.keeps:
            chunk_drop(self.job, index)

    def report(self, done: int, total: int, note: str) -> None:
        """Raises JobCancelled or JobLost when the work should stop."""
        if self.job is not None:
            job_progress(self.job, done=done, total=total, note=note)


def projection_run(job: Job) -> None:
    """The worker's part: project in parts that survive a kill, merge, summarise, and put the result on record."""
    started = time.perf_counter()
    run = ProjectionRun.objects.select_related("plan__sponsor", "snapshot", "requested_by").get(
        pk=job.subject_id
    )
    ProjectionRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    _check_census(run)
    result = computed(run, Parts(job, keeps=True))
    seconds = time.perf_counter() - started
    job_finish(job, partial(_finish, run, result, seconds))


def _check_census(run: ProjectionRun) -> None:
    if census_hash(run.snapshot) != run.census_hash:
        raise Refusal(
            "The census file is not the one that was there when the run was asked for, so nothing was computed. "
            "Tell whoever runs Steward to restore it from the backup.",
            code="run_census_changed",
        )


def computed(run: ProjectionRun, parts: Parts) -> dict[str, Any]:
    """The result of the run's kept inputs and census. The same bytes whatever the parts, the workers and the kills.

    Refuses what an earlier engine let in and this one will not work on: asking it again would change nothing.
    """
    try:
        return _computed(run, parts)
    except InputError as error:
        raise Refusal(
            f"The inputs that were kept with run {run.number} cannot be projected: {error} Start a new run.",
            code="run_input",
        ) from None


def _computed(run: ProjectionRun, parts: Parts) -> dict[str, Any]:
    panel = panel_of(run.inputs, arrays_of(run.snapshot))
    scenario = scenario_of(run.inputs)
    parts.report(0, len(panel.people), f"Drawing {scenario.n_paths:,} market paths")
    prepared = prepare(scenario)
    parts.report(0, len(panel.people), "Working out what people of one mix share")
    tables = tables_for(prepared, panel.people)
    chunks = []
    for index, bounds in enumerate(part_bounds(len(panel.people))):
        kept = _kept(parts, index, manifest(prepared, tables))
        chunks.append(kept or _part(prepared, panel.people, bounds, parts, tables))
        if kept is None and bounds[1] < len(panel.people):  # the last part goes straight into the result
            parts.save(index, chunks[-1])
    parts.report(len(panel.people), len(panel.people), "Adding up and checking")
    return result_of(merge(chunks), prepared, panel, run.inputs["notes"], tables)


def _kept(parts: Parts, index: int, said: dict[str, Any]) -> ProjectionChunk | None:
    """A part from before a kill; what another version of the engine left is dropped and worked out again."""
    if index not in parts.kept:
        return None
    chunk = _read(parts.kept[index])
    if chunk is not None and chunk.manifest == said:
        return chunk
    parts.drop(index)
    return None


def _read(content: bytes) -> ProjectionChunk | None:
    """A kept part; None for one in a form that this engine does not know."""
    try:
        return ProjectionChunk.from_bytes(content)
    except (BadZipFile, KeyError, ValueError):
        return None


def _part(
    prepared: Prepared, people: People, bounds: tuple[int, int], parts: Parts, tables: Tables | None
) -> ProjectionChunk:
    """One part in small steps, each a chance to say how far the work is and to stop."""
    steps = []
    for start in range(*bounds, STEP):
        parts.report(start, len(people), "Projecting people")
        some = people.take(slice(start, min(start + STEP, bounds[1])))
        steps.append(project(prepared, some, tables=tables, workers=workers()))
    return merge(steps)


def part_bounds(people: int) -> list[tuple[int, int]]:
    """Where each kept part begins and ends: 500 people, more in a large plan so that few parts are kept."""
    size = max(SMALLEST_PART, min(LARGEST_PART, -(-people // PARTS)))
    return [(start, min(start + size, people)) for start in range(0, people, size)]


def workers() -> int:
    return min(4, os.cpu_count() or 1)


def _finish(run: ProjectionRun, result: dict[str, Any], seconds: float) -> None:
    """The effect of a finished job, in its transaction."""
    _name_engine(run)
    run.result, run.result_hash = result, content_hash(result)
    run.status, run.seconds_of_work, run.finished_at = RunStatus.DONE, round(seconds, 3), timezone.now()
    run.save(
        update_fields=[
            "engine_version", "input_hash", "result", "result_hash", "status", "seconds_of_work", "finished_at",
        ]
    )  # fmt: skip
    body = {"number": run.number, "input_hash": run.input_hash, "result_hash": run.result_hash}
    body |= {
        "people": result["people"]["projected"],
        "checks_passed": all(c["passed"] for c in result["checks"]),
    }
    record("projection_run.finished", by=run.requested_by, plan=run.plan, subject=run, body=body)


def _name_engine(run: ProjectionRun) -> None:
    """A run that was asked for under another version of the engine bears the one that computed it."""
    if run.engine_version != ENGINE_VERSION:
        run.engine_version = ENGINE_VERSION
        run.input_hash = input_hash(run.inputs, run.census_hash, ENGINE_VERSION)


def arrays_of(snapshot: CensusSnapshot) -> CensusSnapshotArrays:
    """The people of a census; a damaged or missing file is refused in words."""
    try:
        return read_snapshot(file_of(snapshot))
    except CensusFileError as error:
        raise Refusal(error.message, field="snapshot", code="run_census") from None


def file_of(snapshot: CensusSnapshot) -> bytes:
    try:
        with snapshot.file.open("rb") as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        raise Refusal(
            "The file of this census is not where it was stored. Import the census again, or restore the backup.",
            field="snapshot",
            code="run_census",
        ) from None


def input_hash(inputs: Inputs, census_hash: str, engine_version: str) -> str:
    """One hash for everything that decides the figures."""
    return content_hash({"inputs": inputs, "census": census_hash, "engine": engine_version})


def census_hash(snapshot: CensusSnapshot) -> str:
    """The hash of the census file as it lies there today."""
    return sha256_hex(file_of(snapshot))
