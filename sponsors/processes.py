"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1  # prctl(2)


def child_start(
    command: list[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    end_signal: signal.Signals = signal.SIGTERM,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, writing to `log` (emptied first).

    On Linux the kernel sends it `end_signal` when this process is gone, however it went. `options` go to Popen.
    """
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            env=env,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_follow_parent(end_signal),
            **options,
        )


def child_stop(
    process: subprocess.Popen[bytes],
    *,
    end_signal: signal.Signals = signal.SIGTERM,
    patience_seconds: float = 10,
) -> None:
    """Ask the process to end, wait, then end whatever is left of its group."""
    process.send_signal(end_signal)
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _kill_group(process.pid)
        process.wait()


def log_tail(log: Path, lines: int = 15) -> str:
    """The last lines a child wrote, indented."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def _follow_parent(end_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def follow() -> None:
        prctl(PR_SET_PDEATHSIG, int(end_signal))
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)

    return follow


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
