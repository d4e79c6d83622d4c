"""What the papers say is so: settings described, paths there, decisions listed, and nobody is promised anything."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "sponsors", "menus", "fiduciary")
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READERS = {"str", "int", "bool", "list", "db_url", "email_url", "flag", "choice"}

# A record can be complete and signed; whether it satisfies the law is for courts to say, not for a badge.
PROMISES = re.compile(
    r"\b(?:non-?)?compliant\b|\bcertified\b|\bguaranteed?s?\b|\brecommended\b|\bwe (?:recommend|advise)\b"
    r"|\bsafe harbou?r (?:achieved|met|granted)\b|\bapproved by (?:the )?(?:DOL|EBSA|Labor)",
    re.IGNORECASE,
)
# Places of the machine this was written on; spelt so that this file does not name them itself.
ELSEWHERE = re.compile(r"\.\./" + r"shared\b|/work/" + r"(?:main|shared)\b|/tmp/" + r"steward\b")
OURS = ("*.py", "*.html", "*.typ", "*.md", "*.yaml", "*.css", "*.js", "*.toml", "*.txt", "*.sh")


def settings_read() -> set[str]:
    """Names of the environment variables that config/env.py and config/settings.py read."""
    calls = [
        node
        for name in ("env.py", "settings.py")
        for node in ast.walk(ast.parse((ROOT / "config" / name).read_text()))
        if isinstance(node, ast.Call) and _name(node.func) in READERS and node.args
    ]
    arguments = [call.args[0] for call in calls]
    return {argument.value for argument in arguments if isinstance(argument, ast.Constant)}


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def settings_described() -> list[str]:
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"[A-Z_]+", row)]


def files_of_the_project() -> Iterator[Path]:
    folders = [ROOT / name for name in (*APPS, "templates", "tests", "docs")]
    yield from (path for pattern in OURS for path in ROOT.glob(pattern))
    yield from (path for folder in folders for pattern in OURS for path in folder.rglob(pattern))
    yield from (ROOT / "start", ROOT / "test")


def test_every_setting_of_the_environment_is_described_once_and_no_other() -> None:
    assert sorted(settings_described()) == sorted(settings_read())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_paper_links_to_is_there(paper: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", paper.read_text())

    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_every_decision_is_listed_with_its_title_in_order() -> None:
    folder = ROOT / "docs" / "adr"
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = re.findall(
        r"^\| \[(\d{4})\]\(((\d{4})-[^)]+)\) \| \S", (folder / "README.md").read_text(), re.MULTILINE
    )

    assert [file for _, file, _ in listed] == files
    assert all(number == of_file for number, _, of_file in listed)


def test_changelog_begins_with_what_is_not_released_yet() -> None:
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert heads[0] == "Unreleased"


def test_no_page_or_document_promises_what_no_tool_can() -> None:
    pages = [path for path in files_of_the_project() if path.suffix in (".html", ".typ")]
    found = [(path.name, words) for path in pages for words in PROMISES.findall(path.read_text())]
    spoken = [
        (f"{path.relative_to(ROOT)}:{node.lineno}", PROMISES.findall(node.value))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PROMISES.search(node.value)
    ]

    assert found + spoken == []


@pytest.mark.parametrize("words", ["ERISA-compliant", "Recommended", "guaranteed", "approved by the DOL"])
def test_a_promise_would_be_seen(words: str) -> None:
    assert PROMISES.search(f"<span>{words}</span>")


def test_nothing_points_at_the_machine_it_was_written_on() -> None:
    found = [
        str(path.relative_to(ROOT)) for path in files_of_the_project() if ELSEWHERE.search(path.read_text())
    ]

    assert found == []
