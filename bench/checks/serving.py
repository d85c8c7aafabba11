"""One server process of capphep or of a limit: gunicorn as in production, but alone."""

from __future__ import annotations

import functools
import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

CHECK: Final = "capphep.config.wsgi:application"
LIMITS: Final = {
    "hello": "bench.checks.hello:application",
    "thin": "bench.checks.limits:application",
    "libpq": "bench.checks.limits:application",
}

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
    print("ready", os.getpid(), flush=True)


class Server:
    """A context. It begins at once; who needs it first waits until it is ready."""

    def __init__(self, python: str, environment: Mapping[str, str], app: str = CHECK) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.set_inheritable(True)
        number = self._listener.fileno()
        own = {**environment, "CAPPHEP_BENCH_APP": app, "CAPPHEP_LISTENER": str(number)}
        self._process = subprocess.Popen(
            [python, "-m", "gunicorn", "--config", "python:bench.checks.serving"],
            env=own,
            pass_fds=[number],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port: int = self._listener.getsockname()[1]

    @functools.cached_property
    def worker(self) -> int:
        """The number of the process that answers. Raises RuntimeError where it does not start."""
        assert self._process.stdout is not None
        told = self._process.stdout.readline().split()
        if told[:1] != ["ready"]:
            raise RuntimeError(f"a server did not start: {self._process.args!r}")
        return int(told[1])

    def cpu_seconds(self) -> float:
        """What the process has used until now, its system calls included."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._listener.close()
