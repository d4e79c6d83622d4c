"""The worker's part of a census import: read every row, keep the people as a snapshot, bring their rows up to date."""

import secrets
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from sponsors.census import (
    CensusFileError,
    CensusParse,
    DecodedFile,
    Mapping,
    parse_census,
    snapshot_bytes,
)
from sponsors.census.cells import read_cells, read_id
from sponsors.enums import CensusImportStatus, EmploymentStatus
from sponsors.jobs.models import Job
from sponsors.jobs.queue import job_finish, job_progress
from sponsors.ledger import record
from sponsors.models import CensusImport, CensusRefusal, CensusSnapshot, Participant, Plan
from sponsors.services.census import STEPS, census_decoded
from sponsors.stored_files import keep_file

BATCH = 1000
MOST_LISTED = 10_000
PSEUDONYM_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that look like one another
FACTS = (
    "surname",
    "given_name",
    "birth_date",
    "hire_date",
    "status",
    "annual_pay",
    "deferral_rate",
    "roth_deferral_rate",
    "balance",
    "snapshot",
)


def census_read(job: Job) -> None:
    """Read the file of an import and finish its job: accepted with a snapshot, or refused with every reason."""
    census_import = CensusImport.objects.select_related("plan__sponsor", "imported_by").get(pk=job.subject_id)
    try:
        parse, ids = _parsed(job, census_import)
    except CensusFileError as refused:
        job_finish(job, partial(_refuse, census_import, refused.message))
        return
    error = _why_refused(parse, accept_partial=bool(census_import.mapping.get("accept_partial")))
    if error:
        job_finish(job, partial(_refuse, census_import, error, parse))
    else:
        job_finish(job, partial(_accept, census_import, parse, ids))


def _parsed(job: Job, census_import: CensusImport) -> tuple[CensusParse, set[str]]:
    """What the file says, and everybody whom it names; tells the job how far it is."""
    mapping = Mapping.from_json(census_import.mapping)
    job_progress(job, done=0, total=STEPS, note="Opening the file")
    decoded = census_decoded(census_import)
    job_progress(job, done=1, note=f"Reading {len(decoded.row_numbers):,} rows")
    parse = census_parse(decoded, mapping, census_import.as_of)
    job_progress(job, done=2, note="Keeping the result")
    return parse, _ids_in(decoded, mapping)


def census_parse(decoded: DecodedFile, mapping: Mapping, as_of: date) -> CensusParse:
    """Every row accepted or refused. Any fund is taken under the key that the file gives it: which fund of the
    catalogue that is, menus decide later."""
    return parse_census(decoded, mapping, as_of, _funds_named(decoded, mapping))


@transaction.atomic
def snapshot_keep(
    plan: Plan, parse: CensusParse, as_of: date, present: Collection[str] = ()
) -> CensusSnapshot:
    """Keep accepted people as a snapshot and bring their rows up to date. The same people and day change nothing.

    `present`: ids that are in the file even if their row was refused; nobody of them is marked absent. An older
    census than the latest one adds people that are not known yet and leaves the others as they are.
    """
    data, sha256 = snapshot_bytes(parse)
    known = CensusSnapshot.objects.filter(plan=plan, sha256=sha256, as_of=as_of).first()
    if known:
        return known
    latest = CensusSnapshot.objects.filter(plan=plan).first()
    snapshot = CensusSnapshot.objects.create(
        sponsor=plan.sponsor,
        plan=plan,
        as_of=as_of,
        sha256=sha256,
        file=keep_file(f"census/snapshots/{plan.pk}-{sha256}.npz", data),
        participant_count=len(parse.participants),
        total_balance=_dollars(int(parse.participants["balance_cents"].sum())),
        is_synthetic=parse.is_synthetic,
    )
    _people_bring_up_to_date(snapshot, parse, present, is_latest=latest is None or as_of >= latest.as_of)
    return snapshot


@transaction.atomic
def census_read_ended(job: Job) -> None:
    """The job failed for good or was stopped: the import says so and can be confirmed again.

    The ledger gets no reason: an error's words may quote a row of the file.
    """
    census_import = CensusImport.objects.select_related("plan__sponsor", "imported_by").get(pk=job.subject_id)
    census_import.status = CensusImportStatus.REFUSED
    census_import.error = job.error or "Reading was stopped before it ended. Nothing was changed."
    census_import.finished_at = timezone.now()
    census_import.save(update_fields=["status", "error", "finished_at"])
    _record(census_import, "census.refused", {"rows_refused": 0, "job": str(job.state)})


def _funds_named(decoded: DecodedFile, mapping: Mapping) -> set[str]:
    if "fund" in mapping.columns and mapping.columns["fund"] in decoded.headers:
        return {name for name in decoded.column(mapping.columns["fund"]) if name}
    return {*mapping.fund_balances.values(), *mapping.fund_elections.values()}


def _ids_in(decoded: DecodedFile, mapping: Mapping) -> set[str]:
    """Everybody whom the file names, with an accepted row or not."""
    ids = read_cells(decoded.column(mapping.columns["participant_id"]), read_id)
    return {found for found in ids if isinstance(found, str)}


def _why_refused(parse: CensusParse, *, accept_partial: bool) -> str:
    """Why nothing of the file is taken in; empty when it is."""
    accepted = len(parse.participants)
    if not accepted:
        return (
            "No row of this file could be accepted. Correct the rows listed below and upload the file again."
        )
    if parse.rows_refused and not accept_partial:
        return (
            f"{parse.rows_refused:,} of {parse.rows_read:,} rows cannot be accepted, so nothing was changed. "
            "Correct the rows listed below and upload the file again, or accept the other "
            f"{accepted:,} people without them."
        )
    return ""


