"""What every change of a draft shares: the lock, the refusal of frozen versions, the count of edits."""

from __future__ import annotations

from django.db.models import F

from menus.models import MenuVersion
from sponsors.errors import Refusal


def draft_locked(version: MenuVersion, seen_edits: int | None = None) -> MenuVersion:
    """The version as it stands, locked until the transaction ends and counted as edited.

    Raises Refusal when it is frozen, or when `seen_edits` (the count that the page was built on) has passed.
    """
    locked = version_locked(version)
    if not locked.is_draft:
        raise Refusal(
            f"Version {locked.number} is {locked.get_status_display().lower()} and can no longer be changed. "
            "Start a new version as a copy of it and change that.",
            code="version_frozen",
            conflict=True,
        )
    if seen_edits is not None and seen_edits != locked.edit_count:
        raise Refusal(
            "Somebody changed this version while your page was open, so nothing was saved. "
            "Look at it as it stands now and save again if your change still fits.",
            code="edited_meanwhile",
            conflict=True,
        )
    MenuVersion.objects.filter(pk=locked.pk).update(edit_count=F("edit_count") + 1)
    locked.edit_count += 1
    return locked


def version_locked(version: MenuVersion) -> MenuVersion:
    return (
        MenuVersion.objects.select_for_update(of=("self",))
        .select_related("menu", "plan__sponsor")
        .get(pk=version.pk)
    )
