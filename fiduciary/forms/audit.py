"""Filters of the auditor's desk. Nothing is required; what cannot be read is said at its field and filters nothing."""

from typing import Any

from django import forms

from fiduciary.acts import DECISION_ACTS, act_of
from fiduciary.audit import ActFilter, DecisionFilter, actions_in, actors_in, acts_of, plans_audited
from fiduciary.enums import DecisionStatus, Outcome
from fiduciary.forms.reviews import date_field
from sponsors.ledger.models import LedgerEvent
from sponsors.models import Plan, User

ANY = ("", "Any")


class FilterForm(forms.Form):
    """A form that is read, not sent: it answers with what could be understood."""

    def wanted(self) -> dict[str, Any]:
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DecisionFilterForm(FilterForm):
    """Decisions of all sponsors that the person may audit."""

    sponsor = forms.ChoiceField(label="Employer", required=False)
    plan = forms.ChoiceField(required=False)
    person = forms.ChoiceField(label="Person who acted", required=False)
    action = forms.ChoiceField(
        label="Kind of act",
        required=False,
        choices=[ANY, *((name, act_of(name).label) for name in DECISION_ACTS)],
    )
    outcome = forms.ChoiceField(required=False, choices=[ANY, *Outcome.choices])
    status = forms.ChoiceField(label="State", required=False, choices=[ANY, *DecisionStatus.choices])
    since = date_field("From")
    until = date_field("To")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = list(plans_audited(user))
        sponsors = {plan.sponsor.slug: plan.sponsor.name for plan in plans}
        acts = LedgerEvent.objects.filter(action__in=DECISION_ACTS, plan_id__in=[plan.pk for plan in plans])
        self.fields["sponsor"].choices = [ANY, *sponsors.items()]
        self.fields["plan"].choices = [ANY, *((plan.slug, f"{plan.name} ({plan.sponsor})") for plan in plans)]
        self.fields["person"].choices = [ANY, *actors_in(acts)]
        self.plans = plans

    def filter(self) -> DecisionFilter:
        return DecisionFilter(**self.wanted())


class ActFilterForm(FilterForm):
    """Acts of one plan."""

    person = forms.ChoiceField(label="Person who acted", required=False)
    action = forms.ChoiceField(label="Kind of act", required=False)
    since = date_field("From")
    until = date_field("To")
    only_late = forms.BooleanField(label="Only late entries", required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = acts_of(plan)
        self.fields["person"].choices = [ANY, *actors_in(acts)]
        self.fields["action"].choices = [ANY, *actions_in(acts)]

    def filter(self) -> ActFilter:
        return ActFilter(**self.wanted())
