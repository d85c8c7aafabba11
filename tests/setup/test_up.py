"""`./capphep up` as people start it: a process, a port, a state directory, a fresh database."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from capphep.shell import startup

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"^capphep is ready at (http://\S+)$")

Environment = dict[str, str]


@pytest.fixture
def fresh(tmp_path: Path, django_db_blocker: Any) -> Iterator[Environment]:
    """An environment with a state directory of its own and, on PostgreSQL, a new database."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CAPPHEP_")}
    environment["CAPPHEP_STATE_DIR"] = str(tmp_path / "state of mine")
    if connection.vendor == "sqlite":
        yield environment
        return
    with django_db_blocker.unblock(), new_database() as url:
        yield environment | {"CAPPHEP_DATABASE_URL": url}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory in which the static files are collected: the slow part of a first start."""
    folder = tmp_path_factory.mktemp("collected")
    code = "from capphep.shell.startup import collect_static; collect_static()"
    subprocess.run(
        [ROOT / "capphep", "shell", "--no-imports", "--command", code],
        env=os.environ | {"CAPPHEP_STATE_DIR": str(folder)},
        check=True,
    )
    return folder


@pytest.fixture
def prepared(fresh: Environment, collected: Path, django_db_setup: None) -> Environment:
    """`fresh`, with nothing left to do for the static files nor, on SQLite, for the database."""
    state = Path(fresh["CAPPHEP_STATE_DIR"])
    shutil.copytree(collected, state)
    (state / "secret-key").unlink()
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(connection.settings_dict["NAME"])) as migrated,
            closing(sqlite3.connect(state / "capphep.sqlite3")) as copy,
        ):
            migrated.backup(copy)
    return fresh


@contextmanager
def new_database() -> Iterator[str]:
    name = f"test_up_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield re.sub(r"/[^/]*$", f"/{name}", os.environ["CAPPHEP_DATABASE_URL"])
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(environment: Environment, *arguments: str) -> subprocess.Popen[str]:
    """`up`, from a directory that has nothing to do with the project."""
    return subprocess.Popen(
        [ROOT / "capphep", "up", *arguments],
        cwd="/",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(environment: Environment, *arguments: str) -> str:
    """The one sentence of a start that has to fail."""
    process = start(environment, *arguments)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output == ""
    assert errors.count("\n") == 1, errors
    return errors.strip()


def until_ready(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What was printed, and the address at which the server says it is ready."""
    printed = ""
    assert process.stdout is not None
    patience = threading.Timer(300, process.kill)
    patience.start()
    for line in process.stdout:
        printed += line
        ready = READY.match(line.strip())
        if ready:
            patience.cancel()
            return printed, ready[1]
    patience.cancel()
    assert process.stderr is not None
    raise AssertionError(printed + process.stderr.read())


@contextmanager
def running(
    environment: Environment, *arguments: str, servers: int = 1, end: int = signal.SIGTERM
) -> Iterator[list[tuple[str, str]]]:
    """Servers that are ready, started at once; the signal has to be a clean end of each."""
    processes = [start(environment, "--port", "0", *arguments) for _ in range(servers)]
    try:
        yield [until_ready(process) for process in processes]
        for process in processes:
            process.send_signal(end)
        for process in processes:
            _, errors = process.communicate(timeout=30)
            assert process.returncode == 0
            assert "Traceback" not in errors
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def health(address: str) -> int:
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
        return int(answer.status)


def test_two_first_starts_at_once_serve_demo_data_and_a_later_one_harms_nothing(
    fresh: Environment,
) -> None:
    with running(fresh, servers=2) as [(printed, address), (beside, second)]:
        assert second != address
        assert [health(each) for each in (address, second)] == [200, 200]
    assert "capphep-demo" in printed
    assert without_address(beside) == without_address(printed)
    # The port is not the one that licences name.
    assert printed.count("CAPPHEP_PUBLIC_URL is not set: ") == 1
    for account in ("sales", "sales2", "officer", "officer2", "auditor", "admin"):
        assert re.search(rf"\b{account}\b", printed)
    state = Path(fresh["CAPPHEP_STATE_DIR"])
    key, collected = state / "secret-key", state / "static.fingerprint"
    before = key.read_text(), collected.read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with running(fresh, end=signal.SIGINT) as [(again, address)]:
        assert health(address) == 200
    assert (key.read_text(), collected.read_text()) == before
    assert (connection.vendor == "sqlite") == (state / "capphep.sqlite3").exists()
    assert without_address(again) == without_address(printed)


def without_address(printed: str) -> str:
    return re.sub(r"http://\S+", "", printed)


