"""The ledger as auditors read it: entries in words and with their hashes, and what a check of them found."""

from rest_framework import serializers

from fiduciary.acts import act_of, sentence_of
from sponsors.api.serializers import Body
from sponsors.ledger.models import LedgerEvent


class EventQuerySerializer(Body):
    person = serializers.IntegerField(required=False, help_text="Id of the person who acted.")
    action = serializers.CharField(required=False, help_text="Such as menu_version.proposed.")
    since = serializers.DateField(required=False, help_text="First day of the act.")
    until = serializers.DateField(required=False, help_text="Last day of the act.")
    only_late = serializers.BooleanField(
        default=False, help_text="Only what was recorded after the day of the act."
    )


class EventSerializer(serializers.ModelSerializer):
    kind = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField()
    body = serializers.DictField()

    class Meta:
        model = LedgerEvent
        fields = [
            "id", "book", "position", "action", "kind", "sentence", "actor_id", "actor_label", "subject_type",
            "subject_id", "subject_label", "occurred_on", "recorded_at", "reason", "body", "body_hash", "leaf_hash",
            "chain_hash",
        ]  # fmt: skip

    def get_kind(self, event: LedgerEvent) -> str:
        """The kind of act, in words."""
        return act_of(event.action).label

    def get_sentence(self, event: LedgerEvent) -> str:
        """What the entry says."""
        return sentence_of(event)


class BookSerializer(serializers.Serializer):
    """What a check of the sponsor's book found; `problems` name the first entries at fault."""

    book = serializers.CharField()
    length = serializers.IntegerField()
    head_hash = serializers.CharField()
    verified = serializers.BooleanField()
    problems = serializers.ListField(child=serializers.CharField())


class CheckSerializer(serializers.Serializer):
    """One thing that is written down twice, and whether both agree. `words` state the agreement."""

    name = serializers.CharField()
    agrees = serializers.BooleanField()
    words = serializers.CharField()
