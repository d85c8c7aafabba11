"""The data sets of one database and the servers on them."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.checks.gate import Notes
from bench.checks.measuring import Case, Size, cases_of
from bench.checks.serving import LIMITS, Server
from bench.common import ground
from bench.cycles.history import FIRST_CODE

EVERY_FLAG = "/ofrep/v1/evaluate/flags"


@dataclass(frozen=True, slots=True)
class Site:
    """A data set: how a process of capphep reaches it, and the token that may ask."""

    environment: dict[str, str]
    token: str


@contextmanager
def postgres(folder: Path) -> Iterator[dict[str, str]]:
    """The URLs of the data sets; those of before are still there but for the gate's."""
    with ground.kept_postgres(folder) as server, psycopg.connect(server, autocommit=True) as own:
        known = {name for (name,) in own.execute("SELECT datname FROM pg_database")}
        own.execute("DROP DATABASE IF EXISTS gate")
        for name in ("few", "many", "gate"):
            if name not in known or name == "gate":
                own.execute(f"CREATE DATABASE {name}")
        yield {name: server.rsplit("/", 1)[0] + f"/{name}" for name in ("few", "many", "gate")}


def prepared(python: str, folder: Path, url: str, customers: int) -> Site:
    """The data set, made unless it is there."""
    environment = ground.environment(folder, url)
    # Django complains where it is not.
    (folder / "static").mkdir(exist_ok=True)
    made = subprocess.run(
        [python, "-m", "bench.checks.prepare", f"--customers={customers}"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Site(environment, json.loads(made.stdout.splitlines()[-1])["token"])


@contextmanager
def measured(python: str, few: Site, many: Site, size: Size) -> Iterator[list[Case]]:
    """The servers, each a process, and what is to be measured of them."""
    cached = few.environment | {"CAPPHEP_CHECK_CACHE": "yes"}
    with ExitStack() as stack:
        servers = {
            "few": stack.enter_context(Server(python, few.environment)),
            "cached": stack.enter_context(Server(python, cached)),
        }
        is_one = many is few
        servers["many"] = (
            servers["few"] if is_one else stack.enter_context(Server(python, many.environment))
        )
        for name in size.limits:
            own = few.environment | {"CAPPHEP_BENCH_LIMIT": name}
            servers[name] = stack.enter_context(Server(python, own, LIMITS[name]))
        customer = str(FIRST_CODE)
        tags = {"customer": customer, "etag": etag(servers["few"].port, few.token, customer)}
        tokens = {"few": few.token, "many": many.token}
        yield list(cases_of(servers, tokens, tags, size))


def etag(port: int, token: str, customer: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}"}
    connection.request(
        "POST", EVERY_FLAG, json.dumps({"context": {"targetingKey": customer}}), headers
    )
    answer = connection.getresponse()
    found = answer.getheader("ETag", "")
    connection.close()
    return found


def gate(python: str, site: Site, notes: Path, checks: int) -> dict[str, float]:
    """What a process that asks says, while another one approves; see `bench.checks.gate`."""
    command = [python, "-m", "bench.checks.gate"]
    Notes.begin(notes)
    with Server(python, site.environment) as server, ExitStack() as stack:
        asking = [f"--port={server.port}", f"--token={site.token}", f"--checks={checks}"]
        writer = stack.enter_context(_started([*command, "write", str(notes)], site))
        asker = stack.enter_context(_started([*command, "ask", str(notes), *asking], site))
        while asker.poll() is None and not writer.poll():
            time.sleep(0.1)
        if asker.poll() != 0 or writer.wait(60):
            raise RuntimeError("a process of the gate failed")
        assert asker.stdout is not None
        found: dict[str, float] = json.loads(asker.stdout.read().splitlines()[-1])
    return found


@contextmanager
def _started(command: list[str], site: Site) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, env=site.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
