"""What a person keeps of a list: views under a name, the one it opens with, the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import CharField, Q, QuerySet, Value

from capphep.platform.models import User
from capphep.platform.models.lists import (
    LONGEST_NAME,
    LONGEST_QUERY,
    Audience,
    ListPreference,
    SavedView,
)
from capphep.platform.roles import Role
from capphep.pure.errors import Forbidden, Invalid, NotFound, gettext_noop
from capphep.pure.folding import clean, fold

MOST: Final = 50
_NONE: Final = Value("", output_field=CharField())


@dataclass(frozen=True, slots=True)
class View:
    pk: int
    name: str
    query: str
    audience: str
    owner_id: int


@dataclass(frozen=True, slots=True)
class Kept:
    """``columns`` are keys in their order, empty for the usual ones; own views stand first."""

    columns: Sequence[str] = ()
    views: Sequence[View] = ()
    default: View | None = None

    def view(self, pk: str) -> View | None:
        return next((each for each in self.views if str(each.pk) == pk), None)


def visible_views(actor: User) -> QuerySet[SavedView]:
    """One's own, and those that are shared with one's team or with everybody."""
    shared = Q(audience=Audience.ALL)
    if actor.team_id:
        shared |= Q(audience=Audience.TEAM, team_id=actor.team_id)
    return SavedView.objects.filter(Q(owner_id=actor.pk) | shared)


def kept_of(actor: User, list_name: str) -> Kept:
    """What the actor has kept of the list. One statement."""
    views = visible_views(actor).filter(list=list_name)
    preference = ListPreference.objects.filter(user_id=actor.pk, list=list_name)
    found = views.values_list("pk", "name", "query", "audience", "owner_id").union(
        preference.values_list("default_view_id", _NONE, "columns", _NONE, "user_id"), all=True
    )
    columns, default_id, shown = "", None, []
    for row in found:
        # A view always has a name.
        if row[1]:
            shown.append(View(*row))
        else:
            default_id, columns = row[0], row[2]
    shown.sort(key=lambda view: (view.owner_id != actor.pk, fold(view.name), view.pk))
    default = next((view for view in shown if view.pk == default_id), None)
    return Kept(tuple(key for key in columns.split(",") if key), shown, default)


def audiences_for(actor: User) -> list[Audience]:
    """With whom the actor may share: the own team; those who lead the house, with everybody."""
    leads = actor.role == Role.ADMIN or (actor.role == Role.MANAGER and not actor.team_id)
    return [
        Audience.OWN,
        *([Audience.TEAM] if actor.team_id else []),
        *([Audience.ALL] if leads else []),
    ]


def may_change(actor: User, owner_id: int) -> bool:
    """A view is its owner's; administrators tidy up what others share."""
    return owner_id == actor.pk or actor.role == Role.ADMIN


def shown_view(actor: User, view_id: int) -> SavedView:
    """A view that the actor may look at. Raises NotFound."""
    found = visible_views(actor).filter(pk=view_id).first()
    if found is None:
        raise NotFound("no_such_view", gettext_noop("There is no such view."))
    return found


def view_of(actor: User, view_id: int) -> SavedView:
    """A view that the actor may change. Raises NotFound, Forbidden."""
    found = shown_view(actor, view_id)
    if not may_change(actor, found.owner_id):
        raise Forbidden("view_of_another", gettext_noop("Only who made a view changes it."))
    return found


def save_view(
    *, actor: User, list_name: str, name: str, query: str, audience: str, is_default: bool = False
) -> SavedView:
    """Keep a query string under a name. Raises Invalid at ``name``, ``query`` or ``audience``."""
    view = SavedView(owner=actor, list=list_name, query=query)
    _check_query(query)
    if SavedView.objects.filter(owner=actor, list=list_name).count() >= MOST:
        message = gettext_noop("You have %(most)s views of this list: delete one first.")
        raise Invalid("too_many_views", message, field="name", params={"most": MOST})
    with transaction.atomic():
        _write(actor, view, name, audience)
        if is_default:
            set_default(actor=actor, list_name=list_name, view=view)
    return view


def change_view(
    *, actor: User, view_id: int, name: str, audience: str, is_default: bool
) -> SavedView:
    """Another name, other readers; and whether the actor's list opens with it.

    Raises NotFound, Forbidden; Invalid at ``name`` or ``audience``.
    """
    with transaction.atomic():
        view = view_of(actor, view_id)
        _write(actor, view, name, audience)
        standing = ListPreference.objects.filter(
            user=actor, list=view.list, default_view=view
        ).exists()
        if is_default != standing:
            set_default(actor=actor, list_name=view.list, view=view if is_default else None)
    return view


def replace_view(*, actor: User, view_id: int, query: str) -> SavedView:
    """Let the view show what this query string shows. Raises NotFound, Forbidden, Invalid."""
    _check_query(query)
    view = view_of(actor, view_id)
    SavedView.objects.filter(pk=view.pk).update(query=query)
    return view


def remove_view(*, actor: User, view_id: int) -> SavedView:
    """Delete the view; lists that opened with it open as usual. Raises NotFound, Forbidden."""
    with transaction.atomic():
        view = view_of(actor, view_id)
        SavedView.objects.filter(pk=view.pk).delete()
    return view


def set_default(*, actor: User, list_name: str, view: SavedView | None) -> None:
    """What the actor's list opens with; None: as usual."""
    ListPreference.objects.update_or_create(
        user=actor, list=list_name, defaults={"default_view": view}
    )


def choose_columns(*, actor: User, list_name: str, keys: Sequence[str]) -> None:
    """The columns that the actor's list shows from now on; none: the usual ones."""
    ListPreference.objects.update_or_create(
        user=actor, list=list_name, defaults={"columns": ",".join(keys)}
    )


def _write(actor: User, view: SavedView, name: str, audience: str) -> None:
    name = clean(name)
    if not name:
        raise Invalid("view_name_required", gettext_noop("Give the view a name."), field="name")
    if len(name) > LONGEST_NAME:
        message = gettext_noop("A view's name has at most %(most)s characters.")
        raise Invalid("view_name_too_long", message, field="name", params={"most": LONGEST_NAME})
    # Of a colleague's view an administrator may leave the readers as they are.
    if audience != view.audience and audience not in audiences_for(actor):
        message = gettext_noop("You cannot share a view with them.")
        raise Invalid("audience_not_yours", message, field="audience")
    if audience != view.audience:
        view.team_id = actor.team_id if audience == Audience.TEAM else None
    view.name, view.audience = name, audience
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        message = gettext_noop("There is a view of this name already.")
        raise Invalid("view_name_taken", message, field="name") from error


def _check_query(query: str) -> None:
    if len(query) > LONGEST_QUERY:
        message = gettext_noop("That is too much for a view: take off some filters.")
        raise Invalid("view_too_long", message)
