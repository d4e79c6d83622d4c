"""Exposure runs: what was asked, how far it is, what came out. Modelled outcomes, not a forecast."""

from rest_framework import serializers

from menus.markets import DEFAULT_EDITION, HISTORY, edition_names
from menus.models import ProjectionRun
from menus.panel.history_markets import BUILT_IN
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
    payout_rate = serializers.DecimalField(
        max_digits=9, decimal_places=6, required=False, help_text="Yearly income per dollar at retirement."
    )


class RunStartSerializer(Body):
    menu = serializers.SlugField(help_text="Slug of the menu.")
    version = serializers.IntegerField(help_text="Number of the version; a draft may be run too.")
    snapshot = serializers.IntegerField(
        required=False, help_text="Id of the census; the latest one unless told."
    )
    market_edition = serializers.CharField(
        max_length=80,
        default=DEFAULT_EDITION,
        help_text=f"One of {', '.join(edition_names())}; or a record drawn in blocks of 12 months on average: "
        f"{', '.join(HISTORY + name for name in BUILT_IN)}, or history- and the name of an imported one; -block-6 at "
        "its end asks for blocks of 6.",
    )
    seed = serializers.IntegerField(default=DEFAULT_SEED, min_value=0, max_value=2**53)
    paths = serializers.IntegerField(default=DEFAULT_PATHS)
    behaviour = BehaviourSerializer(required=False)


class ReplaySerializer(serializers.Serializer):
    """What came of computing a run again: `identical` when inputs, stored figures and new figures all agree."""

    identical = serializers.BooleanField()
    same_inputs = serializers.BooleanField()
    recorded_hash = serializers.CharField()
    stored_hash = serializers.CharField()
    new_hash = serializers.CharField()
    seconds = serializers.FloatField()
    sentence = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


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
    replay_job = JobSerializer(allow_null=True)
    last_replay = ReplaySerializer(allow_null=True)
    result = serializers.DictField(
        allow_null=True,
        help_text="Exactly what `result_hash` is the hash of (SHA-256 of its canonical JSON), so its figures are "
        "numbers. Modelled outcomes, not a forecast. Null until the run is done.",
    )

    class Meta(RunSerializer.Meta):
        fields = [
            *RunSerializer.Meta.fields, "market_hash", "menu_hash", "census_hash", "behaviour_hash", "behaviour",
            "replay_job", "last_replay", "result",
        ]  # fmt: skip


class OutlookYearSerializer(serializers.Serializer):
    """One year of one person, without or with the sleeve, at percentiles of the paths. Modelled, so numbers."""

    arm = serializers.ChoiceField(["without", "with"])
    year = serializers.IntegerField()
    age = serializers.IntegerField()
    contributions_usd = serializers.FloatField()
    balance_p5_usd = serializers.FloatField()
    balance_p25_usd = serializers.FloatField()
    balance_p50_usd = serializers.FloatField()
    balance_p75_usd = serializers.FloatField()
    balance_p95_usd = serializers.FloatField()
    balance_p5_se_usd = serializers.FloatField(help_text="Sampling error.")
    balance_p50_se_usd = serializers.FloatField()
    balance_p95_se_usd = serializers.FloatField()
    digital_p5_usd = serializers.FloatField()
    digital_p50_usd = serializers.FloatField()
    digital_p95_usd = serializers.FloatField()
    share_p5 = serializers.FloatField()
    share_p50 = serializers.FloatField()
    share_p95 = serializers.FloatField()


class RunParticipantSerializer(serializers.Serializer):
    """What a run says of one person. `years` is null for somebody whom the run did not project."""

    run = serializers.IntegerField()
    pseudonym = serializers.CharField()
    years = OutlookYearSerializer(many=True, allow_null=True)
