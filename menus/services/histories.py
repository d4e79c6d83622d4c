"""Return histories that somebody brings: accepted whole, or refused with every mistake."""

from __future__ import annotations

import re

from django.db import transaction

from menus.history_file import HistoryFile
from menus.models import ReturnHistory
from menus.panel.history_markets import BUILT_IN
from sponsors.errors import Refusal
from sponsors.ledger import record
from sponsors.models import User

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def history_name_check(name: str) -> None:
    """Refuse a name that no address or edition can carry."""
    if not NAME.fullmatch(name) or len(name) > 40 or re.search(r"-block-\d+$", name):
        raise Refusal(
            f"{name!r} cannot name a history. Use small letters, digits and hyphens, 40 at the most, as in our-2026.",
            field="name",
            code="history_name",
        )
    if name in BUILT_IN:
        raise Refusal(
            f"{name} is the history that comes with Steward. Choose another name.",
            field="name",
            code="history_name",
        )


@transaction.atomic
def history_import(
    *,
    by: User | None,
    name: str,
    file: HistoryFile,
    file_name: str,
    source: str = "",
    imported_from: str = "",
) -> ReturnHistory:
    """Keep the figures of a file under a name, for good. The same file under the same name changes nothing.

    Refuses a file with mistakes, a name taken by other figures, and figures kept under another name.
    """
    history_name_check(name)
    if file.mistakes:
        raise Refusal(
            f"{file_name} was not imported; nothing was changed. {file.mistakes[0]}",
            field="file",
            code="history_file",
        )
    kept = _kept_already(name, file)
    if kept is not None:
        return kept
    history = ReturnHistory.objects.create(
        name=name,
        label=f"History {name}, {len(file.months)} months and {len(file.returns)} series",
        source=source,
        file_name=file_name,
        sha256=file.sha256,
        table=_table(file),
        first_month=file.months[0],
        last_month=file.months[-1],
        imported_by=by,
        imported_from=imported_from,
    )
    body = {
        "name": name,
        "file": file_name,
        "sha256": file.sha256,
        "months": [file.months[0], file.months[-1]],
    }
    body |= {"series": sorted(file.returns), "source": source}
    record("return_history.imported", by=by, subject=history, body=body)
    return history


def _kept_already(name: str, file: HistoryFile) -> ReturnHistory | None:
    """The same figures if they are kept; a conflict is refused."""
    same = ReturnHistory.objects.filter(sha256=file.sha256).first()
    if same is not None and same.name == name:
        return same
    if same is not None:
        raise Refusal(
            f"This file is kept already, as {same.name}. Use that name; a history is imported once.",
            field="name",
            code="history_twice",
            conflict=True,
        )
    if ReturnHistory.objects.filter(name=name).exists():
        raise Refusal(
            f"There is a history {name} with other figures, and runs may name it. Choose another name.",
            field="name",
            code="history_taken",
            conflict=True,
        )
    return None


def _table(file: HistoryFile) -> dict[str, object]:
    """The figures as JSON: blank months are null."""
    series = {
        name: [None if value != value else float(value) for value in column]
        for name, column in file.returns.items()
    }
    return {"months": file.months, "series": series}
