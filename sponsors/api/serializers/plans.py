"""Employers, plans, and who acts for them."""

from rest_framework import serializers

from sponsors.api.serializers import Body
from sponsors.enums import Role
from sponsors.models import Membership, Plan, PlanSponsor
from sponsors.services.plans import PLAN_FACTS


class SponsorSerializer(serializers.ModelSerializer):
    class Meta:
        model = PlanSponsor
        fields = ["slug", "name", "is_demonstration", "created_at"]


class SponsorCreateSerializer(Body):
    name = serializers.CharField(max_length=200, allow_blank=True, help_text="As on Form 5500.")
    title = serializers.CharField(
        max_length=120, allow_blank=True, default="", help_text="Yours, such as CFO."
    )


class MatchTierSerializer(Body):
    """`rate` of what is deferred between the tier before and `up_to`, both fractions: 0.5 up to 0.06 of pay."""

    rate = serializers.DecimalField(max_digits=9, decimal_places=6)
    up_to = serializers.DecimalField(max_digits=9, decimal_places=6)


class PlanSerializer(serializers.ModelSerializer):
    sponsor = serializers.SlugRelatedField("slug", read_only=True)
    match_formula = MatchTierSerializer(many=True, read_only=True)

    class Meta:
        model = Plan
        fields = ["slug", "sponsor", *PLAN_FACTS, "created_at", "updated_at"]


class PlanDetailSerializer(PlanSerializer):
    permissions = serializers.SerializerMethodField()

    class Meta(PlanSerializer.Meta):
        fields = [*PlanSerializer.Meta.fields, "permissions"]

    def get_permissions(self, plan: Plan) -> list[str]:
        """What the caller may do for this plan."""
        return sorted(self.context["permissions"])


class PlanCreateSerializer(Body, serializers.ModelSerializer):
    match_formula = MatchTierSerializer(many=True, required=False)

    class Meta:
        model = Plan
        fields: tuple[str, ...] = PLAN_FACTS


class PlanEditSerializer(PlanCreateSerializer):
    """Only the facts that change; the entry in the ledger keeps each before and after."""

    name = serializers.CharField(max_length=200, required=False)
    reason = serializers.CharField(
        max_length=300, allow_blank=True, required=False, help_text="Kept in the record."
    )

    class Meta(PlanCreateSerializer.Meta):
        fields = (*PLAN_FACTS, "reason")


class MemberSerializer(serializers.ModelSerializer):
    person = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.full_name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ["id", "person", "name", "email", "role", "title", "created_at", "ended_at"]


class MemberAddedSerializer(MemberSerializer):
    """`invitation_link` lets a new person choose a password, once; empty where mail was sent, or nobody new came."""

    invitation_link = serializers.CharField()

    class Meta(MemberSerializer.Meta):
        fields = [*MemberSerializer.Meta.fields, "invitation_link"]


class MemberAddSerializer(Body):
    email = serializers.EmailField(max_length=254)
    full_name = serializers.CharField(
        max_length=150, allow_blank=True, default="", help_text="Needed for somebody without an account."
    )
    title = serializers.CharField(max_length=120, allow_blank=True, default="")
    role = serializers.ChoiceField(Role.choices)


class MemberQuerySerializer(Body):
    former = serializers.BooleanField(
        default=False, help_text="Those whose role has ended, instead of the present ones."
    )


class LogInSerializer(Body):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"}, write_only=True)


class TokenSerializer(serializers.Serializer):
    """Send it as `Authorization: Token <token>`. Keep it like a password."""

    token = serializers.CharField(source="key")
    person = serializers.CharField(source="user.full_name")
