"""The three kinds of real work, each with its worker killed half-way: an exposure run, a census import, a document.

A new worker finishes each; what is left is compared with an undisturbed twin: the same hash, bytes and people, and
nothing of it twice.

python -m tests.faults.projection_kill [--people 1200] [--paths 2000] [--broker redis] [--database postgresql]
"""

import sys
import time
from argparse import Namespace
from datetime import date
from typing import Any

from tests.faults._site import DrillError, drill, drill_parser, kill, report, until, worker

PATIENCE = 240.0
AS_OF = date(2025, 12, 31)
CENSUS_PEOPLE = 8_000  # enough for the import to last until it is killed
DOCUMENTS = 5  # documents tried until the kill comes before the end of one

Row = tuple[str, object, str, bool]


def main(argv: list[str]) -> int:
    parser = drill_parser("Kill the worker half-way through a projection, an import and a document.")
    parser.add_argument("--people", type=int, default=1200)
    parser.add_argument("--paths", type=int, default=2000)
    arguments = parser.parse_args(argv)
    return drill(lambda: _run(arguments), arguments)


def _run(arguments: Namespace) -> bool:
    from fiduciary.models import Document
    from tests.factories.menus import make_catalogue

    started = time.monotonic()
    make_catalogue()
    rows = [
        *_projection(arguments.people, arguments.paths),
        *_census(),
        *_document(),
    ]
    reached = report(rows)
    print(
        f"3 kinds of work killed half-way and resumed, {Document.objects.count()} document(s), "
        f"{time.monotonic() - started:.1f} s in all on {arguments.broker} and {arguments.database}: "
        f"{'as if nothing had happened' if reached else 'NOT as asked'}."
    )
    return reached


