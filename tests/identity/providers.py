"""Identity providers for tests: a real SCIM server, and one that misbehaves as it is told."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOKEN = "tests-token"
PATIENCE = 30
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@contextlib.contextmanager
def real_server() -> Iterator[str]:
    """The address of PyPI's scim2-server, a process of its own; each path below is empty."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("scim2-server")
    command = [program, "--port", str(port), "--bearer-token", TOKEN, "--dynamic-tenants"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(port, process)
            yield address
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("scim2-server did not start")


class Tenant:
    """The users of one address of the real server, as its administrator sees them."""

    def __init__(self, address: str) -> None:
        self.address = address

    def users(self) -> list[dict[str, Any]]:
        found = self._ask("GET", "/Users")
        return list(found.get("Resources", []))

    def add(self, user_name: str, **values: Any) -> str:
        """A user that somebody else made; its id."""
        made = self._ask("POST", "/Users", {"schemas": [USER], "userName": user_name, **values})
        return str(made["id"])

    def remove(self, user_id: str) -> None:
        self._ask("DELETE", f"/Users/{user_id}")

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={
                "Authorization": f"Bearer {TOKEN}",
                "Content-Type": "application/scim+json",
            },
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            content = answer.read()
        return dict(json.loads(content)) if content else {}


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def bad_server(answer: Answer) -> Iterator[str]:
    """The address of a server that does with every request what ``answer`` does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError):
                answer(self)

        do_POST = do_PATCH = do_GET

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def saying(
    status: int, body: bytes | str = b"", kind: str = "application/scim+json", **headers: str
) -> Answer:
    content = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def listing(*users: Any) -> str:
    return json.dumps(
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": len(users),
            "Resources": list(users),
        }
    )


def scim_error(status: int, detail: str = "", scim_type: str = "") -> str:
    error = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": str(status),
        "detail": detail,
    }
    return json.dumps(error | ({"scimType": scim_type} if scim_type else {}))
