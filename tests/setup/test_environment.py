"""A wrong setting stops the start with one sentence."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from capphep.config import environment

pytestmark = pytest.mark.once
NAME = "CAPPHEP_PUBLIC_URL"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://licence.example.vn", "https://licence.example.vn"),
        ("https://example.vn:8443/desk/", "https://example.vn:8443/desk"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_a_public_address_has_no_slash_at_its_end(
    monkeypatch: pytest.MonkeyPatch, typed: str, address: str
) -> None:
    monkeypatch.setenv(NAME, typed)
    assert environment.web_address(NAME, "") == address


@pytest.mark.parametrize("typed", ["licence.example.vn", "ftp://a.vn", "https://", "https://a?b=1"])
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv(NAME, typed)
    with pytest.raises(ImproperlyConfigured, match="must be https://"):
        environment.web_address(NAME, "")
