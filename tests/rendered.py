"""No template without a test that renders it: collected while the tests run, judged at the end of a whole run.

A pytest plugin (pyproject.toml names it). A run of a part, without the browser or with a failure judges nothing.
"""

from pathlib import Path
from typing import Any

import pytest
from django.test.signals import template_rendered

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
# Templates that no test can reach, each with its reason.
EXEMPT: dict[str, str] = {}

_rendered: set[str] = set()
_missing: list[str] = []


def unrendered(rendered: set[str]) -> list[str]:
    """HTML templates of the project that are not among `rendered`, save the exempt ones."""
    names = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    return sorted(names - rendered - set(EXEMPT))


def pytest_configure(config: pytest.Config) -> None:
    template_rendered.connect(_note)


def _note(sender: Any, template: Any, **_: Any) -> None:
    _rendered.add("".join(template.name or ""))  # plain text: pytest-xdist hands no SafeString over


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's: a worker has ended and handed over what it saw
def pytest_testnodedown(node: Any) -> None:
    _rendered.update(getattr(node, "workeroutput", {}).get("rendered", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["rendered"] = sorted(_rendered)
    elif exitstatus == pytest.ExitCode.OK and _is_whole(session.config):
        _missing.extend(unrendered(_rendered))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED if _missing else exitstatus


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for name in _missing:
        terminalreporter.write_line(f"FAILED templates/{name}: no test renders it", red=True)


def _is_whole(config: pytest.Config) -> bool:
    option = config.option
    narrowed = option.file_or_dir or option.keyword or option.markexpr or option.deselect or option.ignore
    return not (narrowed or option.no_browser or option.database_tests or option.collectonly)
