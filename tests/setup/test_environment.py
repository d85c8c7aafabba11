"""A wrong setting stops the start with one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from capphep.config import environment

pytestmark = pytest.mark.once
NAME = "CAPPHEP_PUBLIC_URL"
MARKS = "CAPPHEP_USAGE_PERCENTS"


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


# --- secrets that are made once ------------------------------------------------------------------

SECRET = "CAPPHEP_LICENCE_SECRET"


def test_a_secret_is_made_once_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(SECRET, raising=False)
    path = tmp_path / "state" / "licence-secret"
    made = environment.kept_secret(SECRET, path)
    assert len(made) > 60
    assert path.stat().st_mode & 0o777 == 0o600
    assert environment.kept_secret(SECRET, path) == made
    assert [each.name for each in path.parent.iterdir()] == ["licence-secret"]


def test_a_given_secret_is_taken_and_none_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept, unused = tmp_path / "kept", tmp_path / "state" / "licence-secret"
    kept.write_text("of the file\n", encoding="utf-8")
    monkeypatch.setenv(f"{SECRET}_FILE", str(kept))
    assert environment.kept_secret(SECRET, unused) == "of the file"
    monkeypatch.delenv(f"{SECRET}_FILE")
    monkeypatch.setenv(SECRET, "of the environment")
    assert environment.kept_secret(SECRET, unused) == "of the environment"
    assert not unused.exists()


# --- lists of numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("", []), ("80", [80]), ("100, 80,80", [80, 100]), (" 1 ,1000", [1, 1000])],
)
def test_marks_are_read_in_order_each_once(
    text: str, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARKS, text)
    assert environment.marks(MARKS, "80,100", most=1000) == numbers


@pytest.mark.parametrize("text", ["0", "1001", "-5", "80%", "80;100", "²", "8.5"])
def test_a_wrong_mark_stops_the_start(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARKS, text)
    with pytest.raises(ImproperlyConfigured, match=MARKS):
        environment.marks(MARKS, "80,100", most=1000)
