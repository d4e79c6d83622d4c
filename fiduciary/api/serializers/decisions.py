"""Decisions with their signatures, and the documents they lead to."""

from rest_framework import serializers

from fiduciary.enums import DecisionStatus, Outcome
from fiduciary.models import Decision, Document, Signature
from sponsors.api.serializers import Body, JobSerializer, PersonSerializer


class DecisionDraftSerializer(Body):
    review = serializers.IntegerField(help_text="Number of the review.")
    outcome = serializers.ChoiceField(Outcome.choices)
    reasons = serializers.CharField(allow_blank=True)
    conditions = serializers.CharField(allow_blank=True, default="")
    dissent = serializers.CharField(allow_blank=True, default="")


class DecisionSerializer(serializers.ModelSerializer):
    sponsor = serializers.CharField(source="sponsor.slug")
    plan = serializers.CharField(source="plan.slug")
    menu = serializers.CharField(source="version.menu.slug")
    version = serializers.IntegerField(source="version.number")
    review = serializers.IntegerField(source="review.number")
    drafted_by = PersonSerializer()

    class Meta:
        model = Decision
        fields = [
            "sponsor", "plan", "number", "menu", "version", "review", "outcome", "status", "required_signatures",
            "sole_fiduciary", "content_hash", "record_hash", "drafted_by", "drafted_at", "signed_at",
        ]  # fmt: skip


class SignatureSerializer(serializers.ModelSerializer):
    person = serializers.IntegerField(source="person_id")

    class Meta:
        model = Signature
        fields = ["person", "name", "role", "title", "content_hash", "signed_at"]


class DecisionDetailSerializer(DecisionSerializer):
    signatures = SignatureSerializer(many=True)
    documents = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta(DecisionSerializer.Meta):
        fields = [
            *DecisionSerializer.Meta.fields, "reasons", "conditions", "dissent", "signatures", "documents",
        ]  # fmt: skip


class DecisionSignSerializer(Body):
    password = serializers.CharField(
        trim_whitespace=False, allow_blank=True, write_only=True, style={"input_type": "password"}
    )


class DecisionWithdrawSerializer(Body):
    reason = serializers.CharField(allow_blank=True)


class DocumentSerializer(serializers.ModelSerializer):
    """A finished PDF and its hash. `sha256` is empty until the worker has made it."""

    decision = serializers.IntegerField(source="decision.number")
    job = JobSerializer(allow_null=True)

    class Meta:
        model = Document
        fields = [
            "id", "decision", "kind", "title", "sha256", "record_hash", "materials_sha256", "size", "page_count", "job",
            "created_at", "finished_at",
        ]  # fmt: skip


class DecisionQuerySerializer(Body):
    """What the auditor looks for. Person, act and days must hold for one and the same act on the decision."""

    sponsor = serializers.SlugField(required=False)
    plan = serializers.SlugField(required=False)
    person = serializers.IntegerField(required=False, help_text="Id of the person who acted.")
    action = serializers.CharField(required=False, help_text="Such as decision.signature_given.")
    outcome = serializers.ChoiceField(Outcome.choices, required=False)
    status = serializers.ChoiceField(DecisionStatus.choices, required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
