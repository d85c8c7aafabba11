"""Where a request comes from, and in which language it is answered."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from capphep.platform.middleware import ClientAddress


def address_seen(monkeypatch: pytest.MonkeyPatch, proxies: int, passed_on: str) -> str:
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    monkeypatch.setattr(settings, "TRUSTED_PROXIES", proxies)
    headers = {"HTTP_X_FORWARDED_FOR": passed_on} if passed_on else {}
    ClientAddress(view)(RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", **headers))
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "passed_on", "address"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "203.0.113.7, 192.0.2.1", "203.0.113.7"),
        (1, "", "127.0.0.1"),
        (2, "203.0.113.7", "127.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_the_outermost_trusted_proxy_saw(
    monkeypatch: pytest.MonkeyPatch, proxies: int, passed_on: str, address: str
) -> None:
    assert address_seen(monkeypatch, proxies, passed_on) == address


@pytest.mark.django_db
def test_a_script_without_a_session_is_told_so_and_not_led_away(client: Client) -> None:
    """A redirect would be followed, and the page to sign in taken for the answer."""
    answer = client.get("/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["X-Login-Url"]) == (401, reverse("login"))


@pytest.mark.django_db
def test_an_english_browser_gets_vietnamese_until_the_person_chooses(client: Client) -> None:
    page = client.get(reverse("login"), headers={"accept-language": "en-US"})
    assert "Đăng nhập" in page.content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/login"})
    assert "Sign in" in client.get(reverse("login")).content.decode()
