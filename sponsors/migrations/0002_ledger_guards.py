"""The ledger is insert-only: triggers on both databases."""

from typing import Any

from django.db import migrations

from sponsors.ledger import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("sponsors", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
