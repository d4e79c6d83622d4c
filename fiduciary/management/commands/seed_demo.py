"""`manage.py seed_demo`: what `./start` puts into a fresh site, and the logins it prints."""

from typing import Any

from django.core.management.base import BaseCommand

from fiduciary.demonstration import build
from fiduciary.demonstration_cast import CAST, PASSWORD
from fiduciary.models import Document
from fiduciary.worker import worker_on_demand


class Command(BaseCommand):
    """Builds the demonstration sponsor once; afterwards prints the logins only."""

    help = "Build the demonstration sponsor and print its logins."

    def handle(self, **options: Any) -> None:
        if Document.objects.exclude(sha256="").filter(sponsor__is_demonstration=True).count() < 2:
            with worker_on_demand() as wait:
                build(wait)
        for person in CAST:
            self.stdout.write(f"{person.role_label:24} {person.email:34} {PASSWORD}")
