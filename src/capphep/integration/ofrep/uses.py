"""When tokens were last used, noted beside the checks: no check waits for a write."""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import Error, connection

from capphep.integration.actions.tokens import note_use
from capphep.integration.models import ApiToken

_EVERY: Final = 300.0
"""Seconds between two notes about one token by one process."""
_log = logging.getLogger(__name__)


class Uses:
    def __init__(self) -> None:
        self._noted: dict[int, float] = {}

    def note(self, token_id: int) -> None:
        """Returns at once; a note that fails is made with the next use after five minutes."""
        now = time.monotonic()
        if now - self._noted.get(token_id, -_EVERY) >= _EVERY:
            self._noted[token_id] = now
            threading.Thread(target=self.write, args=(token_id,), daemon=True).start()

    def write(self, token_id: int) -> None:
        try:
            for token in ApiToken.objects.filter(pk=token_id):
                note_use(token)
        except Error:
            _log.warning("The use of a token could not be noted", exc_info=True)
        finally:
            connection.close()
