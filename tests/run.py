"""What `./test` runs: the suite on SQLite, the suite on PostgreSQL with Redis, then the checks.

The last line sums everything up as "N passed, N failed"; a check counts as one. Exit status 0 only if nothing failed.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests import check
from tests.browser import BrowserMissing, browser_environment
from tests.services import ServiceMissing, postgres, redis

NO_TESTS_COLLECTED = 5  # pytest's exit status
PYTEST = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadscope", "--hypothesis-profile", "fixed"]


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def main(arguments: list[str]) -> int:
    """`arguments` are pytest's, and `--no-browser`."""
    without_browser = "--no-browser" in arguments
    try:
        with ExitStack() as services:
            database, broker = services.enter_context(postgres()), services.enter_context(redis())
            browser = {} if without_browser else browser_environment()
            tally = _on_sqlite(arguments, browser) + _on_postgres(arguments, browser, database, broker)
    except (ServiceMissing, BrowserMissing) as missing:
        print(missing, file=sys.stderr)
        print("0 passed, 1 failed: the tests could not start, for the reason above")
        return 1
    checks = check.run_all()
    tally += Tally(passed=checks.count(True), failed=checks.count(False))
    print(_last_line(tally, without_browser))
    return 1 if tally.failed else 0


def _on_sqlite(arguments: list[str], browser: dict[str, str]) -> Tally:
    _say("SQLite, filesystem broker")
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")
    }
    return _pytest(arguments, {**environment, **browser, "STEWARD_TEST_DATABASE": "sqlite"})


def _on_postgres(arguments: list[str], browser: dict[str, str], database: str, broker: str) -> Tally:
    """Tests that cannot reach a database ran above; pytest counts them here as deselected."""
    _say("PostgreSQL, Redis broker")
    services = {"DATABASE_URL": database, "REDIS_URL": broker, "STEWARD_TEST_DATABASE": "postgresql"}
    return _pytest(["--database-tests", *arguments], {**os.environ, **browser, **services})


def _pytest(arguments: list[str], environment: dict[str, str]) -> Tally:
    with tempfile.TemporaryDirectory(prefix="steward-results-") as folder:
        results = Path(folder, "results.xml")
        run = subprocess.run([*PYTEST, f"--junitxml={results}", *arguments], env=environment)
        tally = _read(results)
    if run.returncode not in (0, NO_TESTS_COLLECTED) and not tally.failed:
        tally.failed = 1  # pytest itself failed: a wrong argument, a conftest that does not import
    return tally


def _read(results: Path) -> Tally:
    if not results.exists():
        return Tally()
    tally = Tally()
    for suite in ElementTree.parse(results).getroot().iter("testsuite"):
        count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        failed = count["failures"] + count["errors"]
        tally += Tally(count["tests"] - failed - count["skipped"], failed, count["skipped"])
    return tally


def _say(what: str) -> None:
    print(f"\n=== {what} ===", flush=True)


def _last_line(tally: Tally, without_browser: bool) -> str:
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    left_out = " (without the browser journeys: --no-browser)" if without_browser else ""
    return f"{tally.passed} passed, {tally.failed} failed{skipped}{left_out}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
