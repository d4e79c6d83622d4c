from django import forms
from django.forms import fields_for_model

from sponsors.forms.fields import MatchFormulaField, PercentField
from sponsors.models import Plan
from sponsors.services.plans import PLAN_FACTS

FROM_MODEL = fields_for_model(
    Plan,
    fields=PLAN_FACTS,
    labels={
        "name": "Name of the plan",
        "match_true_up": "Makes up the match at year end (true-up)",
        "auto_enrollment": "Enrolls new employees automatically",
        "vesting_kind": "Vesting of employer money",
        "vesting_years": "Years to full vesting",
        "has_brokerage_window": "Offers a brokerage window",
        "required_signatures": "Signatures that a decision needs",
        "sole_fiduciary": "One person decides alone",
    },
    help_texts={
        "recordkeeper": "The company that keeps the participants' accounts.",
        "payroll_frequency": "Contributions buy funds on these days.",
        "match_true_up": "With it, the year counts as a whole. Without it each payroll is matched for itself, and who "
        "reaches the legal limit early gets no match for the rest of the year.",
        "has_roth": "People whose pay was above a legal limit the year before may make catch-up contributions in Roth "
        "only: without Roth deferrals they have none.",
        "vesting_kind": "When the employer's money becomes the participant's own. Graded vesting is read as equal "
        "steps, and over six years as 20% more each year from the second.",
        "claims_404c": "Whether the plan document claims ERISA section 404(c), which can relieve fiduciaries of losses "
        "from participants' own choices.",
        "has_brokerage_window": "People may buy through it what is not on the menu.",
        "required_signatures": "How many fiduciaries must sign before a decision takes effect, as the charter says.",
    },
)


class PlanForm(forms.Form):
    """Facts of a plan, in the order in which a plan document states them."""

    name = FROM_MODEL["name"]
    plan_number = FROM_MODEL["plan_number"]
    recordkeeper = FROM_MODEL["recordkeeper"]
    named_fiduciary = FROM_MODEL["named_fiduciary"]
    payroll_frequency = FROM_MODEL["payroll_frequency"]
    match_formula = MatchFormulaField(label="Employer match")
    match_true_up = FROM_MODEL["match_true_up"]
    auto_enrollment = FROM_MODEL["auto_enrollment"]
    default_deferral_rate = PercentField(
        label="Deferral rate to start with, in percent",
        required=False,
        min_value=0,
        max_value=100,
        help_text="Where automatic enrollment puts new people.",
    )
    has_roth = FROM_MODEL["has_roth"]
    vesting_kind = FROM_MODEL["vesting_kind"]
    vesting_years = FROM_MODEL["vesting_years"]
    claims_404c = FROM_MODEL["claims_404c"]
    has_brokerage_window = FROM_MODEL["has_brokerage_window"]
    required_signatures = FROM_MODEL["required_signatures"]
    sole_fiduciary = FROM_MODEL["sole_fiduciary"]


class PlanEditForm(PlanForm):
    reason = forms.CharField(
        label="Why it changes",
        required=False,
        max_length=300,
        help_text="Kept in the record, such as: amendment of January 1, 2026.",
    )


class EmployerForm(forms.Form):
    """The least that is needed to begin: the employer, its plan, and the role of who does this."""

    sponsor_name = forms.CharField(label="Name of the employer", max_length=200, help_text="As on Form 5500.")
    title = forms.CharField(
        label="Your title",
        required=False,
        max_length=120,
        help_text="As it should stand on documents, such as CFO. You become the plan administrator.",
    )
    name = forms.CharField(label="Name of the plan", max_length=200, help_text="As in the plan document.")
    plan_number = FROM_MODEL["plan_number"]
    recordkeeper = FROM_MODEL["recordkeeper"]
    match_formula = MatchFormulaField(label="Employer match")
