"""What this app says on the front page of a plan: its facts and its people."""

from django.urls import reverse

from sponsors import today
from sponsors.models import Plan, User
from sponsors.permissions import Permission as P
from sponsors.selectors import latest_snapshot
from sponsors.wording import long_day


def plan_section(plan: Plan, permissions: frozenset[P], reader: User) -> today.Section:
    missing = [words for words, value in _needed_facts(plan) if not value]
    return today.Section(
        title="Plan",
        step="Check the plan facts",
        sentence=f"Still to be stated: {', '.join(missing)}."
        if missing
        else "The facts of the plan are stated.",
        state="todo" if missing else "done",
        url=reverse(
            "sponsors:plan-edit" if missing and P.PLAN_EDIT in permissions else "sponsors:plan-detail",
            kwargs={"plan": plan.slug},
        ),
    )


def _needed_facts(plan: Plan) -> list[tuple[str, str]]:
    return [("the recordkeeper", plan.recordkeeper), ("the named fiduciary", plan.named_fiduciary)]


def census_section(plan: Plan, permissions: frozenset[P], reader: User) -> today.Section | None:
    if P.CENSUS_VIEW not in permissions:
        return None
    snapshot = latest_snapshot(plan)
    start = "sponsors:census-upload" if P.CENSUS_IMPORT in permissions else "sponsors:census-detail"
    if snapshot is None:
        return today.Section(
            title="People",
            step="Bring in the census",
            sentence="No census yet: the people of the plan and their balances, from the recordkeeper's export.",
            url=reverse(start, kwargs={"plan": plan.slug}),
        )
    return today.Section(
        title="People",
        step="Bring in the census",
        sentence=f"People in the census of {long_day(snapshot.as_of)}.",
        figure=f"{snapshot.participant_count:,}",
        note="Synthetic: made-up people." if snapshot.is_synthetic else "",
        state="done",
        url=reverse("sponsors:census-detail", kwargs={"plan": plan.slug}),
    )
