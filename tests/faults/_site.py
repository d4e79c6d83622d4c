"""A site for one drill: folder, database and broker of its own, and worker processes that can be killed."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from config.supervise import Child, worker_is_ready, worker_start
from sponsors.processes import child_stop, log_tail
from tests.services import ServiceMissing, postgres, redis

WORKER_READY_WITHIN = 60.0


class DrillError(Exception):
    """The drill itself could not go on; the message says why."""


def drill_parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--broker", choices=["filesystem", "redis"], default="filesystem")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    return parser


def drill(run: Callable[[], bool], arguments: argparse.Namespace) -> int:
    """Exit status: 0 when `run`, on a site of its own, reached every figure."""
    try:
        with _site(arguments.broker, arguments.database):
            return 0 if run() else 1
    except (DrillError, ServiceMissing) as problem:
        print(problem, file=sys.stderr)
        return 1


@contextmanager
def _site(broker: str, database: str) -> Iterator[None]:
    """Until the block ends, this process and the workers that it starts are a site in a temporary folder."""
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="steward-drill-"))
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        os.environ |= {"STEWARD_VAR": var, "DJANGO_SETTINGS_MODULE": "tests.faults._settings"}
        os.environ["LOG_LEVEL"] = "ERROR"
        if database == "postgresql":
            os.environ["DATABASE_URL"] = stack.enter_context(postgres())
        if broker == "redis":
            os.environ["REDIS_URL"] = stack.enter_context(redis())
        _set_up()
        yield


def _set_up() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def worker(processes: int = 1) -> Iterator[Child]:
    """A worker that takes jobs; killed in the end if it still lives."""
    child = worker_start(os.environ, processes=processes)
    try:
        until(worker_is_ready, "The worker did not get ready", WORKER_READY_WITHIN, child)
        yield child
    finally:
        if child.process.poll() is None:
            child_stop(child.process, patience_seconds=1)


def kill(child: Child) -> None:
    """End the worker and all its processes at once, as a power cut or the kernel would."""
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def until(
    reached: Callable[[], bool],
    otherwise: str,
    seconds: float,
    child: Child | None = None,
    step: float = 0.02,
) -> None:
    """Wait for something; raises DrillError, with the worker's last words, when it does not come in time."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline or (child is not None and child.process.poll() is not None):
            last_words = f"\n{log_tail(child.log)}" if child is not None else ""
            raise DrillError(f"{otherwise} within {seconds:.0f} seconds.{last_words}")
        time.sleep(step)


def report(rows: Sequence[tuple[str, object, str, bool]]) -> bool:
    """Print what was found beside what is asked for (figure, found, asked, reached); True when all is reached."""
    width = max(len(row[0]) for row in rows)
    for figure, found, asked, reached in rows:
        print(f"  {'ok  ' if reached else 'MISS'}  {figure:{width}}  {found!s:>12}  asked: {asked}")
    return all(row[3] for row in rows)
