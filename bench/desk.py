"""The working day's pages among a million orders: lists, search, dashboards, Excel in and out.

    ./capphep bench desk              # the first time some ten minutes more: data are made
    ./capphep bench desk --quick      # only whether it works: its numbers mean nothing

At 1,000 and at 1,000,000 orders (of half as many customers) in PostgreSQL, kept between runs.
bench/README.md says how it is measured and how to read it. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Final

from bench.common import ground
from bench.desks import report, sites
from bench.desks.measuring import measure, measure_excel

ORDERS: Final = {"few": 1_000, "many": 1_000_000}
QUICK: Final = {"few": 300, "many": 600}
ROWS: Final = 100_000
"""So many rows come in from Excel."""
QUICK_ROWS: Final = 200


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    python = options.python or ground.fastest_python()
    print(ground.described(python), flush=True)
    orders = QUICK if options.quick else ORDERS | {"many": options.orders}
    with ground.state_dir() as folder:
        python = ground.with_packages(python, folder / "python")
        kept = folder / "desk" if options.quick else ground.kept("desk")
        with sites.opened(python, kept, orders) as found:
            figures = measure(found, rounds=1 if options.quick else options.rounds)
            print(report.table(figures), flush=True)
            excel = measure_excel(python, found["many"], QUICK_ROWS if options.quick else ROWS)
            print(report.of_excel(excel), flush=True)
    print(json.dumps(report.line(figures, excel)))
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="capphep bench desk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="as little as possible")
    parser.add_argument("--rounds", type=int, default=40, help="each asks for every page once")
    parser.add_argument("--orders", type=int, default=ORDERS["many"], help="of the large one")
    parser.add_argument("--python", help="the Python to measure; else the fastest here")
    return parser.parse_args(arguments)
