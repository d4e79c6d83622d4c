"""docs/api.md against the code: every address resolves, every method is offered, every body has the right shape."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import resolve

from tests.factories.menus import make_catalogue

DOC = Path(__file__).resolve().parents[2] / "docs" / "api.md"
VARIABLES = {
    "V": "/plans/harbor-mills-plan/menus/investment-menu/versions/1",
    "R": "/plans/harbor-mills-plan/reviews/1",
}


def calls() -> list[str]:
    """Each `curl` command of the page on one line, its variables written out."""
    text = DOC.read_text().replace("\\\n", " ")
    commands = re.findall(r"^\$ (curl .*?)(?=^\$|^```|^\{)", text, re.MULTILINE | re.DOTALL)
    for name, path in VARIABLES.items():
        commands = [command.replace(f"${name}/", f"$HERE/api/v1{path}/") for command in commands]
    return [" ".join(command.split()) for command in commands]


def parts(command: str) -> tuple[str, str, dict[str, Any] | None, list[str]]:
    """(method, address, JSON body, names of form fields) of a command."""
    address = re.search(r"\$HERE(/[^\s\"]+)", command)
    body = re.search(r"-d '(.*?)'(?= |$)", command)
    fields = re.findall(r"-F (\w+)=", command)
    method = re.search(r"-X (\w+)", command)
    assert address, command
    sends = "post" if body or fields else "get"
    return method[1].lower() if method else sends, address[1], json.loads(body[1]) if body else None, fields


def test_page_shows_every_part_of_the_chain():
    nouns = {resolve(urlsplit(parts(command)[1]).path).func.cls.noun for command in calls()}

    assert len(calls()) >= 30
    assert {
        "sponsor",
        "census_import",
        "fund",
        "version",
        "sleeve",
        "run",
        "review",
        "answer",
        "decision",
    } <= nouns
    assert {"document", "audit_event", "audited_decision", "token"} <= nouns


@pytest.mark.django_db
@pytest.mark.parametrize("command", calls())
def test_command_is_as_the_api_takes_it(command):
    make_catalogue()
    method, address, body, fields = parts(command)
    view = resolve(urlsplit(address).path).func
    terms = getattr(view.cls, view.actions[method]).terms

    if body is not None:
        terms.body(data=body).is_valid(raise_exception=True)
    if fields:
        assert set(fields) <= set(terms.body().fields)
        assert {name for name, field in terms.body().fields.items() if field.required} <= set(fields)
    if query := dict(parse_qsl(urlsplit(address).query)):
        terms.query(data=query).is_valid(raise_exception=True)


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`(/api/v1/[^`]+)`", DOC.read_text())) - {"/api/v1/"})
)
def test_address_in_the_text_resolves(path):
    assert resolve(path).namespace == "api"
