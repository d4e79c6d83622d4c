"""Funds of the catalogue, each figure with what stands behind it, and the presets made of them."""

from typing import Any

from rest_framework import serializers

from menus.asset_classes import asset_classes
from menus.catalogue import Preset
from menus.enums import Vehicle
from menus.models import Fund
from sponsors.api.serializers import Body


class FundField(serializers.SlugRelatedField):
    """A fund of the catalogue, by its key."""

    def __init__(self, **options: Any) -> None:
        if not options.get("read_only"):
            options.setdefault("queryset", Fund.objects.all())
        words = {"does_not_exist": "The catalogue has no fund {value}. Search it at /api/v1/funds/?q="}
        super().__init__("key", error_messages=words, **options)


class FundQuerySerializer(Body):
    q = serializers.CharField(
        default="", allow_blank=True, help_text="Words of the name, ticker, family or kind."
    )
    asset_class = serializers.ChoiceField(
        [(one.key, one.label) for one in asset_classes().values()], required=False
    )
    vehicle = serializers.ChoiceField(Vehicle.choices, required=False)
    style = serializers.ChoiceField(["index", "active", "passive"], required=False)
    fee_below = serializers.DecimalField(
        max_digits=9,
        decimal_places=6,
        min_value=0,
        required=False,
        help_text="A fraction a year; 0.002 is 0.2%.",
    )


class FundSerializer(serializers.ModelSerializer):
    class Meta:
        model = Fund
        fields = [
            "key", "name", "family", "series", "vintage", "vehicle", "asset_class", "subclass", "style",
            "expense_ratio", "fee_state", "review_benchmark", "chart_benchmark", "inception_on", "is_placeholder",
            "is_digital_asset",
        ]  # fmt: skip


class FactSourceSerializer(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()
    publisher = serializers.CharField()
    url = serializers.CharField()
    published_on = serializers.CharField()
    accessed_on = serializers.CharField()
    locator = serializers.CharField()


class FactSerializer(serializers.Serializer):
    """One figure or text about a fund. `basis`: cited, house (Steward's own, see the note), unverified or not_found."""

    name = serializers.CharField()
    label = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField()
    basis = serializers.CharField()
    as_of = serializers.CharField()
    note = serializers.CharField()
    sources = FactSourceSerializer(many=True)


class FundDetailSerializer(FundSerializer):
    facts = serializers.SerializerMethodField()

    class Meta(FundSerializer.Meta):
        fields = [*FundSerializer.Meta.fields, "series_key", "catalogue_hash", "updated_at", "facts"]

    def get_facts(self, fund: Fund) -> FactSerializer(many=True):  # type: ignore[valid-type]
        return FactSerializer([{"name": name, **fact} for name, fact in fund.facts.items()], many=True).data


class PresetLineSerializer(serializers.Serializer):
    fund = serializers.CharField()
    is_qdia = serializers.BooleanField()
    is_core = serializers.BooleanField()


class PresetSerializer(serializers.Serializer):
    """A place to begin, not a recommendation."""

    key = serializers.CharField()
    label = serializers.CharField()
    description = serializers.CharField()
    choices = serializers.SerializerMethodField()
    lines = PresetLineSerializer(many=True)

    def get_choices(self, preset: Preset) -> int:
        """What a participant chooses among; a target-date series counts once."""
        return preset.choices
