"""Census files on their way in, the censuses that were kept, and the people."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from sponsors.api.operations import Operations, operation
from sponsors.api.serializers.census import (
    CensusColumnsSerializer,
    CensusConfirmSerializer,
    CensusImportSerializer,
    CensusRefusalSerializer,
    CensusUploadSerializer,
    ParticipantDetailSerializer,
    ParticipantQuerySerializer,
    ParticipantSerializer,
    SnapshotDetailSerializer,
    SnapshotSerializer,
)
from sponsors.census import CensusFileError, DecodedFile, Mapping
from sponsors.errors import Refusal
from sponsors.models import CensusImport, CensusRefusal, CensusSnapshot, Participant
from sponsors.permissions import Permission as P
from sponsors.selectors import (
    CensusSummary,
    holdings_of,
    imports_of,
    participants_of,
    people_matching,
    summary_of,
)
from sponsors.services.census import census_confirm, census_decoded, census_upload

FIRST_ROWS = 3


def import_or_404(request: Request, census_import: int) -> CensusImport:
    return get_object_or_404(imports_of(request.plan), pk=census_import)


class CensusUploads(Operations):
    """The one operation that takes a file, apart from the others so that only it reads multipart bodies."""

    noun = "census_import"
    tag = "People"
    parser_classes = [MultiPartParser]

    @operation(P.CENSUS_VIEW, answer=CensusImportSerializer, many=True)
    def list(self, request: Request) -> QuerySet[CensusImport]:
        """Census files of the plan, the latest first."""
        return imports_of(request.plan)

    @operation(P.CENSUS_IMPORT, body=CensusUploadSerializer, answer=CensusImportSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> CensusImport:
        """Bring a census file. It is screened at once and read once its columns are confirmed.

        The same file for the same day gives the import of then, and nothing changes. A file with social security
        numbers is refused before anything is stored.
        """
        file = sent["file"]
        return census_upload(
            by=request.user,
            plan=request.plan,
            data=file.read(),
            file_name=file.name,
            as_of=sent["as_of"],
            declared_ids=sent["employee_numbers"],
        )


class CensusImports(Operations):
    noun = "census_import"
    tag = "People"

    @operation(P.CENSUS_VIEW, answer=CensusImportSerializer)
    def read(self, request: Request, census_import: int) -> CensusImport:
        """What became of a file; while it is read, how far the reading is."""
        return import_or_404(request, census_import)

    @operation(P.CENSUS_IMPORT, answer=CensusColumnsSerializer)
    def columns(self, request: Request, census_import: int) -> dict[str, Any]:
        """The file's columns with its first rows, and the guess of which is what."""
        found = import_or_404(request, census_import)
        decoded = _decoded(found)
        mapping = Mapping.from_json(found.mapping)
        rows = decoded.sample_rows(FIRST_ROWS)
        return {
            "headers": decoded.headers,
            "first_rows": rows,
            "mapping": mapping,
            "confidence": mapping.confidence,
        }

    @operation(P.CENSUS_IMPORT, body=CensusConfirmSerializer, answer=CensusImportSerializer)
    def confirm(self, request: Request, census_import: int, sent: dict[str, Any]) -> CensusImport:
        """Confirm which column is what, and have the file read by the worker.

        The same choices again change nothing; other choices for a file that was read already make a new import.
        """
        found = import_or_404(request, census_import)
        chosen = sent.get("mapping")
        mapping = _mapping(chosen, _decoded(found)) if chosen else Mapping.from_json(found.mapping)
        return census_confirm(
            by=request.user, census_import=found, mapping=mapping, accept_partial=sent["accept_partial"]
        )

    @operation(P.CENSUS_VIEW, answer=CensusRefusalSerializer, many=True)
    def refusals(self, request: Request, census_import: int) -> QuerySet[CensusRefusal]:
        """Every row that was not accepted: where, why, and what would mend it."""
        return import_or_404(request, census_import).refusals.all()


def _decoded(census_import: CensusImport) -> DecodedFile:
    try:
        return census_decoded(census_import)
    except CensusFileError as error:
        raise Refusal(error.message, code="census_file_refused") from None


def _mapping(chosen: dict[str, Any], decoded: DecodedFile) -> Mapping:
    read = {*chosen["columns"].values(), *chosen["fund_balances"], *chosen["fund_elections"]}
    return Mapping(**chosen, unread=tuple(header for header in decoded.headers if header not in read))


class Snapshots(Operations):
    noun = "census_snapshot"
    tag = "People"

    @operation(P.CENSUS_VIEW, answer=SnapshotSerializer, many=True)
    def list(self, request: Request) -> QuerySet[CensusSnapshot]:
        """Accepted censuses, the latest first; each is what projections of its time read."""
        return CensusSnapshot.objects.filter(plan=request.plan)

    @operation(P.CENSUS_VIEW, answer=SnapshotDetailSerializer)
    def read(self, request: Request, snapshot: int) -> CensusSummary:
        """One census in figures."""
        return summary_of(get_object_or_404(CensusSnapshot, plan=request.plan, pk=snapshot))


class Participants(Operations):
    noun = "participant"
    tag = "People"

    @operation(P.CENSUS_VIEW, query=ParticipantQuerySerializer, answer=ParticipantSerializer, many=True)
    def list(self, request: Request, asked: dict[str, Any]) -> QuerySet[Participant]:
        """Everybody in the plan, by pseudonym."""
        shows_names = P.PARTICIPANT_NAMES in request.permissions
        people = participants_of(request.plan)
        return people_matching(people, asked["q"].strip(), asked.get("status", ""), shows_names=shows_names)

    @operation(P.CENSUS_VIEW, answer=ParticipantDetailSerializer)
    def read(self, request: Request, pseudonym: str) -> Participant:
        """One person as the census states them, with what they hold."""
        person = get_object_or_404(participants_of(request.plan), pseudonym=pseudonym)
        person.holdings = holdings_of(person)
        return person
