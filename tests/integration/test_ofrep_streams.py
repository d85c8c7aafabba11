"""Event streams tell that something changed, and take none of the server's threads."""

from __future__ import annotations

import datetime
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import override_settings

from capphep.integration import limits
from capphep.integration.models import ApiToken
from capphep.integration.ofrep import streams
from capphep.integration.ofrep.handler import Handler
from capphep.integration.ofrep.reader import Reader
from tests import factories
from tests.entitlements.conftest import DAY, Ledger
from tests.integration.apis import token
from tests.integration.ofreps import Asking, NoUses, ledger

__all__ = ["ledger"]

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


@pytest.fixture
def text(ledger: Ledger) -> str:
    return token(factories.user("igov", "program"))[1]


class Client:
    """What a browser's EventSource is: a request for the address, then lines."""

    def __init__(self, address: str, uri: str, last_event_id: str = "") -> None:
        where = urlsplit(address)
        self.socket = socket.create_connection((where.hostname or "", where.port or 0), PATIENCE)
        known = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id else ""
        self.socket.sendall(f"GET {uri} HTTP/1.1\r\nHost: x\r\n{known}\r\n".encode())
        self.lines = self.socket.makefile("r", encoding="utf-8", newline="\n")
        self.status = int(self.lines.readline().split()[1])
        self.headers = dict(self._headers())

    def _headers(self) -> Iterator[tuple[str, str]]:
        while line := self.lines.readline().strip():
            name, _, value = line.partition(": ")
            yield name, value

    def event(self) -> dict[str, str]:
        """The next event; empty when the stream has ended."""
        found: dict[str, str] = {}
        for line in self.lines:
            if not line.strip() and "data" in found:
                return found
            name, _, value = line.strip().partition(": ")
            found[name] = value
        return {}

    def close(self) -> None:
        self.lines.close()
        self.socket.close()


def asked(address: str, text: str, **headers: str) -> Any:
    return requests.post(
        f"{address}/ofrep/v1/evaluate/flags",
        json={"context": {"targetingKey": "1234567"}},
        headers={"Authorization": f"Bearer {text}", **headers},
        timeout=PATIENCE,
    )


def uri_of(answer: Any) -> str:
    [stream] = answer.json()["eventStreams"]
    return str(stream["endpoint"]["requestUri"])


