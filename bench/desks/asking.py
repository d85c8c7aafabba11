"""Pages asked for over HTTP by people who are signed in, one after the other."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Page:
    """Something that a person looks at: by whom, at which of these addresses, in turn.

    ``group`` is one of the figures that the last line tells.
    """

    name: str
    group: str
    who: str
    paths: Sequence[str]


class Browser:
    """One connection of one person."""

    def __init__(self, port: int, session: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Cookie": f"sessionid={session}; django_language=vi"}

    def ask(self, path: str) -> float:
        """Milliseconds until the whole page is there. Raises RuntimeError unless it is one."""
        # The server parts with who has said nothing for some seconds.
        self._http.close()
        self._http.connect()
        began = time.perf_counter()
        self._http.request("GET", quote(path, safe="/?&=%+"), headers=self._headers)
        answer = self._http.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200 or not body:
            raise RuntimeError(f"{path}: {answer.status}")
        return took
