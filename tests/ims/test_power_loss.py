"""SQLite after a power cut: whatever part of the log reached the disk, nothing or everything.

A killed process leaves its writes to the operating system; a power cut loses those that were
not forced to the disk, from some point of the write-ahead log on, perhaps in the middle of a
frame. Each such log is put beside the database as it was, and opened.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.sqlite3._functions import register

from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.ims.ledger import differences
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import stories
from tests.ims.test_race import Scene

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
HEADER, FRAME_HEADER = 32, 24


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


@contextmanager
def looking_at(database: Path) -> Iterator[None]:
    """Django on another database file, for a while."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(database)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def pragma(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return int(cursor.fetchone()[0])


def cuts(log: bytes, page_size: int) -> Iterator[int]:
    """The ends of all frames, and a point in the middle of each."""
    frame = FRAME_HEADER + page_size
    for start in range(HEADER, len(log), frame):
        yield start
        yield start + frame // 2
    yield len(log)


def approved_in(database: Path) -> bool:
    """Reads the whole approval by plain SQL: all of it is there, or none of it."""
    with sqlite3.connect(database) as reader:
        # The tables' own constraints call some of Django's functions.
        register(reader)
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (status,) = reader.execute("SELECT status FROM provisioning_licencerequest").fetchone()
        (order,) = reader.execute("SELECT licence_status FROM crm_order").fetchone()
        counts = [
            reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("entitlements_licence", "identity_accountlink")
        ]
        grants = reader.execute(
            "SELECT count(*) FROM entitlements_grant WHERE kind = 'approval'"
        ).fetchone()[0]
    reader.close()
    facts = {(status == "approved"), (order == "approved"), grants == 1, counts == [1, 1]}
    assert len(facts) == 1, (status, order, grants, counts)
    return facts.pop()


def test_a_power_cut_at_any_point_of_an_approval_leaves_nothing_or_everything(
    scene: Scene, tmp_path: Path
) -> None:
    request = scene.waiting()
    pragma("wal_checkpoint(TRUNCATE)")
    own = Path(connection.settings_dict["NAME"])
    before, copy = tmp_path / "before.sqlite3", tmp_path / "copy.sqlite3"
    # By another process: closing the file would drop SQLite's locks on it in this one.
    subprocess.run(["cp", own, before], check=True)
    page_size = pragma("page_size")
    stories.approved(request, scene.officers[0])
    log = Path(f"{own}-wal").read_bytes()

    outcomes = []
    for cut in cuts(log, page_size):
        shutil.copy(before, copy)
        Path(f"{copy}-wal").write_bytes(log[:cut])
        outcomes.append(approved_in(copy))
    assert outcomes == sorted(outcomes)
    assert (outcomes[0], outcomes[-1]) == (False, True)
    assert len(outcomes) > 20

    for cut, is_approved in ((len(log) - 1, False), (len(log), True)):
        shutil.copy(before, copy)
        Path(f"{copy}-wal").write_bytes(log[:cut])
        with looking_at(copy):
            found = LicenceRequest.objects.get()
            assert (found.status == RequestStatus.APPROVED) is is_approved
            assert Grant.objects.filter(kind=GrantKind.APPROVAL).exists() is is_approved
            assert Licence.objects.exists() is is_approved
            assert not list(differences())


def test_what_is_acknowledged_was_forced_to_the_disk(tmp_path: Path) -> None:
    code = (
        "from django.db import connection as c;"
        "print(*[c.cursor().execute(f'PRAGMA {n}').fetchone()[0]"
        " for n in ('journal_mode', 'synchronous')])"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CAPPHEP_")}
    done = subprocess.run(
        [ROOT / "capphep", "shell", "--no-imports", "--command", code],
        env=environment | {"CAPPHEP_STATE_DIR": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    full = "2"
    assert done.stdout.split() == ["wal", full]
