"""Typed readers of the environment. A value that cannot be read stops the start with a sentence, never a guess."""

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
ON, OFF = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def flag(name: str, *, default: bool) -> bool:
    """A switch. Anything but a clear yes or no stops the start: read as "off", a typing error would open the site."""
    text = env.str(name, default="").strip().lower()
    if text and text not in ON | OFF:
        raise ImproperlyConfigured(f"{name} is {text!r}, which is neither on nor off: give 1 or 0.")
    return text in ON if text else default


def choice(name: str, *choices: str, default: str) -> str:
    """One of a few words."""
    text = env.str(name, default=default)
    if text not in choices:
        raise ImproperlyConfigured(f"{name} is {text!r}: give one of {', '.join(choices)}.")
    return text


def var_dir() -> Path:
    """Where Steward keeps what it writes: database, documents, uploads, keys. `STEWARD_VAR`, else `var/`."""
    path = Path(env.str("STEWARD_VAR", default=str(BASE_DIR / "var"))).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's data: the owner only
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {path} cannot be made ({error.strerror}): name another one in STEWARD_VAR."
        ) from None
    return path


def secret_key() -> str:
    """`SECRET_KEY`, else one made once and kept in the var folder, readable by its owner only."""
    given = env.str("SECRET_KEY", default="")
    return given or _kept_secret(var_dir() / "secret_key")


def _kept_secret(path: Path) -> str:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(token_urlsafe(50))
    except FileExistsError:
        pass
    secret = path.read_text().strip()
    if not secret:
        raise ImproperlyConfigured(f"{path} is empty: delete it, and the next start makes a new one.")
    return secret


def database() -> dict[str, Any]:
    """`DATABASE_URL` (PostgreSQL in production), else SQLite in the var folder.

    SQLite takes the write lock when a transaction begins (IMMEDIATE): with the default, two requests that read
    and then write refuse each other. FULL keeps the last commit through a power cut.
    """
    default = f"sqlite:///{quote(str(var_dir() / 'steward.sqlite3'))}"
    config = dict(env.db_url("DATABASE_URL", default=default))
    if config.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL names neither PostgreSQL nor SQLite: write postgres://user:password@host/name, "
            "or leave it out for SQLite in the var folder."
        )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"
            ),
        }
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


def cache() -> dict[str, Any]:
    """The cache that login limits count in: shared by all processes, so Redis where there is one, else files."""
    redis_url = env.str("REDIS_URL", default="")
    if redis_url:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(var_dir() / "cache"),
    }


def celery_broker() -> dict[str, Any]:
    """Broker settings: Redis when `REDIS_URL` is given, else files in the var folder, so that no service is needed.

    The broker carries only ids; a lost or doubled message is harmless because the job row decides.
    """
    redis_url = env.str("REDIS_URL", default="")
    if redis_url:
        options: dict[str, Any] = {
            "visibility_timeout": 900,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
        }
        return {"url": redis_url, "options": options}
    folder = var_dir() / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "url": "filesystem://localhost",  # there is no host; without the name kombu warns of it in every process
        "options": {
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.25,
        },
    }
