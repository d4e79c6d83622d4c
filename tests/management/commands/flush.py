"""Empties the test database after a transactional test, past the triggers that make the ledger append-only.

Django's own `flush` would be refused by them, which is what they are for. Only the test settings install this app.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with _without_triggers(connections[options["database"]]):
            super().handle(**options)


@contextmanager
def _without_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    switch = _sqlite_triggers if connection.vendor == "sqlite" else _postgres_triggers
    with switch(connection):
        yield


@contextmanager
def _sqlite_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, sql in triggers:
                cursor.execute(sql)


@contextmanager
def _postgres_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")
