"""Start-up checks: what must be true before anything is kept. `./start` and every manage.py command run them."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from fiduciary.checklists import editions
from fiduciary.timeline import regulatory_timeline
from menus.catalogue import load_presets, read_catalogue
from menus.guardrails.rulebook import load_rulebook
from menus.histories import histories
from menus.long_record import long_record
from menus.look_through import glide_paths, look_throughs
from menus.markets import edition_names, market_edition
from sponsors.census.calibration import participant_facts
from sponsors.facts import FactError, load_sources
from sponsors.limits import limit_facts

SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20000}

# Every dated data file and what reads it; tests/guards/test_data_files.py names a file that is missing here.
DATA_FILES: dict[str, Callable[[], Any]] = {
    "sponsors/data/sources.yaml": load_sources,
    "sponsors/data/limits.yaml": limit_facts,
    "sponsors/data/participants.yaml": participant_facts,
    "menus/data/funds.yaml": read_catalogue,
    "menus/data/presets.yaml": load_presets,
    "menus/data/asset_classes.yaml": look_throughs,
    "menus/data/glide_paths.yaml": glide_paths,
    "menus/data/capital_market_assumptions.yaml": lambda: [market_edition(name) for name in edition_names()],
    "menus/data/annual_returns.yaml": long_record,
    "menus/data/guardrails.yaml": load_rulebook,
    "menus/data/monthly_returns.yaml": histories,
    "fiduciary/data/regulatory_timeline.yaml": regulatory_timeline,
    "fiduciary/data/checklists/prudent_person/2026-11.yaml": lambda: editions("prudent_person"),
}


@register(Tags.database)
def sqlite_pragmas(databases: list[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """SQLite must run in WAL mode, write through to disk, check foreign keys and wait instead of refusing."""
    messages: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor == "sqlite":
            messages += [_wrong_pragma(name, found) for name, found in _wrong_pragmas(connection)]
    return messages


def _wrong_pragmas(connection: Any) -> list[tuple[str, Any]]:
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in SQLITE_PRAGMAS}
    # An in-memory database (tests) has no journal file; its mode is always "memory".
    return [
        (name, value) for name, value in found.items() if value != SQLITE_PRAGMAS[name] and value != "memory"
    ]


def _wrong_pragma(name: str, found: Any) -> Error:
    return Error(
        f"SQLite runs with {name} = {found}, not {SQLITE_PRAGMAS[name]}.",
        hint="Open the database through Steward's settings; config/env.py sets it.",
        id="steward.E001",
    )


@register()
def data_files(**kwargs: Any) -> list[CheckMessage]:
    """Limits, funds, market editions, rules and checklists: a mistake in a file shows now, not on somebody's page."""
    return [message for file, load in DATA_FILES.items() for message in _data_file(file, load)]


def _data_file(file: str, load: Callable[[], Any]) -> list[CheckMessage]:
    try:
        load()
    except FactError as error:
        hint = f"Mend {_at_fault(error, file)}, or take it from the version that is installed."
        return [Error(f"A data file breaks its own rules: {error}", hint=hint, id="steward.E002")]
    return []


def _at_fault(error: FactError, file: str) -> str:
    """The data file that the message begins with: reading one may find the mistake of another."""
    name = str(error).partition(":")[0]
    return next((other for other in DATA_FILES if Path(other).name == name), file)


@register()
def documents_folder(**kwargs: Any) -> list[CheckMessage]:
    """Documents, evidence and census files must find a place to be kept in."""
    folder = Path(settings.DOCUMENTS_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        hint = "Let the account that runs Steward write there, or name another folder in STEWARD_VAR."
        message = f"Nothing can be kept in {folder}: {error.strerror}."
        return [Error(message, hint=hint, id="steward.E003")]
    return []


@register(Tags.security)
def debug_needs_made_up_people(**kwargs: Any) -> list[CheckMessage]:
    """Django's error pages show settings and data to whoever meets them."""
    if not settings.DEBUG or settings.DEMO:
        return []
    return [
        Error(
            "DEBUG is on, so error pages would show people's data.",
            hint="Leave DEBUG out. To work on the code, set STEWARD_DEMO=1 too: made-up people only.",
            id="steward.E004",
        )
    ]


@register(Tags.security)
def public_site(**kwargs: Any) -> list[CheckMessage]:
    """What a site behind HTTPS, so one that others reach, should not leave as it is on one's own computer."""
    if not settings.HTTPS:
        return []
    checks = (_unproved_addresses, _mail_that_goes_nowhere, _published_passwords)
    return [message for check in checks for message in check()]


def _unproved_addresses() -> list[CheckMessage]:
    if not settings.OPEN_SIGNUP or settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory":
        return []
    return [
        Warning(
            "Anybody may register here with an e-mail address that nobody has proved to be theirs.",
            hint="Set STEWARD_EMAIL_VERIFICATION=mandatory and EMAIL_URL, or STEWARD_OPEN_SIGNUP=0.",
            id="steward.W001",
        )
    ]


def _mail_that_goes_nowhere() -> list[CheckMessage]:
    if not settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        return []
    return [
        Warning(
            "Mail is only printed to the log, so nobody can be invited or get a new password by mail.",
            hint="Name the mail server in EMAIL_URL.",
            id="steward.W002",
        )
    ]


def _published_passwords() -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [
        Warning(
            "This is a demonstration: its passwords are published, and one of its logins reads every sponsor.",
            hint="Keep no real people here. For a real site set STEWARD_DEMO=0 and begin with an empty database.",
            id="steward.W003",
        )
    ]
