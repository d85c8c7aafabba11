"""Settings that say where other systems are: a wrong one stops the start, and keeps secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from capphep.config import outside

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "address",
    ["https://id.example.vn/scim/v2", "https://id.example.vn:8443", "http://127.0.0.1:8080/scim"],
)
def test_an_address_of_a_provider(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("A", address + "/")
    assert outside.web_address("A", is_secret=True) == address


@pytest.mark.parametrize(
    "address",
    [
        "id.example.vn",
        "ftp://id.example.vn",
        "https://",
        "https://user:hunter2@id.example.vn",
        "https://id.example.vn/?token=hunter2",
        "https://id.example.vn:hunter2",
        "https://[hunter2",
        "http://id.example.vn/hunter2",
    ],
)
def test_a_wrong_address_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("A", address)
    with pytest.raises(ImproperlyConfigured) as refused:
        outside.web_address("A", is_secret=True)
    assert "hunter2" not in str(refused.value)
    assert str(refused.value).startswith("A ")


def test_address_and_token_go_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert outside.token("T", goes_with="A") == ""
    monkeypatch.setenv("A", "https://id.example.vn")
    with pytest.raises(ImproperlyConfigured, match="A and T go together"):
        outside.token("T", goes_with="A")
    (tmp_path / "token").write_text("hunter2\n")
    monkeypatch.setenv("T_FILE", str(tmp_path / "token"))
    assert outside.token("T", goes_with="A") == "hunter2"
    monkeypatch.delenv("A")
    with pytest.raises(ImproperlyConfigured, match="A and T go together"):
        outside.token("T", goes_with="A")


@pytest.mark.parametrize("token", ["two words", "line\r\nX-Admin: yes", "mã"])
def test_a_token_that_no_header_can_hold_is_refused(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("A", "https://id.example.vn")
    monkeypatch.setenv("T", token)
    with pytest.raises(ImproperlyConfigured, match="visible characters"):
        outside.token("T", goes_with="A")


def test_mail_is_printed_unless_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outside.mail_server("M")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    monkeypatch.setenv("M", "smtp+tls://robot%40example.vn:hunter%2F2@mail.example.vn")
    found = outside.mail_server("M")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.vn", 587)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == (
        "robot@example.vn",
        "hunter/2",
    )
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    monkeypatch.setenv("M", "smtps://mail.example.vn:2465")
    found = outside.mail_server("M")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == (2465, True)


@pytest.mark.parametrize(
    "address", ["mail.example.vn", "http://mail.example.vn", "smtp://u:hunter2@", "smtp://m/box"]
)
def test_a_wrong_mail_server_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("M", address)
    with pytest.raises(ImproperlyConfigured) as refused:
        outside.mail_server("M")
    assert "hunter2" not in str(refused.value)


def test_mail_comes_from_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "localhost" in outside.sender("F", is_needed=False)
    with pytest.raises(ImproperlyConfigured, match="F must say"):
        outside.sender("F", is_needed=True)
    monkeypatch.setenv("F", "iGOV <igov@example.vn>")
    assert outside.sender("F", is_needed=True) == "iGOV <igov@example.vn>"
    monkeypatch.setenv("F", "nobody")
    with pytest.raises(ImproperlyConfigured, match="F must be an e-mail address"):
        outside.sender("F", is_needed=True)
