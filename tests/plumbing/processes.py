"""Things that happen at the same time in processes of their own, as servers and commands do.

`races.race` does the same with threads: cheaper, and its outcomes are real objects. Here each
call has its own interpreter lock, its own connection and nothing in common but the database.
"""

from __future__ import annotations

import gc
import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import connection, connections

from capphep.pure.errors import Refusal

PATIENCE = 120
# Kept, never closed: closing says farewell to the parent's server process.
_INHERITED: list[Any] = []


class Outcome(NamedTuple):
    """What a call returned, or the code of the refusal that it met."""

    value: Any = None
    refused: str = ""
    broke: str = ""
    """The traceback of an error that is nobody's refusal."""

    @property
    def succeeded(self) -> bool:
        return not self.refused and not self.broke


def race_processes(calls: Sequence[Callable[[], Any]]) -> list[Outcome]:
    """Run each call at once in a process of its own; their outcomes in the same order.

    What a call returns has to be picklable. The test needs `transactional_db`: other
    processes do not see what a `db` test has not committed.
    """
    # SQLite and libpq both forbid that two processes share one open connection.
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(len(calls))
    pipes = [fork.Pipe(duplex=False) for _ in calls]
    processes = [
        fork.Process(target=_run, args=(call, barrier, sender), daemon=True)
        for call, (_, sender) in zip(calls, pipes, strict=True)
    ]
    for process in processes:
        process.start()
    outcomes = [_received(receiver) for receiver, _ in pipes]
    for process in processes:
        process.join(PATIENCE)
    return outcomes


def _received(receiver: Any) -> Outcome:
    if not receiver.poll(PATIENCE):
        return Outcome(broke="has not ended")
    return Outcome(*receiver.recv())


def _run(call: Callable[[], Any], barrier: Any, sender: Any) -> None:
    # What was inherited belongs to the parent: collected here, it would end the parent's sessions.
    gc.freeze()
    _INHERITED.append(connection.connection)
    connection.connection = None
    try:
        # Connecting takes longer than most transactions: it must not decide the race.
        connection.ensure_connection()
        barrier.wait(PATIENCE)
        outcome = Outcome(call())
    except Refusal as refusal:
        outcome = Outcome(refused=refusal.code)
    except BaseException:
        outcome = Outcome(broke=traceback.format_exc())
    sender.send(tuple(outcome))
    connections.close_all()
