"""One server process of capphep or of a limit: gunicorn as in production, but alone."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

CHECK: Final = "capphep.config.wsgi:application"
LIMITS: Final = "bench.checks.limits:application"

# gunicorn's own settings, when it reads this file.
wsgi_app = os.environ.get("CAPPHEP_BENCH_APP", CHECK)
bind = f"fd://{os.environ.get('CAPPHEP_LISTENER', '')}"
worker_class = "gthread"
workers = 1
threads = 4
keepalive = 5
graceful_timeout = 1
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    print("ready", flush=True)


@contextmanager
def served(python: str, environment: Mapping[str, str], app: str = CHECK) -> Iterator[int]:
    """The port on which the application answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.set_inheritable(True)
    own = {**environment, "CAPPHEP_BENCH_APP": app, "CAPPHEP_LISTENER": str(listener.fileno())}
    process = subprocess.Popen(
        [python, "-m", "gunicorn", "--config", "python:bench.checks.serving"],
        env=own,
        pass_fds=[listener.fileno()],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{app} did not start")
        yield listener.getsockname()[1]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
        listener.close()
