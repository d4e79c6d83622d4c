"""Start-up checks: what must be true of the database before anything is kept in it."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20000}


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
