"""Questions about funds, menus and versions. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from menus.asset_classes import asset_class_label, asset_classes
from menus.enums import VersionStatus
from menus.guardrails import Finding, MenuFacts, findings_for
from menus.guardrails import totals as figures
from menus.guardrails.totals import DigitalExposure, GroupCoverage, MenuCost
from menus.models import Fund, Menu, MenuLine, MenuVersion, Sleeve, Waiver
from menus.version_facts import comparison_key
from menus.version_facts import menu_facts as menu_facts  # offered here, with its sisters
from sponsors.models import Plan
from sponsors.wording import percent, plain

EXPOSURE_AGES = (25, 35, 45, 55, 65)
NO_TERM = "–"


# ---------------------------------------------------------------- menus and versions
def menus_of(plan: Plan) -> QuerySet[Menu]:
    """The plan's menus, oldest first, each with its `version_count`."""
    return (
        Menu.objects.filter(plan=plan)
        .select_related("plan")
        .annotate(version_count=Count("versions"))
        .order_by("created_at")
    )


def versions_of(menu: Menu) -> QuerySet[MenuVersion]:
    """Newest first, each with its `line_count`."""
    people = ("created_by", "proposed_by", "sleeve__fund", "menu__plan", "plan", "based_on")
    return (
        MenuVersion.objects.filter(menu=menu)
        .select_related(*people)
        .annotate(line_count=Count("lines"))
        .order_by("-number")
    )


def version_in_force(menu: Menu) -> MenuVersion | None:
    return versions_of(menu).filter(status=VersionStatus.ADOPTED).first()


def content(version: MenuVersion) -> dict[str, Any]:
    """What the sponsor chose, in canonical form: JSON-able, the same for the same choices. Hashed at proposal.

    Facts of the funds are not part of it, because the catalogue moves on; funds stand by their keys.
    """
    lines = MenuLine.objects.filter(version=version).select_related("fund").order_by("position", "id")
    sleeve = Sleeve.objects.filter(version=version).select_related("fund").first()
    return {"lines": [_line_content(line) for line in lines], "sleeve": sleeve_content(sleeve)}


def _line_content(line: MenuLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "fund": line.fund.key,
        "is_qdia": line.is_qdia,
        "is_core": line.is_core,
        "value_statement": line.value_statement,
    }


def sleeve_content(sleeve: Sleeve | None) -> dict[str, Any] | None:
    """The sleeve's terms with weights as plain text ("0.05"); None for no sleeve."""
    if sleeve is None:
        return None
    return {
        "kind": str(sleeve.kind),
        "fund": sleeve.fund.key,
        "cap": plain(sleeve.cap),
        "target_weight": _kept(sleeve.target_weight),
        "weights_by_age": [
            {"age": int(point["age"]), "weight": plain(Decimal(point["weight"]))}
            for point in sleeve.weights_by_age
        ],
        "rebalancing": str(sleeve.rebalancing),
        "band": _kept(sleeve.band),
        "new_money_block": sleeve.new_money_block,
        "reason": sleeve.reason,
        **_later_terms(sleeve),
    }


def _later_terms(sleeve: Sleeve) -> dict[str, Any]:
    """Terms that came after the first versions were frozen: said only where set, so that their hashes stand."""
    terms = {
        "line_rebalancing": sleeve.line_rebalancing,
        "min_age": sleeve.min_age,
        "max_age": sleeve.max_age,
    }
    return {name: value for name, value in terms.items() if value not in ("", None)}


def _kept(weight: Decimal | None) -> str | None:
    return None if weight is None else plain(weight)


# ---------------------------------------------------------------- findings and waivers
def findings(version: MenuVersion, facts: MenuFacts | None = None) -> tuple[Finding, ...]:
    """What the guardrails say of the version today, gravest first."""
    return findings_for(facts or menu_facts(version))


def waivers_of(version: MenuVersion) -> list[Waiver]:
    return list(Waiver.objects.filter(version=version).select_related("requested_by", "approved_by"))


def is_waived(finding: Finding, waivers: Iterable[Waiver]) -> bool:
    """Whether an approved waiver that has not expired covers the finding as it reads now."""
    today = timezone.localdate()
    return finding.waivable and any(
        waiver.finding_key == finding.key
        and waiver.finding_sentence == finding.sentence
        and waiver.approved_by_id is not None
        and waiver.expires_on > today
        for waiver in waivers
    )


