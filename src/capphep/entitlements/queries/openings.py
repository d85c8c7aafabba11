"""What was in force before capphep, and what came to stand on it since (R13)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from capphep.entitlements.models import MOVES, Grant, GrantKind, Licence, Occasion, Usage
from capphep.platform.dependents import Dependents

_ENTERED: Final = (GrantKind.OPENING, GrantKind.UNDONE)


def was_undone() -> Exists:
    """Whether what an import entered was taken back: a condition for openings."""
    undoing = Grant.objects.filter(kind=GrantKind.UNDONE, source=OuterRef("source"))
    return Exists(undoing.filter(resource=OuterRef("resource")))


def openings_of(grant_ids: Collection[int]) -> list[Grant]:
    """Those of the grants that an import entered and that were not undone. One statement."""
    rows = Grant.objects.filter(~was_undone(), pk__in=grant_ids, kind=GrantKind.OPENING)
    related = ("subscription__customer", "subscription__product", "resource")
    return list(rows.select_related(*related).order_by("pk"))


def built_on(openings: Sequence[Grant]) -> Dependents:
    """RULE R13: what was decided, certified, measured or planned on these openings since.

    They are as `openings_of` gives them. Four statements.
    """
    found, first = Dependents(), first_openings(openings)
    if first:
        granted = list(_granted_since(first))
        requests = (one.request_no for one in granted if one.kind not in MOVES)
        found.add(_("Licence requests"), requests)
        merges = (_code(first[one.subscription_id]) for one in granted if one.kind in MOVES)
        found.add(_("Merged customers"), merges)
        found.add(_("Licences"), _certified_since(first))
        found.add(_("Usage reports"), _measured_since(first, openings))
        found.add(_("Opportunities"), _planned_since(first))
    return found


def first_openings(openings: Sequence[Grant]) -> dict[int, Grant]:
    """The earliest of the openings of each subscription, by its id."""
    return {one.subscription_id: one for one in reversed(openings)}


def _code(opening: Grant) -> str:
    return opening.subscription.customer.budget_code


def _granted_since(first: Mapping[int, Grant]) -> Iterator[Grant]:
    rows = Grant.objects.filter(subscription__in=first).exclude(kind__in=_ENTERED)
    return (one for one in rows.order_by("pk") if one.pk > first[one.subscription_id].pk)


def _certified_since(first: Mapping[int, Grant]) -> Iterator[str]:
    rows = Licence.objects.filter(subscription__in=first)
    for number, subscription, issued_at in rows.values_list(
        "licence_no", "subscription", "issued_at"
    ):
        if issued_at >= first[subscription].granted_at:
            yield number


def _measured_since(first: Mapping[int, Grant], openings: Sequence[Grant]) -> Iterator[str]:
    measured = {
        (one.subscription_id, one.module_id, one.resource_id): one.measured_at
        for one in Usage.objects.filter(subscription__in=first)
    }
    for one in openings:
        at = measured.get((one.subscription_id, one.module_id, one.resource_id))
        if at and at >= one.granted_at:
            yield f"{_code(one)} – {one.resource.name}"


def _planned_since(first: Mapping[int, Grant]) -> Iterator[str]:
    rows = Occasion.objects.filter(subscription__in=first, opportunity__isnull=False)
    for one in rows.select_related("opportunity"):
        if one.created_at >= first[one.subscription_id].granted_at:
            yield str(one.opportunity)
