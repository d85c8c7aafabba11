"""*Xem như*: an administrator sees what a role or a person sees, and changes nothing.

The session stays the administrator's own; as whom it looks is noted in it. Everything but
reading is refused, and whatever reading would write is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.platform.audit import LOOKING
from capphep.platform.middleware import refused_answer
from capphep.platform.models import Team, User
from capphep.platform.roles import Permission, Role, may
from capphep.pure.errors import Forbidden

SEEN_ROLES: Final = (Role.SALES, Role.MANAGER, Role.OFFICER, Role.AUDITOR, Role.ADMIN)
_KEY: Final = "preview"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ALWAYS: Final = ("/logout", "/i18n/")
# Nobody's: what a role sees of its own is empty.
_NOBODY: Final = 0


def begin_as_person(request: HttpRequest, person: User) -> None:
    request.session[_KEY] = {"user": person.pk}


def begin_as_role(request: HttpRequest, role: Role, team: Team | None) -> None:
    request.session[_KEY] = {"role": role.value, "team": team.pk if team else None}


def is_under_way(request: HttpRequest) -> bool:
    """Whether the screens are seen as somebody else at the moment."""
    return _KEY in request.session


def end(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def own_person(request: HttpRequest) -> User:
    """Whose session it is, whomever they see the screens as."""
    person = getattr(request, "own_person", request.user)
    assert isinstance(person, User)
    return person


class Preview:
    """While an administrator looks as somebody else, ``request.user`` is that one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        noted = request.session.get(_KEY)
        own = request.user
        if not noted or request.path.startswith(("/api/", "/static/")):
            return self.get_response(request)
        seen = _seen(noted)
        is_allowed = isinstance(own, User) and may(own, Permission.USER_WRITE)
        if seen is None or not is_allowed:
            end(request)
            return self.get_response(request)
        request.own_person, request.user = own, seen  # type: ignore[attr-defined]
        try:
            return self._looked(request)
        finally:
            request.user = own

    def _looked(self, request: HttpRequest) -> HttpResponse:
        request.preview_of = label_of(request.user)  # type: ignore[attr-defined]
        if request.path == reverse("shell:preview_end") or request.path.startswith(_ALWAYS):
            return self.get_response(request)
        if request.method not in _READING:
            return refused_answer(request, [Forbidden("preview", LOOKING)], Forbidden.status)
        with transaction.atomic():
            answer = self.get_response(request)
            transaction.set_rollback(True)
        return answer


def _seen(noted: Mapping[str, Any]) -> User | None:
    if "user" in noted:
        seen = User.objects.select_related("team").filter(pk=noted["user"], is_active=True).first()
    else:
        team = Team.objects.filter(pk=noted["team"]).first() if noted["team"] else None
        seen = User(pk=_NOBODY, role=noted["role"], team=team, full_name=_("Somebody"))
    if seen:
        seen.is_previewed = True  # type: ignore[attr-defined]
    return seen


def label_of(person: Any) -> str:
    """Who is being looked at, as the banner and the trail name them."""
    role = str(person.get_role_display())
    name = person.full_name if person.pk != _NOBODY else ""
    return " · ".join(filter(None, [name, role, person.team.name if person.team else ""]))