# ---------------------------------------------------------------- an exposure run
def _projection(people: int, paths: int) -> list[Row]:
    from sponsors.models import JobChunk

    undisturbed, disturbed = _two_runs(people, paths)
    with worker() as child:
        until(lambda: _state(undisturbed.job) == "done", "The undisturbed run was not done", PATIENCE, child)
        until(
            lambda: JobChunk.objects.filter(job=disturbed.job).exists(),
            "No part of the run was saved",
            PATIENCE,
            child,
        )
        kill(child)
    parts, shown = JobChunk.objects.filter(job=disturbed.job).count(), _progress(disturbed.job)
    _finish(disturbed.job)
    for run in (undisturbed, disturbed):
        run.refresh_from_db()
    same = disturbed.result_hash == undisturbed.result_hash != "" and disturbed.result == undisturbed.result
    finished = _events("projection_run.finished", disturbed)
    return [
        ("projection: parts kept when killed", parts, "1 or more, not all", 1 <= parts < -(-people // 500)),
        ("projection: people shown as done then", shown, f"below {people}", 0 < shown < people),
        ("projection: attempts", _attempts(disturbed.job), "2", _attempts(disturbed.job) == 2),
        ("projection: result", disturbed.result_hash[:12], f"{undisturbed.result_hash[:12]} (undisturbed)", same),
        ("projection: times recorded as finished", finished, "1", finished == 1),
    ]  # fmt: skip


def _two_runs(people: int, paths: int) -> tuple[Any, Any]:
    """Two runs of the same synthetic plan, menu, seed and paths."""
    from sponsors.census.synthesize import census_table, synthesize
    from tests.factories.menus import make_sleeve, make_version
    from tests.factories.runs import make_run
    from tests.factories.sponsors import make_snapshot

    version = make_version(preset="reference")
    make_sleeve(version)
    table = census_table(synthesize(people, 1, AS_OF), "wide").astype(str)
    snapshot = make_snapshot(version.plan, table.to_dict("records"), as_of=AS_OF)
    first, second = (make_run(version, snapshot, paths=paths) for _ in range(2))
    return first, second


# ---------------------------------------------------------------- a census import
def _census() -> list[Row]:
    from sponsors.models import CensusSnapshot, Participant

    data = _census_file()
    undisturbed, disturbed = _import(data), _import(data)
    with worker() as child:
        until(
            lambda: _state(undisturbed.job) == "done", "The undisturbed import was not done", PATIENCE, child
        )
        until(lambda: _progress(disturbed.job) >= 2, "The import was not half-way", PATIENCE, child)
        kill(child)
    before = _state(disturbed.job), Participant.objects.filter(plan=disturbed.plan).count()
    _finish(disturbed.job)
    one, other = (CensusSnapshot.objects.get(plan=each.plan) for each in (undisturbed, disturbed))
    people = Participant.objects.filter(plan=disturbed.plan, snapshot=other).count()
    same = _bytes(one) == _bytes(other) and one.sha256 == other.sha256
    accepted = _events("census.accepted", disturbed)
    return [
        ("census: state and people when killed", f"{before[0]}, {before[1]}", "running, 0", before == ("running", 0)),
        ("census: attempts", _attempts(disturbed.job), "2", _attempts(disturbed.job) == 2),
        ("census: snapshot", other.sha256[:12], f"{one.sha256[:12]} (undisturbed)", same),
        ("census: people", people, str(CENSUS_PEOPLE), people == CENSUS_PEOPLE),
        ("census: times recorded as accepted", accepted, "1", accepted == 1),
    ]  # fmt: skip


def _census_file() -> bytes:
    from sponsors.census.synthesize import census_table, synthesize

    table = census_table(synthesize(CENSUS_PEOPLE, 2, AS_OF), "wide")
    return table.to_csv(index=False, lineterminator="\n").encode()


def _import(data: bytes) -> Any:
    """The file brought to a new plan, and its columns confirmed."""
    from sponsors.census import Mapping
    from sponsors.services.census import census_confirm, census_upload
    from tests.factories.sponsors import make_member, make_plan

    plan = make_plan()
    by = make_member(plan)
    brought = census_upload(by=by, plan=plan, data=data, file_name="synthetic.csv", as_of=AS_OF)
    return census_confirm(by=by, census_import=brought, mapping=Mapping.from_json(brought.mapping))


# ---------------------------------------------------------------- a document
def _document() -> list[Row]:
    from django.conf import settings

    from fiduciary.pdf import render_review
    from fiduciary.services.documents import document_bytes

    document, tried = _killed_document()
    _finish(document.job)
    document.refresh_from_db()
    rendered = _events("document.rendered", document)
    files = len(list((settings.DOCUMENTS_DIR / "documents").glob("*.pdf")))
    same = document_bytes(document) == render_review(document.decision.record)
    return [
        ("document: attempts", _attempts(document.job), "2", _attempts(document.job) == 2),
        ("document: bytes", document.sha256[:12], "those of a new rendering", same),
        ("document: files kept", files, f"{tried} (one each)", files == tried),
        ("document: times recorded as rendered", rendered, "1", rendered == 1),
    ]


def _killed_document() -> tuple[Any, int]:
    """A document whose worker was killed while it rendered, and how many it took: one lasts only a moment."""
    from tests.factories.fiduciary import make_signed

    for tried in range(1, DOCUMENTS + 1):
        with worker() as child:
            document = make_signed().documents.get()
            until(
                lambda job=document.job: _state(job) != "new", "The document was not begun", 60, child, 0.001
            )
            kill(child)
        if _state(document.job) == "running":
            return document, tried
    raise DrillError(f"{DOCUMENTS} documents were done before their worker could be killed.")


# ---------------------------------------------------------------- what is left
def _finish(job: Any) -> None:
    """A new worker finishes what the killed one held."""
    with worker() as child:
        until(lambda: _state(job) in ("done", "failed"), f"{job} was not finished", PATIENCE, child)


def _column(job: Any, name: str) -> Any:
    from sponsors.models import Job

    return Job.objects.values_list(name, flat=True).get(pk=job.pk)


def _state(job: Any) -> str:
    return str(_column(job, "state"))


def _progress(job: Any) -> int:
    return int(_column(job, "progress_done"))


def _attempts(job: Any) -> int:
    return int(_column(job, "attempt"))


def _events(action: str, subject: Any) -> int:
    from sponsors.ledger.models import LedgerEvent

    return LedgerEvent.objects.filter(action=action, subject_id=str(subject.pk)).count()


def _bytes(snapshot: Any) -> bytes:
    with snapshot.file.open("rb") as file:
        return bytes(file.read())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
