"""OFREP checks a second, beside hello and the thinnest read; right while approvals run.

    ./capphep bench check                      # some five minutes, the first time some more
    ./capphep bench check --checks 1000000     # the correctness gate in full
    ./capphep bench check --quick              # only whether it works: its numbers mean nothing

At 1,000 and at 1,000,000 subscriptions, which are kept between runs; by 1, 16 and 64 connections.
bench/README.md says how it is measured and how to read it. The last line is JSON. Exits 1 where any
check was answered wrongly.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.checks import load, report, sites
from bench.checks.measuring import Figures, Size, measure
from bench.common import ground

DATABASES: Final = ("postgres", "sqlite")
USUAL: Final = Size(few=1_000, many=1_000_000, seconds=1, rounds=3, checks=30_000)
QUICK: Final = Size(few=20, many=50, seconds=1, rounds=1, checks=400, connections=(1, 16))


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    size = _size(options)
    load.program()
    python = options.python or ground.fastest_python()
    print(ground.described(python), flush=True)
    figures: dict[str, Figures] = {}
    wrong = 0
    with ground.state_dir() as folder:
        python = ground.with_packages(python, folder / "python")
        kept = folder if options.quick else ground.kept("check")
        for database in options.databases.split(","):
            with urls_of(database, kept / "cluster") as urls:
                figures[database] = run(python, kept / database, urls, size, database)
                found = gated(python, folder / database, urls["gate"], size)
            print(report.told(database, found), flush=True)
            wrong += int(found["wrong"])
    print(report.line(figures[next(iter(figures))], 0))
    return 1 if wrong else 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="capphep bench check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="as little as possible")
    parser.add_argument("--seconds", type=int, help="of each load in each round")
    parser.add_argument("--rounds", type=int, help="each measures everything once")
    parser.add_argument("--checks", type=int, help="of the correctness gate on each database")
    parser.add_argument("--many", type=int, help="subscriptions of the large data set")
    parser.add_argument("--databases", default=",".join(DATABASES), help="default: both")
    parser.add_argument("--python", help="the Python to measure; else the fastest here")
    return parser.parse_args(arguments)


def _size(options: argparse.Namespace) -> Size:
    given = {
        name: getattr(options, name)
        for name in ("seconds", "rounds", "checks", "many")
        if getattr(options, name)
    }
    return replace(QUICK if options.quick else USUAL, **given)


@contextmanager
def urls_of(database: str, cluster: Path) -> Iterator[Mapping[str, str]]:
    """By data set; none where SQLite takes a file of the state directory."""
    if database == "sqlite":
        yield {"few": "", "many": "", "gate": ""}
        return
    cluster.mkdir(exist_ok=True)
    # PostgreSQL runs as another user, who has to pass.
    cluster.parent.chmod(0o711)
    with sites.postgres(cluster) as urls:
        yield urls


def run(python: str, folder: Path, urls: Mapping[str, str], size: Size, database: str) -> Figures:
    print(f"{database}: {size.few:,} and {size.many:,} subscriptions …", flush=True)
    few = sites.prepared(python, folder / "few", urls["few"], size.few)
    many = sites.prepared(python, folder / "many", urls["many"], size.many)
    with sites.measured(python, few, many, size) as cases:
        figures = measure(cases, size)
    print(report.table(database, figures, size), flush=True)
    return figures


def gated(python: str, folder: Path, url: str, size: Size) -> Mapping[str, float]:
    site = sites.prepared(python, folder / "gate", url, 0)
    return sites.gate(python, site, folder / "gate" / "notes", size.checks)
