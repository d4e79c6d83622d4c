"""Where a person lands after logging in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sponsors.access import account_view, plans_for


@account_view
def home(request: HttpRequest) -> HttpResponse:
    """The plan, when there is one; else the list of plans, or how to begin."""
    plans = list(plans_for(request.user))
    if len(plans) == 1:
        return redirect("sponsors:plan-today", plan=plans[0].slug)
    return render(request, "sponsors/home.html", {"plans": plans})
