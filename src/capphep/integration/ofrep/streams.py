"""Streams of server-sent events that tell clients to ask again (OFREP's event streams).

A stream takes no thread of the server: its socket is taken over from gunicorn, and one thread of
this process looks once a second after all of them. What is told is only that something changed,
with the entity tag that the next answer for all flags will bear, which is also the event's id.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, quote

from django.conf import settings
from django.core.signing import BadSignature, Signer

from capphep.integration import limits
from capphep.integration.ofrep import clock, rights
from capphep.integration.ofrep.asked import Refused, Reply
from capphep.integration.ofrep.reader import Reader, Token, Unavailable
from capphep.integration.ofrep.rights import Catalogue, Holdings

PATH: Final = "/ofrep/v1/stream"
LIFETIME: Final = 15 * 60.0
"""Seconds after which a stream ends; the client opens it again by itself."""
HEARTBEAT: Final = 25.0
_LOOK_EVERY: Final = 1.0
_SHARES: Final = 4
"""One token has at most this part of the streams for one customer: the others need some too."""
_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nConnection: close\r\n\r\nretry: 3000\n\n"
)
_log = logging.getLogger(__name__)


def offer(holdings: Holdings, etag: str) -> dict[str, object]:
    """Where the client hears of the next change after what bears this tag.

    EventSource sends no headers: the address itself is the permission, for a day at most.
    """
    said = f"{holdings.token.id}.{holdings.budget_code}.{clock.window()}.{etag.strip(chr(34))}"
    uri = f"{PATH}?permit={quote(_signer().sign(said))}"
    return {"type": "sse", "endpoint": {"requestUri": uri}, "inactivityDelaySec": 120}


def _signer() -> Signer:
    return Signer(salt="capphep.ofrep.stream")


@dataclass(slots=True)
class Stream:
    """One client's socket, and the entity tag that it was told of last."""

    socket: socket.socket
    token_id: int
    budget_code: str
    etag: str
    ends_at: float
    spoken_at: float = field(default_factory=time.monotonic)
    seen: tuple[str, object] = ("", None)
    """The day, and the versions of what the customer holds, for which the tag is known."""

    def say(self, text: str) -> None:
        """A client that takes nothing any more is left."""
        try:
            if self.socket.send(text.encode()) < len(text):
                self.socket.close()
        except OSError:
            self.socket.close()
        self.spoken_at = time.monotonic()

    def is_left(self) -> bool:
        """Whether the client has closed its side."""
        try:
            return not self.socket.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            return True


