"""Everything that guards capphep, in one command: `./capphep test [pytest arguments]`.

    ./capphep test                         format, lint, types, layers, migrations, translations,
                                           then pytest on SQLite, on PostgreSQL, and of what
                                           no database can change, all at once
    ./capphep test -k order --database sqlite    pytest alone, with these arguments
    ./capphep test --static                everything but pytest

A PostgreSQL of its own is started for the run and stopped after it. What is missing on the
machine is installed where that may be done, else named; nothing is skipped in silence.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

from tools.machine import Missing, require_chromium
from tools.node import require_node
from tools.postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgres")
# What no database can change is a run of its own (tests/plumbing/shares.py).
ONCE = "once"
PYTHON = sys.executable
NO_TESTS = 5
# What holds for one commit holds each time; a later --hypothesis-seed draws other examples.
SEEDS = {"sqlite": 1, "postgres": 2, ONCE: 1}
OUTCOME = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)\b")


class Stage(NamedTuple):
    name: str
    command: list[str]
    environment: dict[str, str] = {}


class Result(NamedTuple):
    code: int
    output: str
    seconds: float


def main(arguments: Sequence[str]) -> int:
    options, pytest_arguments = parse(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        with clean_environment() as environment:
            if options.static or not pytest_arguments:
                failed = run_static(static_stages(), environment)
                if failed or options.static:
                    return report_static(failed)
            databases = [options.database] if options.database else list(DATABASES)
            return run_pytest(databases, pytest_arguments, environment)
    except Missing as missing:
        print(f"capphep test: {missing}", flush=True)
        return 1
    except KeyboardInterrupt:
        print("capphep test: interrupted", flush=True)
        return 130


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="capphep test",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--database", choices=DATABASES, help="pytest on this one only")
    parser.add_argument("--static", action="store_true", help="everything but pytest")
    return parser.parse_known_args(arguments)


def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Any of these ends a run as Ctrl+C does: PostgreSQL is stopped, files are removed."""
    raise KeyboardInterrupt


@contextmanager
def clean_environment() -> Iterator[dict[str, str]]:
    """No setting of the person's own capphep reaches the tests, nor do they write to its var/."""
    with tempfile.TemporaryDirectory(prefix="capphep-tests-") as state_dir:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CAPPHEP_")}
        yield environment | {
            "CAPPHEP_STATE_DIR": state_dir,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONUNBUFFERED": "1",
        }


# --- what needs no tests -----------------------------------------------------------------------


def static_stages() -> list[Stage]:
    """In the order in which they are reported; the quick and telling ones first."""
    manage, programs = [PYTHON, str(ROOT / "manage.py")], Path(PYTHON).parent
    ruff, vendor = str(programs / "ruff"), ROOT / "tools" / "vendor.py"
    stages = [
        Stage("format (ruff)", [ruff, "format", "--check", "."]),
        Stage("lint (ruff)", [ruff, "check", "."]),
        Stage("types (mypy)", [PYTHON, "-m", "mypy"]),
        Stage("layers (import-linter)", [str(programs / "lint-imports"), "--no-logo"]),
        Stage("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Stage("translations", [PYTHON, str(ROOT / "tools" / "catalogues.py"), "--check"]),
        Stage("states", [PYTHON, str(ROOT / "tools" / "states_doc.py"), "--check"]),
    ]
    templates = sorted(str(path) for path in (ROOT / "src").glob("capphep/*/templates/**/*.html"))
    if templates:
        djade = [str(programs / "djade"), "--check", "--target-version", "5.2"]
        stages.append(Stage("templates (djade)", [*djade, *templates]))
    if vendor.exists():
        stages.append(Stage("vendored assets", [PYTHON, str(vendor), "--check"]))
    return stages


def run_static(stages: Sequence[Stage], environment: dict[str, str]) -> Stage | None:
    """Run the stages on two cores, report them in order; returns the first that failed."""
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(run_quietly, stage, environment) for stage in stages]
        for stage, future in zip(stages, waiting, strict=True):
            result = future.result()
            say(stage.name, "ok" if result.code == 0 else "FAILED", result.seconds)
            if result.code:
                print(result.output.rstrip(), flush=True)
                pool.shutdown(wait=False, cancel_futures=True)
                return stage
    return None


def report_static(failed: Stage | None) -> int:
    if failed is None:
        return 0
    print(f"capphep test: stopped, {failed.name} failed", flush=True)
    return 1


