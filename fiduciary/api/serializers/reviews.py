"""Reviews: what they ask, what was answered, with what evidence, and who declared an interest."""

from rest_framework import serializers

from fiduciary.api.serializers.law import ChecklistItemSerializer
from fiduciary.enums import Answer, EvidenceKind, Subject
from fiduciary.models import ConflictDeclaration, Evidence, PrudenceReview, ReviewResponse
from menus.api.serializers.funds import FundField
from sponsors.api.serializers import Body, PersonSerializer


class ReviewDatesSerializer(Body):
    effective_on = serializers.DateField(
        required=False, allow_null=True, help_text="When the change would take effect."
    )
    notice_sent_on = serializers.DateField(
        required=False, allow_null=True, help_text="When participants are told."
    )
    next_review_on = serializers.DateField(required=False, allow_null=True)


class ReviewOpenSerializer(ReviewDatesSerializer):
    menu = serializers.SlugField()
    version = serializers.IntegerField(help_text="Number of the proposed version.")
    purpose = serializers.CharField(
        allow_blank=True,
        help_text="Why the committee looks at this for the participants' benefit, in a sentence.",
    )
    run = serializers.IntegerField(
        required=False, allow_null=True, help_text="Number of a finished run of it."
    )
    subject_fund = FundField(
        required=False, allow_null=True, help_text="The fund in question, if not the obvious one."
    )


class ReviewRefreshSerializer(ReviewDatesSerializer):
    """What is not sent stays as it is."""

    run = serializers.IntegerField(required=False, allow_null=True)


class ReviewSerializer(serializers.ModelSerializer):
    menu = serializers.CharField(source="version.menu.slug")
    version = serializers.IntegerField(source="version.number")
    run = serializers.IntegerField(source="run.number", default=None, allow_null=True)
    subjects = serializers.ListField(child=serializers.ChoiceField(Subject.choices))
    opened_by = PersonSerializer()

    class Meta:
        model = PrudenceReview
        fields = [
            "number", "menu", "version", "status", "subjects", "purpose", "checklist", "checklist_edition",
            "checklist_hash", "run", "effective_on", "notice_sent_on", "next_review_on", "opened_by", "opened_at",
            "closed_at",
        ]  # fmt: skip


class AnswerSerializer(serializers.ModelSerializer):
    item = serializers.CharField(source="item_id")
    answered_by = PersonSerializer()

    class Meta:
        model = ReviewResponse
        fields = ["id", "item", "answer", "note", "is_current", "answered_by", "answered_at"]


class AnswerGiveSerializer(Body):
    item = serializers.CharField(max_length=10)
    answer = serializers.ChoiceField(Answer.choices)
    note = serializers.CharField(
        allow_blank=True, default="", help_text="Why; needed for every answer but `met`."
    )


class AnswerQuerySerializer(Body):
    item = serializers.CharField(required=False, help_text="Only answers to this item.")
    former = serializers.BooleanField(default=False, help_text="Superseded answers too.")


class FigureSerializer(serializers.Serializer):
    """What Steward computed for an item: a fact with where it comes from, never the judgement."""

    statement = serializers.CharField()
    provenance = serializers.CharField()
    headers = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class ItemStateSerializer(serializers.Serializer):
    """`state`: the answer, or `unanswered`."""

    item = ChecklistItemSerializer()
    figure = FigureSerializer(allow_null=True)
    state = serializers.CharField()
    answer = AnswerSerializer(source="response", allow_null=True)
    evidence_count = serializers.IntegerField()


class SectionStateSerializer(serializers.Serializer):
    title = serializers.CharField()
    answered = serializers.IntegerField()
    items = ItemStateSerializer(many=True)


class ReviewDetailSerializer(ReviewSerializer):
    """`counts`: items asked, and how many stand in each state; never a score."""

    subject_reasons = serializers.ListField(child=serializers.CharField())
    counts = serializers.DictField(child=serializers.IntegerField())
    sections = SectionStateSerializer(many=True)

    class Meta(ReviewSerializer.Meta):
        fields = [*ReviewSerializer.Meta.fields, "subject_reasons", "counts", "sections"]


class EvidenceSerializer(serializers.ModelSerializer):
    item = serializers.CharField(source="item_id")
    added_by = PersonSerializer()

    class Meta:
        model = Evidence
        fields = [
            "id", "item", "kind", "title", "text", "url", "file_name", "content_type", "size", "sha256", "added_by",
            "added_at",
        ]  # fmt: skip


class EvidenceAddSerializer(Body):
    """A text, a link, or a file (send multipart/form-data for a file)."""

    item = serializers.CharField(max_length=10)
    kind = serializers.ChoiceField(EvidenceKind.choices)
    title = serializers.CharField(max_length=200, allow_blank=True)
    text = serializers.CharField(allow_blank=True, default="")
    url = serializers.CharField(max_length=500, allow_blank=True, default="")
    file = serializers.FileField(required=False, allow_empty_file=True)


class EvidenceQuerySerializer(Body):
    item = serializers.CharField(required=False, help_text="Only evidence of this item.")


class DeclarationSerializer(serializers.ModelSerializer):
    person = PersonSerializer()

    class Meta:
        model = ConflictDeclaration
        fields = ["person", "has_conflict", "statement", "is_recused", "declared_at"]


class DeclareSerializer(Body):
    has_conflict = serializers.BooleanField(help_text="Do you have an interest in the outcome?")
    statement = serializers.CharField(allow_blank=True, default="")
    is_recused = serializers.BooleanField(default=False, help_text="You step aside from this decision.")
