"""What was measured, what it says, and how it is shown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from bench.cycles.crew import Sample


@dataclass(frozen=True, slots=True)
class Size:
    """Existing orders, ``few`` and ``many``; cycles of each process in each round."""

    few: int
    many: int
    cycles: int
    rounds: int
    warm_up: int
    processes: tuple[int, ...] = (1, 2, 4)

    def with_options(self, cycles: int | None, rounds: int | None, processes: str | None) -> Size:
        return replace(
            self,
            cycles=cycles or self.cycles,
            rounds=rounds or self.rounds,
            processes=tuple(map(int, processes.split(","))) if processes else self.processes,
        )

    def fresh(self) -> int:
        """How many customers are used up: each of them orders once, in one way or the other."""
        warm_up = 2 * max(self.processes) * self.warm_up
        return warm_up + self.rounds * self.cycles * (2 * sum(self.processes) + 1)


class Figures:
    """Samples by what was measured and by how many processes, in the order of the rounds."""

    def __init__(self, facts: Mapping[str, float]) -> None:
        self.facts = facts
        self.samples: dict[tuple[str, int], list[Sample]] = defaultdict(list)

    def note(self, what: str, processes: int, sample: Sample) -> None:
        self.samples[what, processes].append(sample)

    def rate(self, what: str, processes: int = 1) -> float:
        return median(sample.rate for sample in self.samples[what, processes])

    def cpu_ms(self, what: str, processes: int = 1) -> float:
        return median(sample.cpu_ms for sample in self.samples[what, processes])

    def ratio(self, one: str, other: str, processes: int = 1) -> float:
        """The median over the rounds of what was measured side by side."""
        pairs = zip(self.samples[one, processes], self.samples[other, processes], strict=True)
        return median(first.rate / second.rate for first, second in pairs)

    def least(self) -> int:
        """The number of processes whose figures stand for all: the smallest."""
        return min(processes for what, processes in self.samples if what == "actions")

    def growth(self) -> float:
        return self.ratio("few", "many")

    def summary(self) -> dict[str, Any]:
        least = self.least()
        counts = sorted({processes for what, processes in self.samples if what == "actions"})
        return {
            "cycles_per_s": round(self.rate("actions", least), 1),
            "ratio_to_sql": round(self.ratio("actions", "sql", least), 3),
            "cpu_ms": round(self.cpu_ms("actions", least), 2),
            "statements": self.facts["statements"],
            "transactions": self.facts["transactions"],
            "growth_100k": round(self.growth(), 3),
            "new_file_ms": round(self.facts["new_file_ms"]),
            "by_processes": {
                str(count): {
                    "cycles_per_s": round(self.rate("actions", count), 1),
                    "sql_cycles_per_s": round(self.rate("sql", count), 1),
                    "ratio_to_sql": round(self.ratio("actions", "sql", count), 3),
                }
                for count in counts
            },
        }


def table(database: str, figures: Figures, size: Size) -> str:
    facts = figures.facts
    lines = [
        f"\n{database:<28}" + "".join(f"{count:>10} proc." for count in size.processes),
        _row("capphep, cycles/s", [figures.rate("actions", n) for n in size.processes]),
        _row("plain SQL, cycles/s", [figures.rate("sql", n) for n in size.processes]),
        _row("ratio", [figures.ratio("actions", "sql", n) for n in size.processes], 3),
        _row("capphep, CPU ms a cycle", [figures.cpu_ms("actions", n) for n in size.processes]),
        _row("plain SQL, CPU ms a cycle", [figures.cpu_ms("sql", n) for n in size.processes]),
        f"at {size.few:,} orders {figures.rate('few'):.1f}, at {size.many:,} "
        f"{figures.rate('many'):.1f} cycles/s: growth {figures.growth():.3f}",
        f"a cycle: {facts['rows']} rows in {facts['transactions']} transactions; capphep "
        f"{facts['statements']} statements, plain SQL {facts['sql_statements']}",
        f"beside the cycle, a file that nobody attached before: {facts['new_file_ms']:.0f} ms\n",
    ]
    return "\n".join(lines)


def _row(name: str, values: list[float], digits: int = 1) -> str:
    return f"{name:<28}" + "".join(f"{value:>16.{digits}f}" for value in values)


def line(found: Mapping[str, Figures]) -> str:
    """The one line of JSON; of the growths the larger one."""
    return json.dumps(
        {
            "bench": "cycle",
            **{database: figures.summary() for database, figures in found.items()},
            "growth_100k": round(max(figures.growth() for figures in found.values()), 3),
        }
    )
