"""The two data sets and a server on each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from bench.checks.serving import Server
from bench.common import ground

ROOM: Final = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
"""As who keeps a million orders would give it; PostgreSQL's defaults are for a small machine."""


@dataclass(frozen=True, slots=True)
class Site:
    """A data set with a server on it; ``facts`` are what `prepare` said."""

    server: Server
    environment: Mapping[str, str]
    facts: Mapping[str, Any]


@contextmanager
def opened(python: str, folder: Path, orders: Mapping[str, int]) -> Iterator[dict[str, Site]]:
    """By the names of ``orders``; data that are there already are not made again."""
    cluster = folder / "cluster"
    cluster.mkdir(parents=True, exist_ok=True)
    # PostgreSQL runs as another user, who has to pass.
    for above in (folder, folder.parent):
        above.chmod(0o711)
    with ground.kept_postgres(cluster, **ROOM) as url, ExitStack() as stack:
        _create(url, orders)
        sites = {}
        for name, count in orders.items():
            own = ground.environment(folder / name, url.rsplit("/", 1)[0] + f"/{name}")
            # The data stay, nobody's day is worked through meanwhile.
            own["CAPPHEP_WORKER"] = "no"
            facts = _prepared(python, folder / name, own, count)
            sites[name] = Site(stack.enter_context(Server(python, own)), own, facts)
        yield sites


def _create(url: str, names: Mapping[str, int]) -> None:
    with psycopg.connect(url, autocommit=True) as own:
        known = {name for (name,) in own.execute("SELECT datname FROM pg_database")}
        for name in names:
            if name not in known:
                own.execute(f"CREATE DATABASE {name}")


def _prepared(python: str, folder: Path, own: Mapping[str, str], orders: int) -> dict[str, Any]:
    print(f"{orders:,} orders …", flush=True)
    command = [python, "-m", "bench.desks.prepare", f"--orders={orders}"]
    made = subprocess.run(command, env=own, stdout=subprocess.PIPE, text=True, check=True)
    facts: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return facts
