"""What keys of figures are called."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import SalesProject
from capphep.platform.models import Team, User
from capphep.platform.roles import Actor, Role, sees_all
from capphep.pure.provinces import PROVINCES

_MOST: Final = 500

Choice = tuple[Any, str]


def choices(actor: Actor) -> dict[str, list[Choice]]:
    """What each filter offers to the actor. Three or four statements."""
    people = User.objects.filter(role=Role.SALES)
    if not sees_all(actor):
        people = people.filter(Q(team=actor.team_id, team__isnull=False) | Q(pk=actor.pk))
    projects = SalesProject.objects.order_by("-is_active", "-id").values_list("pk", "name")
    found: dict[str, list[Choice]] = {
        "product": list(Product.objects.order_by("name").values_list("pk", "name")),
        "project": list(projects[:_MOST]),
        "salesperson": list(
            people.order_by("sort_key", "id").values_list("pk", "full_name")[:_MOST]
        ),
        "province": [(name, name) for name in PROVINCES],
    }
    if sees_all(actor):
        teams = Team.objects.order_by("sort_key", "id").values_list("pk", "name")
        found["team"] = list(teams)
    return found


def names_of(kind: str, keys: Collection[Any]) -> dict[Any, str]:
    """What these keys are called; 0 and "" have a name too. One statement, none for provinces."""
    nothing = {0: gettext("(none)"), "": gettext("(none)")}
    if kind == "province":
        return {**{key: key for key in keys}, **nothing}
    found: dict[Any, str] = dict(_rows(kind, [key for key in keys if key]))
    return {**{key: f"#{key}" for key in keys}, **found, **nothing}


def _rows(kind: str, keys: Collection[Any]) -> list[tuple[int, str]]:
    if kind in ("salesperson", "officer"):
        return list(User.objects.filter(pk__in=keys).values_list("pk", "full_name"))
    models: dict[str, Any] = {
        "product": Product,
        "project": SalesProject,
        "team": Team,
        "module": Module,
        "resource": Resource,
    }
    return list(models[kind].objects.filter(pk__in=keys).values_list("pk", "name"))
