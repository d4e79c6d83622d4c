"""What a management command loads before it does anything."""

import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tests.bench._race import Line

ROOT = Path(__file__).resolve().parents[2]
UNWANTED = {"pandas", "numba"}


def imports(arguments: Namespace) -> Iterator[Line]:
    found = sorted(UNWANTED & packages_of_check())
    measured = "both" if len(found) == 2 else (found or ["neither"])[0]
    yield Line("manage.py check imports pandas, numba", measured, "neither", not found)


def packages_of_check() -> set[str]:
    """The packages of which `manage.py check` imports anything. Raises RuntimeError when it fails."""
    with tempfile.TemporaryDirectory(prefix="steward-imports-") as var:
        command = [sys.executable, "-X", "importtime", "manage.py", "check"]
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"STEWARD_VAR": var, "DJANGO_SETTINGS_MODULE": "config.settings"}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"manage.py check failed:\n{run.stderr[-2000:]}")
    lines = run.stderr.splitlines()
    modules = [line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")]
    return {module.partition(".")[0] for module in modules}
