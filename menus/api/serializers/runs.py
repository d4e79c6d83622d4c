"""Exposure runs: what was asked, how far it is, what came out. Modelled outcomes, not a forecast."""

from rest_framework import serializers

from menus.markets import DEFAULT_EDITION, edition_names
from menus.models import ProjectionRun
from menus.services.projections import DEFAULT_PATHS, DEFAULT_SEED
from sponsors.api.serializers import Body, JobSerializer, PersonSerializer


class BehaviourSerializer(Body):
    """Assumptions about people; each one that is not sent is Steward's own and marked so."""

    raise_rate = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    limit_growth_rate = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    retirement_age = serializers.IntegerField(required=False)
    take_up_rate = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    take_up_weight = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    take_up_moves_balance = serializers.BooleanField(required=False)


class RunRequestSerializer(Body):
    menu = serializers.SlugField(help_text="Slug of the menu.")
    version = serializers.IntegerField(help_text="Number of the version; a draft may be run too.")
    snapshot = serializers.IntegerField(
        required=False, help_text="Id of the census; the latest one unless told."
    )
    market_edition = serializers.ChoiceField([*edition_names()], default=DEFAULT_EDITION)
    seed = serializers.IntegerField(default=DEFAULT_SEED, min_value=0, max_value=2**63 - 1)
    paths = serializers.IntegerField(default=DEFAULT_PATHS)
    behaviour = BehaviourSerializer(required=False)


class RunSerializer(serializers.ModelSerializer):
    menu = serializers.CharField(source="version.menu.slug")
    version = serializers.IntegerField(source="version.number")
    snapshot = serializers.PrimaryKeyRelatedField(read_only=True)
    requested_by = PersonSerializer()
    job = JobSerializer(allow_null=True)

    class Meta:
        model = ProjectionRun
        fields = [
            "number", "menu", "version", "snapshot", "status", "job", "paths", "seed", "market_edition",
            "engine_version", "input_hash", "result_hash", "seconds_of_work", "requested_by", "created_at",
            "finished_at",
        ]  # fmt: skip


class RunDetailSerializer(RunSerializer):
    behaviour = serializers.DictField()
    result = serializers.DictField(
        allow_null=True,
        help_text="Exactly what `result_hash` is the hash of (SHA-256 of its canonical JSON), so its figures are "
        "numbers. Modelled outcomes, not a forecast. Null until the run is done.",
    )

    class Meta(RunSerializer.Meta):
        fields = [
            *RunSerializer.Meta.fields, "market_hash", "menu_hash", "census_hash", "behaviour_hash", "behaviour",
            "result",
        ]  # fmt: skip
