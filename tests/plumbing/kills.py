"""A process that dies by SIGKILL at a chosen SQL statement, on the same test database.

    for statement in each_kill_point(approve_it, request.pk):
        assert nothing_happened()      # after the kill at every single statement
    assert it_is_approved()            # the last run was not killed and went through

The function has to stand at the top of a test module and takes what JSON can carry. The test
needs `transactional_db`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
MOST_STATEMENTS = 500

Target = Callable[..., object] | str


class Victim(Protocol):
    def __call__(self, statement: int) -> bool: ...


def killed_at_statement(target: Target, statement: int, *arguments: object) -> bool:
    """Run `target(*arguments)`; True when it was killed just before its n-th statement.

    Statements count from 1, BEGIN, savepoints and COMMIT among them; 0 kills nothing. False
    when it needed fewer and ended by itself.
    """
    with victim(target, *arguments) as run:
        return run(statement)


def each_kill_point(target: Target, *arguments: object) -> Iterator[int]:
    """Kill `target(*arguments)` at its 1st, 2nd, … statement, until a run goes through."""
    with victim(target, *arguments) as run:
        for statement in range(1, MOST_STATEMENTS):
            if not run(statement):
                return
            yield statement
    raise AssertionError(f"more than {MOST_STATEMENTS} statements")


@contextmanager
def victim(target: Target, *arguments: object) -> Iterator[Victim]:
    """One process with Django loaded, which forks a child for each run."""
    # SQLite and libpq both forbid that two processes share one open connection.
    connection.close()
    command = [sys.executable, "-m", "tests.plumbing.victim"]
    process = subprocess.Popen(
        command,
        env=environment(target, arguments),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def run(statement: int) -> bool:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(f"{statement}\n")
        process.stdin.flush()
        answer = process.stdout.readline().strip()
        assert answer in {"killed", "done"}, f"{target} failed by itself; its traceback is above"
        return answer == "killed"

    try:
        yield run
    finally:
        process.communicate(timeout=30)


def environment(target: Target, arguments: tuple[object, ...]) -> dict[str, str]:
    name = target if isinstance(target, str) else f"{target.__module__}:{target.__qualname__}"
    database = {
        key: connection.settings_dict[key]
        for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD", "OPTIONS")
    }
    task: dict[str, Any] = {
        "target": name,
        "arguments": arguments,
        "database": database,
        "state_dir": str(settings.STATE_DIR),
    }
    path = [str(ROOT), str(ROOT / "src"), *filter(None, sys.path)]
    return os.environ | {
        "CAPPHEP_VICTIM": json.dumps(task),
        "CAPPHEP_STATE_DIR": str(settings.STATE_DIR),
        "DJANGO_SETTINGS_MODULE": "capphep.config.settings",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(path)),
    }
