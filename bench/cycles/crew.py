"""The processes that work on one data set."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean
from types import TracebackType
from typing import Any, NamedTuple


class Sample(NamedTuple):
    """What some processes did together: whole cycles a second, CPU time of one cycle."""

    rate: float
    cpu_ms: float


@dataclass
class Crew:
    """``facts`` is what a cycle is made of; ``free`` the number of the next customer."""

    workers: list[subprocess.Popen[str]]
    facts: Mapping[str, float]
    free: int

    @classmethod
    def ready(
        cls, python: str, environment: dict[str, str], orders: int, fresh: int, size: int
    ) -> Crew:
        """Make the data set and start the processes: all of them connected and waiting."""
        options = [f"--people={size}", f"--orders={orders}", f"--fresh={fresh}"]
        made = subprocess.run(
            [python, "-m", "bench.cycles.prepare", *options],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        crew = cls([], json.loads(made.stdout.splitlines()[-1]), orders)
        for number in range(size):
            crew.workers.append(
                subprocess.Popen(
                    [python, "-m", "bench.cycles.worker", str(number)],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
        for worker in crew.workers:
            heard(worker)
        return crew

    @property
    def size(self) -> int:
        return len(self.workers)

    def run(self, how: str, processes: int, cycles: int) -> Sample:
        """So many processes at once, each with so many cycles for customers of its own."""
        working = self.workers[:processes]
        for worker in working:
            task = {"how": how, "first": self.free, "cycles": cycles}
            self.free += cycles
            assert worker.stdin is not None
            worker.stdin.write(json.dumps(task) + "\n")
            worker.stdin.flush()
        answers: list[dict[str, Any]] = [json.loads(heard(worker)) for worker in working]
        seconds = max(a["ended"] for a in answers) - min(a["began"] for a in answers)
        return Sample(processes * cycles / seconds, mean(a["cpu_ms"] for a in answers))

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()


def heard(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    text = worker.stdout.readline()
    if not text:
        raise RuntimeError("a process ended before its work was done")
    return text
