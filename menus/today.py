"""What this app says on the front page of a plan: its menu and its latest exposure run."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q
from django.urls import reverse

from menus.enums import RunStatus, VersionStatus
from menus.models import MenuVersion, ProjectionRun
from sponsors.models import Plan, User
from sponsors.permissions import Permission as P
from sponsors.today import Section
from sponsors.wording import long_day

MENU_STEP = "Design the menu"
SEVERITIES = ("block", "caution", "note")
RUN_STATES = {
    RunStatus.DONE: "done",
    RunStatus.FAILED: "attention",
    RunStatus.CANCELLED: "todo",
}


def menu_section(plan: Plan, permissions: frozenset[P], reader: User) -> Section | None:
    """The version in force and those on their way. Done as soon as one is before the committee or in force."""
    if P.MENU_VIEW not in permissions:
        return None
    alive = Q(status__in=[VersionStatus.ADOPTED, VersionStatus.PROPOSED, VersionStatus.DRAFT])
    versions = list(
        MenuVersion.objects.filter(alive, plan=plan).select_related("menu", "plan").order_by("-created_at")
    )
    in_force = next((one for one in versions if one.status == VersionStatus.ADOPTED), None)
    coming = next((one for one in versions if one.status != VersionStatus.ADOPTED), None)
    shown = coming or in_force
    if shown is None:
        return Section(
            title="Menu",
            step=MENU_STEP,
            sentence="No menu yet: the 20 to 30 funds that people may choose from.",
            url=reverse("menus:menu-list", kwargs={"plan": plan.slug}),
        )
    return Section(
        title="Menu",
        step=MENU_STEP,
        sentence=_in_force(in_force),
        figure=f"{in_force.lines.count()} lines" if in_force else "",
        note=" ".join(_on_its_way(version) for version in versions if version is not in_force),
        state="in_progress" if all(one.is_draft for one in versions) else "done",
        url=shown.get_absolute_url(),
    )


def _in_force(version: MenuVersion | None) -> str:
    if version is None:
        return "No version is in force yet."
    since = version.closed_at
    return f"{version} is in force" + (f" since {long_day(since)}." if since else ".")


def _on_its_way(version: MenuVersion) -> str:
    if version.status == VersionStatus.DRAFT:
        return f"Version {version.number} is a draft."
    return f"Version {version.number} is proposed, {_finding_words(version)}."


def _finding_words(version: MenuVersion) -> str:
    """Findings as they stood at proposal, gravest first."""
    counted = Counter(finding["severity"] for finding in version.findings_at_proposal)
    words = [f"{number} {key}{'s' if number > 1 else ''}" for key in SEVERITIES if (number := counted[key])]
    return f"with {', '.join(words)}" if words else "without findings"


def run_section(plan: Plan, permissions: frozenset[P], reader: User) -> Section | None:
    """The latest exposure run."""
    if P.RUN_VIEW not in permissions:
        return None
    runs = (
        ProjectionRun.objects.filter(plan=plan)
        .select_related("version__menu", "plan")
        .defer("result", "inputs")
    )
    run = runs.first()
    if run is None:
        return Section(
            title="Exposure",
            sentence="No run yet: what the people of the plan would be exposed to under a version of the menu.",
            url=reverse("menus:run-list", kwargs={"plan": plan.slug}),
        )
    return Section(
        title="Exposure",
        sentence=f"{run} of {run.version}: {run.get_status_display().lower()}.",
        figure=f"{run.paths:,} paths",
        note="Modelled outcomes, not a forecast." if run.status == RunStatus.DONE else "",
        state=RUN_STATES.get(RunStatus(run.status), "in_progress"),
        url=run.get_absolute_url(),
    )
