"""Plans: the facts that the plan document states, checked for what cannot be."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from sponsors.enums import VestingKind
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.limits import limit_facts
from sponsors.models import Plan, PlanSponsor, User
from sponsors.services.addresses import free_slug
from sponsors.wording import percent, plain

PLAN_FACTS = (
    "name",
    "plan_number",
    "recordkeeper",
    "named_fiduciary",
    "payroll_frequency",
    "match_formula",
    "match_true_up",
    "auto_enrollment",
    "default_deferral_rate",
    "vesting_kind",
    "vesting_years",
    "claims_404c",
    "has_brokerage_window",
    "has_roth",
    "required_signatures",
    "sole_fiduciary",
)
MOST_MATCH_TIERS = 5
HIGHEST_MATCH_RATE = Decimal(5)


@transaction.atomic
def plan_create(*, by: User, sponsor: PlanSponsor, **facts: Any) -> Plan:
    """Put a plan on record. `facts`: any of PLAN_FACTS; `name` is needed. Refuses facts that cannot be."""
    plan = Plan(sponsor=sponsor, slug=free_slug(Plan, facts.get("name", "")))
    _set_facts(plan, facts)
    _check(plan)
    plan.save()
    record("plan.created", by=by, plan=plan, subject=plan, body=_facts(plan))
    return plan


@transaction.atomic
def plan_edit(*, by: User, plan: Plan, reason: str = "", **facts: Any) -> Plan:
    """Change facts of a plan; the entry keeps each changed fact before and after. No change, no entry."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("sponsor").get(pk=plan.pk)
    before = _facts(plan)
    _set_facts(plan, facts)
    _check(plan)
    after = _facts(plan)
    changed = {name: [before[name], after[name]] for name in PLAN_FACTS if before[name] != after[name]}
    if changed:
        plan.save()
        record("plan.edited", by=by, plan=plan, subject=plan, body={"changed": changed}, reason=reason)
    return plan


def match_tiers(tiers: Any) -> list[dict[str, str]]:
    """Match tiers as they are kept: `rate` of pay deferred between the tier before and `up_to`, both fractions.

    [{"rate": "1", "up_to": "0.03"}, {"rate": "0.5", "up_to": "0.05"}] is all of the first 3% and half of the next 2%.
    """
    if not isinstance(tiers, list) or len(tiers) > MOST_MATCH_TIERS:
        raise _match_refusal(f"The match formula has at most {MOST_MATCH_TIERS} tiers.")
    below = Decimal(0)
    kept = []
    for number, tier in enumerate(tiers, start=1):
        rate, up_to = _tier(tier, number)
        if not 0 < rate <= HIGHEST_MATCH_RATE:
            raise _match_refusal(
                f"Tier {number} matches {percent(rate)}; a match is above 0% and at most 500%."
            )
        if not below < up_to <= 1:
            raise _match_refusal(
                f"Tier {number} ends at {percent(up_to)} of pay; it must end above the tier before it, at 100% at most."
            )
        kept.append({"rate": plain(rate), "up_to": plain(up_to)})
        below = up_to
    return kept


def _tier(tier: Any, number: int) -> tuple[Decimal, Decimal]:
    try:
        rate, up_to = Decimal(str(tier["rate"])), Decimal(str(tier["up_to"]))
    except (KeyError, TypeError, InvalidOperation):
        raise _match_refusal(
            f"Tier {number} needs a match rate and the share of pay it goes up to."
        ) from None
    if not (rate.is_finite() and up_to.is_finite()):
        raise _match_refusal(f"Tier {number} needs two numbers.")
    return rate, up_to


def _match_refusal(what: str) -> Refusal:
    return Refusal(
        f"{what} Write it as the plan document does, such as 50% of the first 6% of pay.",
        field="match_formula",
    )


def _set_facts(plan: Plan, facts: dict[str, Any]) -> None:
    unknown = sorted(set(facts) - set(PLAN_FACTS))
    if unknown:
        raise TypeError(f"not facts of a plan: {', '.join(unknown)}")
    for name, value in facts.items():
        setattr(plan, name, match_tiers(value) if name == "match_formula" else value)


def _check(plan: Plan) -> None:
    """Refuse what is not of the right shape, then what contradicts itself."""
    try:
        plan.full_clean(exclude=["slug"], validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        name = getattr(plan._meta.get_field(field), "verbose_name", field)
        raise Refusal(f"{name[:1].upper()}{name[1:]}: {messages[0]}", field=field) from None
    _check_number(plan)
    _check_enrollment(plan)
    _check_vesting(plan)
    if plan.sole_fiduciary and plan.required_signatures != 1:
        raise Refusal(
            "A sole fiduciary decides alone, so the charter can ask for one signature only. Set the signatures to 1, "
            "or do not name a sole fiduciary.",
            field="required_signatures",
        )


def _check_number(plan: Plan) -> None:
    if not (plan.plan_number.isdigit() and len(plan.plan_number) == 3):
        raise Refusal("The plan number has three digits, as on Form 5500, such as 001.", field="plan_number")
    taken = Plan.objects.filter(sponsor=plan.sponsor, plan_number=plan.plan_number).exclude(pk=plan.pk)
    if taken.exists():
        raise Refusal(
            f"Another plan of {plan.sponsor} has the number {plan.plan_number}. Use the number of this plan's own "
            "Form 5500.",
            field="plan_number",
            code="plan_number_taken",
            conflict=True,
        )


def _check_enrollment(plan: Plan) -> None:
    if plan.auto_enrollment and not plan.default_deferral_rate:
        raise Refusal(
            "With automatic enrollment people start at a deferral rate. Write the rate that the plan document names.",
            field="default_deferral_rate",
        )


def _check_vesting(plan: Plan) -> None:
    if plan.vesting_kind == VestingKind.IMMEDIATE and plan.vesting_years:
        raise Refusal("Immediate vesting takes no years. Set the years to 0.", field="vesting_years")
    if plan.vesting_kind != VestingKind.IMMEDIATE and not plan.vesting_years:
        raise Refusal(
            "Cliff and graded vesting need the years of service to full vesting. Write them, such as 3 or 6.",
            field="vesting_years",
        )
    _check_vesting_is_lawful(plan)


def _check_vesting_is_lawful(plan: Plan) -> None:
    """A match may not be kept from people longer than IRC 411(a)(2)(B) allows."""
    if plan.vesting_kind == VestingKind.IMMEDIATE:
        return
    most = limit_facts()[f"vesting_{plan.vesting_kind}_years_max"].latest.value
    if plan.vesting_years > most:
        raise Refusal(
            f"By law {plan.vesting_kind} vesting is full after {most} years of service at the latest "
            "(IRC 411(a)(2)(B)). Write the years that the plan document names.",
            field="vesting_years",
        )


def _facts(plan: Plan) -> dict[str, Any]:
    """The plan's facts as an entry of the ledger keeps them."""
    return {name: _kept(getattr(plan, name)) for name in PLAN_FACTS}


def _kept(value: Any) -> Any:
    """0.5 and 0.50 are the same fact, written one way."""
    return plain(value) if isinstance(value, Decimal) else value
