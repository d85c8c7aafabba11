"""The first account of an empty desk."""

from __future__ import annotations

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from capphep.platform.models import User


def add(monkeypatch: pytest.MonkeyPatch, password: str, username: str = "admin") -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command(
        "add_user", username, full_name="Đặng Hoài Phương", role="admin", team="", stdout=out
    )
    return out.getvalue()


@pytest.mark.django_db
def test_an_administrator_is_added_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert add(monkeypatch, "một mật khẩu dài") == "admin can sign in.\n"
    user = User.objects.get()
    assert (user.role, user.check_password("một mật khẩu dài")) == ("admin", True)


@pytest.mark.django_db
def test_a_weak_password_and_a_taken_name_are_refused_with_their_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(CommandError, match="10"):
        add(monkeypatch, "123")
    add(monkeypatch, "một mật khẩu dài")
    with pytest.raises(CommandError):
        add(monkeypatch, "một mật khẩu dài")
    assert User.objects.count() == 1
