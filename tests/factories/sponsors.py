"""Employers, people with accounts, plans and their census. Each builder saves and returns one row.

`make_snapshot` reads a generated CSV by the same code as an import, so its file, hash and people are real.
"""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

from django.test import Client

from sponsors.census import guess_mapping, screen_upload
from sponsors.enums import Role
from sponsors.models import CensusSnapshot, Membership, Plan, PlanSponsor, User
from sponsors.services.census_reading import census_parse, snapshot_keep

PASSWORD = "correct horse battery staple"
AS_OF = date(2026, 6, 30)
FUNDS = ("VFIAX", "VBTLX", "VFFVX")
_numbers = count(1)


def make_sponsor(name: str = "Meridian Tool Company", **fields: Any) -> PlanSponsor:
    return PlanSponsor.objects.create(name=name, **{"slug": f"sponsor-{next(_numbers)}", **fields})


def make_user(full_name: str = "Pat Quinn", *, password: str | None = PASSWORD, **fields: Any) -> User:
    fields.setdefault("email", f"person-{next(_numbers)}@example.com")
    return User.objects.create_user(password=password, full_name=full_name, **fields)


def make_plan(sponsor: PlanSponsor | None = None, **fields: Any) -> Plan:
    """A plan that matches half of the first six percent and asks for two signatures."""
    number = next(_numbers)
    defaults = {
        "name": "Meridian 401(k) Plan",
        "slug": f"plan-{number}",
        "plan_number": f"{number % 1000:03}",
        "match_formula": [{"rate": "0.5", "up_to": "0.06"}],
    }
    return Plan.objects.create(sponsor=sponsor or make_sponsor(), **{**defaults, **fields})


def make_member(
    sponsor: PlanSponsor | Plan,
    role: Role = Role.PLAN_ADMINISTRATOR,
    *,
    user: User | None = None,
    **fields: Any,
) -> User:
    """A user with the role for the sponsor (of the plan, when a plan is given)."""
    owner = sponsor.sponsor if isinstance(sponsor, Plan) else sponsor
    user = user or make_user(full_name=f"{role.label} of {owner.slug}")
    Membership.objects.create(sponsor=owner, user=user, role=role, **fields)
    return user


def client_of(user: User) -> Client:
    """A browser in which the person is logged in."""
    client = Client()
    client.force_login(user)
    return client


def census_rows(participants: int = 3) -> list[dict[str, str]]:
    """People of one employer, one row each: ages 25 to 64, pay 40,000 to 118,000, balances in three funds."""
    return [_census_row(number) for number in range(participants)]


def _census_row(number: int) -> dict[str, str]:
    balances = [1000 * (number % 40) + 100, 500 * (number % 40), 2000 * (number % 40) + 50]
    return {
        "participant_id": f"{number + 1:05}",
        "surname": f"Surname{number + 1}",
        "given_name": f"Given{number + 1}",
        "birth_date": f"{2001 - number % 40}-03-15",
        "hire_date": f"{2024 - number % 15}-09-01",
        "annual_pay": str(40_000 + 2_000 * (number % 40)),
        "deferral_rate": f"{number % 12}%",
        "balance": str(sum(balances)),
        **{f"{fund} balance": str(amount) for fund, amount in zip(FUNDS, balances, strict=True)},
        **{f"{fund} election": f"{share}%" for fund, share in zip(FUNDS, (50, 20, 30), strict=True)},
    }


def census_csv(rows: Sequence[dict[str, str]]) -> bytes:
    """The rows as a CSV file; the first row's keys are the header."""
    lines = [",".join(rows[0])] + [",".join(row.values()) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def make_snapshot(
    plan: Plan | None = None,
    participants: int | Sequence[dict[str, str]] = 3,
    *,
    as_of: date = AS_OF,
) -> CensusSnapshot:
    """An accepted census with its people; `participants` is how many, or the rows of the file themselves."""
    rows = census_rows(participants) if isinstance(participants, int) else participants
    decoded = screen_upload(census_csv(rows), "census.csv")
    parse = census_parse(decoded, guess_mapping(decoded.headers, decoded.sample_rows()), as_of)
    return snapshot_keep(plan or make_plan(), parse, as_of)
