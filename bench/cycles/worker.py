"""One process at work: runs the cycles that it is told to on its standard input, a line a task.

    python -m bench.cycles.worker NUMBER

A task is `{"how": "actions" | "sql", "first": customer, "cycles": many}`; the answer says when
it began and ended (the machine's monotonic clock) and how much CPU time this process took,
its system calls included and the database server's work not.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings

django.setup()

from bench.cycles import steps  # noqa: E402
from bench.cycles.bare import BareCycle  # noqa: E402
from bench.cycles.history import Market  # noqa: E402
from bench.cycles.recording import Recording  # noqa: E402


def main() -> None:
    recording, market = load()
    cycle = steps.Cycle(steps.people(int(sys.argv[1])))
    bare = BareCycle(recording, market)
    ways = {
        "actions": lambda number: cycle.run(market.customer(number), market.budget_code(number)),
        "sql": bare.run,
    }
    print("ready", flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        bare.prepare()
        print(json.dumps(timed(ways[task["how"]], task)), flush=True)


def load() -> tuple[Recording, Market]:
    content = (settings.STATE_DIR / "recording.pickle").read_bytes()
    found: tuple[Recording, Market] = pickle.loads(content)
    return found


def timed(run: Callable[[int], object], task: dict[str, Any]) -> dict[str, float]:
    began, cpu = time.monotonic(), time.process_time()
    for number in range(task["first"], task["first"] + task["cycles"]):
        run(number)
    return {
        "began": began,
        "ended": time.monotonic(),
        "cpu_ms": (time.process_time() - cpu) * 1000 / task["cycles"],
    }


if __name__ == "__main__":
    main()
