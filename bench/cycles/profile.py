"""Where the time of a cycle goes: `python -m bench.cycles.profile`, in a data set of one's own."""

from __future__ import annotations

import cProfile
import pstats
import re
from collections import Counter
from typing import Final

import django

django.setup()

from bench.cycles import steps  # noqa: E402
from bench.cycles.worker import load  # noqa: E402

CYCLES: Final = 100
SHOWN: Final = 40


def main() -> None:
    recording, market = load()
    for number, sql in enumerate(recording.statements, 1):
        print(f"{number:3} {shortened(sql)}")
    kinds = Counter(sql.lstrip().split(" ", 1)[0] for sql in recording.statements)
    print(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    cycle = steps.Cycle(steps.people(0))
    customers = iter(range(market.orders, market.count - 1))

    def run(cycles: int) -> None:
        for number in [next(customers) for _ in range(cycles)]:
            cycle.run(market.customer(number), market.budget_code(number))

    run(10)
    profiler = cProfile.Profile()
    profiler.runcall(run, CYCLES)
    found = pstats.Stats(profiler)
    print(f"\n{CYCLES} cycles")
    for order in ("tottime", "cumulative"):
        found.sort_stats(order).print_stats(SHOWN)


def shortened(sql: str) -> str:
    """Without the list of columns, which says nothing."""
    return re.sub(r"(SELECT|RETURNING) .*?( FROM |$)", r"\1 …\2", sql)[:200]


if __name__ == "__main__":
    main()
