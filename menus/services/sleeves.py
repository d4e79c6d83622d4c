"""The sleeve of a draft: a crypto line with a cap, a weight by age inside the target-date series, or both doors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.db import transaction

from menus.enums import Rebalancing, SleeveKind
from menus.guardrails.menu_facts import AgeWeight
from menus.guardrails.totals import weight_at
from menus.models import Fund, MenuLine, MenuVersion, Sleeve
from menus.selectors import sleeve_content
from menus.services.drafts import draft_locked
from menus.services.lines import line_append, line_drop
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import User
from sponsors.wording import percent, plain

AGES = range(16, 101)
LINE_RULES = (Rebalancing.NONE, Rebalancing.SELL_DOWN)
SERIES_RULES = (Rebalancing.NONE, Rebalancing.CALENDAR, Rebalancing.THRESHOLD)
REBALANCING_OF_KIND = {
    SleeveKind.CRYPTO_LINE: LINE_RULES,
    SleeveKind.TARGET_DATE: SERIES_RULES,
    SleeveKind.BOTH: SERIES_RULES,
}


@dataclass(frozen=True)
class SleeveTerms:
    """What is asked for. Weights are fractions; `weights_by_age` is (age, weight) in order of age.

    With both doors open `rebalancing` is the rule of the series and `line_rebalancing` that of the line. The line is
    open from `min_age` to `max_age`, both included; None is no bound.
    """

    kind: SleeveKind
    fund: Fund
    cap: Decimal
    target_weight: Decimal | None = None
    weights_by_age: Sequence[tuple[int, Decimal]] = ()
    rebalancing: Rebalancing = Rebalancing.CALENDAR
    band: Decimal | None = None
    line_rebalancing: Rebalancing | None = None
    new_money_block: bool = True
    min_age: int | None = None
    max_age: int | None = None
    reason: str = ""

    @property
    def line_rule(self) -> Rebalancing | None:
        """The rule of the line, wherever it was given."""
        return self.line_rebalancing if self.kind == SleeveKind.BOTH else self.rebalancing


@transaction.atomic
def sleeve_set(
    *, by: User, version: MenuVersion, terms: SleeveTerms, seen_edits: int | None = None
) -> Sleeve:
    """Give a draft its sleeve, in place of any it has. A crypto line is added to the menu when it is not on it.

    Refuses a fund that holds no digital assets, a weight above the cap, a target-date sleeve on a menu without
    a target-date fund, and rules that contradict each other.
    """
    version = draft_locked(version, seen_edits)
    _check(version, terms)
    before = Sleeve.objects.filter(version=version).select_related("fund").first()
    lines = _doors_moved(version, before, terms)
    sleeve, _ = Sleeve.objects.update_or_create(version=version, defaults=_fields(version, terms))
    body = {"from": sleeve_content(before), "to": sleeve_content(sleeve), **lines}
    record("sleeve.set", by=by, plan=version.plan, subject=version, body=body, reason=terms.reason)
    return sleeve


@transaction.atomic
def sleeve_remove(*, by: User, version: MenuVersion) -> MenuVersion:
    """Take the sleeve off a draft, a crypto line's line with it. Refuses when there is none."""
    version = draft_locked(version)
    sleeve = Sleeve.objects.filter(version=version).select_related("fund").first()
    if sleeve is None:
        raise Refusal("This version has no sleeve to remove.", code="sleeve_missing", conflict=True)
    body = {"from": sleeve_content(sleeve), "line_removed": _line_of(sleeve)}
    _drop_line(version, sleeve)
    sleeve.delete()
    record("sleeve.removed", by=by, plan=version.plan, subject=version, body=body)
    return version


def _doors_moved(version: MenuVersion, before: Sleeve | None, terms: SleeveTerms) -> dict[str, Any]:
    """Bring the crypto line to what the new terms ask for; says which lines came and went."""
    is_line = SleeveKind(terms.kind).opens_line
    moved: dict[str, Any] = {"line_added": None, "line_removed": None}
    if before and _line_of(before) and not (is_line and before.fund_id == terms.fund.pk):
        moved["line_removed"] = before.fund.key
        _drop_line(version, before)
    if is_line and not MenuLine.objects.filter(version=version, fund=terms.fund).exists():
        moved["line_added"] = terms.fund.key
        line_append(version, terms.fund)
    return moved