def unwaived_blocks(version: MenuVersion, facts: MenuFacts | None = None) -> list[Finding]:
    """The findings that stop the version today: blocking, and covered by no waiver."""
    waivers = waivers_of(version)
    return [
        found for found in findings(version, facts) if found.is_blocking and not is_waived(found, waivers)
    ]


# ---------------------------------------------------------------- totals
@dataclass(frozen=True)
class MenuTotals:
    """The figures beside the builder. `cost.rate` is a fraction; `exposure` is by age through every door."""

    lines: int
    choices: int
    cost: MenuCost
    coverage: tuple[GroupCoverage, ...]
    exposure: tuple[DigitalExposure, ...]
    most_exposed: DigitalExposure

    @property
    def has_digital_assets(self) -> bool:
        return self.most_exposed.at_most > 0


def totals(version: MenuVersion, facts: MenuFacts | None = None) -> MenuTotals:
    """Counts, cost, coverage and digital exposure of the version today."""
    menu = facts or menu_facts(version)
    return MenuTotals(
        lines=figures.line_count(menu),
        choices=figures.choice_count(menu),
        cost=figures.menu_cost(menu),
        coverage=figures.coverage(menu),
        exposure=figures.digital_exposure(menu, EXPOSURE_AGES),
        most_exposed=figures.most_digital_exposure(menu),
    )


# ---------------------------------------------------------------- comparison
@dataclass(frozen=True)
class LineDifference:
    """One fund in two versions. `status` is added, removed, changed or unchanged; `words` say what changed."""

    fund: Fund
    status: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class TermDifference:
    """One term of the sleeve before and after, in words."""

    label: str
    before: str
    after: str

    @property
    def status(self) -> str:
        if self.before == self.after:
            return "unchanged"
        return "added" if self.before == NO_TERM else "removed" if self.after == NO_TERM else "changed"


@dataclass(frozen=True)
class VersionComparison:
    """What it takes to go from version `a` to version `b`."""

    a: MenuVersion
    b: MenuVersion
    lines: tuple[LineDifference, ...]
    sleeve: tuple[TermDifference, ...]

    def count(self, status: str) -> int:
        return sum(1 for line in self.lines if line.status == status)

    @property
    def is_same(self) -> bool:
        parts: tuple[LineDifference | TermDifference, ...] = (*self.lines, *self.sleeve)
        return all(part.status == "unchanged" for part in parts)


def compare_versions(a: MenuVersion, b: MenuVersion) -> VersionComparison:
    """Line by line, in the order of asset classes; order on the menu itself is no difference."""
    before, after = (
        {line.fund: line for line in MenuLine.objects.filter(version=version).select_related("fund")}
        for version in (a, b)
    )
    funds = sorted({*before, *after}, key=menu_order)
    lines = tuple(_line_difference(fund, before.get(fund), after.get(fund)) for fund in funds)
    sleeves = [Sleeve.objects.filter(version=version).select_related("fund").first() for version in (a, b)]
    return VersionComparison(a, b, lines, _sleeve_difference(*sleeves))


def _line_difference(fund: Fund, before: MenuLine | None, after: MenuLine | None) -> LineDifference:
    if before is None or after is None:
        return LineDifference(fund, "added" if before is None else "removed", ())
    marks = (("is_qdia", "the default"), ("is_core", "a core line"))
    words = [
        f"{'now' if getattr(after, name) else 'no longer'} {label}"
        for name, label in marks
        if getattr(before, name) != getattr(after, name)
    ]
    if before.value_statement != after.value_statement:
        words.append("value statement changed")
    return LineDifference(fund, "changed" if words else "unchanged", tuple(words))


def _sleeve_difference(before: Sleeve | None, after: Sleeve | None) -> tuple[TermDifference, ...]:
    labels = list(sleeve_terms(before or after)) if before or after else []
    labels += [label for label in sleeve_terms(after) if label not in labels]
    old, new = sleeve_terms(before), sleeve_terms(after)
    return tuple(TermDifference(label, old.get(label, NO_TERM), new.get(label, NO_TERM)) for label in labels)


