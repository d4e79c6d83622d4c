"""Settings of a test run: the real ones, on a folder and databases of the run's own.

pytest-django reads settings before any conftest, so what the environment decides is decided here. `./test` gives
DATABASE_URL and REDIS_URL for its second run; without them a run stands on SQLite and the filesystem broker.
"""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit

VAR = tempfile.mkdtemp(prefix="steward-test-")
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
os.environ["STEWARD_VAR"] = VAR

# Two pytest-xdist workers must not take each other's messages: each has a Redis database of its own. The process that
# starts them reads these settings too and hands its environment on, so the address as it was given is kept aside.
_redis = os.environ.setdefault("STEWARD_TEST_REDIS_GIVEN", os.environ.get("REDIS_URL", ""))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if _redis and urlsplit(_redis).path in ("", "/"):
    os.environ["REDIS_URL"] = f"{_redis.rstrip('/')}/{int(_worker) + 1}"

from config.settings import *  # noqa: E402, F403  the environment above comes first
from config.settings import DATABASES, INSTALLED_APPS, STATIC_ROOT, STORAGES  # noqa: E402

INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # for its `flush`, which knows the append-only triggers

# A file, not memory: a Celery worker in a process of its own must see the same database.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": f"{VAR}/test.sqlite3"}

# A connection kept open by the live server's thread would keep the test database from being dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0

# Argon2 is slow by design; a test that means it says so with the `settings` fixture.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir()  # WhiteNoise warns of a folder that is not there
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Without these the live server would serve the files of the working folder, and `./start` in place of /start/.
MEDIA_URL, MEDIA_ROOT = "/no-media/", f"{VAR}/media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