def _line_of(sleeve: Sleeve) -> str | None:
    return sleeve.fund.key if sleeve.opens_line else None


def _drop_line(version: MenuVersion, sleeve: Sleeve) -> None:
    if _line_of(sleeve):
        for line in MenuLine.objects.filter(version=version, fund=sleeve.fund):
            line_drop(line)


def sleeve_unsaved(version: MenuVersion, terms: SleeveTerms) -> Sleeve:
    """The sleeve that these terms would give a version: checked against themselves, not saved."""
    terms_check(terms)
    return Sleeve(version=version, **_fields(version, terms))


def _fields(version: MenuVersion, terms: SleeveTerms) -> dict[str, Any]:
    kind = SleeveKind(terms.kind)
    points = [{"age": age, "weight": plain(weight)} for age, weight in terms.weights_by_age]
    return {
        "sponsor": version.sponsor,
        "plan": version.plan,
        "kind": terms.kind,
        "fund": terms.fund,
        "cap": terms.cap,
        "target_weight": terms.target_weight if kind.opens_line else None,
        "weights_by_age": points if kind.opens_series else [],
        "rebalancing": terms.rebalancing,
        "band": terms.band if terms.rebalancing == Rebalancing.THRESHOLD else None,
        "line_rebalancing": (terms.line_rebalancing or "") if kind == SleeveKind.BOTH else "",
        "new_money_block": terms.new_money_block if kind.opens_line else False,
        "min_age": terms.min_age if kind.opens_line else None,
        "max_age": terms.max_age if kind.opens_line else None,
        "reason": terms.reason.strip(),
    }


def _check(version: MenuVersion, terms: SleeveTerms) -> None:
    terms_check(terms)
    on_menu = MenuLine.objects.filter(version=version).values_list("fund__asset_class", flat=True)
    series_check(terms, on_menu)


def terms_check(terms: SleeveTerms) -> None:
    """Refuse terms that contradict themselves, whatever menu they are for; the refusal names the field."""
    kind = SleeveKind(terms.kind)
    if not terms.fund.is_digital_asset:
        raise Refusal(
            f"{terms.fund.name} does not hold digital assets. Choose a crypto fund for the sleeve.",
            field="fund",
            code="sleeve_fund",
        )
    _refuse_fine_steps(terms)
    if not 0 < terms.cap < 1:
        raise Refusal(
            "The cap must lie between 0 and 100%: it is the most of an account that digital assets may be. "
            "For no digital assets, choose no sleeve.",
            field="cap",
            code="sleeve_cap",
        )
    _refuse_rule(terms.rebalancing, REBALANCING_OF_KIND[kind], "rebalancing", "this kind of sleeve")
    if kind.opens_line:
        _check_line(terms)
    if kind.opens_series:
        _check_series(terms)
    if kind == SleeveKind.BOTH:
        _refuse_rule(terms.line_rebalancing, LINE_RULES, "line_rebalancing", "a crypto line")
        _check_together(terms)


def _refuse_rule(rule: Rebalancing | None, allowed: Sequence[Rebalancing], field: str, what: str) -> None:
    if rule not in allowed:
        choices = "; ".join(one.label for one in allowed)
        raise Refusal(
            f"This rebalancing rule does not fit {what}. Choose one of: {choices}.",
            field=field,
            code="sleeve_rebalancing",
        )


def _refuse_fine_steps(terms: SleeveTerms) -> None:
    """Weights are kept in steps of a hundredth of a percent; a finer one would be rounded without a word."""
    weights = [("cap", terms.cap), ("target_weight", terms.target_weight), ("band", terms.band)]
    weights += [("weights_by_age", weight) for _, weight in terms.weights_by_age]
    for field, weight in weights:
        if weight is not None and weight != round(weight, 4):
            raise Refusal("Enter percentages with at most two decimals.", field=field, code="sleeve_steps")


