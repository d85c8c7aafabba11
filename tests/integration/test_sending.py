"""One request to an address of somebody else's choice: nowhere inside, and not for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from capphep.integration import sending
from capphep.integration.models import SendError
from tests.integration.receivers import Receiver, receiving

pytestmark = pytest.mark.once
OWN = ["127.0.0.1", "localhost", "hooks.example.vn"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def post(url: str, allowed: list[str] = OWN) -> sending.Answer:
    return sending.post(url, headers={"X-Test": "1"}, body=b"{}", allowed_hosts=allowed)


@contextmanager
def names(monkeypatch: pytest.MonkeyPatch, **leads_to: list[str]) -> Iterator[list[str]]:
    """A name service that answers for some names, and remembers who was asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolved(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host[:1].isdigit() or ":" in host:
            return real(host, port, *rest, **more)
        asked.append(host)
        addresses = leads_to.get(host.split(".")[0], [])
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port),
            )
            for one in addresses
        ]

    with monkeypatch.context() as patch:
        patch.setattr(sending.socket, "getaddrinfo", resolved)
        yield asked


@contextmanager
def speaking(talk: Any) -> Iterator[str]:
    """A server that says what it likes on a connection; the address to call it by."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                talk(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_it_is_sent_with_what_it_needs_and_nothing_else(receiver: Receiver) -> None:
    answer = post(receiver.url)
    assert (answer.status, answer.error) == (204, None)
    (request,) = receiver.requests
    assert request.body == b"{}"
    assert request.headers.keys() == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "x-test",
        "content-length",
    }


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.20.0.5",
        "192.168.0.10",
        "169.254.169.254",
        "100.64.1.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fd00::7",
        "fe80::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_name_that_leads_inside_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for leads_to in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        with names(monkeypatch, evil=leads_to):
            assert post("https://evil.example.vn/").error == SendError.FORBIDDEN


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]"])
def test_no_way_of_writing_this_machine_is_one(host: str) -> None:
    answer = post(f"http://{host}:1/", allowed=[])
    assert answer.error in (SendError.FORBIDDEN, SendError.UNKNOWN_HOST)


def test_the_address_that_was_checked_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """Asked once: what a second answer of the name service would say does not matter."""
    called: list[str] = []
    connect = socket.create_connection

    def connected(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        called.append(address[0])
        return connect(("127.0.0.1", receiver.port), *rest, **more)

    with names(monkeypatch, hooks=["93.184.216.34"]) as asked:
        monkeypatch.setattr("socket.create_connection", connected)
        answer = sending.post(
            f"http://hooks.example.com:{receiver.port}/", headers={}, body=b"", allowed_hosts=[]
        )
    assert answer.status == 204
    assert (asked, called) == (["hooks.example.com"], ["93.184.216.34"])
    assert receiver.requests[0].headers["host"] == f"hooks.example.com:{receiver.port}"


def test_an_allowed_host_is_allowed_wherever_it_leads(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    with names(monkeypatch, hooks=["127.0.0.1"]):
        url = f"http://hooks.example.vn:{receiver.port}/"
        assert post(url).status == 204
        assert post(url, allowed=["other.example.vn"]).error == SendError.FORBIDDEN
    assert len(receiver.requests) == 1


def test_proxies_of_the_environment_are_not_asked(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(receiver.url).status == 204


def test_a_redirection_is_an_answer(receiver: Receiver) -> None:
    receiver.reply = lambda _: (302, {"Location": "http://169.254.169.254/"}, b"")
    assert post(receiver.url).status == 302
    assert len(receiver.requests) == 1


def test_who_is_not_there_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    with names(monkeypatch):
        assert post("https://nobody.example.vn/").error == SendError.UNKNOWN_HOST
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/").error == SendError.UNREACHABLE


def test_a_certificate_that_nobody_signed_is_refused(receiver: Receiver) -> None:
    assert post(f"https://127.0.0.1:{receiver.port}/").error == SendError.TLS


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_http_is_said(said: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)

    with speaking(talk) as url:
        assert post(url).error == SendError.BROKEN


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"])
def test_who_speaks_a_byte_at_a_time_is_not_listened_to_for_ever(
    monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    ended = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(first)
        try:
            while not ended.wait(0.05):
                connection.sendall(b"X")
        except OSError:
            pass

    with speaking(talk) as url:
        began = time.monotonic()
        assert post(url).error == SendError.TIMEOUT
        assert time.monotonic() - began < 10
        ended.set()


def test_a_body_without_an_end_is_read_for_its_beginning_only() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            pass

    with speaking(talk) as url:
        answer = post(url)
    assert (answer.status, answer.text) == (200, "x" * 1000)