def _accept(census_import: CensusImport, parse: CensusParse, present: Collection[str]) -> None:
    snapshot = snapshot_keep(census_import.plan, parse, census_import.as_of, present)
    census_import.snapshot = snapshot
    _close(census_import, CensusImportStatus.ACCEPTED, parse)
    body = {"snapshot_sha256": snapshot.sha256, "people": snapshot.participant_count}
    _record(census_import, "census.accepted", body | {"rows_refused": parse.rows_refused})


def _refuse(census_import: CensusImport, error: str, parse: CensusParse | None = None) -> None:
    census_import.error = error
    _close(census_import, CensusImportStatus.REFUSED, parse)
    _record(census_import, "census.refused", {"rows_refused": parse.rows_refused if parse else 0})


def _close(census_import: CensusImport, status: CensusImportStatus, parse: CensusParse | None) -> None:
    census_import.status = status
    census_import.finished_at = timezone.now()
    if parse is not None:
        census_import.accepted_count = len(parse.participants)
        census_import.refused_count = parse.rows_refused
        census_import.notes = [*parse.notes, *_listing_note(parse)]
        CensusRefusal.objects.bulk_create(_refusals(census_import, parse), batch_size=BATCH)
    census_import.save()


def _refusals(census_import: CensusImport, parse: CensusParse) -> Iterable[CensusRefusal]:
    for refused in parse.refused[:MOST_LISTED]:
        yield CensusRefusal(
            sponsor_id=census_import.sponsor_id,
            plan_id=census_import.plan_id,
            census_import=census_import,
            row=refused.row,
            column=refused.column[:120],
            value_shown=refused.value_shown[:120],
            reason=refused.reason,
            remedy=refused.remedy,
        )


def _listing_note(parse: CensusParse) -> list[str]:
    """Says so when a file is so wrong that not every reason is kept."""
    if len(parse.refused) <= MOST_LISTED:
        return []
    return [
        f"The first {MOST_LISTED:,} of {len(parse.refused):,} reasons are listed; correct these and upload again."
    ]


def _record(census_import: CensusImport, action: str, body: dict[str, Any]) -> None:
    body = body | {"file_sha256": census_import.file_sha256, "as_of": census_import.as_of.isoformat()}
    record(action, by=census_import.imported_by, plan=census_import.plan, subject=census_import, body=body)


def _people_bring_up_to_date(
    snapshot: CensusSnapshot, parse: CensusParse, present: Collection[str], *, is_latest: bool
) -> None:
    plan = snapshot.plan
    pseudonyms = _pseudonyms(plan, parse.participants["participant_id"])
    people = [
        _person(snapshot, row, pseudonyms[row.participant_id], is_latest=is_latest)
        for row in parse.participants.itertuples()
    ]
    conflict: dict[str, Any] = {"ignore_conflicts": True}
    if is_latest:
        unique = ["plan", "participant_id"]
        conflict = {"update_conflicts": True, "unique_fields": unique, "update_fields": list(FACTS)}
    Participant.objects.bulk_create(people, batch_size=BATCH, **conflict)
    if is_latest:
        _mark_absent(plan, snapshot, present)


def _mark_absent(plan: Plan, snapshot: CensusSnapshot, present: Collection[str]) -> None:
    others = (
        Participant.objects.filter(plan=plan)
        .exclude(snapshot=snapshot)
        .exclude(status=EmploymentStatus.ABSENT)
    )
    ids = others.values_list("pk", "participant_id")
    gone = [key for key, participant_id in ids if participant_id not in present]
    for start in range(0, len(gone), BATCH):
        batch = Participant.objects.filter(pk__in=gone[start : start + BATCH])
        batch.update(status=EmploymentStatus.ABSENT)


def _person(snapshot: CensusSnapshot, row: Any, pseudonym: str, *, is_latest: bool) -> Participant:
    employed = EmploymentStatus.ACTIVE if row.is_active else EmploymentStatus.LEFT
    return Participant(
        sponsor_id=snapshot.sponsor_id,
        plan_id=snapshot.plan_id,
        participant_id=row.participant_id,
        pseudonym=pseudonym,
        surname=row.surname,
        given_name=row.given_name,
        birth_date=date.fromordinal(int(row.birth_ordinal)),
        hire_date=date.fromordinal(int(row.hire_ordinal)) if row.hire_ordinal > 0 else None,
        status=employed if is_latest else EmploymentStatus.ABSENT,
        annual_pay=_dollars(row.pay_cents),
        deferral_rate=_rate(row.deferral_rate),
        roth_deferral_rate=_rate(row.roth_deferral_rate),
        balance=_dollars(row.balance_cents),
        snapshot=snapshot,
    )


def _pseudonyms(plan: Plan, participant_ids: Iterable[str]) -> dict[str, str]:
    """A name such as P-7K3M2Q for each id: the one the person has, else a random one unlike all others of the plan."""
    pseudonyms = dict(Participant.objects.filter(plan=plan).values_list("participant_id", "pseudonym"))
    taken = set(pseudonyms.values())
    for participant_id in participant_ids:
        while participant_id not in pseudonyms:
            candidate = "P-" + "".join(secrets.choice(PSEUDONYM_SIGNS) for _ in range(6))
            if candidate not in taken:
                pseudonyms[participant_id] = candidate
                taken.add(candidate)
    return pseudonyms


def _dollars(cents: int) -> Decimal:
    return Decimal(int(cents)).scaleb(-2)


def _rate(fraction: float) -> Decimal:
    return Decimal(repr(float(fraction))).quantize(Decimal("0.00001"))
