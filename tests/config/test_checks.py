"""Start-up checks: each promise is broken once, and the check says so in a sentence with a way out."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from config import checks
from sponsors.facts import load_facts

SITE = {
    "HTTPS": True,
    "DEMO": False,
    "OPEN_SIGNUP": False,
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


def found(check) -> list[tuple[str, str]]:
    return [(message.id, message.msg) for message in check()]


@pytest.mark.django_db
def test_a_site_as_it_is_started_has_nothing_to_complain_of():
    assert run_checks(databases=["default"]) == []


def test_broken_data_file_stops_the_start_and_names_the_file(monkeypatch, tmp_path):
    limits = tmp_path / "limits.yaml"
    limits.write_text("catch_up_limit: 8000\n")
    monkeypatch.setitem(checks.DATA_FILES, "sponsors/data/limits.yaml", lambda: load_facts(limits))

    (error,) = checks.data_files()

    assert (error.id, error.hint) == (
        "steward.E002",
        "Mend sponsors/data/limits.yaml, or take it from the version that is installed.",
    )
    assert error.msg.startswith("A data file breaks its own rules: limits.yaml: catch_up_limit: ")
    with pytest.raises(SystemCheckError, match="catch_up_limit"):
        call_command("check")


def test_documents_folder_is_made_where_it_is_missing(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "var" / "documents"

    assert checks.documents_folder() == []
    assert list(settings.DOCUMENTS_DIR.iterdir()) == []


def test_documents_folder_that_cannot_be_written_is_named(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    settings.DOCUMENTS_DIR.write_text("a file stands where the folder should")

    assert found(checks.documents_folder) == [
        ("steward.E003", f"Nothing can be kept in {settings.DOCUMENTS_DIR}: File exists.")
    ]


@pytest.mark.parametrize(("debug", "demo", "complains"), [(True, False, True), (True, True, False)])
def test_debug_is_for_made_up_people_only(settings, debug, demo, complains):
    settings.DEBUG, settings.DEMO = debug, demo

    assert [message.id for message in checks.debug_needs_made_up_people()] == ["steward.E004"] * complains


@pytest.mark.parametrize(
    ("change", "warnings"),
    [
        ({}, []),
        ({"OPEN_SIGNUP": True}, ["steward.W001"]),
        ({"OPEN_SIGNUP": True, "ACCOUNT_EMAIL_VERIFICATION": "optional"}, ["steward.W001"]),
        ({"OPEN_SIGNUP": True, "ACCOUNT_EMAIL_VERIFICATION": "mandatory"}, []),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, ["steward.W002"]),
        ({"DEMO": True}, ["steward.W003"]),
        ({"DEMO": True, "OPEN_SIGNUP": True, "HTTPS": False}, []),
    ],
)
def test_site_that_others_reach_is_warned_of_what_it_left_open(settings, change, warnings):
    for name, value in {**SITE, **change}.items():
        setattr(settings, name, value)

    assert [message.id for message in checks.public_site()] == warnings


@pytest.mark.django_db
def test_sqlite_that_would_refuse_instead_of_waiting_stops_the_start():
    on_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        try:
            if on_sqlite:
                cursor.execute("PRAGMA busy_timeout=5")
            messages = [message.msg for message in checks.sqlite_pragmas(databases=["default"])]
        finally:
            if on_sqlite:
                cursor.execute("PRAGMA busy_timeout=20000")

    assert messages == ["SQLite runs with busy_timeout = 5, not 20000."] * on_sqlite
