"""Checklist editions and the regulatory timeline; each citation with its legal status and date."""

from rest_framework import serializers

from fiduciary.checklists import AnswerKind, Computable, Force
from fiduciary.checklists import LegalStatus as InstrumentStatus
from fiduciary.enums import Subject
from sponsors.facts import Basis, ReadAs

INSTRUMENT_STATUS = [(status.value, status.label) for status in InstrumentStatus]


class SourceSerializer(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()
    publisher = serializers.CharField()
    url = serializers.CharField()
    locator = serializers.CharField()


class ChecklistItemSerializer(serializers.Serializer):
    """One question. `force` says whether it is law, a proposed rule (not in effect), guidance or good practice."""

    id = serializers.CharField()
    section = serializers.CharField()
    factor = serializers.CharField()
    question = serializers.CharField()
    why_it_matters = serializers.CharField()
    evidence = serializers.CharField(help_text="What would support an answer.")
    answer_kind = serializers.ChoiceField([kind.value for kind in AnswerKind])
    citation = serializers.CharField()
    force = serializers.ChoiceField([force.value for force in Force])
    status = serializers.ChoiceField(INSTRUMENT_STATUS)
    as_of = serializers.CharField(help_text="When that status was checked.")
    basis = serializers.ChoiceField([basis.value for basis in Basis])
    applies = serializers.ListField(child=serializers.ChoiceField(Subject.choices))
    computable = serializers.ChoiceField([computable.value for computable in Computable])
    sources = SourceSerializer(many=True)


class ChecklistSerializer(serializers.Serializer):
    checklist = serializers.CharField()
    edition = serializers.CharField()
    title = serializers.CharField()
    in_force_from = serializers.DateField()
    as_of = serializers.DateField()
    notice = serializers.CharField()
    edition_hash = serializers.CharField()


class ChecklistDetailSerializer(ChecklistSerializer):
    items = ChecklistItemSerializer(many=True)


class TimelineEntrySerializer(serializers.Serializer):
    """One instrument of law: when, by whom, where it stood on `as_of`, and what would change that."""

    key = serializers.CharField()
    date = serializers.CharField(help_text="May be only a year or a month.")
    body = serializers.CharField()
    instrument = serializers.CharField()
    status = serializers.ChoiceField(INSTRUMENT_STATUS)
    status_line = serializers.CharField()
    effect = serializers.CharField()
    would_change = serializers.CharField()
    as_of = serializers.CharField()
    read = serializers.ChoiceField(
        [read.value for read in ReadAs], help_text="How closely the source was read."
    )
    on_status_board = serializers.BooleanField()
    sources = SourceSerializer(many=True)
