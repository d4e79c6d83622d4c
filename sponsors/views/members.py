"""Who acts for the employer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.members import MemberEndForm, MemberForm
from sponsors.forms.refusals import add_refusal
from sponsors.models import Membership
from sponsors.permissions import Permission as P
from sponsors.roles import ROLE_SENTENCES
from sponsors.selectors import former_members_of, members_of
from sponsors.services.invitations import invitation_send
from sponsors.services.memberships import invitation_renew, member_add, membership_end


@plan_view(P.PLAN_VIEW)
def member_list(request: PlanRequest) -> HttpResponse:
    """Present members with their roles, and those of the past."""
    context = {
        "plan": request.plan,
        "members": members_of(request.plan.sponsor),
        "former": former_members_of(request.plan.sponsor),
        "roles": [{"key": role.label, "value": sentence} for role, sentence in ROLE_SENTENCES.items()],
        "may_edit": P.MEMBERS_EDIT in request.permissions,
    }
    return render(request, "sponsors/member_list.html", context)


@plan_view(P.MEMBERS_EDIT)
def member_new(request: PlanRequest) -> HttpResponse:
    """Give somebody a role. Where the site sends no mail, the answer shows the way in once, to be handed over."""
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = member_add(by=request.user, sponsor=request.plan.sponsor, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            link = invitation_send(request, membership.user)
            if link:
                return _hand_over(request, membership, link, is_new=True)
            messages.success(
                request, f"{membership.user} now has the role of {membership.get_role_display().lower()}."
            )
            return redirect("sponsors:member-list", plan=request.plan.slug)
    return render(request, "sponsors/member_add.html", {"plan": request.plan, "form": form})


def _hand_over(request: PlanRequest, membership: Membership, link: str, *, is_new: bool) -> HttpResponse:
    """The only page that ever shows the link."""
    context = {"plan": request.plan, "invited": membership, "link": link, "is_new": is_new}
    return render(request, "sponsors/member_invited.html", context)


@require_POST
@plan_view(P.MEMBERS_EDIT)
def member_invite(request: PlanRequest, member: int) -> HttpResponse:
    """Another link for somebody who has not chosen a password yet."""
    membership = get_object_or_404(members_of(request.plan.sponsor), pk=member)
    try:
        invitation_renew(by=request.user, membership=membership)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("sponsors:member-list", plan=request.plan.slug)
    link = invitation_send(request, membership.user)
    if link:
        return _hand_over(request, membership, link, is_new=False)
    messages.success(request, f"A new link is on its way to {membership.user.email}.")
    return redirect("sponsors:member-list", plan=request.plan.slug)


@plan_view(P.MEMBERS_EDIT)
def member_leave(request: PlanRequest, member: int) -> HttpResponse:
    """Ask why, then end a role."""
    membership = get_object_or_404(members_of(request.plan.sponsor), pk=member)
    form = MemberEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership_end(by=request.user, membership=membership, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, f"The role of {membership.user} has ended. What they did stays on record."
            )
            return _after_leaving(request, membership)
    return render(
        request, "sponsors/member_end.html", {"plan": request.plan, "form": form, "ending": membership}
    )


def _after_leaving(request: PlanRequest, membership: Membership) -> HttpResponse:
    """Somebody who ended their own role is a stranger to the plan now."""
    if membership.user_id == request.user.pk:
        return redirect("sponsors:home")
    return redirect("sponsors:member-list", plan=request.plan.slug)
