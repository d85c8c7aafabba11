"""Records a second in the audit trail, beside one single chain and beside no chain at all.

    ./capphep bench audit              # some two minutes
    ./capphep bench audit --quick      # only whether it works: its numbers mean nothing

On PostgreSQL, by 1, 2 and 4 processes: transactions that record two changes and an event.
bench/README.md says how to read it. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Sequence
from typing import Any, Final

from bench.common import ground
from bench.cycles.crew import Crew, heard
from bench.cycles.figures import Figures

WAYS: Final = ("chains", "one_chain", "no_chain")
PROCESSES: Final = (1, 2, 4)
HOLDS: Final = (0, 5)
"""Milliseconds for which a transaction stays open after it has recorded."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="capphep bench audit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="as little as possible")
    parser.add_argument("--records", type=int, default=300, help="by each process in each round")
    parser.add_argument("--rounds", type=int, default=5, help="each measures everything once")
    options = parser.parse_args(arguments)
    records, rounds = (2, 1) if options.quick else (options.records, options.rounds)
    python = ground.fastest_python()
    print(ground.described(python), flush=True)
    with ground.state_dir() as folder, ground.postgres() as url:
        python = ground.with_packages(python, folder / "python")
        with _crew(python, ground.environment(folder, url)) as crew:
            figures = _measured(crew, records, rounds)
    for hold in HOLDS:
        print(_table(figures, hold))
    print(json.dumps({"bench": "audit", **_summary(figures)}))
    return 0


def _crew(python: str, environment: dict[str, str]) -> Crew:
    migrate = [python, str(ground.ROOT / "manage.py"), "migrate", "--verbosity=0"]
    subprocess.run(migrate, env=environment, check=True)
    crew = Crew([], {}, 1)
    for _ in range(max(PROCESSES)):
        worker = subprocess.Popen(
            [python, "-m", "bench.audits.worker"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        crew.workers.append(worker)
        heard(worker)
    return crew


def _measured(crew: Crew, records: int, rounds: int) -> Figures:
    figures = Figures({})
    for way in WAYS:
        crew.run(f"{way} 0", crew.size, records)
    for _ in range(rounds):
        for processes in PROCESSES:
            for hold in HOLDS:
                for way in WAYS:
                    what = f"{way} {hold}"
                    figures.note(what, processes, crew.run(what, processes, records))
    return figures


def _table(figures: Figures, hold: int) -> str:
    def row(name: str, values: list[float], digits: int) -> str:
        return f"{name:<30}" + "".join(f"{value:>12.{digits}f}" for value in values)

    heading = f"\n{f'open for {hold} ms after recording':<30}"
    lines = [heading + "".join(f"{count:>6} proc." for count in PROCESSES)]
    for way in WAYS:
        name = f"{way.replace('_', ' ')}, transactions/s"
        lines.append(row(name, [figures.rate(f"{way} {hold}", n) for n in PROCESSES], 0))
    for other in WAYS[1:]:
        ratios = [figures.ratio(f"chains {hold}", f"{other} {hold}", n) for n in PROCESSES]
        lines.append(row(f"chains / {other.replace('_', ' ')}", ratios, 2))
    cpu = [figures.cpu_ms(f"chains {hold}", n) for n in PROCESSES]
    bare = [figures.cpu_ms(f"no_chain {hold}", n) for n in PROCESSES]
    lines.append(row("chains, CPU ms", cpu, 2))
    lines.append(row("no chain, CPU ms", bare, 2))
    return "\n".join(lines)


def _summary(figures: Figures) -> dict[str, Any]:
    return {
        f"open_{hold}_ms": {
            str(count): {
                "per_s": round(figures.rate(f"chains {hold}", count)),
                "cpu_ms": round(figures.cpu_ms(f"chains {hold}", count), 2),
                "ratio_to_one_chain": _ratio(figures, "one_chain", hold, count),
                "ratio_to_no_chain": _ratio(figures, "no_chain", hold, count),
            }
            for count in PROCESSES
        }
        for hold in HOLDS
    }


def _ratio(figures: Figures, other: str, hold: int, count: int) -> float:
    return round(figures.ratio(f"chains {hold}", f"{other} {hold}", count), 2)