def _check_line(terms: SleeveTerms) -> None:
    weight = terms.target_weight
    if weight is not None and weight < 0:
        raise Refusal("The expected weight cannot be below 0%.", field="target_weight", code="sleeve_weight")
    if weight is not None and weight > terms.cap:
        _refuse_over_cap(weight, terms.cap, "", "target_weight")
    for field, age in (("min_age", terms.min_age), ("max_age", terms.max_age)):
        if age is not None and age not in AGES:
            raise Refusal(
                f"The age must lie between {AGES.start} and {AGES.stop - 1}; leave it empty for no bound.",
                field=field,
                code="sleeve_age",
            )
    if terms.min_age is not None and terms.max_age is not None and terms.max_age < terms.min_age:
        raise Refusal(
            f"The oldest age, {terms.max_age}, lies below the youngest, {terms.min_age}: nobody could choose the "
            "line. Exchange the two, or leave one empty.",
            field="max_age",
            code="sleeve_ages_reversed",
        )


def _check_together(terms: SleeveTerms) -> None:
    """A line at its weight and the rest of the account in the series must stay within the one cap, wherever the line
    is open."""
    line = terms.target_weight or Decimal(0)
    path = [AgeWeight(age, weight) for age, weight in terms.weights_by_age]
    low, high = terms.min_age or AGES.start, terms.max_age or AGES.stop
    bends = {age for age, _ in terms.weights_by_age if low <= age <= high}
    ages = bends | {age for age in (terms.min_age, terms.max_age) if age is not None}
    together = {age: line + (1 - line) * weight_at(path, age) for age in sorted(ages)}
    worst = max(together, key=lambda age: together[age])
    if line and together[worst] > terms.cap:
        _refuse_over_cap(together[worst], terms.cap, f" through both doors at age {worst}", "target_weight")


def series_check(terms: SleeveTerms, asset_classes: Iterable[str]) -> None:
    """Refuse a weight inside the series on a menu of these asset classes when it has no series."""
    if SleeveKind(terms.kind).opens_series and "target_date" not in asset_classes:
        raise Refusal(
            "The sleeve would sit inside the target-date series, but the menu has no target-date fund. "
            "Add a target-date series first, or choose a crypto line.",
            field="kind",
            code="sleeve_without_home",
        )


def _check_series(terms: SleeveTerms) -> None:
    _check_points(terms.weights_by_age)
    age, weight = max(terms.weights_by_age, key=lambda point: point[1])
    if weight > terms.cap:
        _refuse_over_cap(weight, terms.cap, f" at age {age}", "weights_by_age")
    if terms.rebalancing == Rebalancing.THRESHOLD and not (terms.band and 0 < terms.band < 1):
        raise Refusal(
            "Rebalancing by threshold needs a band: how far the weight may move before it is brought back. "
            "Enter one above 0%.",
            field="band",
            code="sleeve_band",
        )


def _check_points(points: Sequence[tuple[int, Decimal]]) -> None:
    if not points:
        raise Refusal("Enter the weight for at least one age.", field="weights_by_age", code="sleeve_weights")
    if any(age not in AGES for age, _ in points) or any(
        right[0] <= left[0] for left, right in pairwise(points)
    ):
        raise Refusal(
            f"Ages must run upwards, each once, between {AGES.start} and {AGES.stop - 1}. Put them in order.",
            field="weights_by_age",
            code="sleeve_ages",
        )
    if any(not 0 <= weight <= 1 for _, weight in points):
        raise Refusal(
            "Each weight must lie between 0 and 100%.", field="weights_by_age", code="sleeve_weights"
        )


def _refuse_over_cap(weight: Decimal, cap: Decimal, where: str, field: str) -> None:
    raise Refusal(
        f"The sleeve would hold {percent(weight)}{where}, above its own cap of {percent(cap)}. "
        f"Lower the weight to {percent(cap)} or less, or raise the cap and record why.",
        field=field,
        code="sleeve_over_cap",
    )


def weights_parsed(points: Sequence[dict[str, Any]]) -> tuple[tuple[int, Decimal], ...]:
    """(age, weight) pairs of the stored or sent form [{"age": 25, "weight": "0.05"}]; refuses anything else."""
    try:
        pairs = tuple((int(point["age"]), Decimal(str(point["weight"]))) for point in points)
        if not all(weight.is_finite() for _, weight in pairs):
            raise ValueError("a weight is not a number")
        return pairs
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise Refusal(
            'Weights by age are a list of ages and weights, such as [{"age": 25, "weight": "0.02"}].',
            field="weights_by_age",
            code="sleeve_weights",
        ) from None