def test_a_change_is_told_with_the_tag_of_the_next_answer(
    server: str, ledger: Ledger, text: str
) -> None:
    first = asked(server, text)
    client = Client(server, uri_of(first))
    assert (client.status, client.headers["Content-Type"]) == (200, "text/event-stream")
    # It has been looked at once and is told nothing.
    time.sleep(1.2)
    ledger.grant("YC-2026-000300", 50)
    event = client.event()
    told = json.loads(event["data"])
    assert (event["event"], told["type"]) == ("message", "refetchEvaluation")
    assert told["etag"] == f'"{event["id"]}"' != first.headers["ETag"]
    second = asked(server, text, **{"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.headers["ETag"]) == (200, told["etag"])
    client.close()
    # Who comes back with what it heard last is told nothing; who missed something is told.
    ledger.grant("YC-2026-000301", 50)
    for last_event_id in (event["id"], ""):
        again = Client(server, uri_of(second), last_event_id)
        assert json.loads(again.event()["data"])["etag"] == asked(server, text).headers["ETag"]
        again.close()


def test_streams_take_no_threads_and_are_bounded(server: str, ledger: Ledger, text: str) -> None:
    uri, *others = [uri_of(asked(server, one)) for one in (text, *more_tokens(6))]
    clients = [Client(server, each) for each in (uri, *others[:5])]
    assert [client.status for client in clients] == [200] * 6
    refused = Client(server, others[5])
    assert (refused.status, refused.headers["Retry-After"]) == (503, "60")
    # The server has four threads.
    began = time.monotonic()
    assert [asked(server, text).status_code for _ in range(20)] == [200] * 20
    assert requests.get(f"{server}/healthz", timeout=PATIENCE).status_code == 200
    assert time.monotonic() - began < PATIENCE
    ledger.grant("YC-2026-000300", 50)
    assert all(client.event()["data"] for client in clients)
    for client in [*clients, refused]:
        client.close()
    again = Client(server, uri)
    assert again.status == 200, "streams that were closed keep their places"
    again.close()


def more_tokens(count: int) -> list[str]:
    user = factories.user("others", "program")
    return [token(user)[1] for _ in range(count)]


@override_settings(CHECK_STREAMS=8)
def test_no_token_takes_all_streams_for_one_customer(asking: Asking, text: str) -> None:
    taken = [opened(asking) for _ in range(3)]
    statuses = [each.status for each in taken]
    assert statuses == ["200 OK", "200 OK", "503 Service Unavailable"]
    asking.text = more_tokens(1)[0]
    taken.append(opened(asking))
    assert taken[-1].status == "200 OK"
    for each in taken:
        each.client.close()


def test_to_open_a_stream_counts_as_a_request(asking: Asking, ledger: Ledger) -> None:
    [stream] = asking.all().body["eventStreams"]
    ApiToken.objects.update(per_minute=1)
    limits.LIMITER.forget()
    uri = stream["endpoint"]["requestUri"]
    taken = [Opened(asking, uri) for _ in range(2)]
    assert [each.status for each in taken] == ["200 OK", "429 Too Many Requests"]
    for each in taken:
        each.client.close()


@pytest.mark.parametrize("permit", ["", "?permit=", "?permit=1.1234567.1.x:y", "?permit=%00"])
def test_a_stream_needs_its_permit(server: str, ledger: Ledger, permit: str) -> None:
    answer = requests.get(f"{server}/ofrep/v1/stream{permit}", timeout=PATIENCE)
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "GENERAL")


@pytest.fixture
def asking(text: str) -> Iterator[Asking]:
    reader = Reader()
    yield Asking(text, Handler(reader, uses=NoUses()))
    reader.close()


class Opened:
    """A stream of this process: its two ends."""

    def __init__(self, asking: Asking, uri: str) -> None:
        self.client, server_side = socket.socketpair()
        self.client.settimeout(PATIENCE)
        environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": urlsplit(uri).query}
        environ |= {"PATH_INFO": streams.PATH, "gunicorn.socket": server_side}
        statuses: list[str] = []
        asking.handler(environ, lambda status, headers: statuses.append(status))
        self.status, self.server_side = statuses[0], server_side

    def heard(self) -> str:
        """Everything up to the end of the stream."""
        parts = []
        while part := self.client.recv(4096):
            parts.append(part)
        return b"".join(parts).decode()


def opened(asking: Asking) -> Opened:
    [stream] = asking.all().body["eventStreams"]
    return Opened(asking, stream["endpoint"]["requestUri"])


def test_a_stream_ends_by_itself_and_its_thread_with_it(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LIFETIME", 0.2)
    monkeypatch.setattr(streams, "HEARTBEAT", 0.0)
    stream = opened(asking)
    heard = stream.heard()
    assert heard.startswith("HTTP/1.1 200 OK\r\n")
    assert ":\n\n" in heard and "data:" not in heard


def test_a_term_that_ends_at_midnight_is_told(asking: Asking, ledger: Ledger) -> None:
    last = max(step.last_day for step in ledger.subscription.grants.all())
    with override_settings(CLOCK=last):
        stream = opened(asking)
        time.sleep(1.2)
        with override_settings(CLOCK=last + DAY):
            heard = ""
            while "data:" not in heard:
                heard += stream.client.recv(4096).decode()
            etag = asking.all().headers["ETag"]
            assert json.loads(heard.split("data: ")[1])["etag"] == etag
    stream.client.close()


def test_the_stream_of_a_token_that_has_ended_ends_with_the_next_change(
    asking: Asking, ledger: Ledger
) -> None:
    stream = opened(asking)
    time.sleep(1.2)
    ApiToken.objects.update(revoked_at=datetime.datetime.now(datetime.UTC))
    ledger.grant("YC-2026-000300", 50)
    assert "data:" not in stream.heard()
    assert opened_status(asking) == "401 Unauthorized"


def opened_status(asking: Asking) -> str:
    ApiToken.objects.update(revoked_at=None)
    [offer] = asking.all().body["eventStreams"]
    ApiToken.objects.update(revoked_at=datetime.datetime.now(datetime.UTC))
    return Opened(asking, offer["endpoint"]["requestUri"]).status


def test_another_server_has_no_streams(asking: Asking) -> None:
    [stream] = asking.all().body["eventStreams"]
    query = urlsplit(stream["endpoint"]["requestUri"]).query
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "PATH_INFO": streams.PATH}
    statuses: list[str] = []
    asking.handler(environ, lambda status, headers: statuses.append(status))
    assert statuses == ["503 Service Unavailable"]