def run_quietly(stage: Stage, environment: dict[str, str]) -> Result:
    start = time.monotonic()
    done = subprocess.run(
        stage.command,
        cwd=ROOT,
        env=environment | stage.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(done.returncode, done.stdout, time.monotonic() - start)


def say(name: str, outcome: str, seconds: float) -> None:
    print(f"{name:<28} {outcome:<7} {seconds:6.1f} s", flush=True)


# --- pytest ------------------------------------------------------------------------------------


def run_pytest(
    databases: Sequence[str], arguments: Sequence[str], environment: dict[str, str]
) -> int:
    """All runs side by side; the first one's output is shown as it comes."""
    require_chromium()
    require_node()
    # Once, before both: one of them would otherwise read catalogues that the other still writes.
    manage = [PYTHON, str(ROOT / "manage.py"), "compile_catalogues"]
    subprocess.run(manage, cwd=ROOT, env=environment, check=True)
    with ExitStack() as stack:
        runs = [*databases, ONCE] if len(databases) > 1 else databases
        stages = [pytest_stage(run, runs, stack, environment, arguments) for run in runs]
        results = side_by_side(stages, environment)
    return report_pytest(stages, results)


def pytest_stage(
    run: str,
    runs: Sequence[str],
    stack: ExitStack,
    environment: dict[str, str],
    arguments: Sequence[str],
) -> Stage:
    own = {"CAPPHEP_STATE_DIR": f"{environment['CAPPHEP_STATE_DIR']}/{run}"}
    if run == "postgres":
        start = time.monotonic()
        own["CAPPHEP_DATABASE_URL"] = stack.enter_context(temporary_postgres())
        say("PostgreSQL", "started", time.monotonic() - start)
    if ONCE in runs:
        own["CAPPHEP_TESTS_SHARE"] = ONCE if run == ONCE else "database"
    name = "pytest beside them" if run == ONCE else f"pytest on {run}"
    return Stage(name, pytest_command(run, arguments), own)


def pytest_command(run: str, arguments: Sequence[str]) -> list[str]:
    # Each run remembers its own failures for --lf.
    cache = f"cache_dir=.pytest_cache/{run}"
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    seed = f"--hypothesis-seed={SEEDS[run]}"
    return [PYTHON, "-m", "pytest", "-o", cache, seed, *colour, *arguments]


def side_by_side(stages: Sequence[Stage], environment: dict[str, str]) -> list[Result]:
    """Run all at once; what the later ones print waits until the earlier ones have ended."""
    turns = [threading.Event() for _ in range(len(stages) + 1)]
    turns[0].set()
    processes = [start_process(stage, environment) for stage in stages]

    def follow(index: int) -> Result:
        start, lines, shown = time.monotonic(), list[str](), 0
        output = processes[index].stdout
        assert output is not None
        for line in output:
            lines.append(line)
            if turns[index].is_set():
                shown = show(lines, shown, stages[index].name)
        code = processes[index].wait()
        seconds = time.monotonic() - start
        turns[index].wait()
        show(lines, shown, stages[index].name)
        turns[index + 1].set()
        return Result(code, "".join(lines), seconds)

    with ThreadPoolExecutor(len(stages)) as pool:
        try:
            return list(pool.map(follow, range(len(stages))))
        finally:
            # Before the pool is left: that waits for threads which wait for these.
            for process in processes:
                process.terminate()
            for turn in turns:
                turn.set()


def start_process(stage: Stage, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        stage.command,
        cwd=ROOT,
        env=environment | stage.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def show(lines: Sequence[str], shown: int, title: str) -> int:
    if shown == 0:
        print(f"\n--- {title} ---", flush=True)
    sys.stdout.writelines(lines[shown:])
    sys.stdout.flush()
    return len(lines)


def report_pytest(stages: Sequence[Stage], results: Sequence[Result]) -> int:
    total: Counter[str] = Counter()
    print()
    for stage, result in zip(stages, without_empty(results), strict=True):
        say(stage.name, "ok" if result.code == 0 else "FAILED", result.seconds)
        counted = outcomes(result.output)
        # A crash before the first test still has to be counted as something.
        if result.code and not counted["failed"]:
            counted["failed"] = 1
        total += counted
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}", flush=True)
    return 1 if any(result.code for result in without_empty(results)) else 0


def without_empty(results: Sequence[Result]) -> list[Result]:
    """A run that found no test is an error, unless the other one found some."""
    if all(result.code == NO_TESTS for result in results):
        return list(results)
    return [result._replace(code=0) if result.code == NO_TESTS else result for result in results]


def outcomes(output: str) -> Counter[str]:
    """The numbers in pytest's closing line; errors count as failures."""
    counted: Counter[str] = Counter()
    names = {"error": "failed", "errors": "failed", "xfailed": "passed", "xpassed": "failed"}
    for line in reversed(output.splitlines()[-5:]):
        for number, name in OUTCOME.findall(line):
            counted[names.get(name, name)] += int(number)
        if counted:
            break
    return counted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
