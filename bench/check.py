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

from bench import offline
from bench.checks import load, report, sites
from bench.checks.measuring import Figures, Size, measure
from bench.common import ground

DATABASES: Final = ("postgres", "sqlite")
USUAL: Final = Size(few=1_000, many=1_000_000, seconds=1, rounds=4, checks=30_000)
QUICK: Final = Size(20, 20, 1, 1, 200, (16,), limits=("hello", "thin"), is_quick=True)


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
                found = gated(python, kept if options.quick else folder, urls, size, database)
            print(report.told(database, found), flush=True)
            wrong += int(found["wrong"])
        verified = offline.measure(python, quick=options.quick)
    print(f"a licence asked offline: {verified['asked_per_s']:,} times a second", flush=True)
    print(report.line(figures[next(iter(figures))], verified["asked_per_s"]))
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
    is_one = size.few == size.many
    many = few if is_one else sites.prepared(python, folder / "many", urls["many"], size.many)
    with sites.measured(python, few, many, size) as cases:
        figures = measure(cases, size)
    print(report.table(database, figures, size), flush=True)
    return figures


def gated(
    python: str, folder: Path, urls: Mapping[str, str], size: Size, database: str
) -> Mapping[str, float]:
    """On a data set of its own, for it writes; a quick run keeps none."""
    name, customers = ("few", size.few) if size.is_quick else ("gate", 0)
    own = folder / database / name
    site = sites.prepared(python, own, urls[name], customers)
    return sites.gate(python, site, own / "notes", size.checks)
