"""A PostgreSQL of one's own for tests and measurements: made, used, gone.

with temporary_postgres() as url: …     # postgres://… to a fresh, empty server
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tools.machine import Missing, postgres_bin

# Nothing here outlives the run, so nothing has to survive a power cut.
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "listen_addresses": "",
}


@contextmanager
def temporary_postgres(**settings: str) -> Iterator[str]:
    """Yields the URL of a new server, on a Unix socket; `settings` override `THROW_AWAY`.

    For measurements pass `fsync="on", synchronous_commit="on", full_page_writes="on"`.
    """
    # Not TMPDIR: the path of a Unix socket may have only about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="capphep-pg-", dir="/tmp"))
    try:
        with durable_postgres(folder, **settings) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def durable_postgres(folder: Path, **settings: str) -> Iterator[str]:
    """Yields the URL of the server whose databases are in ``folder``, made where there are none.

    They stay; its files belong to whom PostgreSQL runs as.
    """
    programs = postgres_bin()
    as_user = server_user()
    if as_user:
        shutil.chown(folder, as_user["user"], as_user["group"])
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        initialise(programs, folder, as_user)
    options = THROW_AWAY | {"unix_socket_directories": str(folder)} | settings
    with server(programs, data, options, as_user):
        yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"


def server_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; its package brings a user for it."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        raise Missing("PostgreSQL does not run as root, and there is no user postgres.") from None
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def initialise(programs: Path, folder: Path, as_user: dict[str, Any]) -> Path:
    data = folder / "data"
    command = [str(programs / "initdb"), "--pgdata", str(data), "--username=postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **as_user
    )
    if done.returncode:
        raise Missing(f"initdb failed: {done.stderr.strip()}")
    return data


@contextmanager
def server(
    programs: Path, data: Path, options: dict[str, str], as_user: dict[str, Any]
) -> Iterator[None]:
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [part for item in options.items() for part in ("-c", "=".join(item))]
    log = data.parent / "log"
    with log.open("w") as output:
        # A session of its own, so that Ctrl+C reaches the tests first and the server last.
        process = subprocess.Popen(
            command,
            cwd=data.parent,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **as_user,
        )
    try:
        wait_until_ready(programs, data.parent, process, log)
        yield
    finally:
        stop(process)


def wait_until_ready(
    programs: Path, socket: Path, process: subprocess.Popen[bytes], log: Path
) -> None:
    command = [str(programs / "pg_isready"), "--quiet", "--host", str(socket)]
    deadline = time.monotonic() + 30
    while subprocess.run(command, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise Missing(f"PostgreSQL did not start: {log.read_text()[-1000:].strip()}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue
        return
