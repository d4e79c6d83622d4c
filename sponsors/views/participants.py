"""Single people, by pseudonym. Names and the employer's own ids are for the plan administrator alone."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sponsors.access import PlanRequest, plan_view
from sponsors.dates import completed_years
from sponsors.enums import EmploymentStatus
from sponsors.models import Participant
from sponsors.pages import page_of
from sponsors.permissions import Permission as P
from sponsors.selectors import holdings_of, latest_snapshot, participants_of, people_matching

PAGE = 50


@plan_view(P.CENSUS_VIEW)
def participant_list(request: PlanRequest) -> HttpResponse:
    """Everybody in the plan, with a search that never reaches what the reader may not see."""
    shows_names = P.PARTICIPANT_NAMES in request.permissions
    wanted, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    people = people_matching(participants_of(request.plan), wanted, status, shows_names=shows_names)
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


@plan_view(P.CENSUS_VIEW)
def participant_detail(request: PlanRequest, pseudonym: str) -> HttpResponse:
    """One person as the census states them, with what they hold."""
    person = get_object_or_404(participants_of(request.plan), pseudonym=pseudonym)
    context = {
        "plan": request.plan,
        "person": person,
        "age": _age(person),
        "holdings": holdings_of(person),
        "shows_names": P.PARTICIPANT_NAMES in request.permissions,
    }
    return render(request, "sponsors/participant_detail.html", context)


def _age(person: Participant) -> int:
    return completed_years(person.birth_date, person.snapshot.as_of)
