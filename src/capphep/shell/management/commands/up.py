"""`./capphep up`: check, prepare, then become the production server."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from capphep.platform.queries import is_demo
from capphep.shell import startup

DEMO_ACCOUNTS = """\
This is demo data. Sign in with the password capphep-demo as
  sales, sales2      salesperson (two teams)
  manager            sees all teams, and the reports
  officer, officer2  licence officer (two teams)
  auditor            reads everything, changes nothing
  admin              administrator"""


NOBODY = """\
Nobody can sign in yet:
  ./capphep add_user admin --full-name "…" --role admin"""

NO_PUBLIC_URL = "CAPPHEP_PUBLIC_URL is not set: licences and events name {} as their origin."


class Command(BaseCommand):
    help = "Set everything up and serve it; Ctrl+C stops it. Running it again harms nothing."
    # The tests run the checks; here they would only delay every start.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="default: this machine only")
        parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
        parser.add_argument(
            "--no-demo", action="store_true", help="leave an empty database without demo data"
        )

    def handle(self, *args: Any, host: str, port: int, no_demo: bool, **options: Any) -> None:
        try:
            listener = self.prepared(host, port, demo=not no_demo)
        except startup.CannotStart as refusal:
            self.stop(str(refusal))
        except Error as error:
            self.stop(f"{startup.database_label()} refused: {str(error).strip().splitlines()[0]}")
        except OSError as error:
            self.stop(f"{error.filename or 'The system'}: {error.strerror}")
        except KeyboardInterrupt:
            self.stop("Stopped before capphep was ready.", code=130)
        serve(listener, host)

    def prepared(self, host: str, port: int, *, demo: bool) -> socket.socket:
        """Everything up to the server itself; returns the port it will serve, already taken."""
        startup.check_state_dir(settings.STATE_DIR)
        listener = startup.listen(host, port)
        startup.check_database_reachable()
        with startup.one_at_a_time(settings.STATE_DIR):
            startup.check_database_not_newer()
            startup.migrate()
            startup.collect_static()
            if demo:
                startup.load_demo_into_empty_database()
            startup.check_clock()
            startup.prepare_signing_key()
        if is_demo():
            self.stdout.write(DEMO_ACCOUNTS)
        elif not get_user_model()._default_manager.exists():
            self.stdout.write(NOBODY)
        served = f"http://{host}:{listener.getsockname()[1]}"
        if not settings.HAS_PUBLIC_URL and served != settings.PUBLIC_URL:
            self.stdout.write(NO_PUBLIC_URL.format(settings.PUBLIC_URL))
        connection.close()
        return listener

    def stop(self, sentence: str, code: int = 1) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(code)


def serve(listener: socket.socket, host: str) -> NoReturn:
    """Become gunicorn, which takes over the port and says when it answers."""
    listener.set_inheritable(True)
    port = listener.getsockname()[1]
    environment = os.environ | {
        "CAPPHEP_LISTENER": str(listener.fileno()),
        "CAPPHEP_ADDRESS": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "PYTHONPATH": os.pathsep.join(filter(None, [source_dir(), os.environ.get("PYTHONPATH")])),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:capphep.config.gunicorn"]
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606


def source_dir() -> str:
    return str(Path(settings.PROJECT_DIR) / "src")
