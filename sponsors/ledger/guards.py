"""Database triggers that refuse to change, delete or overwrite what the ledger holds, on SQLite and PostgreSQL.

They stop accidents and ordinary programs. Somebody who owns the database can drop them; the hash chain shows it.
"""

from typing import Any

TABLE = "sponsors_ledgerevent"
REFUSED = "the ledger is insert-only"

SQLITE = {
    "ledger_no_update": f"BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "ledger_no_delete": f"BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    # INSERT OR REPLACE deletes the old row without firing the trigger above.
    "ledger_no_replace": f"""BEFORE INSERT ON {TABLE}
        WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR (book = NEW.book AND position = NEW.position))
        BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
}
POSTGRES_FUNCTION = f"""CREATE OR REPLACE FUNCTION ledger_insert_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"""
POSTGRES = {
    "ledger_no_change": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION ledger_insert_only()",
    "ledger_no_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION ledger_insert_only()",
}


def install(connection: Any) -> None:
    """Put the triggers in place; those that are there are replaced."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for name, body in _triggers(connection).items():
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove(connection: Any) -> None:
    """Take the triggers away (a migration backwards, or a test database being emptied)."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _triggers(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def _triggers(connection: Any) -> dict[str, str]:
    return POSTGRES if connection.vendor == "postgresql" else SQLITE
