"""What `./start` runs once the environment exists: prepare the site, then keep web and worker running."""

import argparse
import errno
import hashlib
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from sponsors.processes import child_start, child_stop, log_tail

HOST = "127.0.0.1"
READY_WITHIN_SECONDS = 90
WORKER_PROCESSES = min(os.cpu_count() or 1, 4)


class StartError(Exception):
    """Steward cannot start or go on; the message says why and what to do."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


def main(argv: list[str] | None = None) -> int:
    """Exit status: 0 prepared or ended on request, 1 could not start or a process died, 2 wrong arguments."""
    arguments = _arguments(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("STEWARD_DEMO", "1")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever prepare has started ends in order
    try:
        if not arguments.setup:
            port_check(arguments.port)
        logins = prepare()
        if arguments.setup:
            print("Steward is prepared. Type ./start to run it.")
            return 0
        run(arguments.port, logins)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./start", description="Prepare Steward and run it on this computer."
    )
    parser.add_argument("--setup", action="store_true", help="prepare everything and exit")
    parser.add_argument("--port", type=_port, default=8000, help="port of the web pages (default 8000)")
    return parser.parse_args(argv)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)


def port_check(port: int) -> None:
    """Refuse a port that cannot be had, before anything is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise StartError(
                    f"Port {port} cannot be used ({error.strerror}). Choose another: ./start --port 8001"
                ) from None
            raise StartError(
                f"Port {port} is in use, perhaps by a Steward that is already running. "
                f"End that program, or choose another port: ./start --port {port % 65535 + 1}"
            ) from None


def prepare() -> str:
    """Database, static files, demo data; each skips what is done already. Returns the demo logins as lines."""
    import django  # the environment decides the settings, so Django comes after the arguments
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise StartError(f"Steward cannot start: {error}") from None
    from django.conf import settings
    from django.core.management import CommandError, call_command
    from django.db import OperationalError, connections

    logins = io.StringIO()
    try:
        print("Preparing the database ...", flush=True)
        call_command("check", databases=["default"], stdout=io.StringIO())
        call_command("migrate", interactive=False, verbosity=0)
        static_collect()
        call_command("load_catalogue", stdout=io.StringIO())
        if settings.DEMO:
            print("Looking after the demo data (the first time takes a while) ...", flush=True)
            call_command("seed_demo", stdout=logins)
    except OperationalError as error:
        raise StartError(
            f"The database cannot be used: {error}\nLook at DATABASE_URL, then run this again."
        ) from None
    except CommandError as error:
        raise StartError(f"Steward could not be prepared: {error}") from None
    connections.close_all()
    return logins.getvalue()


def static_collect() -> None:
    """Collect and compress the static files, unless none changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = _static_state()
    if not stamp.exists() or stamp.read_text() != state:
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(state)


def _static_state() -> str:
    from django.contrib.staticfiles.finders import get_finders

    files = sorted(Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    stats = ((str(file), file.stat()) for file in files)
    return hashlib.sha256(repr([(n, s.st_size, s.st_mtime_ns) for n, s in stats]).encode()).hexdigest()


def run(port: int, logins: str) -> None:
    """Web and worker until someone asks to end or one of them dies; then both are gone."""
    asked_to_end = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: asked_to_end.set())
    children: list[Child] = []
    try:
        children.append(web_start(port))
        children.append(worker_start(os.environ))
        _wait_until_ready(port, children, asked_to_end)
        if not asked_to_end.is_set():
            print(_welcome(port, logins, children), flush=True)
        while not asked_to_end.wait(0.25):
            _check_alive(children)
        print("Ending ...", flush=True)
    finally:
        _end(children)
    print("Steward has ended.", flush=True)


def _end(children: list[Child]) -> None:
    """All are asked before the first is waited for: the worker takes a few seconds to put its work down."""
    for child in children:
        child.process.send_signal(signal.SIGTERM)
    for child in children:
        child_stop(child.process)


def web_start(port: int) -> Child:
    options = f"--bind {HOST}:{port} --workers 2 --threads 4 --timeout 60 --no-control-socket"
    return _child("web", f"gunicorn config.wsgi {options}", os.environ)


def worker_start(env: Mapping[str, str], *, processes: int = WORKER_PROCESSES) -> Child:
    """A Celery worker; it sweeps the queue of record itself, so no scheduler stands beside it."""
    env = dict(env)
    ready = _ready_file()
    ready.unlink(missing_ok=True)
    env["STEWARD_WORKER_READY_FILE"] = str(ready)
    if os.geteuid() == 0:
        # Root started us on purpose, and messages are JSON ids: no pickle is ever loaded.
        env["C_FORCE_ROOT"] = "1"
    options = f"--concurrency {processes} --without-gossip --without-mingle --without-heartbeat"
    return _child("worker", f"celery --app config worker {options}", env)


def _child(name: str, module: str, env: Mapping[str, str]) -> Child:
    """`module` with its arguments, as `python -m` takes them."""
    command = [sys.executable, "-m", *module.split()]
    log = _var() / "log" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    return Child(name, child_start(command, log=log, env=env, cwd=Path(__file__).parent.parent), log)


def _var() -> Path:
    from django.conf import settings

    return Path(settings.VAR_DIR)


def _ready_file() -> Path:
    return _var() / "worker.ready"


def worker_is_ready() -> bool:
    return _ready_file().exists()


def web_is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _wait_until_ready(port: int, children: list[Child], asked_to_end: Event) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not (worker_is_ready() and web_is_ready(port)):
        if asked_to_end.wait(0.1):
            return
        _check_alive(children)
        if time.monotonic() > deadline:
            raise StartError(
                _reason(f"Steward did not answer within {READY_WITHIN_SECONDS} seconds.", children)
            )


def _check_alive(children: list[Child]) -> None:
    for child in children:
        status = child.process.poll()
        if status is not None:
            how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
            raise StartError(_reason(f"The {child.name} process {how}, so Steward has stopped.", [child]))


def _reason(sentence: str, children: list[Child]) -> str:
    logs = [f"Last lines of {child.log}:\n{log_tail(child.log)}" for child in children]
    return "\n".join([sentence, *logs])


def _welcome(port: int, logins: str, children: list[Child]) -> str:
    address = f"Steward is running at http://{HOST}:{port}/"
    lines = [address, logins.rstrip(), f"Logs: {children[0].log.parent}   To end: Ctrl-C"]
    return "\n".join(line for line in lines if line)


if __name__ == "__main__":
    sys.exit(main())
