"""The lab: terms to try, and what they would mean. Nothing of it is kept."""

from rest_framework import serializers

from menus.api.serializers.menus import SleeveTermsSerializer
from menus.markets import DEFAULT_EDITION, edition_names


class LabAskSerializer(SleeveTermsSerializer):
    """Terms of a sleeve to try, what is assumed of people, and the market edition. Who takes up a line puts
    `target_weight` there."""

    take_up_rate = serializers.DecimalField(
        max_digits=9,
        decimal_places=6,
        default="0.1",
        help_text="Share of people who take up a line; an assumption.",
    )
    market_edition = serializers.ChoiceField(
        [*edition_names()],
        default=DEFAULT_EDITION,
        error_messages={
            "invalid_choice": f"The lab has no market edition {{input}}; it has {', '.join(edition_names())}."
        },
    )


class LabAnswerSerializer(serializers.Serializer):
    """What an exposure run of these terms would say, on fewer paths. Modelled outcomes, not a forecast."""

    snapshot = serializers.IntegerField(source="snapshot.pk", help_text="Id of the plan's latest census.")
    paths = serializers.IntegerField()
    seed = serializers.IntegerField()
    milliseconds = serializers.IntegerField(help_text="How long the answer took.")
    result = serializers.DictField(
        help_text="As in a run: `cells`, `plan_years`, `ladder`, `stress`, `holders`, `risk`, `manifest`, `notes`. "
        "Groups under ten people are left out."
    )
