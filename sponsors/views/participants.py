"""Single people, by pseudonym. Names and the employer's own ids are for the plan administrator alone."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sponsors.access import PlanRequest, plan_view
from sponsors.enums import EmploymentStatus
from sponsors.models import Participant
from sponsors.pages import page_of
from sponsors.permissions import Permission as P
from sponsors.selectors import age_on, latest_snapshot, participants_of, snapshot_arrays

PAGE = 50


@plan_view(P.CENSUS_VIEW)
def participant_list(request: PlanRequest) -> HttpResponse:
    """Everybody in the plan, with a search that never reaches what the reader may not see."""
    shows_names = P.PARTICIPANT_NAMES in request.permissions
    wanted, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    people = _filtered(participants_of(request.plan), wanted, status, shows_names=shows_names)
    page = page_of(request, people, PAGE)
    context = {
        "plan": request.plan,
        "snapshot": latest_snapshot(request.plan),
        "page": page,
        "people": [{"person": person, "age": _age(person)} for person in page],
        "shows_names": shows_names,
        "q": wanted,
        "chosen_status": status,
        "statuses": EmploymentStatus.choices,
        "may_import": P.CENSUS_IMPORT in request.permissions,
    }
    return render(request, "sponsors/participant_list.html", context)


def _filtered(
    people: QuerySet[Participant], wanted: str, status: str, *, shows_names: bool
) -> QuerySet[Participant]:
    if status in EmploymentStatus.values:
        people = people.filter(status=status)
    if not wanted:
        return people
    found = Q(pseudonym__icontains=wanted)
    if shows_names:
        found |= Q(surname__icontains=wanted) | Q(given_name__icontains=wanted) | Q(participant_id=wanted)
    return people.filter(found)


@plan_view(P.CENSUS_VIEW)
def participant_detail(request: PlanRequest, pseudonym: str) -> HttpResponse:
    """One person as the census states them, with what they hold."""
    person = get_object_or_404(participants_of(request.plan), pseudonym=pseudonym)
    context = {
        "plan": request.plan,
        "person": person,
        "age": _age(person),
        "holdings": _holdings(person),
        "shows_names": P.PARTICIPANT_NAMES in request.permissions,
    }
    return render(request, "sponsors/participant_detail.html", context)


def _age(person: Participant) -> int:
    return age_on(person.birth_date, person.snapshot.as_of)


def _holdings(person: Participant) -> list[dict[str, Any]]:
    """Fund keys with dollars, the largest first, from the snapshot that last described the person."""
    people = snapshot_arrays(person.snapshot)
    place = int(people.ids.searchsorted(person.participant_id))
    span = slice(int(people.holding_indptr[place]), int(people.holding_indptr[place + 1]))
    pairs = zip(people.holding_funds[span], people.holding_cents[span], strict=True)
    held = [{"fund_key": str(people.fund_keys[fund]), "dollars": cents / 100} for fund, cents in pairs]
    return sorted(held, key=lambda holding: -holding["dollars"])
