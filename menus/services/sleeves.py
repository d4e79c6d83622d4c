"""The sleeve of a draft: a crypto line with a cap, or a weight by age inside the target-date series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.db import transaction

from menus.enums import Rebalancing, SleeveKind
from menus.models import Fund, MenuLine, MenuVersion, Sleeve
from menus.selectors import sleeve_content
from menus.services.drafts import draft_locked
from menus.services.lines import line_append, line_drop
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import User
from sponsors.wording import percent, plain

AGES = range(16, 101)
REBALANCING_OF_KIND = {
    SleeveKind.CRYPTO_LINE: (Rebalancing.NONE, Rebalancing.SELL_DOWN),
    SleeveKind.TARGET_DATE: (Rebalancing.NONE, Rebalancing.CALENDAR, Rebalancing.THRESHOLD),
}


@dataclass(frozen=True)
class SleeveTerms:
    """What is asked for. Weights are fractions; `weights_by_age` is (age, weight) in order of age."""

    kind: SleeveKind
    fund: Fund
    cap: Decimal
    target_weight: Decimal | None = None
    weights_by_age: Sequence[tuple[int, Decimal]] = ()
    rebalancing: Rebalancing = Rebalancing.CALENDAR
    band: Decimal | None = None
    new_money_block: bool = True
    reason: str = ""


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
    is_line = terms.kind == SleeveKind.CRYPTO_LINE
    moved: dict[str, Any] = {"line_added": None, "line_removed": None}
    if before and _line_of(before) and not (is_line and before.fund_id == terms.fund.pk):
        moved["line_removed"] = before.fund.key
        _drop_line(version, before)
    if is_line and not MenuLine.objects.filter(version=version, fund=terms.fund).exists():
        moved["line_added"] = terms.fund.key
        line_append(version, terms.fund)
    return moved


def _line_of(sleeve: Sleeve) -> str | None:
    return sleeve.fund.key if sleeve.kind == SleeveKind.CRYPTO_LINE else None


def _drop_line(version: MenuVersion, sleeve: Sleeve) -> None:
    if _line_of(sleeve):
        for line in MenuLine.objects.filter(version=version, fund=sleeve.fund):
            line_drop(line)


def _fields(version: MenuVersion, terms: SleeveTerms) -> dict[str, Any]:
    is_line = terms.kind == SleeveKind.CRYPTO_LINE
    points = [{"age": age, "weight": plain(weight)} for age, weight in terms.weights_by_age]
    return {
        "sponsor": version.sponsor,
        "plan": version.plan,
        "kind": terms.kind,
        "fund": terms.fund,
        "cap": terms.cap,
        "target_weight": terms.target_weight if is_line else None,
        "weights_by_age": [] if is_line else points,
        "rebalancing": terms.rebalancing,
        "band": terms.band if terms.rebalancing == Rebalancing.THRESHOLD else None,
        "new_money_block": terms.new_money_block if is_line else False,
        "reason": terms.reason.strip(),
    }


def _check(version: MenuVersion, terms: SleeveTerms) -> None:
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
    if terms.rebalancing not in REBALANCING_OF_KIND[SleeveKind(terms.kind)]:
        allowed = "; ".join(rule.label for rule in REBALANCING_OF_KIND[SleeveKind(terms.kind)])
        raise Refusal(
            f"This rebalancing rule does not fit this kind of sleeve. Choose one of: {allowed}.",
            field="rebalancing",
            code="sleeve_rebalancing",
        )
    (_check_line if terms.kind == SleeveKind.CRYPTO_LINE else _check_target_date)(version, terms)


def _refuse_fine_steps(terms: SleeveTerms) -> None:
    """Weights are kept in steps of a hundredth of a percent; a finer one would be rounded without a word."""
    weights = [("cap", terms.cap), ("target_weight", terms.target_weight), ("band", terms.band)]
    weights += [("weights_by_age", weight) for _, weight in terms.weights_by_age]
    for field, weight in weights:
        if weight is not None and weight != round(weight, 4):
            raise Refusal("Enter percentages with at most two decimals.", field=field, code="sleeve_steps")


def _check_line(version: MenuVersion, terms: SleeveTerms) -> None:
    weight = terms.target_weight
    if weight is not None and weight < 0:
        raise Refusal("The expected weight cannot be below 0%.", field="target_weight", code="sleeve_weight")
    if weight is not None and weight > terms.cap:
        _refuse_over_cap(weight, terms.cap, "", "target_weight")


def _check_target_date(version: MenuVersion, terms: SleeveTerms) -> None:
    if not MenuLine.objects.filter(version=version, fund__asset_class="target_date").exists():
        raise Refusal(
            "The sleeve would sit inside the target-date series, but the menu has no target-date fund. "
            "Add a target-date series first, or choose a crypto line.",
            field="kind",
            code="sleeve_without_home",
        )
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
