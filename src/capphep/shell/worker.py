"""The server's own worker: a thread in each server process that lets the calendar go on.

Each process has one, so that none has to be watched; the first to see a new day works
through it, the others find it done (`platform.ticks`).
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import close_old_connections, connection

from capphep.platform import clock, ticks
from capphep.shell import tick

_SECONDS_BETWEEN: Final = 30
_log = logging.getLogger(__name__)


def start() -> None:
    threading.Thread(target=_work_for_ever, name="capphep-worker", daemon=True).start()


def _work_for_ever() -> None:
    while True:
        work_once()
        time.sleep(_SECONDS_BETWEEN)


def work_once() -> None:
    """One look at the calendar. A failure is logged and tried again: the next look is near."""
    close_old_connections()
    try:
        if ticks.is_due(clock.today()):
            tick.run()
    except Exception:
        _log.exception("The worker failed; it tries again in %s seconds", _SECONDS_BETWEEN)
    finally:
        connection.close()
