"""The production server on the database of the tests, for clients that nobody wrote for us."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.db import connection

from tests.plumbing.kills import ROOT, environment

PATIENCE = 30


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[str]:
    """Its address. Tests that use it need `transactional_db`: it sees what is committed only.

    One process with four threads, so that a test can use them up; six event streams at most.
    """
    with served(CAPPHEP_CHECK_STREAMS="6") as address:
        yield address


@contextmanager
def served(**settings_of_it: str) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:tests.plumbing.server_config"]
    own = environment() | {
        "CAPPHEP_DATABASE_URL": database_url(),
        "CAPPHEP_LISTENER": str(listener.fileno()),
        **settings_of_it,
    }
    process = subprocess.Popen(
        command, env=own, cwd=ROOT, pass_fds=[listener.fileno()], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
        listener.close()


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    user, password, host = (
        quote(str(values[key] or ""), safe="") for key in ("USER", "PASSWORD", "HOST")
    )
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgres://{user}:{password}@{host}{port}/{values['NAME']}"
