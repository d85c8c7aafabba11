"""gunicorn settings for `tests.plumbing.server`: those of production, one small process."""

from __future__ import annotations

import os
from typing import Any

wsgi_app = "capphep.config.wsgi:application"
bind = f"fd://{os.environ['CAPPHEP_LISTENER']}"
worker_class = "gthread"
workers = 1
threads = 4
keepalive = 5
graceful_timeout = 1
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    print("ready", flush=True)
