"""Who may sign in on the screens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from capphep.platform.roles import Role


class People(ModelBackend):
    """Active people. A program has no session: it uses a token."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and user.role != Role.PROGRAM