class Streams:
    """All streams of this process. Each one that is opened is looked after until it ends."""

    def __init__(self, reader: Reader, catalogue: Catalogue) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._streams: list[Stream] = []
        self._is_looked_after = False
        self._lock = threading.Lock()

    def opened(self, environ: dict[str, Any]) -> Reply:
        """Take the client's connection over. Raises Refused, Unavailable.

        What is answered then goes nowhere: the server's socket is another one.
        """
        if environ["REQUEST_METHOD"] != "GET":
            raise Refused(405, "GENERAL", "A stream is opened by GET.", Allow="GET")
        token_id, budget_code, etag = _permitted(environ.get("QUERY_STRING", ""))
        _take_one(self._known(token_id, budget_code).token)
        seen = environ.get("HTTP_LAST_EVENT_ID") or etag
        with self._lock:
            self._require_room(token_id, budget_code)
            taken = _taken_over(environ)
            ends_at = time.monotonic() + LIFETIME
            self._streams.append(Stream(taken, token_id, budget_code, seen, ends_at))
            is_looked_after, self._is_looked_after = self._is_looked_after, True
        if not is_looked_after:
            threading.Thread(target=self._look_after, name="ofrep-streams", daemon=True).start()
        return Reply(200, b"", (("Connection", "close"),))

    def _require_room(self, token_id: int, budget_code: str) -> None:
        """Raises Refused where none is left, or none for this token and customer."""
        most, share = settings.CHECK_STREAMS, max(settings.CHECK_STREAMS // _SHARES, 1)
        for is_last_look in (False, True):
            own = [(one.token_id, one.budget_code) for one in self._streams]
            if len(own) < most and own.count((token_id, budget_code)) < share:
                return
            if not is_last_look:
                self._drop_ended()
        details = "As many streams as this server has are open: ask for all flags instead."
        raise Refused(503, "GENERAL", details, Retry_After="60")

    def _known(self, token_id: int, budget_code: str) -> Holdings:
        """All that the client would be told now. Raises Refused, Unavailable."""
        token, held = self._reader.stream(token_id, budget_code)
        if token is None or not token.may_ask:
            raise _not_permitted()
        return rights.holdings(self._reader, self._catalogue, token, budget_code, held)

    def _look_after(self) -> None:
        """Until no stream is left."""
        while True:
            began = time.monotonic()
            try:
                self._tell_changes()
            except Unavailable:
                _log.warning("The streams wait for the database")
            except Exception:
                _log.exception("The streams could not be looked after")
            with self._lock:
                self._drop_ended()
                if not self._streams:
                    self._is_looked_after = False
                    break
            time.sleep(max(0.0, began + _LOOK_EVERY - time.monotonic()))
        self._reader.close()

    def _tell_changes(self) -> None:
        # Those that come meanwhile are looked at the next time.
        streams, day = list(self._streams), clock.today()
        versions = self._reader.versions({each.budget_code for each in streams})
        for stream in streams:
            seen = (day, versions[stream.budget_code])
            if stream.seen != seen:
                self._tell(stream)
                stream.seen = seen

    def _tell(self, stream: Stream) -> None:
        try:
            known = self._known(stream.token_id, stream.budget_code)
        except Refused:
            # Its token has ended.
            stream.socket.close()
            return
        etag = known.etag(clock.today()).strip('"')
        if etag != stream.etag:
            data = json.dumps({"type": "refetchEvaluation", "etag": f'"{etag}"'})
            stream.say(f"id: {etag}\nevent: message\ndata: {data}\n\n")
            stream.etag = etag

    def _drop_ended(self) -> None:
        now = time.monotonic()
        for stream in self._streams:
            if now >= stream.ends_at or stream.is_left():
                stream.socket.close()
            elif now - stream.spoken_at >= HEARTBEAT:
                stream.say(":\n\n")
        self._streams = [each for each in self._streams if each.socket.fileno() >= 0]


def _take_one(token: Token) -> None:
    """To open a stream is a request like any other. Raises Refused."""
    allowance = limits.LIMITER.take(token.id, token.per_minute)
    if not allowance.is_allowed:
        details = f"Too many requests: again in {allowance.wait} seconds."
        raise Refused(429, "GENERAL", details, Retry_After=str(allowance.wait))


def _permitted(query: str) -> tuple[int, str, str]:
    """Token, customer and entity tag of a permit. Raises Refused."""
    [permit, *_] = parse_qs(query).get("permit", [""])
    try:
        token_id, budget_code, window, etag = _signer().unsign(permit).split(".")
    except (BadSignature, ValueError):
        raise _not_permitted() from None
    if clock.window() - int(window) > 1:
        raise _not_permitted()
    return int(token_id), budget_code, etag


def _not_permitted() -> Refused:
    details = "This address of a stream is not good any more: ask for all flags to get another."
    return Refused(401, "GENERAL", details)


def _taken_over(environ: dict[str, Any]) -> socket.socket:
    """The client's connection; the server goes on with another one that leads nowhere.

    Raises Refused where the server does not hand its sockets out.
    """
    servers = environ.get("gunicorn.socket")
    if not isinstance(servers, socket.socket) or isinstance(servers, ssl.SSLSocket):
        raise Refused(503, "GENERAL", "This server has no streams.", Retry_After="3600")
    ours = socket.socket(fileno=os.dup(servers.fileno()))
    nowhere, sink = socket.socketpair()
    # Reading from it, the server finds its end at once; what it writes waits there unread.
    sink.shutdown(socket.SHUT_WR)
    environ["capphep.sink"] = sink
    os.dup2(nowhere.fileno(), servers.fileno(), inheritable=False)
    nowhere.close()
    ours.setblocking(False)
    ours.send(_HEAD)
    return ours
