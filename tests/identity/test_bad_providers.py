"""An identity provider that is slow, down, wrong or hostile: said, tried again, never a crash."""

from __future__ import annotations

import datetime
import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.utils import timezone

from capphep.identity.actions.outcomes import MOMENTS
from capphep.identity.delivery import deliver_next
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.scim import calls, transport
from capphep.identity.states import AccountStatus
from capphep.platform.models import OutboxEvent
from tests.identity.providers import (
    TOKEN,
    USER,
    Answer,
    bad_server,
    listing,
    saying,
    scim_error,
)

pytestmark = pytest.mark.once


@pytest.fixture
def attempt(link: AccountLink, settings: Any) -> Callable[[Answer], AdminAccount]:
    """One attempt of the worker at a provider that answers so."""

    def attempted(answer: Answer) -> AdminAccount:
        with bad_server(answer) as settings.SCIM_URL:
            settings.SCIM_TOKEN = TOKEN
            AdminAccount.objects.update(next_at=timezone.now())
            assert deliver_next() == 1
        link.refresh_from_db()
        return AdminAccount.objects.get()

    return attempted


def user(**values: Any) -> dict[str, Any]:
    return {"schemas": [USER], "id": "7", "userName": "an@example.vn", **values}


DEEP = '{"schemas":' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        (saying(401, scim_error(401)), "token", 401),
        (saying(403), "token", 403),
        (saying(500, scim_error(500)), "broken", 500),
        (saying(502, "<html>Bad gateway</html>", "text/html"), "broken", 502),
        (saying(503), "broken", 503),
        (saying(400, scim_error(400)), "refused", 400),
        (saying(404), "refused", 404),
        (saying(302, Location="http://127.0.0.1:9/elsewhere"), "redirect", 302),
        (saying(307, Location="http://127.0.0.1:9/elsewhere"), "redirect", 307),
        (saying(304), "not_understood", None),
        (saying(200, "<html>Sign in</html>", "text/html"), "not_understood", None),
        (saying(200, listing(), "text/html"), "not_understood", None),
        (saying(200, "{"), "not_understood", None),
        (saying(200, DEEP), "not_understood", None),
        (saying(200, "[]"), "not_understood", None),
        (saying(200, "null"), "not_understood", None),
        (saying(200, ""), "not_understood", None),
        (saying(200, "9" * 10_000), "not_understood", None),
        (saying(200, b"\xff\xfe\x00\x00"), "not_understood", None),
        (saying(200, json.dumps(user())), "not_understood", None),
        (saying(200, listing("a", 1, None)), "not_understood", None),
        (saying(200, listing(user(active="maybe"))), "not_understood", None),
        (saying(200, listing(user(id=None))), "not_understood", None),
        (saying(200, listing(user(id="7" * 10_000))), "not_understood", None),
        (saying(200, listing(user(id="7\0"))), "not_understood", None),
        (saying(200, listing(user(id="\ud800"))), "not_understood", None),
        (saying(200, listing(user(emails="an@example.vn"))), "not_understood", None),
        (saying(200, json.dumps({"schemas": 7})), "not_understood", None),
        (saying(200, " " * 2_000_000), "not_understood", None),
        (saying(200, b"\x1f\x8b packed", Content_Encoding="gzip"), "not_understood", None),
    ],
)
def test_every_wrong_answer_is_a_failure_that_is_tried_again(
    attempt: Callable[[Answer], AdminAccount],
    link: AccountLink,
    answer: Answer,
    error: str,
    status: int | None,
) -> None:
    account = attempt(answer)
    assert (account.error, account.error_status) == (error, status)
    assert (account.failures, account.attempts) == (1, 1)
    assert account.next_at and account.next_at > timezone.now()
    assert link.status == AccountStatus.FAILED
    (event,) = OutboxEvent.objects.all()
    assert (event.type, event.payload["error"]) == ("account.failed", error)


def test_what_the_other_side_says_is_neither_kept_nor_logged(
    attempt: Callable[[Answer], AdminAccount], caplog: pytest.LogCaptureFixture
) -> None:
    secret = f"Bearer {TOKEN} of binh@example.vn"
    attempt(saying(400, scim_error(400, secret)))
    attempt(saying(200, listing(user(emails=secret))))
    account = AdminAccount.objects.values().get()
    events = list(OutboxEvent.objects.values_list("payload", flat=True))
    assert TOKEN not in f"{account} {events} {caplog.text}"
    assert "binh@" not in f"{account} {events} {caplog.text}"


