"""The production server's settings; `./capphep up` starts it (shell/management/commands/up.py).

CAPPHEP_LISTENER is the number of the socket that `up` has already opened, CAPPHEP_ADDRESS is
what people type into their browser. Other names here are gunicorn's own.
"""

from __future__ import annotations

import http.client
import os
import sys
import threading
import time
from typing import Any

from django.urls import resolve

wsgi_app = "capphep.config.wsgi:application"
bind = f"fd://{os.environ['CAPPHEP_LISTENER']}"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 120
graceful_timeout = 20
keepalive = 5
# Nobody uses it here, and it would write into the home directory.
control_socket_disable = True
loglevel = "warning"
proc_name = "capphep"

ADDRESS = os.environ["CAPPHEP_ADDRESS"]
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104


def post_worker_init(worker: Any) -> None:
    """The application is loaded; the first worker says so once it answers."""
    # Here a mistake in any page's module ends the start, and nobody's first request waits for it.
    resolve("/healthz")
    start_worker()
    if worker.age == 1:
        threading.Thread(target=announce, daemon=True).start()


def start_worker() -> None:
    # Only now is Django ready for it.
    from django.conf import settings

    from capphep.shell.worker import start

    if settings.WORKER:
        start()


def announce() -> None:
    host, _, port = ADDRESS.rpartition(":")
    for _attempt in range(200):
        status = ask(f"{EVERY_ADDRESS.get(host, host)}:{port}")
        if status is not None and status < 500:
            print(f"capphep is ready at http://{ADDRESS}", flush=True)  # noqa: T201
            return
        time.sleep(0.05)
    problem = "no answer" if status is None else f"status {status}"
    print(f"capphep runs, but its health page gives {problem}.", file=sys.stderr)  # noqa: T201


def ask(address: str) -> int | None:
    """The status of the health page, or None; a refused Host header is an answer too."""
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()