def sleeve_terms(sleeve: Sleeve | None) -> dict[str, str]:
    """The sleeve's terms in words, by label; empty for no sleeve."""
    if sleeve is None:
        return {}
    terms = {"Sleeve": sleeve.get_kind_display(), "Fund": str(sleeve.fund), "Cap": percent(sleeve.cap)}
    if sleeve.opens_line:
        terms["Expected weight"] = (
            percent(sleeve.target_weight) if sleeve.target_weight is not None else "not stated"
        )
        terms["New money above the cap"] = "stopped" if sleeve.new_money_block else "accepted"
        if sleeve.ages_words:
            terms["Line open"] = sleeve.ages_words
    if sleeve.opens_series:
        points = [f"{percent(Decimal(point['weight']))} at {point['age']}" for point in sleeve.weights_by_age]
        terms["Weight by age"] = ", ".join(points)
    terms["Rebalancing"] = sleeve.rebalancing_words
    if sleeve.band is not None:
        terms["Band"] = f"{percent(sleeve.band)} on either side"
    return {**terms, "Reason": sleeve.reason} if sleeve.reason else terms


# ---------------------------------------------------------------- lines in the order of reading
@dataclass(frozen=True)
class LineGroup:
    """Lines of one asset class; each target-date series is a group of its own and runs by target year."""

    asset_class: str
    series: str
    lines: tuple[MenuLine, ...]

    @property
    def label(self) -> str:
        label = asset_class_label(self.asset_class)
        return f"{label}: {self.series}" if self.series else label

    @property
    def is_default(self) -> bool:
        return all(line.is_qdia for line in self.lines)


def line_groups(lines: Iterable[MenuLine]) -> tuple[LineGroup, ...]:
    """Lines grouped in the catalogue's order; empty groups are left out."""
    groups: dict[tuple[str, str], list[MenuLine]] = {}
    for line in sorted(lines, key=lambda line: menu_order(line.fund)):
        groups.setdefault((line.fund.asset_class, line.fund.series), []).append(line)
    return tuple(LineGroup(*key, tuple(group)) for key, group in groups.items())


def menu_order(fund: Fund) -> tuple[int, str, str, str]:
    """Sort key: default candidates first (target-date), then asset classes as listed, then kind and name."""
    order = ["target_date", *(key for key in asset_classes() if key != "target_date")]
    place = order.index(fund.asset_class) if fund.asset_class in order else len(order)
    vintage = fund.vintage if fund.vintage.isdigit() else "0" if fund.vintage else ""
    return place, fund.series, vintage, f"{fund.subclass} {fund.name}"


# ---------------------------------------------------------------- funds
@dataclass(frozen=True)
class FundFilter:
    """What a reader looks for; empty fields ask nothing. `fee_below` is a fraction a year."""

    text: str = ""
    asset_class: str = ""
    vehicle: str = ""
    style: str = ""
    fee_below: Decimal | None = None


def funds_matching(wanted: FundFilter) -> QuerySet[Fund]:
    """Funds of the catalogue; each word of the text must stand in the key, name, family, series or kind.

    A fund whose key is the text comes first. A fee limit leaves out funds whose fee is not known.
    """
    funds = Fund.objects.all()
    for word in wanted.text.split():
        places = ("key", "name", "family", "series", "subclass")
        funds = funds.filter(_any_of(places, word))
    for name in ("asset_class", "vehicle"):
        if value := getattr(wanted, name):
            funds = funds.filter(**{name: value})
    if wanted.style:
        funds = funds.filter(style__startswith=wanted.style)
    if wanted.fee_below is not None:
        funds = funds.filter(expense_ratio__lte=wanted.fee_below)
    exact = When(key__iexact=wanted.text.strip(), then=Value(0))
    ranked = funds.annotate(rank=Case(exact, default=Value(1), output_field=IntegerField()))
    return ranked.order_by("rank", "asset_class", "subclass", "vintage", "name")


def _any_of(fields: Sequence[str], word: str) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": word})
    return found


def comparators_of(fund: Fund) -> list[Fund]:
    """Other funds of the catalogue that do the same job, cheapest first; unknown fees last."""
    key = comparison_key(fund)
    alike = Fund.objects.filter(asset_class=fund.asset_class).exclude(pk=fund.pk).defer("facts")
    found = [other for other in alike if key and comparison_key(other) == key]
    return sorted(
        found, key=lambda other: (other.expense_ratio is None, other.expense_ratio or 0, other.name)
    )


def lines_with(fund: Fund, plan: Plan) -> QuerySet[MenuLine]:
    """Where the plan's menus use the fund, newest version first."""
    found = MenuLine.objects.filter(plan=plan, fund=fund).select_related("version__menu", "version__plan")
    return found.order_by("version__menu", "-version__number")
