"""A person goes: the account ends, and a colleague takes over what is in their charge."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.db.models import QuerySet

from capphep.collaboration.actions.handing import hand_over_activities
from capphep.crm.actions.handing import hand_over_customers, hand_over_sales
from capphep.platform import notices
from capphep.platform.models import User
from capphep.platform.notices import News
from capphep.platform.roles import Actor
from capphep.provisioning.actions.handing import hand_over_requests
from capphep.pure.errors import Invalid, gettext_noop
from capphep.shell.actions import edit_user
from capphep.shell.user_rules import UserInput


def colleagues_of(person: User) -> QuerySet[User]:
    """Who may do what the person does: the same role, the own team first."""
    same = User.objects.filter(role=person.role, is_active=True).exclude(pk=person.pk)
    return same.select_related("team").order_by("sort_key", "id")


@transaction.atomic
def deactivate_user(
    *, actor: Actor, user: User, seen_version: int, successor_id: int | None = None
) -> int:
    """End the account; with a successor, hand over what is open. Returns how many records.

    Raises Forbidden, NotFound, Stale, Invalids as `edit_user`; Invalid ``no_successor``.
    """
    typed = UserInput(
        username=user.username,
        full_name=user.full_name,
        role=user.role,
        email=user.email,
        team=user.team.name if user.team else "",
    )
    person = edit_user(
        actor=actor,
        user_id=user.pk,
        seen_version=seen_version,
        typed=replace(typed, is_active=False),
    )
    return _hand_over(actor, person, successor_id) if successor_id is not None else 0


def _hand_over(actor: Actor, person: User, successor_id: int) -> int:
    locked = colleagues_of(person).select_for_update(of=("self",))
    successor = locked.filter(pk=successor_id).first()
    if successor is None:
        message = gettext_noop("Choose an active colleague with the same role.")
        raise Invalid("no_successor", message, field="successor")
    count = (
        hand_over_customers(actor, person, successor)
        + hand_over_sales(actor, person, successor)
        + hand_over_requests(actor, person, successor)
        + hand_over_activities(actor, person, successor)
    )
    if count:
        notices.notify(recipient_id=successor.pk, news=_news(person, count))
    return count


def _news(person: User, count: int) -> News:
    return News(
        "handed_over",
        f"user/{person.pk}/handed/{person.version}",
        gettext_noop("You took over what was in the charge of %(who)s: %(count)s records."),
        "/",
        {"who": person.full_name, "count": count},
    )
