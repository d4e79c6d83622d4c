"""How the engine's inner loops are compiled and where the result is kept.

A compiled kernel is kept on disk and used by the next process. Numba renews it when the file of the kernel
changes, but not when a function that it calls from another file does; so everything is kept under a name made
of the sources of all of them.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

ENGINE = Path(__file__).parent
COMPILED = (
    "compiling",
    "contributions",
    "kernels",
    "schedules",
    "table_kernels",
)  # kernels, and constants in them


def _sources() -> str:
    sha = hashlib.sha256()
    for name in COMPILED:
        sha.update((ENGINE / f"{name}.py").read_bytes())
    return sha.hexdigest()[:16]


def _cache_folder() -> Path | None:
    """Beside the code where that may be written, else in the home of whoever runs it; None where neither may."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    for folder in (ENGINE / "__pycache__", home / "steward"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder / f"kernels-{_sources()}"
    return None


FOLDER = _cache_folder()
if FOLDER is not None:
    numba.config.CACHE_DIR = str(FOLDER)  # type: ignore[attr-defined]  # made when numba is imported
# A handful of numbers side by side, such as the percentiles of a table's row, are then worked on in one register.
numba.config.SLP_VECTORIZE = True  # type: ignore[attr-defined]


def compiled(function: Callable[..., Any]) -> Any:
    """The function as machine code: no fast-math and no parallel sums, so a figure depends on nothing but its
    inputs; other threads may run meanwhile."""
    return numba.njit(function, cache=FOLDER is not None, nogil=True, error_model="numpy")
