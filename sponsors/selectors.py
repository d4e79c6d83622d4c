"""Questions about employers, their people and plans. Nothing here writes; callers hand in what is already scoped."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from django.db.models import Q, QuerySet

from sponsors.census import CensusSnapshotArrays, read_snapshot
from sponsors.dates import completed_years_each
from sponsors.enums import EmploymentStatus
from sponsors.models import CensusImport, CensusSnapshot, Membership, Participant, Plan, PlanSponsor

SMALLEST_CELL = 10  # fewer people than this are not counted in public: somebody would recognise them
AGE_BANDS = (0, 25, 35, 45, 55, 65)
PAY_BANDS = (0, 30_000, 50_000, 75_000, 100_000, 150_000)
BALANCE_BANDS = (0, 1_000, 10_000, 50_000, 100_000, 250_000, 500_000)


@dataclass(frozen=True)
class Band:
    """People between two bounds. `count` and `balance` are None where the cell is too small to be shown."""

    label: str
    count: int | None
    balance: Decimal | None

    @property
    def is_suppressed(self) -> bool:
        return self.count is None


@dataclass(frozen=True)
class FundHolding:
    """What all people together hold under one fund key of the census file."""

    fund_key: str
    people: int | None
    balance: Decimal | None


@dataclass(frozen=True)
class Holding:
    """What one person holds in one fund, by the fund key of the census file."""

    fund_key: str
    dollars: Decimal


@dataclass(frozen=True)
class CensusSummary:
    """The people of one snapshot in figures. Medians are None for a group too small to be shown."""

    snapshot: CensusSnapshot
    people: int
    active: int
    total_balance: Decimal
    median_age: float | None
    median_pay: Decimal | None
    median_balance: Decimal | None
    mean_deferral_rate: float | None
    by_age: tuple[Band, ...]
    by_pay: tuple[Band, ...]
    by_balance: tuple[Band, ...]
    funds: tuple[FundHolding, ...]


def members_of(sponsor: PlanSponsor) -> QuerySet[Membership]:
    """Present members of the sponsor, by name."""
    return Membership.objects.filter(sponsor=sponsor, ended_at=None).select_related("user", "sponsor")


def former_members_of(sponsor: PlanSponsor) -> QuerySet[Membership]:
    """Ended memberships, the latest first."""
    ended = Membership.objects.filter(sponsor=sponsor, ended_at__isnull=False)
    return ended.select_related("user", "sponsor").order_by("-ended_at")


def latest_snapshot(plan: Plan) -> CensusSnapshot | None:
    """The census that describes the latest day; None before the first one."""
    return CensusSnapshot.objects.filter(plan=plan).first()


def snapshot_arrays(snapshot: CensusSnapshot) -> CensusSnapshotArrays:
    """The people of a snapshot as arrays, from its file."""
    with snapshot.file.open("rb") as file:
        return read_snapshot(file.read())


def participants_of(plan: Plan) -> QuerySet[Participant]:
    """Everybody a census of the plan ever named, by pseudonym."""
    return Participant.objects.filter(plan=plan).select_related("snapshot").order_by("pseudonym")


def people_matching(
    people: QuerySet[Participant], wanted: str, status: str, *, shows_names: bool
) -> QuerySet[Participant]:
    """Those whose pseudonym holds the text, or whose name or own id does, for who may see these."""
    if status in EmploymentStatus.values:
        people = people.filter(status=status)
    if not wanted:
        return people
    found = Q(pseudonym__icontains=wanted)
    if shows_names:
        found |= Q(surname__icontains=wanted) | Q(given_name__icontains=wanted) | Q(participant_id=wanted)
    return people.filter(found)


def holdings_of(person: Participant) -> list[Holding]:
    """What the person holds, the largest first, from the snapshot that last described them."""
    people = snapshot_arrays(person.snapshot)
    place = int(people.ids.searchsorted(person.participant_id))
    span = slice(int(people.holding_indptr[place]), int(people.holding_indptr[place + 1]))
    pairs = zip(people.holding_funds[span], people.holding_cents[span], strict=True)
    held = [Holding(str(people.fund_keys[fund]), _dollars(int(cents))) for fund, cents in pairs]
    return sorted(held, key=lambda holding: -holding.dollars)


def imports_of(plan: Plan) -> QuerySet[CensusImport]:
    """Census files of the plan, the latest first."""
    return CensusImport.objects.filter(plan=plan).select_related("imported_by", "snapshot", "job")


def census_summary(plan: Plan) -> CensusSummary | None:
    """The latest census in figures; None before the first one."""
    snapshot = latest_snapshot(plan)
    return summary_of(snapshot) if snapshot else None


def summary_of(snapshot: CensusSnapshot) -> CensusSummary:
    """One snapshot in figures. Cells of fewer than ten people are left out, with a second one where the total would
    give the first away."""
    people = snapshot_arrays(snapshot)
    ages = completed_years_each(people.birth_ordinal, snapshot.as_of)
    shown = people.participant_count >= SMALLEST_CELL
    is_paid = people.is_active & (people.pay_cents > 0)
    deferrals = people.deferral_rate + people.roth_deferral_rate
    return CensusSummary(
        snapshot=snapshot,
        people=people.participant_count,
        active=int(people.is_active.sum()),
        total_balance=_dollars(people.total_balance_cents),
        median_age=float(np.median(ages)) if shown else None,
        median_pay=_median_dollars(people.pay_cents[is_paid]),
        median_balance=_median_dollars(people.balance_cents),
        mean_deferral_rate=float(deferrals[is_paid].mean()) if is_paid.sum() >= SMALLEST_CELL else None,
        by_age=_bands(_labels(AGE_BANDS, ""), AGE_BANDS, ages, people.balance_cents),
        by_pay=_bands(_labels(PAY_BANDS, "$"), PAY_BANDS, people.pay_cents / 100, people.balance_cents),
        by_balance=_bands(
            _labels(BALANCE_BANDS, "$"), BALANCE_BANDS, people.balance_cents / 100, people.balance_cents
        ),
        funds=_funds(people),
    )


def _labels(bounds: Sequence[int], sign: str) -> list[str]:
    """Whole years read "25 to 34", dollars "$30,000 to $49,999"."""
    between = [f"{sign}{low:,} to {sign}{high - 1:,}" for low, high in pairwise(bounds)]
    return [f"Under {sign}{bounds[1]:,}", *between[1:], f"{sign}{bounds[-1]:,} and over"]


def _bands(
    labels: Sequence[str], bounds: Sequence[int], values: np.ndarray, cents: np.ndarray
) -> tuple[Band, ...]:
    """People (n,) by the band their value (n,) falls in, with their balances (n,) in cents."""
    place = np.digitize(values, bounds[1:])
    counts = np.bincount(place, minlength=len(bounds))
    sums = [int(cents[place == band].sum()) for band in range(len(bounds))]
    hidden = suppressed_cells(counts.tolist())
    return tuple(
        Band(label, None, None) if band in hidden else Band(label, int(counts[band]), _dollars(sums[band]))
        for band, label in enumerate(labels)
    )


def suppressed_cells(counts: Sequence[int]) -> set[int]:
    """Cells of 1 to 9 people; where there is only one, the next smallest too, so that no subtraction finds it."""
    small = {index for index, count in enumerate(counts) if 0 < count < SMALLEST_CELL}
    others = [index for index, count in enumerate(counts) if count >= SMALLEST_CELL]
    if len(small) == 1 and others:
        small.add(min(others, key=lambda index: counts[index]))
    return small


def _funds(people: CensusSnapshotArrays) -> tuple[FundHolding, ...]:
    """Holdings by fund key, the largest first."""
    number = len(people.fund_keys)
    holders = np.bincount(people.holding_funds, minlength=number)
    cents = np.zeros(number, dtype=np.int64)
    np.add.at(cents, people.holding_funds, people.holding_cents)
    return tuple(
        FundHolding(str(people.fund_keys[fund]), int(holders[fund]), _dollars(int(cents[fund])))
        if holders[fund] >= SMALLEST_CELL
        else FundHolding(str(people.fund_keys[fund]), None, None)
        for fund in np.argsort(-cents, kind="stable")
    )


def _median_dollars(cents: np.ndarray) -> Decimal | None:
    return _dollars(round(float(np.median(cents)))) if len(cents) >= SMALLEST_CELL else None


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