def test_a_provider_that_is_not_there_is_said(
    attempt: Callable[[Answer], AdminAccount], settings: Any, link: AccountLink
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.SCIM_URL = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        deliver_next()
    assert AdminAccount.objects.get().error == "unreachable"


def test_a_connection_that_breaks_off_is_said(attempt: Callable[[Answer], AdminAccount]) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    assert attempt(hang_up).error == "unreachable"


DRIPS_FOR = 20
"""Seconds; far more than a question may take."""


@pytest.mark.parametrize("piece", [b"", b"HTTP/1.1 200 OK\r\nX-", b"x"], ids=repr)
def test_a_provider_that_drips_is_left_after_its_time(
    attempt: Callable[[Answer], AdminAccount], monkeypatch: pytest.MonkeyPatch, piece: bytes
) -> None:
    """Nothing, headers without end, or a body without end: a byte in time does not help."""
    monkeypatch.setattr(transport.Bounded.__init__, "__defaults__", (0.4, 1000))

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if piece == b"x":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        until = time.monotonic() + DRIPS_FOR
        while time.monotonic() < until:
            handler.wfile.write(piece[-2:])
            time.sleep(0.05)

    began = time.monotonic()
    assert attempt(drip).error == "timeout"
    assert time.monotonic() - began < DRIPS_FOR


def test_all_questions_together_have_a_time_too(
    attempt: Callable[[Answer], AdminAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "SECONDS_IN_ALL", -1.0)
    assert attempt(saying(200, listing())).error == "timeout"


@pytest.mark.parametrize("retry_after", ["3600", "date"])
def test_who_is_asked_to_wait_waits_and_has_not_failed(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink, retry_after: str
) -> None:
    in_an_hour = timezone.now() + datetime.timedelta(hours=1)
    if retry_after == "date":
        retry_after = in_an_hour.astimezone(datetime.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    account = attempt(saying(429, Retry_After=retry_after))
    assert account.error == "busy"
    assert account.next_at and abs(account.next_at - in_an_hour) < datetime.timedelta(minutes=1)
    assert link.status == AccountStatus.PENDING
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("retry_after", ["-1", "soon", "9" * 400, "²", ""])
def test_a_wait_that_makes_no_sense_is_a_wait_like_any_other(
    attempt: Callable[[Answer], AdminAccount], retry_after: str
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: ")
        handler.wfile.write(retry_after.encode() + b"\r\n\r\n")

    account = attempt(answer)
    assert account.next_at is not None
    assert account.next_at < timezone.now() + datetime.timedelta(hours=7)


def test_after_a_day_of_failures_it_is_left_to_people(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink
) -> None:
    tries = len(MOMENTS) - 1
    AdminAccount.objects.update(failures=tries)
    account = attempt(saying(429))
    assert (account.next_at, account.failures) == (None, tries + 1)
    assert link.status == AccountStatus.FAILED
    assert OutboxEvent.objects.get().payload["retry_at"] is None
    assert deliver_next() == 0


def test_failing_again_is_told_once(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink
) -> None:
    for _ in range(2):
        attempt(saying(500))
    assert AdminAccount.objects.get().failures == 2
    assert OutboxEvent.objects.count() == 1


# --- answers that are well-formed and wrong ------------------------------------------------------


class Provider:
    """Answers questions with what it is given, and keeps what it is asked."""

    def __init__(self, *, found: str, made: Answer) -> None:
        self.found, self.made = found, made
        self.asked: list[tuple[str, str]] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append((handler.command, handler.path))
        if handler.command == "POST":
            handler.rfile.read(int(handler.headers["Content-Length"]))
            self.made(handler)
        else:
            saying(200, self.found)(handler)


def test_a_provider_that_ignores_the_question_links_nobody_else(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink
) -> None:
    others = listing(user(userName="binh@example.vn"), user(id="8", userName="chi@example.vn"))
    made = saying(201, json.dumps(user(id="9")))
    account = attempt(Provider(found=others, made=made))
    assert (account.provider_id, link.status) == ("9", AccountStatus.INVITED)


def test_taken_and_not_found_is_said(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink
) -> None:
    taken = saying(409, scim_error(409, scim_type="uniqueness"))
    provider = Provider(found=listing(), made=taken)
    assert attempt(provider).error == "taken"
    assert [method for method, _path in provider.asked].count("POST") == 1


def test_a_user_is_neither_made_nor_noted_without_an_id(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink
) -> None:
    made = saying(201, json.dumps({"schemas": [USER], "userName": "an@example.vn"}))
    account = attempt(Provider(found=listing(), made=made))
    assert (account.error, account.provider_id) == ("not_understood", "")


def test_the_token_goes_to_the_provider_alone(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a redirect nor a proxy of the environment gets to see it."""
    heard = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        heard.append(handler.path)
        saying(200, listing())(handler)

    with bad_server(elsewhere) as address:
        monkeypatch.setenv("HTTP_PROXY", address)
        monkeypatch.setenv("http_proxy", address)
        attempt(saying(302, Location=f"{address}/Users"))
    assert heard == []


def test_a_provider_that_cannot_look_for_e_mails_is_asked_for_names(
    attempt: Callable[[Answer], AdminAccount], link: AccountLink
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "userName" in handler.path:
            saying(200, listing(user(active=True)))(handler)
        else:
            saying(400, scim_error(400, scim_type="invalidFilter"))(handler)

    account = attempt(answer)
    assert (account.provider_id, link.status) == ("7", AccountStatus.LINKED)
