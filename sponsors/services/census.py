"""A census file on its way in: screened before anything is kept, its columns confirmed by a person, then queued.

Reading the rows is the worker's part: `sponsors.services.census_reading`.
"""

from collections.abc import Collection
from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from sponsors.census import (
    CensusFileError,
    DecodedFile,
    Mapping,
    guess_mapping,
    screen_upload,
    validate_mapping,
)
from sponsors.enums import CensusImportStatus, JobState
from sponsors.errors import Refusal
from sponsors.jobs import job_enqueue
from sponsors.ledger import record
from sponsors.ledger.canonical import sha256_hex
from sponsors.models import CensusImport, Plan, User

STEPS = 4  # screened, read, kept, people brought up to date
EARLIEST = date(1978, 11, 6)  # Revenue Act of 1978, which made 401(k) plans possible


@transaction.atomic
def census_upload(
    *,
    by: User,
    plan: Plan,
    data: bytes,
    file_name: str,
    as_of: date,
    declared_ids: Collection[str] = (),
) -> CensusImport:
    """Screen a file and keep it with a guess of its columns. `as_of` is the day that the file describes.

    `declared_ids` names columns whose nine-digit numbers are employee numbers, as the uploader states. A file that
    was brought before for the same day gives the import of then, and nothing changes. Refuses a file with social
    security numbers, and whatever is no census, before anything is stored.
    """
    _check_day(as_of)
    try:
        decoded = screen_upload(data, file_name, declared_ids=declared_ids)
    except CensusFileError as error:
        raise Refusal(error.message, field="file", code="census_file_refused") from None
    known = _known_import(plan, decoded.sha256, as_of)
    if known:
        return known
    census_import = CensusImport(
        sponsor=plan.sponsor,
        plan=plan,
        file_name=decoded.file_name,
        file_sha256=decoded.sha256,
        as_of=as_of,
        mapping=_with_choices(_first_mapping(plan, decoded), declared_ids, accept_partial=False),
        row_count=len(decoded.row_numbers),
        notes=list(decoded.notes),
        imported_by=by,
    )
    census_import.file.save(f"{plan.slug}-{decoded.sha256[:16]}.csv", ContentFile(data), save=False)
    census_import.save()
    record(
        "census.uploaded",
        by=by,
        plan=plan,
        subject=census_import,
        body={"file_sha256": decoded.sha256, "as_of": as_of.isoformat(), "rows": len(decoded.row_numbers)},
    )
    return census_import


@transaction.atomic
def census_confirm(
    *, by: User, census_import: CensusImport, mapping: Mapping, accept_partial: bool = False
) -> CensusImport:
    """Confirm which column is what and have the file read. Returns the import to follow.

    Unless `accept_partial`, one refused row refuses the file: a census that silently misses people is worse than
    none. An import that was already read stays as it is: the same choices return it unchanged, other choices make a
    new import of the same file.
    """
    census_import = CensusImport.objects.select_for_update().get(pk=census_import.pk)
    _check_mapping(census_import, mapping)
    chosen = _with_choices(mapping, _declared_ids(census_import), accept_partial=accept_partial)
    if census_import.status != CensusImportStatus.UPLOADED:
        if _same_reading(census_import.mapping, chosen) and not _was_stopped(census_import):
            return census_import
        census_import = _copy(census_import, by)
    census_import.mapping = chosen
    census_import.status = CensusImportStatus.QUEUED
    census_import.save()
    census_import.job = job_enqueue(
        kind="census_import", subject=census_import, sponsor=census_import.sponsor, by=by, total=STEPS
    )
    census_import.save(update_fields=["job"])
    record(
        "census.confirmed",
        by=by,
        plan=census_import.plan,
        subject=census_import,
        body={"file_sha256": census_import.file_sha256, "mapping": chosen},
    )
    return census_import


def census_decoded(census_import: CensusImport) -> DecodedFile:
    """The table of an uploaded file, screened as it was at the door. Raises CensusFileError if it is not that file."""
    try:
        with census_import.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise CensusFileError("The stored file is no longer there. Upload the census again.") from None
    if sha256_hex(data) != census_import.file_sha256:
        raise CensusFileError("The stored file is not the one that was uploaded. Upload the census again.")
    return screen_upload(data, census_import.file_name, declared_ids=_declared_ids(census_import))


def mapping_remembered(plan: Plan, headers: Collection[str]) -> Mapping | None:
    """The mapping of the latest accepted file with exactly these columns, whatever their order."""
    accepted = CensusImport.objects.filter(plan=plan, status=CensusImportStatus.ACCEPTED).order_by(
        "-created_at"
    )
    for saved in accepted.values_list("mapping", flat=True)[:20]:
        mapping = Mapping.from_json(saved)
        read = {*mapping.columns.values(), *mapping.fund_balances, *mapping.fund_elections}
        if read | set(mapping.unread) == set(headers):
            return mapping
    return None


def _check_mapping(census_import: CensusImport, mapping: Mapping) -> None:
    try:
        errors = validate_mapping(mapping, census_decoded(census_import).headers)
    except CensusFileError as error:
        raise Refusal(error.message, field="file", code="census_file_refused") from None
    if errors:
        raise Refusal(" ".join(error.message for error in errors), field="mapping", code="census_mapping")


def _check_day(as_of: date) -> None:
    if not EARLIEST <= as_of <= timezone.now().date():
        raise Refusal(
            f"The census date {as_of} is in the future or before 401(k) plans existed. Write the day that the file "
            "describes.",
            field="as_of",
        )


def _known_import(plan: Plan, file_sha256: str, as_of: date) -> CensusImport | None:
    same_file = CensusImport.objects.filter(plan=plan, file_sha256=file_sha256, as_of=as_of)
    return same_file.exclude(status=CensusImportStatus.REFUSED).order_by("-created_at").first()


def _first_mapping(plan: Plan, decoded: DecodedFile) -> Mapping:
    return mapping_remembered(plan, decoded.headers) or guess_mapping(decoded.headers, decoded.sample_rows())


def _with_choices(
    mapping: Mapping, declared_ids: Collection[str], *, accept_partial: bool
) -> dict[str, object]:
    """The mapping as it is kept, with what else the person chose about reading the file."""
    return {**mapping.to_json(), "declared_ids": sorted(declared_ids), "accept_partial": accept_partial}


def _declared_ids(census_import: CensusImport) -> list[str]:
    return list(census_import.mapping.get("declared_ids", []))


def _same_reading(one: dict[str, object], other: dict[str, object]) -> bool:
    """Whether two kept mappings read a file alike; how sure the guess was does not matter."""
    return all(one.get(key) == other[key] for key in other if key not in ("confidence", "unread"))


def _was_stopped(census_import: CensusImport) -> bool:
    """Reading ended without an answer about the file, so that the same choices may be tried again."""
    job = census_import.job
    return job is not None and job.state in (JobState.FAILED, JobState.CANCELLED)


def _copy(census_import: CensusImport, by: User) -> CensusImport:
    """A new import of the same stored file."""
    return CensusImport(
        sponsor=census_import.sponsor,
        plan=census_import.plan,
        file_name=census_import.file_name,
        file_sha256=census_import.file_sha256,
        file=census_import.file.name,
        as_of=census_import.as_of,
        row_count=census_import.row_count,
        imported_by=by,
    )
