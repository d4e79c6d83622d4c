"""The demonstration logins: seven people, each in a role."""

from __future__ import annotations

from dataclasses import dataclass

from sponsors.enums import Role

PASSWORD = "steward-demonstration"  # noqa: S105  printed on the login page of a demonstration site only


@dataclass(frozen=True)
class Person:
    """One demonstration login."""

    email: str
    name: str
    role: Role | None
    title: str

    @property
    def role_label(self) -> str:
        return self.role.label if self.role else "Platform administrator"


EMPLOYER = Person(
    "employer@harborpoint.example", "Dana Whitfield", Role.PLAN_ADMINISTRATOR, "Chief Financial Officer"
)
CHAIR = Person("chair@harborpoint.example", "Miriam Osei", Role.COMMITTEE_CHAIR, "Chair of the committee")
MEMBER = Person(
    "member1@harborpoint.example", "Tomás Reyes", Role.COMMITTEE_MEMBER, "Head of Human Resources"
)
SECOND = Person("member2@harborpoint.example", "Ruth Lindqvist", Role.COMMITTEE_MEMBER, "Plant controller")
ADVISER = Person(
    "adviser@northquay.example", "Samuel Adeyemi", Role.ADVISER, "3(21) adviser, North Quay Advisory"
)
AUDITOR = Person("auditor@ledgerline.example", "Grace Holloway", Role.AUDITOR, "External auditor")
PLATFORM = Person("platform@steward.example", "Platform Administrator", None, "")
CAST = (EMPLOYER, CHAIR, MEMBER, SECOND, ADVISER, AUDITOR, PLATFORM)
