"""A database from before the chains: its entries are chained by the migration."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.plumbing.kills import ROOT

UPGRADE = """
import datetime
import json

import django

django.setup()
from django.core.management import call_command
from django.db import connection, transaction

NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
INSERT = (
    "INSERT INTO platform_auditentry (at, actor_id, actor_name, origin, verb, subject_type,"
    " subject_id, subject_no, before, after)"
    " VALUES (%s, NULL, 'capphep', '', 'edited', 'team', %s, 'Nhóm', %s, %s)"
)
before = json.dumps({"z": 1.0, "a": 1e22, "tên": "Cũ"})


def migrate(*target):
    call_command("migrate", "platform", *target, verbosity=0)


migrate("0004")
with transaction.atomic(), connection.cursor() as cursor:
    for n in range(1, 1203):
        at = NEW_YEAR + datetime.timedelta(microseconds=n)
        cursor.execute(INSERT, [at, n, before, json.dumps({"n": n})])
migrate()
call_command("audit", "verify")
migrate("0004")
migrate()
call_command("audit", "verify")
"""


@pytest.fixture
def empty_database(db: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a process with a database of its own."""
    environment = {key: value for key, value in os.environ.items() if "CAPPHEP" not in key}
    environment |= {
        "CAPPHEP_STATE_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "capphep.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    if connection.vendor == "sqlite":
        yield environment
        return
    name = f"test_upgrade_{os.getpid()}"
    server = os.environ["CAPPHEP_DATABASE_URL"].rpartition("/")[0]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield environment | {"CAPPHEP_DATABASE_URL": f"{server}/{name}"}
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_entries_from_before_the_chains_are_chained(empty_database: dict[str, str]) -> None:
    """And back, and forth again: by the same hashes."""
    command = [sys.executable, "-c", UPGRADE]
    done = subprocess.run(command, env=empty_database, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counts, seal, counts_again, seal_again = done.stdout.splitlines()
    assert counts == counts_again == "1 chains, 1202 entries, 0 differences"
    assert seal.startswith("seal 1:1202=")
    assert seal == seal_again
