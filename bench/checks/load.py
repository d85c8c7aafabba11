"""Many checks at once, by wrk: how many a second, and how long they took."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from bench.cycles.history import FIRST_CODE
from tools.machine import Missing, apt_install

SCRIPT: Final = """
local first, many = %(first)d, %(customers)d
local head = "POST %(path)s?%%07d HTTP/1.1\\r\\nHost: localhost\\r\\n%(headers)s"
  .. "Content-Type: application/json\\r\\nContent-Length: 38\\r\\n\\r\\n"
  .. '{"context":{"targetingKey":"%%07d"}}'
request = function()
  local code = first + math.random(0, many - 1)
  return string.format(head, code, code)
end
done = function(summary, latency, requests)
  io.write(string.format('{"requests":%%d,"seconds":%%f,"wrong":%%d,"p50":%%f,"p99":%%f}\\n',
    summary.requests, summary.duration / 1e6, summary.errors.status + summary.errors.connect
    + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


class Sample(NamedTuple):
    """Answers a second; milliseconds that half of them and 99 of 100 took at most.

    ``cpu_us`` is what the server's process used for one, its database not included.
    """

    answers: int
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float = 0


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked: a path, by whom, about how many customers; ``etag`` is known already."""

    path: str
    token: str
    customers: int
    etag: str = ""
    only: str = ""

    def script(self) -> str:
        headers = f"Authorization: Bearer {self.token}\\r\\n"
        if self.etag:
            headers += f"If-None-Match: {self.etag}\\r\\n".replace('"', '\\"')
        first, customers = (int(self.only), 1) if self.only else (FIRST_CODE, self.customers)
        return SCRIPT % {
            "first": first,
            "customers": customers,
            "path": self.path,
            "headers": headers,
        }

    def run(self, port: int, connections: int, seconds: int) -> Sample:
        """Raises RuntimeError where any answer was another than 2xx or 3xx."""
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(self.script())
            script.flush()
            done = subprocess.run(
                [
                    program(),
                    "--threads=1",
                    f"--connections={connections}",
                    f"--duration={seconds}s",
                    "--timeout=10s",
                    f"--script={script.name}",
                    f"http://127.0.0.1:{port}",
                ],
                capture_output=True,
                text=True,
                check=True,
            )
        found = json.loads(done.stdout.splitlines()[-1])
        if found["wrong"] or not found["requests"]:
            raise RuntimeError(f"{self.path}: {found['wrong']} of {found['requests']} failed")
        rate = found["requests"] / found["seconds"]
        return Sample(found["requests"], rate, found["p50"], found["p99"])


def program() -> str:
    """wrk, installed where that may be done."""
    found = shutil.which("wrk") or (apt_install("wrk") and shutil.which("wrk"))
    if not found:
        raise Missing("wrk is missing: install the package wrk.")
    return str(Path(found))
