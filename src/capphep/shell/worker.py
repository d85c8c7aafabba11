"""What goes on by itself: a list of jobs, each looked at again and again.

Each server process works on all of them in threads of its own (CAPPHEP_WORKER=no switches that
off), and so does each `./capphep worker`, on this machine or another. A job therefore has to bear
that others do the same at the same time: a row lock (`platform.ticks`), a lease
(`platform.leases`). None has to be watched.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import close_old_connections, connection

from capphep.collaboration.mailing import post_next
from capphep.collaboration.telling import tell_next
from capphep.exchange import bulk_running, exporting
from capphep.exchange import running as importing
from capphep.identity.delivery import deliver_next
from capphep.integration.courier import Courier
from capphep.paper import printing
from capphep.platform import clock, jobs, options, ticks
from capphep.reporting.keeping import keep_up
from capphep.shell import tick

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``work`` does some of what there is and returns how much; with nothing left it returns 0
    and is asked again after so many ``seconds``. What it raises is logged, and is asked again
    after them too. ``finish`` waits for what it began in threads of its own.
    """

    name: str
    work: Callable[[], int]
    seconds: float
    finish: Callable[[], None] = lambda: None


def let_days_pass() -> int:
    """Only where a day has not been worked through yet: otherwise one statement."""
    return tick.run()["days"] if ticks.is_due(clock.today()) else 0


def do_background_work() -> int:
    """What people asked for and need not wait for."""
    return jobs.work_next(BACKGROUND)


# The kinds of background work that people can ask for.
BACKGROUND: Final[Sequence[jobs.Kind]] = (
    *importing.KINDS,
    *exporting.KINDS,
    *printing.KINDS,
    *bulk_running.KINDS,
)

# Its threads begin with its first delivery: after the server has forked.
_COURIER: Final = Courier()

JOBS: Final[Sequence[Job]] = (
    Job("tick", let_days_pass, seconds=30),
    Job("webhooks", _COURIER.look, seconds=1, finish=_COURIER.finish),
    Job("accounts", deliver_next, seconds=5),
    Job("telling", tell_next, seconds=1),
    Job("letters", post_next, seconds=10),
    Job("background", do_background_work, seconds=1),
    Job("figures", keep_up, seconds=1),
)


def start() -> list[threading.Thread]:
    """Work in the background for as long as this process lives."""
    return _threads(threading.Event())


def work_until(stopped: threading.Event) -> None:
    """Work until ``stopped`` is set and what was begun is done."""
    for thread in _threads(stopped):
        thread.join()


def work_once() -> None:
    """Each job until there is nothing left for it, one after the other."""
    for job in JOBS:
        while look(job):
            job.finish()


def look(job: Job) -> int:
    """One look at a job; a failure is logged and is like having found nothing."""
    close_old_connections()
    try:
        with options.unit():
            return job.work()
    except Exception:
        _log.exception("The worker failed at %s; it tries again", job.name)
        return 0
    finally:
        close_old_connections()


def _threads(stopped: threading.Event) -> list[threading.Thread]:
    """One for each job, so that none waits for another."""
    threads = [
        threading.Thread(
            target=_keep_looking, args=(job, stopped), name=f"capphep-{job.name}", daemon=True
        )
        for job in JOBS
    ]
    for thread in threads:
        thread.start()
    return threads


def _keep_looking(job: Job, stopped: threading.Event) -> None:
    while not stopped.is_set():
        if not look(job):
            stopped.wait(job.seconds)
    job.finish()
    connection.close()
