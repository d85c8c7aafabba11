"""Who asks, on the screens."""

from __future__ import annotations

from django.http import HttpRequest

from capphep.platform.models import User


def actor_of(request: HttpRequest) -> User:
    """The person who is signed in; the middleware lets nobody else come here."""
    assert isinstance(request.user, User)
    return request.user
