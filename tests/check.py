"""`python -m tests.check`: linters, formatters, types and Django's own checks. Exit status 0 only if all pass."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable


def commands() -> dict[str, list[str]]:
    """Each check's name and command; a command that ends with anything but 0 has found something."""
    templates = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))
    return {
        "ruff check": [PYTHON, "-m", "ruff", "check", "--quiet", "--output-format", "concise", "."],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
        "djade": [str(Path(PYTHON).with_name("djade")), "--check", "--target-version", "5.2", *templates],
        "mypy": [PYTHON, "-m", "mypy", "--no-error-summary"],
        "manage.py check": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
        "makemigrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    }


def run_all() -> list[bool]:
    """Run every check, print a line for each and what it found; True where it passed."""
    print("\n=== Checks ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="steward-check-") as var:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        return [
            _run(name, command, {**environment, "STEWARD_VAR": var}) for name, command in commands().items()
        ]


def _run(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    passed = run.returncode == 0
    print(f"{'passed' if passed else 'FAILED'}  {name}  {time.monotonic() - started:.1f} s", flush=True)
    if not passed:
        print(run.stdout + run.stderr, flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(0 if all(run_all()) else 1)
