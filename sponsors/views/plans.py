"""The plan: its front page, its facts, and how an employer begins."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sponsors import today
from sponsors.access import PlanRequest, account_view, plan_view
from sponsors.errors import Refusal
from sponsors.forms.plans import EmployerForm, PlanEditForm, PlanForm
from sponsors.forms.refusals import add_refusal
from sponsors.limits import limit_facts
from sponsors.match_formula import match_words
from sponsors.models import Plan
from sponsors.permissions import Permission as P
from sponsors.services.plans import PLAN_FACTS, plan_create, plan_edit
from sponsors.services.sponsors import sponsor_create
from sponsors.templatetags.steward import money
from sponsors.vesting import vesting_words
from sponsors.wording import percent


@account_view
def sponsor_start(request: HttpRequest) -> HttpResponse:
    """An employer and its first plan, in one form and one transaction."""
    form = EmployerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        plan = _employer_begin(request, form)
        if plan:
            messages.success(request, f"{plan} is set up, and you are its plan administrator.")
            return redirect(plan)
    return render(request, "sponsors/sponsor_create.html", {"form": form})


def _employer_begin(request: HttpRequest, form: EmployerForm) -> Plan | None:
    """The plan, or None with the refusal on the form."""
    facts = dict(form.cleaned_data)
    name, title = facts.pop("sponsor_name"), facts.pop("title")
    try:
        with transaction.atomic():
            sponsor = sponsor_create(by=request.user, name=name, title=title)
            return plan_create(by=request.user, sponsor=sponsor, **facts)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


@plan_view(P.PLAN_VIEW)
def plan_today(request: PlanRequest) -> HttpResponse:
    """What is in force, what waits, and what to do next."""
    sections = today.sections(request.plan, request.permissions, request.user)
    context = {"plan": request.plan, "sections": sections, "steps": today.first_steps(sections)}
    return render(request, "sponsors/plan_today.html", context)


@plan_view(P.PLAN_VIEW)
def plan_detail(request: PlanRequest) -> HttpResponse:
    """The facts of the plan, as its document states them."""
    context = {
        "plan": request.plan,
        "rows": plan_rows(request.plan),
        "charter": charter_rows(request.plan),
        "may_edit": P.PLAN_EDIT in request.permissions,
    }
    return render(request, "sponsors/plan_detail.html", context)


@plan_view(P.PLAN_EDIT)
def plan_change(request: PlanRequest) -> HttpResponse:
    """Change facts of the plan."""
    form = PlanEditForm(
        request.POST or None, initial={name: getattr(request.plan, name) for name in PLAN_FACTS}
    )
    if request.method == "POST" and form.is_valid():
        try:
            plan = plan_edit(by=request.user, plan=request.plan, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "The plan facts are saved.")
            return redirect("sponsors:plan-detail", plan=plan.slug)
    return render(request, "sponsors/plan_edit.html", {"plan": request.plan, "form": form})


@plan_view(P.PLAN_EDIT)
def plan_another(request: PlanRequest) -> HttpResponse:
    """Another plan of the same employer."""
    form = PlanForm(
        request.POST or None,
        initial={"plan_number": "", "required_signatures": 2, "has_roth": True, "match_true_up": True},
    )
    if request.method == "POST" and form.is_valid():
        try:
            plan = plan_create(by=request.user, sponsor=request.plan.sponsor, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"{plan} is set up.")
            return redirect(plan)
    return render(request, "sponsors/plan_edit.html", {"plan": request.plan, "form": form, "is_new": True})


def plan_rows(plan: Plan) -> list[dict[str, Any]]:
    """Facts of the plan for `_components/summary_list.html`."""
    return [
        {"key": "Employer", "value": plan.sponsor.name},
        {"key": "Plan number", "value": plan.plan_number, "note": "As on Form 5500."},
        {"key": "Recordkeeper", "value": plan.recordkeeper or "Not stated yet"},
        {"key": "Payroll", "value": plan.get_payroll_frequency_display()},
        {"key": "Employer match", "value": match_words(plan.match_formula), "note": _true_up(plan)},
        {"key": "Automatic enrollment", "value": _enrollment(plan)},
        {
            "key": "Roth deferrals",
            "value": "Accepted" if plan.has_roth else "Not accepted",
            "note": _without_roth(plan),
        },
        {
            "key": "Vesting of employer money",
            "value": vesting_words(plan.vesting_kind, plan.vesting_years),
            "note": plan.get_vesting_kind_display() if plan.vesting_years else "",
        },
        {"key": "ERISA section 404(c)", "value": _claim_404c(plan)},
        {"key": "Brokerage window", "value": "Offered" if plan.has_brokerage_window else "Not offered"},
    ]


def charter_rows(plan: Plan) -> list[dict[str, Any]]:
    """How the plan decides."""
    alone = "One person decides alone" if plan.sole_fiduciary else "A committee decides"
    return [
        {"key": "Named fiduciary", "value": plan.named_fiduciary or "Not stated yet"},
        {"key": "Who decides", "value": alone},
        {"key": "Signatures that a decision needs", "value": plan.required_signatures},
    ]


def _enrollment(plan: Plan) -> str:
    if not plan.auto_enrollment or plan.default_deferral_rate is None:
        return "No"
    return f"Yes, at {percent(plan.default_deferral_rate)} of pay"


def _true_up(plan: Plan) -> str:
    if not plan.match_formula:
        return ""
    if plan.match_true_up:
        return "Worked out over the year: what a payroll missed is made up at year end."
    return "Worked out payroll by payroll: what a payroll missed is not made up."


def _without_roth(plan: Plan) -> str:
    if plan.has_roth:
        return ""
    limit = limit_facts()["roth_catch_up_wage_limit"].latest
    return (
        f"So people paid more than {money(limit.value)} the year before have no catch-up contributions "
        f"(limit of {limit.since.year}, IRC 414(v)(7))."
    )


def _claim_404c(plan: Plan) -> str:
    return "The plan intends to comply" if plan.claims_404c else "The plan does not rely on it"
