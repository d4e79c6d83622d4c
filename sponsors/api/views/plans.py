"""Employers, their plans, and who acts for them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from sponsors.access import plans_for, sponsors_for
from sponsors.api.access import ACCOUNT
from sponsors.api.operations import Operations, operation
from sponsors.api.serializers import ReasonSerializer
from sponsors.api.serializers.plans import (
    MemberAddedSerializer,
    MemberAddSerializer,
    MemberQuerySerializer,
    MemberSerializer,
    PlanCreateSerializer,
    PlanDetailSerializer,
    PlanEditSerializer,
    PlanSerializer,
    SponsorCreateSerializer,
    SponsorSerializer,
)
from sponsors.models import Membership, Plan, PlanSponsor
from sponsors.permissions import Permission as P
from sponsors.selectors import former_members_of, members_of
from sponsors.services.invitations import invitation_send
from sponsors.services.memberships import member_add, membership_end
from sponsors.services.plans import plan_create, plan_edit
from sponsors.services.sponsors import sponsor_create


class Sponsors(Operations):
    noun = "sponsor"
    tag = "Plans"

    @operation(ACCOUNT, answer=SponsorSerializer, many=True)
    def list(self, request: Request) -> QuerySet[PlanSponsor]:
        """Employers you act for, or all for a platform administrator."""
        return sponsors_for(request.user)

    @operation(ACCOUNT, body=SponsorCreateSerializer, answer=SponsorSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> PlanSponsor:
        """Put an employer on record; you become its plan administrator."""
        return sponsor_create(by=request.user, **sent)

    @operation(P.PLAN_VIEW, answer=SponsorSerializer)
    def read(self, request: Request) -> PlanSponsor:
        """One employer."""
        return request.sponsor


class Plans(Operations):
    noun = "plan"
    tag = "Plans"

    @operation(ACCOUNT, answer=PlanSerializer, many=True)
    def list(self, request: Request) -> QuerySet[Plan]:
        """Every plan you may know of."""
        return plans_for(request.user)

    @operation(P.PLAN_EDIT, body=PlanCreateSerializer, answer=PlanSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> Plan:
        """Put a plan of the employer on record, with its facts as the plan document states them."""
        return plan_create(by=request.user, sponsor=request.sponsor, **sent)

    @operation(P.PLAN_VIEW, answer=PlanDetailSerializer)
    def read(self, request: Request) -> Plan:
        """The plan's facts, and what you may do for it."""
        return request.plan

    @operation(P.PLAN_EDIT, body=PlanEditSerializer, answer=PlanDetailSerializer)
    def edit(self, request: Request, sent: dict[str, Any]) -> Plan:
        """Change facts of the plan. Nothing changed, nothing recorded."""
        return plan_edit(by=request.user, plan=request.plan, **sent)


class Members(Operations):
    noun = "member"
    tag = "Plans"

    @operation(P.PLAN_VIEW, query=MemberQuerySerializer, answer=MemberSerializer, many=True)
    def list(self, request: Request, asked: dict[str, Any]) -> QuerySet[Membership]:
        """Who acts for the employer of this plan, in which role."""
        return (former_members_of if asked["former"] else members_of)(request.sponsor)

    @operation(P.MEMBERS_EDIT, body=MemberAddSerializer, answer=MemberAddedSerializer, status=201)
    def create(self, request: Request, sent: dict[str, Any]) -> Membership:
        """Give somebody a role. Somebody new gets a link to choose a password."""
        membership = member_add(by=request.user, sponsor=request.sponsor, **sent)
        membership.invitation_link = invitation_send(request._request, membership.user)
        return membership

    @operation(P.PLAN_VIEW, answer=MemberSerializer)
    def read(self, request: Request, member: int) -> Membership:
        """One present member."""
        return get_object_or_404(members_of(request.sponsor), pk=member)

    @operation(P.MEMBERS_EDIT, body=ReasonSerializer, answer=MemberSerializer)
    def end(self, request: Request, member: int, sent: dict[str, Any]) -> Membership:
        """End a role. What the person did stays theirs."""
        membership = get_object_or_404(Membership, sponsor=request.sponsor, pk=member)
        return membership_end(by=request.user, membership=membership, **sent)
