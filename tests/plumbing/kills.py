"""A process that dies by SIGKILL at a chosen SQL statement, on the same test database.

    for statement in each_kill_point(approve_it, request.pk):
        assert nothing_happened()      # after the kill at every single statement
    assert it_is_approved()            # the last run was not killed and went through

The function has to stand at the top of a test module and takes what JSON can carry. The test
needs `transactional_db`.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
MOST_STATEMENTS = 500

Target = Callable[..., object] | str


def killed_at_statement(target: Target, statement: int, *arguments: object) -> bool:
    """Run `target(*arguments)`; True when it was killed just before its n-th statement.

    Statements count from 1, BEGIN, savepoints and COMMIT among them; 0 kills nothing. False
    when it needed fewer and ended by itself.
    """
    # SQLite and libpq both forbid that two processes share one open connection.
    connection.close()
    name = target if isinstance(target, str) else f"{target.__module__}:{target.__qualname__}"
    process = victim()
    assert process.stdin is not None and process.stdout is not None
    print(json.dumps([name, arguments, statement]), file=process.stdin, flush=True)
    answer = process.stdout.readline().strip()
    assert answer in {"killed", "done"}, f"{target} failed by itself; its traceback is above"
    return answer == "killed"


def each_kill_point(target: Target, *arguments: object, every: int = 1) -> Iterator[int]:
    """Kill `target(*arguments)` at its 1st, 2nd, … statement, until a run goes through.

    ``every`` leaves out some of many statements.
    """
    for statement in range(1, MOST_STATEMENTS, every):
        if not killed_at_statement(target, statement, *arguments):
            return
        yield statement
    raise AssertionError(f"more than {MOST_STATEMENTS} statements")


@functools.cache
def victim() -> subprocess.Popen[str]:
    """One process with Django loaded, for all tests; it forks a child for each run.

    It ends when this process does and closes its input.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "tests.plumbing.victim"],
        env=environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def environment() -> dict[str, str]:
    database = {
        key: connection.settings_dict[key]
        for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD", "OPTIONS")
    }
    path = [str(ROOT), str(ROOT / "src"), *filter(None, sys.path)]
    return os.environ | {
        "CAPPHEP_VICTIM": json.dumps(database),
        "CAPPHEP_STATE_DIR": str(settings.STATE_DIR),
        "DJANGO_SETTINGS_MODULE": "capphep.config.settings",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(path)),
    }
