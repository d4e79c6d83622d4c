"""Census files, their columns, what became of their rows, and the people."""

from rest_framework import serializers

from sponsors.api.serializers import Body, JobSerializer, PersonSerializer
from sponsors.census.mapping import LONG, WIDE
from sponsors.dates import completed_years
from sponsors.enums import EmploymentStatus
from sponsors.models import CensusImport, CensusRefusal, CensusSnapshot, Participant
from sponsors.permissions import Permission


class MappingSerializer(Body):
    """Which column is which fact. `columns`: fact to header; the other two: header to fund (one column a fund)."""

    layout = serializers.ChoiceField(
        [(WIDE, "One row for each participant"), (LONG, "One row for each participant and fund")]
    )
    columns = serializers.DictField(child=serializers.CharField())
    fund_balances = serializers.DictField(child=serializers.CharField(), default=dict)
    fund_elections = serializers.DictField(child=serializers.CharField(), default=dict)


class CensusUploadSerializer(Body):
    file = serializers.FileField(allow_empty_file=True, help_text="CSV, as your recordkeeper exports it.")
    as_of = serializers.DateField(help_text="The day whose balances the file gives.")
    employee_numbers = serializers.ListField(
        child=serializers.CharField(),
        default=list,
        help_text="Columns of nine-digit employee numbers: you state that they are not social security numbers.",
    )


class CensusConfirmSerializer(Body):
    mapping = MappingSerializer(required=False, help_text="Without it, the guess stands.")
    accept_partial = serializers.BooleanField(
        default=False, help_text="Accept the rows that can be read although others cannot."
    )


class CensusImportSerializer(serializers.ModelSerializer):
    mapping = MappingSerializer(read_only=True)
    notes = serializers.ListField(child=serializers.CharField(), read_only=True)
    snapshot = serializers.PrimaryKeyRelatedField(read_only=True)
    imported_by = PersonSerializer(read_only=True)
    job = JobSerializer(read_only=True, allow_null=True)

    class Meta:
        model = CensusImport
        fields = [
            "id", "status", "file_name", "file_sha256", "as_of", "mapping", "row_count", "accepted_count",
            "refused_count", "notes", "snapshot", "job", "error", "imported_by", "created_at", "finished_at",
        ]  # fmt: skip


class CensusColumnsSerializer(serializers.Serializer):
    """The file's header with its first rows, and how its columns are read unless you say otherwise."""

    headers = serializers.ListField(child=serializers.CharField())
    first_rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    mapping = MappingSerializer()
    confidence = serializers.DictField(child=serializers.FloatField(), help_text="0 to 1 by header.")


class CensusRefusalSerializer(serializers.ModelSerializer):
    value_shown = serializers.SerializerMethodField()

    class Meta:
        model = CensusRefusal
        fields = ["row", "column", "value_shown", "reason", "remedy"]

    def get_value_shown(self, refusal: CensusRefusal) -> str | None:
        """What stands in the cell; null for who may not see names."""
        return refusal.value_shown if Permission.PARTICIPANT_NAMES in self.context["permissions"] else None


class SnapshotSerializer(serializers.ModelSerializer):
    class Meta:
        model = CensusSnapshot
        fields = ["id", "as_of", "sha256", "participant_count", "total_balance", "is_synthetic", "created_at"]


class BandSerializer(serializers.Serializer):
    """People between two bounds; null where so few that somebody could be recognised."""

    label = serializers.CharField()
    count = serializers.IntegerField(allow_null=True)
    balance = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)


class FundHoldingSerializer(serializers.Serializer):
    fund_key = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)
    balance = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)


class SnapshotDetailSerializer(serializers.Serializer):
    """A census in figures. Groups of fewer than ten people are null."""

    snapshot = SnapshotSerializer()
    people = serializers.IntegerField()
    active = serializers.IntegerField()
    total_balance = serializers.DecimalField(max_digits=18, decimal_places=2)
    median_age = serializers.FloatField(allow_null=True)
    median_pay = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    median_balance = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    mean_deferral_rate = serializers.FloatField(allow_null=True)
    by_age = BandSerializer(many=True)
    by_pay = BandSerializer(many=True)
    by_balance = BandSerializer(many=True)
    funds = FundHoldingSerializer(many=True)


class ParticipantQuerySerializer(Body):
    q = serializers.CharField(
        default="", allow_blank=True, help_text="Part of a pseudonym (or of a name, if you may)."
    )
    status = serializers.ChoiceField(EmploymentStatus.choices, required=False)


class ParticipantSerializer(serializers.ModelSerializer):
    """One person, by pseudonym. Name and the employer's own id are null for who may not see them."""

    participant_id = serializers.SerializerMethodField()
    surname = serializers.SerializerMethodField()
    given_name = serializers.SerializerMethodField()
    age = serializers.SerializerMethodField()
    snapshot = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Participant
        fields = [
            "pseudonym", "participant_id", "surname", "given_name", "age", "hire_date", "status", "annual_pay",
            "deferral_rate", "roth_deferral_rate", "balance", "snapshot",
        ]  # fmt: skip

    def get_participant_id(self, person: Participant) -> str | None:
        return self._shown(person.participant_id)

    def get_surname(self, person: Participant) -> str | None:
        return self._shown(person.surname)

    def get_given_name(self, person: Participant) -> str | None:
        return self._shown(person.given_name)

    def get_age(self, person: Participant) -> int:
        """Completed years on the day of the census."""
        return completed_years(person.birth_date, person.snapshot.as_of)

    def _shown(self, text: str) -> str | None:
        return text if Permission.PARTICIPANT_NAMES in self.context["permissions"] else None


class HoldingSerializer(serializers.Serializer):
    fund_key = serializers.CharField()
    dollars = serializers.DecimalField(max_digits=16, decimal_places=2)


class ParticipantDetailSerializer(ParticipantSerializer):
    holdings = HoldingSerializer(many=True)

    class Meta(ParticipantSerializer.Meta):
        fields = [*ParticipantSerializer.Meta.fields, "holdings"]
