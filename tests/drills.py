"""Runs every benchmark, or every fault drill, one after the other, each in a process of its own."""

import pkgutil
import subprocess
import sys
from types import ModuleType


def run_all(package: ModuleType) -> int:
    """Exit status 0 only if every module of `package` reached its figures; a table in the end says which did."""
    names = [
        module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")
    ]
    results = {name: _run(f"{package.__name__}.{name}") for name in names}
    print(f"\n{package.__name__}: {len(names)} to run")
    for name, reached in results.items():
        print(f"  {'reached' if reached else 'MISSED '}  {name}")
    return 0 if all(results.values()) else 1


def _run(module: str) -> bool:
    print(f"\n=== {module} ===", flush=True)
    return subprocess.run([sys.executable, "-m", module]).returncode == 0
