"""The OpenAPI schema: valid, complete, with names that read; and its page, which works without the internet."""

import re
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from tests.api.calls import Caller
from tests.api.operations import endpoints
from tests.factories.sponsors import client_of, make_user


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """Generated and validated as the command does it; a warning fails."""
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in schema["paths"].values() for operation in path.values()]


def test_every_operation_stands_in_the_schema_under_its_own_name(schema):
    named = [operation["operationId"] for operation in operations(schema)]

    assert sorted(named) == sorted(endpoint.id for endpoint in endpoints())
    assert len(set(named)) == len(named)


def test_every_operation_says_what_it_does_and_how_it_refuses(schema):
    for operation in operations(schema):
        name, responses = operation["operationId"], operation["responses"]
        assert operation["summary"], name
        assert operation["tags"] != [""], name
        assert "401" in responses, name
        for code in responses.keys() - {"200", "201", "204"}:
            content = responses[code]["content"]["application/json"]["schema"]
            assert content == {"$ref": "#/components/schemas/Problem"}, (name, code)


def test_writes_of_a_plan_say_that_they_can_clash_and_be_refused(schema):
    silent = {
        f"{method} {path}"
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method != "get"
        and "{plan}" in path
        and not {"400", "403", "404", "409"} <= operation["responses"].keys()
    }

    assert silent == set()


def test_component_names_are_words(schema):
    assert [
        name for name in schema["components"]["schemas"] if not re.fullmatch(r"([A-Z][a-z]+)+", name)
    ] == []


def test_money_and_weights_are_text_and_never_floating_point(schema):
    parts = schema["components"]["schemas"]
    floats = {
        f"{name}.{field}"
        for name, part in parts.items()
        for field, terms in part.get("properties", {}).items()
        if "number" in str(terms.get("type")) or (terms.get("items") or {}).get("type") == "number"
    }

    # Modelled outcomes and statistics are numbers, as the engine computed and hashed them.
    allowed = ("OutlookYear.", "Replay.seconds", "Run.seconds_of_work", "RunDetail.seconds_of_work")
    statistics = {"SnapshotDetail.median_age", "SnapshotDetail.mean_deferral_rate"}
    assert {field for field in floats if not field.startswith(allowed)} == statistics


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["schema/", "docs/"])
def test_schema_and_its_page_need_an_account(client, path):
    answer = client.get(f"/api/v1/{path}")

    assert answer.status_code in (302, 401)
    assert client_of(make_user()).get(f"/api/v1/{path}").status_code == 200


@pytest.mark.django_db
def test_schema_is_the_same_for_a_token(schema):
    served = yaml.safe_load(Caller(make_user()).download("schema/"))

    assert served == schema


def test_documentation_page_works_without_the_internet(page, live_server):
    """No violation of the Content-Security-Policy either: `page` fails the test for one."""
    session = client_of(make_user()).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    page.goto("/api/v1/docs/")
    page.get_by_role("heading", name="Steward API").wait_for()
    page.locator("#operations-Plans-plan_list .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert page.request.get("/api/v1/plans/").json()["count"] == 0
