from typing import Any

from django.core.management.base import BaseCommand, CommandError

from menus.catalogue import catalogue_load
from sponsors.facts import FactError


class Command(BaseCommand):
    help = "Bring the fund catalogue to what menus/data/funds.yaml says. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = catalogue_load()
        except FactError as error:
            raise CommandError(f"The catalogue was not loaded; nothing was changed. {error}") from error
        self.stdout.write(f"{report}.")
        for key in report.changed:
            self.stdout.write(f"  changed: {key}")
