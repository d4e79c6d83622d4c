"""Menus, their versions with lines and sleeve, and what is said of them."""

from rest_framework import serializers

from menus.api.serializers.funds import FundField
from menus.catalogue import load_presets
from menus.enums import Rebalancing, SleeveKind
from menus.guardrails.findings import LegalStatus, Severity
from menus.models import Menu, MenuLine, MenuVersion, Sleeve, Waiver
from sponsors.api.serializers import Body, PersonSerializer
from sponsors.facts import Basis

WEIGHT = {
    "max_digits": 9,
    "decimal_places": 6,
}  # a fraction; finer than kept, so that the service can refuse it


class MenuSerializer(serializers.ModelSerializer):
    class Meta:
        model = Menu
        fields = ["slug", "name", "created_at"]


class MenuSummarySerializer(MenuSerializer):
    version_count = serializers.IntegerField()

    class Meta(MenuSerializer.Meta):
        fields = [*MenuSerializer.Meta.fields, "version_count"]


class MenuCreateSerializer(Body):
    name = serializers.CharField(max_length=120, default="Investment menu", allow_blank=True)


class LineSerializer(serializers.ModelSerializer):
    fund = serializers.CharField(source="fund.key")
    name = serializers.CharField(source="fund.name")

    class Meta:
        model = MenuLine
        fields = ["id", "position", "fund", "name", "is_qdia", "is_core", "value_statement"]


class LineAddSerializer(Body):
    fund = FundField()
    is_qdia = serializers.BooleanField(
        default=False, help_text="The default investment; see also `default/`."
    )
    is_core = serializers.BooleanField(default=False)
    value_statement = serializers.CharField(max_length=4000, allow_blank=True, default="")


class LineEditSerializer(Body):
    """What is not sent stays as it is."""

    is_qdia = serializers.BooleanField(required=False)
    is_core = serializers.BooleanField(required=False)
    value_statement = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    seen_edits = serializers.IntegerField(
        required=False,
        help_text="The version's `edit_count` that you worked from; refused when it has moved on.",
    )


class LineReplaceSerializer(Body):
    fund = FundField()


class WeightAtAgeSerializer(Body):
    age = serializers.IntegerField()
    weight = serializers.DecimalField(**WEIGHT)


class SleeveSerializer(serializers.ModelSerializer):
    fund = serializers.CharField(source="fund.key")
    weights_by_age = WeightAtAgeSerializer(many=True)

    class Meta:
        model = Sleeve
        fields = [
            "kind", "fund", "cap", "target_weight", "weights_by_age", "rebalancing", "band", "line_rebalancing",
            "new_money_block", "min_age", "max_age", "reason",
        ]  # fmt: skip


class SleeveTermsSerializer(Body):
    """Weights are fractions: 0.05 is 5%. A target-date sleeve needs `weights_by_age`; with both doors open
    `line_rebalancing` is the rule of the line and `rebalancing` that of the series."""

    kind = serializers.ChoiceField(SleeveKind.choices)
    fund = FundField(help_text="The crypto fund, by its key.")
    cap = serializers.DecimalField(**WEIGHT, help_text="The most of an account that digital assets may be.")
    target_weight = serializers.DecimalField(**WEIGHT, required=False, allow_null=True)
    weights_by_age = WeightAtAgeSerializer(many=True, required=False)
    rebalancing = serializers.ChoiceField(Rebalancing.choices)
    band = serializers.DecimalField(**WEIGHT, required=False, allow_null=True)
    line_rebalancing = serializers.ChoiceField(Rebalancing.choices, required=False, allow_null=True)
    new_money_block = serializers.BooleanField(default=True)
    min_age = serializers.IntegerField(
        required=False, allow_null=True, help_text="Youngest age at which the line is open."
    )
    max_age = serializers.IntegerField(
        required=False, allow_null=True, help_text="Oldest age at which the line is open."
    )


class SleeveSetSerializer(SleeveTermsSerializer):
    """Terms of a sleeve, and why. A target-date sleeve needs `weights_by_age`; with both doors open
    `line_rebalancing` is the rule of the line and `rebalancing` that of the series."""

    reason = serializers.CharField(max_length=4000, allow_blank=True, default="")
    seen_edits = serializers.IntegerField(
        required=False, help_text="The version's `edit_count` that you worked from."
    )


class VersionSerializer(serializers.ModelSerializer):
    menu = serializers.CharField(source="menu.slug")
    based_on = serializers.IntegerField(source="based_on.number", default=None, allow_null=True)
    created_by = PersonSerializer()
    proposed_by = PersonSerializer(allow_null=True)

    class Meta:
        model = MenuVersion
        fields = [
            "menu", "number", "status", "purpose", "is_as_found", "based_on", "content_hash", "edit_count",
            "created_by", "created_at", "proposed_by", "proposed_at", "closed_at", "retired_at",
        ]  # fmt: skip


