"""Readers of the environment: what cannot be read stops the start with a sentence, never a guess."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("On", True), ("yes", True), ("0", False), ("false", False), ("", True), (" ", True)],
)
def test_flag_reads_a_clear_yes_or_no_and_nothing_as_its_default(monkeypatch, text, value):
    monkeypatch.setenv("STEWARD_HTTPS", text)

    assert env.flag("STEWARD_HTTPS", default=True) is value


@pytest.mark.parametrize("text", ["enabled", "ture", "2"])
def test_flag_that_is_neither_yes_nor_no_stops_the_start(monkeypatch, text):
    monkeypatch.setenv("STEWARD_HTTPS", text)

    with pytest.raises(ImproperlyConfigured) as refused:
        env.flag("STEWARD_HTTPS", default=False)

    assert str(refused.value) == f"STEWARD_HTTPS is '{text}', which is neither on nor off: give 1 or 0."


def test_choice_takes_its_words_only(monkeypatch):
    assert env.choice("LOG_LEVEL_OF_NOBODY", "INFO", "ERROR", default="INFO") == "INFO"
    monkeypatch.setenv("LOG_LEVEL", "loud")

    with pytest.raises(ImproperlyConfigured, match=r"LOG_LEVEL is 'loud': give one of INFO, ERROR\."):
        env.choice("LOG_LEVEL", "INFO", "ERROR", default="INFO")


def test_secret_key_is_made_once_for_the_owner_only(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("STEWARD_VAR", str(tmp_path / "var"))

    first, second = env.secret_key(), env.secret_key()

    assert first == second == (tmp_path / "var" / "secret_key").read_text()
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_empty_secret_key_file_is_not_taken_for_a_key(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("STEWARD_VAR", str(tmp_path))
    (tmp_path / "secret_key").write_text("\n")

    with pytest.raises(ImproperlyConfigured, match="is empty: delete it"):
        env.secret_key()


def test_var_folder_that_cannot_be_made_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STEWARD_VAR", str(tmp_path / "file" / "var"))

    with pytest.raises(ImproperlyConfigured, match=r"cannot be made .* name another one in STEWARD_VAR"):
        env.var_dir()


@pytest.mark.parametrize("url", ["mysql://user@host/name", "steward.sqlite3"])
@pytest.mark.filterwarnings("ignore:Engine not recognized")
def test_database_that_steward_does_not_know_stops_the_start(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match="names neither PostgreSQL nor SQLite"):
        env.database()


def test_database_url_names_postgresql(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://steward:p%40ss@db.example.com:5433/books")

    config = env.database()

    assert {key: config[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "books",
        "USER": "steward",
        "PASSWORD": "p@ss",
        "HOST": "db.example.com",
        "PORT": 5433,
    }


def test_without_redis_broker_and_cache_are_files_in_the_var_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("STEWARD_VAR", str(tmp_path))

    broker, cache = env.celery_broker(), env.cache()

    assert broker["url"] == "filesystem://localhost"
    assert broker["options"]["data_folder_in"] == broker["options"]["data_folder_out"] == f"{tmp_path}/broker"
    assert cache["LOCATION"] == f"{tmp_path}/cache"


def test_with_redis_both_stand_there(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6390/3")

    assert env.celery_broker()["url"] == env.cache()["LOCATION"] == "redis://127.0.0.1:6390/3"
