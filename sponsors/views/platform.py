"""Pages of the platform administrator: all employers read-only, accounts, health."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from sponsors.access import platform_view
from sponsors.errors import Refusal
from sponsors.forms.platform import ReasonForm, UserSearchForm
from sponsors.forms.refusals import add_refusal
from sponsors.models import User
from sponsors.pages import page_of
from sponsors.platform import health, plans_by_sponsor, sponsors_listed, users_listed
from sponsors.services.users import user_close, user_reopen

PER_PAGE = 50


@platform_view
@require_safe
def platform_home(request: HttpRequest) -> HttpResponse:
    """Every employer with its plans and its latest signed decision."""
    page = page_of(request, sponsors_listed(), PER_PAGE)
    plans = plans_by_sponsor(page)
    rows = [(sponsor, plans.get(sponsor.pk, [])) for sponsor in page]
    return render(request, "sponsors/platform_home.html", {"page_obj": page, "rows": rows})


@platform_view
@require_safe
def platform_users(request: HttpRequest) -> HttpResponse:
    """Every account."""
    form = UserSearchForm(request.GET or None)
    text = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    page = page_of(request, users_listed(text), PER_PAGE)
    return render(request, "sponsors/platform_users.html", {"form": form, "page_obj": page})


@platform_view
def platform_user(request: HttpRequest, user: int) -> HttpResponse:
    """One account: its roles, and closing it or opening it again."""
    found = get_object_or_404(User, pk=user)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = user_close if found.is_active else user_reopen
        try:
            act(by=request.user, user=found, reason=form.cleaned_data["reason"])
            messages.success(
                request, f"The account of {found} is {'closed' if found.is_active else 'open again'}."
            )
            return redirect("sponsors:platform-users")
        except Refusal as refusal:
            add_refusal(form, refusal)
    memberships = found.memberships.select_related("sponsor").order_by("sponsor__name", "-created_at")
    context = {
        "person": found,
        "form": form,
        "memberships": memberships,
        "is_self": found.pk == request.user.pk,
    }
    return render(request, "sponsors/platform_user.html", context)


@platform_view
@require_safe
def platform_health(request: HttpRequest) -> HttpResponse:
    """Database, queue and ledger at a glance."""
    return render(request, "sponsors/platform_health.html", {"health": health()})