class VersionSummarySerializer(VersionSerializer):
    line_count = serializers.IntegerField()

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "line_count"]


class VersionDetailSerializer(VersionSerializer):
    lines = LineSerializer(many=True)
    sleeve = SleeveSerializer(default=None, allow_null=True)

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "lines", "sleeve"]


class VersionStartSerializer(Body):
    """Empty, from a preset, or as a copy of another version of the menu (by its number)."""

    preset = serializers.ChoiceField([*load_presets()], required=False)
    copy_of = serializers.IntegerField(required=False, allow_null=True)
    purpose = serializers.CharField(
        max_length=300, allow_blank=True, default="", help_text="Why, in a sentence."
    )
    is_as_found = serializers.BooleanField(default=False, help_text="The menu in force when the plan joined.")


class FindingSerializer(serializers.Serializer):
    """What a guardrail says of the version, with the legal status of what it cites. A proposed rule binds nobody."""

    key = serializers.CharField(help_text="By which a waiver names it.")
    rule = serializers.CharField()
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    subject = serializers.CharField(
        allow_null=True, help_text="The fund at fault; null for the menu as a whole."
    )
    sentence = serializers.CharField()
    why = serializers.CharField()
    remedy = serializers.CharField()
    citation = serializers.CharField()
    legal_status = serializers.ChoiceField([status.value for status in LegalStatus])
    as_of = serializers.DateField(help_text="The day on which the legal status was checked.")
    basis = serializers.ChoiceField([basis.value for basis in Basis])
    sources = serializers.ListField(child=serializers.CharField())
    waivable = serializers.BooleanField()
    figures = serializers.DictField(help_text="The numbers of the sentence.")
    waived_until = serializers.DateField(allow_null=True)


class CoverageSerializer(serializers.Serializer):
    group = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField(), source="line_keys")
    is_reached_inside_mixed_funds = serializers.BooleanField()


class ExposureAtAgeSerializer(serializers.Serializer):
    """Share of a balance in digital assets through every door of the menu; fractions."""

    age = serializers.IntegerField()
    fund_weight = serializers.DecimalField(max_digits=None, decimal_places=None)
    line_target = serializers.DecimalField(max_digits=None, decimal_places=None)
    line_most = serializers.DecimalField(max_digits=None, decimal_places=None)
    at_target = serializers.DecimalField(max_digits=None, decimal_places=None)
    at_most = serializers.DecimalField(max_digits=None, decimal_places=None)


class CostSerializer(serializers.Serializer):
    """Average expense of the menu, a fraction a year, and in dollars for each $1,000; null when no fee is known."""

    rate = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    usd_per_1000 = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    weighted_by = serializers.CharField()
    lines_without_fee = serializers.IntegerField()


class TotalsSerializer(serializers.Serializer):
    """The figures beside the builder."""

    lines = serializers.IntegerField()
    choices = serializers.IntegerField()
    cost = CostSerializer()
    coverage = CoverageSerializer(many=True)
    exposure = ExposureAtAgeSerializer(many=True)
    most_exposed = ExposureAtAgeSerializer()
    has_digital_assets = serializers.BooleanField()


class CompareQuerySerializer(Body):
    since = serializers.IntegerField(help_text="Number of the version to compare from.")


class LineDifferenceSerializer(serializers.Serializer):
    """`status`: added, removed, changed or unchanged; `words` say what changed."""

    fund = serializers.CharField(source="fund.key")
    name = serializers.CharField(source="fund.name")
    status = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField())


class TermDifferenceSerializer(serializers.Serializer):
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    status = serializers.CharField()


class ComparisonSerializer(serializers.Serializer):
    """What it takes to go from version `since` to version `until`."""

    since = serializers.IntegerField(source="a.number")
    until = serializers.IntegerField(source="b.number")
    is_same = serializers.BooleanField()
    lines = LineDifferenceSerializer(many=True)
    sleeve = TermDifferenceSerializer(many=True)


class WaiverSerializer(serializers.ModelSerializer):
    requested_by = PersonSerializer()
    approved_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Waiver
        fields = [
            "id", "finding_key", "finding_sentence", "reason", "requested_by", "requested_at", "approved_by",
            "approved_at", "expires_on",
        ]  # fmt: skip


class WaiverAskSerializer(Body):
    finding_key = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=4000, allow_blank=True)
    expires_on = serializers.DateField(help_text="Twelve months at most.")