@pytest.mark.once
def test_the_server_itself_lets_the_calendar_go_on(prepared: Environment) -> None:
    with running(prepared, "--no-demo"):
        for _attempt in range(200):
            if days_worked_through(prepared) == 1:
                return
            time.sleep(0.1)
    raise AssertionError("no day was worked through")


def days_worked_through(environment: Environment) -> int:
    file = Path(environment["CAPPHEP_STATE_DIR"]) / "capphep.sqlite3"
    url = environment.get("CAPPHEP_DATABASE_URL")
    with closing(psycopg.connect(url) if url else sqlite3.connect(file)) as connected:
        [(count,)] = connected.execute("SELECT count(*) FROM platform_tick").fetchall()
    return int(count)


@pytest.mark.once
def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(os.environ | {"CAPPHEP_STATE_DIR": str(tmp_path)}, "--port", str(port))
    assert sentence == f"Port {port} on 127.0.0.1 is in use; choose another one with --port."


@pytest.mark.once
def test_a_host_of_another_machine_is_one_sentence(tmp_path: Path) -> None:
    environment = os.environ | {"CAPPHEP_STATE_DIR": str(tmp_path)}
    sentence = refused(environment, "--host", "192.0.2.1", "--port", "0")
    assert sentence == "192.0.2.1 is not an address of this machine."


@pytest.mark.once
def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = f"postgres://seller:s3cret-word@127.0.0.1:{port}/shop"
    environment = os.environ | {"CAPPHEP_STATE_DIR": str(tmp_path), "CAPPHEP_DATABASE_URL": url}
    sentence = refused(environment, "--port", "0")
    assert sentence.startswith(f"The database shop on 127.0.0.1, port {port}, cannot be reached:")
    assert "s3cret-word" not in sentence


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "capphep.sqlite3").write_text("not a database, but long enough to be read" * 30)
    sentence = refused(os.environ | {"CAPPHEP_STATE_DIR": str(tmp_path)}, "--port", "0")
    assert sentence.startswith(f"The database file {tmp_path}/capphep.sqlite3 cannot be reached:")


@pytest.mark.once
def test_a_state_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment = os.environ | {"CAPPHEP_STATE_DIR": str(tmp_path / "file" / "below")}
    assert str(tmp_path / "file") in refused(environment, "--port", "0")


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "value"),
    [("CAPPHEP_HTTPS", "perhaps"), ("CAPPHEP_DATABASE_URL", "mangodb://somewhere/x")],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    environment = os.environ | {"CAPPHEP_STATE_DIR": str(tmp_path), name: value}
    assert name in refused(environment, "--port", "0")


@pytest.mark.parametrize("app", ["crm", "an_app_of_tomorrow"])
def test_a_database_newer_than_the_code_is_refused(
    transactional_db: None, app: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied(app, "9999_from_the_future")
    try:
        with pytest.raises(SystemExit) as ended:
            call_command("up", port=0)
    finally:
        recorder.record_unapplied(app, "9999_from_the_future")
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        f"The database is newer than this capphep (it has {app}.9999_from_the_future):"
        " start the newer version, or restore a backup made by this one.\n"
    )


def test_migrations_of_libraries_do_not_make_a_database_newer(db: None) -> None:
    MigrationRecorder(connection).record_applied("auth", "9999_of_a_newer_django")
    startup.check_database_not_newer()


def test_a_client_that_falls_silent_keeps_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "PATIENCE", 1)
    listener = startup.listen("127.0.0.1", 0)
    client = socket.create_connection(listener.getsockname())
    client.sendall(b"GET /")
    taken, _address = listener.accept()
    with listener, client, taken:
        assert taken.recv(5) == b"GET /"
        with pytest.raises(BlockingIOError):
            taken.recv(5)


def test_changed_static_files_are_collected_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "mine"]
    source = tmp_path / "mine" / "a.txt"
    source.parent.mkdir()
    source.write_text("one")
    collected: list[str] = []
    monkeypatch.setattr(startup, "call_command", lambda name, **_: collected.append(name))
    monkeypatch.setattr(startup, "MANIFEST", ".")
    (tmp_path / "static").mkdir()
    startup.collect_static()
    startup.collect_static()
    assert collected == ["collectstatic"]
    source.write_text("another")
    startup.collect_static()
    assert len(collected) == 2


@pytest.mark.once
def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid int value"):
        call_command("up", "--port", "http")


def test_the_tests_do_not_write_into_the_state_of_the_person() -> None:
    assert not str(settings.STATE_DIR).startswith(str(ROOT))
