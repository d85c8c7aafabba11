"""A state directory and a test database for this run alone, and settings that suit tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from capphep.platform.catalogues import compile_catalogues

STATE_DIR = pytest.StashKey[Path]()


def isolate(config: pytest.Config) -> None:
    """Point everything that is written to at a temporary directory."""
    compile_catalogues()
    folder = Path(tempfile.mkdtemp(prefix="capphep-test-"))
    config.stash[STATE_DIR] = folder
    for name in ("files", "static"):
        (folder / name).mkdir()
    # Other processes of a test, in the same directory, can read the keys that this one makes.
    (folder / "licence-secret").write_text(settings.LICENCE_SECRET, encoding="ascii")
    settings.STATE_DIR = folder
    settings.FILES_DIR = folder / "files"
    settings.JOB_FILES_DIR = folder / "jobs"
    # Pages take their static files from the sources: nothing has to be collected first.
    settings.STATIC_ROOT = folder / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    # A slow hash protects passwords; here it would only slow every sign-in.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        values["TEST"]["NAME"] = str(folder / "test.sqlite3")
        # FULL guards against a power cut, which no test has; a killed process needs no sync.
        options = values["OPTIONS"]
        options["init_command"] = options["init_command"].replace("FULL", "OFF")
    else:
        values["TEST"]["NAME"] = f"test_capphep_{os.getpid()}"


def leave_no_trace(config: pytest.Config) -> None:
    folder = config.stash.get(STATE_DIR, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """`isolate` gave each process, xdist's workers too, a name of its own: no suffix needed."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's; before the database is dropped, nobody is connected to it any more.

    Threads of the live server answer a browser that has not gone, and keep their sessions.
    """
    yield
    with django_db_blocker.unblock():
        end_sessions(connection.settings_dict["NAME"])


def end_sessions(database: str) -> None:
    """End every session in this database but one's own; PostgreSQL drops none that is in use."""
    if connection.vendor != "postgresql":
        return
    end = (
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE datname = %s AND pid <> pg_backend_pid()"
    )
    with connection.cursor() as cursor:
        cursor.execute(end, [database])
