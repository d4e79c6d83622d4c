"""manage.py import_returns FILE: bring a monthly return history, or say line by line why it cannot be used."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from menus.history_file import MOST_BYTES, MOST_MISTAKES, Finding, HistoryFile, history_read
from menus.markets import HISTORY, market_edition
from menus.models import ReturnHistory
from menus.services.histories import history_import, history_name_check
from sponsors.errors import Refusal
from sponsors.facts import FactError
from sponsors.models import User


class Command(BaseCommand):
    help = "Import a monthly return history (CSV, months x series) as a market that runs can draw from."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="CSV: month_end, then a column of fractions for each series"
        )
        parser.add_argument("--name", help="what to call it; default: the file's name")
        parser.add_argument(
            "--source", default="", help="where the figures come from, printed with every result"
        )
        parser.add_argument("--by", help="e-mail address of the account that imports it")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, **options: Any) -> None:
        path: Path = options["file"]
        name = options["name"] or path.stem.lower().replace("_", "-").replace(" ", "-").replace(".", "-")
        try:
            history_name_check(name)
            file = history_read(_content(path), _last_month())
            history = None if file.mistakes else _imported(options, name, path, file)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        outcome = _outcome(file, history)
        self.stdout.write(json.dumps(outcome, indent=2) if options["json"] else _text(outcome, path.name))
        if file.mistakes:
            raise CommandError(
                f"{path.name} was not imported; nothing was changed. Mend the lines named above."
            )


def _last_month() -> str:
    """The last month that is over."""
    return str(np.datetime64(timezone.localdate(), "M") - 1)


def _content(path: Path) -> bytes:
    """The file, or one byte more than is allowed: a huge file is not read to its end."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}. Name a CSV file.") from error


def _imported(options: dict[str, Any], name: str, path: Path, file: HistoryFile) -> ReturnHistory:
    by = User.objects.filter(email__iexact=options["by"]).first() if options["by"] else None
    if options["by"] and by is None:
        raise CommandError(
            f"There is no account {options['by']}. Give the e-mail address of one, or leave --by out."
        )
    return history_import(
        by=by, name=name, file=file, file_name=path.name, source=options["source"], imported_from=_account()
    )


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return ""


def _outcome(file: HistoryFile, history: ReturnHistory | None) -> dict[str, Any]:
    found = {
        "accepted": history is not None,
        "sha256": file.sha256,
        "months": len(file.months),
        "first_month": min(file.months, default=None),
        "last_month": max(file.months, default=None),
        "series": sorted(file.returns),
        "mistakes": [vars(finding) for finding in file.mistakes[:MOST_MISTAKES]],
        "mistakes_found": len(file.mistakes),
        "notes": [vars(finding) for finding in file.notes[:MOST_MISTAKES]],
    }
    if history is None:
        return found
    return found | {
        "name": history.name,
        "imported_at": history.imported_at.isoformat(timespec="seconds"),
        "imported_by": str(history.imported_by or history.imported_from),
        "source": history.source,
        **_edition(history),
    }


def _edition(history: ReturnHistory) -> dict[str, Any]:
    """What a run would draw from it, or why none can."""
    try:
        edition = market_edition(HISTORY + history.name)
    except FactError as error:
        return {"edition": None, "window": None, "why_no_run": str(error), "lacking": []}
    return {"edition": edition.name, "window": edition.window, "lacking": list(edition.lacking)}


def _text(outcome: dict[str, Any], file_name: str) -> str:
    lines = [str(Finding(**finding)) for finding in outcome["mistakes"]]
    if hidden := outcome["mistakes_found"] - len(outcome["mistakes"]):
        lines.append(f"... and {hidden:,} more.")
    lines += [f"Note. {Finding(**finding)}" for finding in outcome["notes"]]
    if outcome["accepted"]:
        months = f"{outcome['months']} months {outcome['first_month']} to {outcome['last_month']}"
        lines.append(f"{file_name} is kept as {outcome['name']}: {months}, {len(outcome['series'])} series.")
        lines.append(f"SHA-256 {outcome['sha256']}")
        lines.append(_for_runs(outcome))
    return "\n".join(lines)


def _for_runs(outcome: dict[str, Any]) -> str:
    if outcome["edition"] is None:
        return f"It serves backtests; runs cannot draw from it. {outcome['why_no_run']}"
    lacking = f" It has no series for {', '.join(outcome['lacking'])}." if outcome["lacking"] else ""
    return f"Runs can choose the market edition {outcome['edition']}, {outcome['window']}.{lacking}"
