"""How the engine's inner loops are compiled and where the result is kept.

A compiled kernel is kept on disk and used by the next process. Numba renews it when the file of the kernel
changes, but not when a function that it calls from another file does; so everything is kept under a name made
of the sources of all of them.
"""

import hashlib
import os
import tempfile
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


def _cache_folder() -> Path:
    """Beside the code where that may be written, else with the temporary files of this user."""
    beside = ENGINE / "__pycache__"
    if os.access(beside if beside.exists() else ENGINE, os.W_OK):
        return beside / f"kernels-{_sources()}"
    return Path(tempfile.gettempdir()) / f"steward-{os.getuid()}" / f"kernels-{_sources()}"


if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]  # made when numba is imported
    numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]

# A handful of numbers side by side, such as the percentiles of a table's row, are then worked on in one register.
numba.config.SLP_VECTORIZE = True  # type: ignore[attr-defined]


def compiled(function: Callable[..., Any]) -> Any:
    """The function as machine code: no fast-math and no parallel sums, so a figure depends on nothing but its
    inputs; other threads may run meanwhile."""
    return numba.njit(function, cache=True, nogil=True, error_model="numpy")
