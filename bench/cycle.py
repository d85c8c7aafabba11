"""Whole cycles a second, beside plain SQL, and at 100,000 existing orders.

    ./capphep bench cycle              # some ten minutes
    ./capphep bench cycle --quick      # only whether it works: its numbers mean nothing
    ./capphep bench cycle --profile    # where the time of a cycle goes, and its SQL statements

A cycle is an order, its request with evidence, the sending and the approval. bench/README.md
says how it is measured and how to read it. The last line is JSON.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import psycopg

from bench.common import ground
from bench.cycles.crew import Crew
from bench.cycles.figures import Figures, Size, line, table

DATABASES: Final = ("postgres", "sqlite")
USUAL: Final = Size(few=1_000, many=100_000, cycles=100, rounds=5, warm_up=10)
QUICK: Final = Size(few=5, many=50, cycles=2, rounds=1, warm_up=1, processes=(1, 2))


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    size = QUICK if options.quick else USUAL
    size = size.with_options(options.cycles, options.rounds, options.processes)
    python = options.python or ground.fastest_python()
    print(ground.described(python), flush=True)
    found: dict[str, Figures] = {}
    with ground.state_dir() as folder, ExitStack() as stack:
        python = ground.with_packages(python, folder / "python")
        if options.profile:
            return profile(python, folder, options.profile, stack)
        for database in DATABASES:
            found[database] = measure(database, python, folder / database, size, stack)
            print(table(database, found[database], size), flush=True)
    print(line(found))
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="capphep bench cycle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="as little as possible")
    parser.add_argument("--cycles", type=int, help="by each process in each round")
    parser.add_argument("--rounds", type=int, help="each measures everything once")
    parser.add_argument("--processes", help="how many at once, such as 1,2,4")
    parser.add_argument("--python", help="the Python to measure; else the fastest here")
    parser.add_argument("--profile", choices=DATABASES, nargs="?", const="postgres")
    return parser.parse_args(arguments)


def measure(database: str, python: str, folder: Path, size: Size, stack: ExitStack) -> Figures:
    """Both data sets of one database, their processes, and the rounds."""
    urls = addresses(database, stack)
    crews = []
    for name, orders, processes in (
        ("few", size.few, max(size.processes)),
        ("many", size.many, 1),
    ):
        environment = ground.environment(folder / name, urls.get(name, ""))
        print(f"{database}: {orders:,} orders …", flush=True)
        crews.append(Crew.ready(python, environment, orders, size.fresh(), processes))
    with crews[0] as few, crews[1] as many:
        figures = Figures(few.facts)
        for crew in (few, many):
            crew.run("actions", crew.size, size.warm_up)
            crew.run("sql", crew.size, size.warm_up)
        for _ in range(size.rounds):
            for processes in size.processes:
                figures.note("actions", processes, few.run("actions", processes, size.cycles))
                figures.note("sql", processes, few.run("sql", processes, size.cycles))
            figures.note("many", 1, many.run("actions", 1, size.cycles))
            figures.note("few", 1, few.run("actions", 1, size.cycles))
    return figures


def addresses(database: str, stack: ExitStack) -> dict[str, str]:
    """Two databases in one server; none where SQLite takes a file of the state directory."""
    if database == "sqlite":
        return {}
    server = stack.enter_context(ground.postgres())
    with psycopg.connect(server, autocommit=True) as connection:
        for name in ("few", "many"):
            connection.execute(f"CREATE DATABASE {name}")
    return {name: server.rsplit("/", 1)[0] + f"/{name}" for name in ("few", "many")}


def profile(python: str, folder: Path, database: str, stack: ExitStack) -> int:
    environment = ground.environment(folder, addresses(database, stack).get("few", ""))
    for command in (
        ["bench.cycles.prepare", "--people=1", "--orders=1000", "--fresh=200"],
        ["bench.cycles.profile"],
    ):
        subprocess.run([python, "-m", *command], env=environment, check=True)
    return 0
