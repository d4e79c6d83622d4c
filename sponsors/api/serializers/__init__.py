"""What several parts of the API read and write: bodies of requests, people, work under way, refusals.

Serializers check shape (a date, a known choice); whether it makes sense is said by the service, in its own words.
"""

from typing import Any

from rest_framework import serializers


class Body(serializers.Serializer):
    """What a caller sends. A field that is not known here is refused: a typing error must not pass in silence."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if hasattr(data, "keys") else []
        if unknown:
            words = f"There is no such field here. There are: {', '.join(self.fields)}."
            raise serializers.ValidationError({name: [words] for name in unknown})
        return super().to_internal_value(data)


class ProblemSerializer(serializers.Serializer):
    """Why something was not done. Nothing was changed."""

    detail = serializers.CharField(
        help_text="What happened, why, and what to do next; the same words as on the pages."
    )
    code = serializers.CharField(help_text="The same reason for programs.")
    field = serializers.CharField(allow_null=True, help_text="The field at fault, if it is one.")
    errors = serializers.DictField(
        required=False,
        help_text="Messages by field, when what was sent is not of the right shape (code `invalid`).",
    )


class PersonSerializer(serializers.Serializer):
    """Somebody who did something."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="__str__")


class JobSerializer(serializers.Serializer):
    """Work for the background worker, as far as it has come."""

    state = serializers.CharField(help_text="new, running, done, failed or cancelled.")
    done = serializers.IntegerField(source="progress_done")
    total = serializers.IntegerField(source="progress_total")
    note = serializers.CharField(source="progress_note")
    error = serializers.CharField(help_text="What went wrong, for a failed job.")


class ReasonSerializer(Body):
    reason = serializers.CharField(
        max_length=300, allow_blank=True, default="", help_text="Kept in the record."
    )
