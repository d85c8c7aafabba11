"""The process behind `kills.victim`: reads whom to kill and where, forks a child to die there."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any


class Executioner:
    """Counts statements and ends the process, unasked and unprepared, before the chosen one."""

    def __init__(self, statement: int) -> None:
        self.left = statement

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        self.step()
        return execute(sql, params, many, context)

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict.update(json.loads(os.environ["CAPPHEP_VICTIM"]))
    for line in sys.stdin:
        name, arguments, statement = json.loads(line)
        module, _, function = name.partition(":")
        target = getattr(importlib.import_module(module), function)
        print(outcome_of_child(target, arguments, statement), flush=True)


def outcome_of_child(target: Callable[..., object], arguments: list[Any], statement: int) -> str:
    child = os.fork()
    if child == 0:
        run_and_die(target, arguments, statement)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "killed" if os.WTERMSIG(status) == signal.SIGKILL else "failed"
    return "failed" if os.WEXITSTATUS(status) else "done"


def run_and_die(target: Callable[..., object], arguments: list[Any], statement: int) -> None:
    from django.db import connection

    executioner = Executioner(statement)
    try:
        connection.ensure_connection()
        commit = connection._commit

        def counted_commit() -> None:
            executioner.step()
            commit()

        connection._commit = counted_commit
        with connection.execute_wrapper(executioner):
            target(*arguments)
        connection.close()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
