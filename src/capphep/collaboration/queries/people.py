"""Colleagues: who can be mentioned, who follows a record."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.db.models.functions import Lower

from capphep.collaboration.models import Following, MailProfile
from capphep.collaboration.records import Talked, may_see, those_who_see
from capphep.platform.models import User
from capphep.platform.roles import Role
from capphep.pure.folding import fold

MOST_COLLEAGUES: Final = 8
_MOST_ASKED: Final = 60


def active_by_username(names: Collection[str]) -> list[User]:
    """The people whose user names these are (small letters). One statement, none without names."""
    if not names:
        return []
    rows = User.objects.filter(is_active=True).exclude(role=Role.PROGRAM)
    rows = rows.alias(small=Lower("username")).filter(small__in=names)
    return list(rows.order_by("id"))


def colleagues(actor: User, record: Talked, text: str, *, with_me: bool = False) -> list[User]:
    """People who may see the record and whose names hold each word, accents or not.

    An installation has hundreds of users, not millions: their names are folded here.
    """
    words = fold(text).split()
    people = User.objects.filter(is_active=True).exclude(role=Role.PROGRAM)
    if not with_me:
        people = people.exclude(pk=actor.pk)
    found = [
        person
        for person in people.order_by("sort_key", "id")
        if all(word in fold(f"{person.full_name} {person.username}") for word in words)
    ]
    return those_who_see(found[:_MOST_ASKED], record)[:MOST_COLLEAGUES]


def language_of(person: User) -> str:
    """In which the person is written to. One statement."""
    profile = MailProfile.objects.filter(person=person).first()
    return profile.language if profile else settings.LANGUAGE_CODE


def followers_of(record: Talked) -> list[User]:
    """Who is told of what is said: whose record it is and who follows it, as they may see it."""
    said = dict(
        Following.objects.filter(record_type=record.type, record_id=record.pk).values_list(
            "person_id", "is_on"
        )
    )
    wanted = {pk for pk in record.owners if said.get(pk, True)}
    wanted |= {pk for pk, is_on in said.items() if is_on}
    people = User.objects.filter(pk__in=wanted, is_active=True).order_by("id")
    return [person for person in people if may_see(person, record)]


def follows(actor: User, record: Talked) -> bool:
    """Whether the actor is told of what is said. One statement."""
    rows = Following.objects.filter(
        record_type=record.type, record_id=record.pk, person_id=actor.pk
    )
    said = rows.values_list("is_on", flat=True).first()
    return actor.pk in record.owners if said is None else said
