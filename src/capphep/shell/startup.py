"""What has to hold, and what has to be made, before capphep can serve.

Each function either succeeds or raises `CannotStart` with the one sentence that a person reads.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from capphep.entitlements.actions.keys import ensure_readable_key
from capphep.entitlements.signing import KeyUnreadable
from capphep.platform import clock
from capphep.platform.queries import is_demo

MANIFEST = "staticfiles.json"
# Labels of apps that an older capphep had: their rows do not make a database newer.
RETIRED_APPS: frozenset[str] = frozenset()
# Any number will do, as long as nobody else locks the same one in this database.
STARTUP_LOCK = 4_027_401
# Seconds for which the server waits for the next bytes of a client, either way.
PATIENCE = 20


class CannotStart(Exception):
    """One sentence for the person who started capphep."""


# --- checks ------------------------------------------------------------------------------------


def check_state_dir(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The state directory {folder} cannot be written: {error.strerror}."
        ) from error


def listen(host: str, port: int) -> socket.socket:
    """Take the port now, so that nobody else can while the database is being prepared."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise CannotStart(f"{host} is not an address that capphep can listen on.") from error
    listener = socket.socket(family, kind, protocol)
    # Without it a restart would have to wait for the old connections to time out.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Every connection takes this over: a client that is gone, or waits on purpose, would else
    # keep one of the server's few threads for ever.
    for patience in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        listener.setsockopt(socket.SOL_SOCKET, patience, struct.pack("ll", PATIENCE, 0))
    try:
        listener.bind(address)
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        listener.close()
        raise CannotStart(_why_not(host, port, getattr(error, "errno", None))) from error
    return listener


def _why_not(host: str, port: int, number: int | None) -> str:
    if number == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use; choose another one with --port."
    if number == errno.EACCES:
        return f"Port {port} needs rights that this user has not; choose one from 1024 up."
    if number == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine."
    return f"Port {port} on {host} cannot be listened on."


def check_database_reachable() -> None:
    if connection.vendor == "postgresql":
        # A firewall that drops packets would otherwise hold the start for minutes.
        connection.settings_dict["OPTIONS"].setdefault("connect_timeout", 10)
    try:
        connection.ensure_connection()
    except Error as error:
        reason = _without_password(str(error).strip().splitlines()[0].rstrip("."))
        raise CannotStart(f"{database_label()} cannot be reached: {reason}.") from None


def database_label() -> str:
    """Where the database is, for messages: never the password."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"The database file {values['NAME']}"
    host, port = values["HOST"] or "the local socket", values["PORT"] or "5432"
    return f"The database {values['NAME']} on {host}, port {port},"


def _without_password(text: str) -> str:
    password = connection.settings_dict.get("PASSWORD")
    return text.replace(password, "***") if password else text


def check_database_not_newer() -> None:
    """Refuse migrations that this code does not have: it would misread what they made."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update((app, name) for app, name in migration.replaces)
    unknown = sorted(
        f"{app}.{name}"
        for app, name in set(loader.applied_migrations) - known
        if app not in RETIRED_APPS and not _belongs_to_a_library(app)
    )
    if unknown:
        raise CannotStart(
            f"The database is newer than this capphep (it has {unknown[-1]}):"
            " start the newer version, or restore a backup made by this one."
        )


def _belongs_to_a_library(app: str) -> bool:
    config = apps.app_configs.get(app)
    return config is not None and not config.name.startswith("capphep.")


# --- preparation -------------------------------------------------------------------------------


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one start prepare, others wait: by a file on this machine, in PostgreSQL for all."""
    with (folder / ".starting").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [STARTUP_LOCK])
        try:
            yield
        finally:
            # After a failure the session, and its lock with it, ends with this process.
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [STARTUP_LOCK])


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def load_demo_into_empty_database() -> None:
    """Load the demo data, all or nothing, when nobody can sign in yet."""
    if get_user_model()._default_manager.exists():
        return
    from capphep.shell.demo import NOTHING_HAPPENED, load_demo
    from capphep.shell.demo_history import load_history

    with transaction.atomic():
        load_demo()
        load_history(except_for=NOTHING_HAPPENED)


def prepare_signing_key() -> None:
    """Rather than at the first approval it is noticed here that licences cannot be signed."""
    try:
        ensure_readable_key()
    except KeyUnreadable as refusal:
        raise CannotStart(str(refusal)) from None


def check_clock() -> None:
    """A day of the person's own choice must never date real grants."""
    if settings.CLOCK and not is_demo():
        raise CannotStart(clock.REFUSAL)


def collect_static() -> None:
    """Collect, hash and compress the static files when one of them changed."""
    root = Path(settings.STATIC_ROOT)
    remembered = root.with_name(f"{root.name}.fingerprint")
    fingerprint = static_fingerprint()
    if (root / MANIFEST).exists() and remembered.exists():
        if remembered.read_text(encoding="ascii") == fingerprint:
            return
        remembered.unlink()
    call_command("collectstatic", interactive=False, verbosity=0)
    remembered.write_text(fingerprint, encoding="ascii")


def static_fingerprint() -> str:
    """Name, size and time of every static file, and the version of what processes them."""
    storage = settings.STORAGES["staticfiles"]["BACKEND"]
    digest = hashlib.sha256(f"{storage} whitenoise {version('whitenoise')}\n".encode())
    for finder in get_finders():
        for name, source in finder.list([]):
            status = Path(source.path(name)).stat()
            digest.update(f"{name}\t{status.st_size}\t{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
