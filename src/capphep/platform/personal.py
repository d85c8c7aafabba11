"""Phones and e-mails of people: who sees them in full, and who has looked at them.

Law 91/2025 and Decree 356/2025: whoever need not know them sees them masked, and looks are noted,
once for each person, record and day. A screen shows such a value by the kit's ``{% personal %}``,
an answer of the API by `Phone` and `Email`, everything else by `of_record`, `phone` and `email`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, Final, TypeAlias

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from pydantic import PlainSerializer

from capphep.platform import clock
from capphep.platform.models import AccessKind, PersonalAccess, User
from capphep.platform.options import Choices, WholeNumber
from capphep.platform.roles import Role
from capphep.pure.masking import masked_email, masked_phone, masked_within

# Who enters customers works with their people; the others may be told to do without.
_ALWAYS: Final = frozenset({Role.SALES, Role.MANAGER})
_OTHERS: Final = (Role.OFFICER, Role.AUDITOR, Role.ADMIN, Role.PROGRAM)

FULL_ROLES: Final = Choices(
    key="personal_full_roles",
    label=_("See phones and e-mails in full"),
    help=_("Besides salespeople and their managers. Everybody else sees 09** *** *12 and n***@…"),
    known=tuple((role.value, role.label) for role in _OTHERS),
    default=lambda: frozenset({Role.OFFICER.value, Role.ADMIN.value, Role.PROGRAM.value}),
)
REVEAL_ROLES: Final = Choices(
    key="personal_reveal_roles",
    label=_("May show one in full"),
    help=_("By a click on what is masked; the access log keeps who did it."),
    known=tuple((role.value, role.label) for role in _OTHERS if role != Role.PROGRAM),
    default=lambda: frozenset({Role.AUDITOR.value}),
)
ACCESS_MONTHS: Final = WholeNumber(
    key="personal_access_months",
    label=_("The access log is kept"),
    help=_("Older entries are removed for good."),
    least=12,
    most=120,
    unit=_("months"),
    default=lambda: 24,
)


@dataclass(slots=True)
class Viewer:
    """Who is looking, and at the personal data of which records, until it is noted."""

    person: User
    place: str = ""
    """The address of the API that is asked; empty on the screens."""
    seen: dict[tuple[str, int], str] = field(default_factory=dict)
    _in_full: bool | None = None

    @property
    def in_full(self) -> bool:
        if self._in_full is None:
            self._in_full = _in_full(self.person)
        return self._in_full


_viewer: ContextVar[Viewer | None] = ContextVar("personal_viewer", default=None)


@contextmanager
def viewing(person: User, *, place: str = "") -> Iterator[Viewer]:
    """Inside, personal data is shown as this person may see it; what they saw is noted after."""
    viewer = Viewer(person, place)
    token = _viewer.set(viewer)
    try:
        yield viewer
    finally:
        _viewer.reset(token)
    note(person, AccessKind.API if place else AccessKind.VIEW, viewer.seen)


def _in_full(person: User) -> bool:
    if getattr(person, "is_previewed", False):
        return False
    return person.role in _ALWAYS or person.role in FULL_ROLES.value()


def is_seen_in_full() -> bool:
    """Whether who is looking sees phones and e-mails in full; so it is where nobody looks.

    For whom they are masked a part of one finds nothing: letter by letter it would be told.
    """
    viewer = _viewer.get()
    return viewer is None or viewer.in_full


def may_reveal() -> bool:
    """Whether who is looking may have one shown in full."""
    viewer = _viewer.get()
    return viewer is not None and may_have_revealed(viewer.person)


def may_have_revealed(person: User) -> bool:
    if getattr(person, "is_previewed", False):
        return False
    return _in_full(person) or person.role in REVEAL_ROLES.value()


def phone(value: str | None) -> str:
    """As who is looking may see it; nothing is masked where nobody is: in a worker, a command."""
    return _shown(value, masked_phone)


def email(value: str | None) -> str:
    return _shown(value, masked_email)


def of_record(record: Model, name: str) -> str:
    """The record's phone or e-mail for who is looking, who is noted to have seen it."""
    value = getattr(record, name) or ""
    shown = phone(value) if "phone" in name else email(value)
    viewer = _viewer.get()
    if viewer and value and shown == value:
        viewer.seen[record._meta.model_name or "", record.pk] = str(record)[:150]
    return shown


def named(name: str, value: str) -> str:
    """A value by the name of its column, where that is one of a phone's or an e-mail's, or of the
    line that says all of a person (`crm.actions.contacts.described`)."""
    if name.endswith("phone"):
        return phone(value)
    if name == "contact":
        return _shown(value, masked_within)
    return email(value) if name.endswith(("email", "reach")) else value


def _shown(value: str | None, masked: Callable[[str], str]) -> str:
    if not value:
        return ""
    viewer = _viewer.get()
    if viewer is None:
        return value
    if not viewer.in_full:
        return masked(value)
    if viewer.place:
        # A program reads thousands: one entry a day.
        viewer.seen["api", 0] = viewer.place[:150]
    return value


def note(person: User, kind: AccessKind, seen: dict[tuple[str, int], str]) -> None:
    """Keep that the person saw these records today. One statement where that is known already."""
    if not seen:
        return
    day = clock.today()
    known = set(
        PersonalAccess.objects.filter(
            person=person, day=day, kind=kind, subject_id__in=[pk for _type, pk in seen]
        ).values_list("subject_type", "subject_id")
    )
    entries = [
        PersonalAccess(
            person=person, kind=kind, day=day, subject_type=of, subject_id=pk, subject_no=name
        )
        for (of, pk), name in seen.items()
        if (of, pk) not in known
    ]
    if entries:
        PersonalAccess.objects.bulk_create(entries, ignore_conflicts=True)


def note_export(person: User, name: str, count: int) -> None:
    """Keep that the person took a list with personal data out of the desk: its name, how long."""
    PersonalAccess.objects.create(
        person=person,
        kind=AccessKind.EXPORT,
        day=clock.today(),
        subject_type="list",
        subject_id=0,
        subject_no=f"{name} ({count})"[:150],
    )


class PersonalData:
    """Middleware: personal data is shown as whoever asks may see it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return self.get_response(request)
        with viewing(request.user):
            return self.get_response(request)


Phone: TypeAlias = Annotated[str, PlainSerializer(phone, return_type=str)]
Email: TypeAlias = Annotated[str, PlainSerializer(email, return_type=str)]
