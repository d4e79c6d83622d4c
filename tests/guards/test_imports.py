"""Which way imports go: read from the import statements, for every module of the project.

between apps    config -> fiduciary -> menus -> sponsors
inside an app   views, api, commands -> forms, serializers -> services -> selectors -> models -> enums, facts
the engine      numpy, numba, pandas, the standard library; only menus.panel and the services of menus call it
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["sponsors", "menus", "fiduciary", "config"]  # each may import itself and those before it

# What a module may import inside its app: its own layer and those before it. A name that stands in no layer
# (ledger, census, guardrails, panel, pdf ...) is knowledge of the app, beside the selectors.
LAYERS = [
    {"enums", "facts", "errors", "permissions", "roles"},
    {"models"},
    {"selectors"},
    {"services"},
    {"forms", "serializers"},
    {"views", "api", "urls", "commands", "admin", "templatetags", "apps", "tasks", "demonstration"},
]
BESIDE_SELECTORS = 2

ENGINE_MAY_IMPORT = {"numpy", "pandas", "numba", "menus.engine"}
ENGINE_CALLERS = ("menus.engine", "menus.panel", "menus.services")

# (importer, imported): why this one goes against the rule.
EXEMPT: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Import:
    importer: str
    imported: str
    line: int
    inside_function: bool = False
    has_comment: bool = False

    def __str__(self) -> str:
        return f"{self.importer} line {self.line} imports {self.imported}"


def imports_of(module: str, source: str, *, is_package: bool = False) -> list[Import]:
    """Every import statement of a module, with what it names spelt out in full."""
    tree, lines = ast.parse(source), source.splitlines()
    inside = {id(inner) for node in ast.walk(tree) if _is_function(node) for inner in ast.walk(node)}
    found = []
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)):
        for name in _names(node, module, is_package):
            text = "\n".join(lines[max(node.lineno - 2, 0) : node.end_lineno])
            found.append(Import(module, name, node.lineno, id(node) in inside, "#" in text))
    return found


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _names(node: ast.Import | ast.ImportFrom, module: str, is_package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    else:
        package = module.split(".")[: None if is_package else -1]
        start = package[: len(package) - node.level + 1] if node.level else []
        base = ".".join([*start, *([node.module] if node.module else [])])
        yield from (_module_named(base, alias.name) for alias in node.names)


def _module_named(base: str, name: str) -> str:
    """`from menus import panel` names the module menus.panel, `from menus.panel import weights` does not name one."""
    path = ROOT.joinpath(*base.split("."), name)
    return f"{base}.{name}" if path.is_dir() or path.with_suffix(".py").exists() else base


def goes_up_between_apps(statement: Import) -> bool:
    importer, imported = _app(statement.importer), _app(statement.imported)
    if imported == "tests":
        return True
    return imported in APPS and APPS.index(imported) > APPS.index(importer)


def goes_up_inside_app(statement: Import) -> bool:
    if _app(statement.importer) != _app(statement.imported) or _app(statement.importer) == "config":
        return False
    if statement.inside_function and "tasks" in statement.imported.split("."):
        return False  # whoever queues a task names it where it is queued
    return _layer(statement.imported) > _layer(statement.importer)


def breaks_engine_purity(statement: Import) -> bool:
    if not _is_within(statement.importer, "menus.engine"):
        return _is_within(statement.imported, "menus.engine") and not _is_within(
            statement.importer, *ENGINE_CALLERS
        )
    top = _app(statement.imported)
    return top not in sys.stdlib_module_names and not _is_within(statement.imported, *ENGINE_MAY_IMPORT)


def is_early_import_of_task(statement: Import) -> bool:
    """Tasks are leaves: what they call is imported when they run."""
    is_task = statement.importer.split(".")[-1] == "tasks"
    return is_task and not statement.inside_function and _app(statement.imported) in APPS


def is_late_without_reason(statement: Import) -> bool:
    is_task = "tasks" in statement.importer.split(".")
    return statement.inside_function and not is_task and not statement.has_comment and _is_ours(statement)


def _is_ours(statement: Import) -> bool:
    return _app(statement.imported) in APPS


def _app(module: str) -> str:
    return module.split(".")[0]


def _is_within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _layer(module: str) -> int:
    """The last part of the name that stands in a layer decides: menus.api.serializers are serializers."""
    for part in reversed(module.split(".")[1:]):
        for number, names in enumerate(LAYERS):
            if part in names:
                return number
    return BESIDE_SELECTORS


def project_imports() -> list[Import]:
    statements = []
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in file.parts:
                module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                statements += imports_of(module, file.read_text(), is_package=file.name == "__init__.py")
    return statements


RULES = [
    goes_up_between_apps,
    goes_up_inside_app,
    breaks_engine_purity,
    is_early_import_of_task,
    is_late_without_reason,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_import_breaks_the_rule(rule):
    broken = [statement for statement in project_imports() if rule(statement)]

    assert [str(found) for found in broken if (found.importer, found.imported) not in EXEMPT] == []


def test_every_exemption_is_still_needed():
    broken = {(s.importer, s.imported) for s in project_imports() if any(rule(s) for rule in RULES)}

    assert set(EXEMPT) - broken == set()


@pytest.mark.parametrize(
    ("module", "source", "rule"),
    [
        ("sponsors.views.home", "from menus.models import Fund", goes_up_between_apps),
        ("menus.services.menus", "import fiduciary.models", goes_up_between_apps),
        ("config.urls", "from tests import settings", goes_up_between_apps),
        ("menus.models.fund", "from menus.services.versions import version_adopt", goes_up_inside_app),
        ("menus.services.menus", "from menus import views", goes_up_inside_app),
        ("menus.services.menus", "from ..views import funds", goes_up_inside_app),
        ("sponsors.facts", "from sponsors.models import Plan", goes_up_inside_app),
        ("menus.engine.returns", "from django.db import models", breaks_engine_purity),
        ("menus.engine.returns", "from sponsors.enums import Role", breaks_engine_purity),
        ("menus.views.runs", "from menus.engine import project", breaks_engine_purity),
        ("menus.tasks", "from menus.services.projections import run", is_early_import_of_task),
        ("menus.panel", "def f():\n    from menus.models import Fund", is_late_without_reason),
    ],
)
def test_rule_sees_a_breach(module, source, rule):
    assert [rule(statement) for statement in imports_of(module, source)] == [True]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("fiduciary.services.decisions", "from menus.services.versions import version_adopt"),
        ("menus.services.versions", "from sponsors.ledger import record"),
        ("menus.panel", "from menus.engine.inputs import Panel"),
        ("menus.engine.returns", "import math, numpy as np\nfrom menus.engine.inputs import Panel"),
        ("menus.tasks", "def run(id):\n    from menus.services.projections import run"),
        (
            "sponsors.jobs.queue",
            "def send():\n    from sponsors.tasks import run_job  # tasks import this module",
        ),
    ],
)
def test_rule_lets_a_lawful_import_pass(module, source):
    assert [rule.__name__ for s in imports_of(module, source) for rule in RULES if rule(s)] == []
