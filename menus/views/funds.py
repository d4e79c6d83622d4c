"""The fund catalogue: shared by all sponsors, read with any account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from menus.asset_classes import asset_class_label
from menus.enums import Vehicle
from menus.forms.funds import FundFilterForm
from menus.models import Fund
from menus.selectors import comparators_of, funds_matching, lines_with
from sponsors.access import account_view, membership_of, permissions_of, plans_for
from sponsors.dates import completed_years
from sponsors.models import Plan
from sponsors.permissions import Permission


@account_view
def fund_list(request: HttpRequest) -> HttpResponse:
    """Search and filter the catalogue."""
    plan = plan_in_view(request)
    form = FundFilterForm(request.GET or None)
    funds = funds_matching(form.wanted()).defer("facts") if form.is_bound else Fund.objects.defer("facts")
    template = "menus/_fund_table.html" if request.htmx else "menus/fund_list.html"
    context = {"form": form, "funds": list(funds), "total": Fund.objects.count(), "plan_in_view": plan}
    return render(request, template, context)


@account_view
def fund_detail(request: HttpRequest, fund: str) -> HttpResponse:
    """Everything known of a fund, each figure with what stands behind it."""
    found = get_object_or_404(Fund, key__iexact=fund)
    plan, first = plan_in_view(request), found.inception_on
    context = {
        "fund": found,
        "facts": [_shown(name, fact) for name, fact in found.facts.items()],
        "comparators": comparators_of(found),
        "record_years": completed_years(first, timezone.localdate()) if first else None,
        "plan_in_view": plan,
        "lines": lines_with(found, plan) if plan else [],
    }
    return render(request, "menus/fund_detail.html", context)


def _shown(name: str, fact: dict[str, Any]) -> dict[str, Any]:
    """A fact with its codes in words."""
    words = {"vehicle": lambda value: Vehicle(value).label, "asset_class": asset_class_label}
    return {**fact, "name": name, "value": words[name](fact["value"]) if name in words else fact["value"]}


def plan_in_view(request: HttpRequest) -> Plan | None:
    """The plan that the reader is at work on: named in the address, else their only one. It fills the rail."""
    plans = plans_for(request.user)
    asked = request.GET.get("plan")
    found = list(plans.filter(slug=asked) if asked else plans[:2])
    if len(found) != 1 or Permission.MENU_VIEW not in permissions_of(request.user, found[0].sponsor):
        return None
    request.plan = found[0]
    request.membership = membership_of(request.user, found[0].sponsor)
    request.permissions = permissions_of(request.user, found[0].sponsor)
    return request.plan
