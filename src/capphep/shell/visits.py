"""What a person looked at last, for the palette: noted when a page says so, a few of each."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone

from capphep.platform.models import User
from capphep.shell.finding import Hit, hit_of, records_of
from capphep.shell.models import Kind, Visit

KEPT: Final = 30
SHOWN: Final = 8
_PAGES: Final = {
    "crm:order": Kind.ORDER,
    "crm:customer": Kind.CUSTOMER,
    "crm:opportunity": Kind.OPPORTUNITY,
    "provisioning:request": Kind.REQUEST,
    "provisioning:request_edit": Kind.REQUEST,
    "ims:request": Kind.REQUEST,
    "ims:subscription": Kind.SUBSCRIPTION,
}


def note_visit(user: User, path: str) -> None:
    """Keep that the person looked at the page of a record; other pages are not kept.

    Nor is a record that the person may not see. The oldest give way.
    """
    try:
        match = resolve(path)
    except Resolver404:
        return
    kind = _PAGES.get(match.view_name)
    ids = [value for value in match.kwargs.values() if isinstance(value, int)]
    if kind is None or len(ids) != 1:
        return
    rows = records_of(kind, user)
    if rows is not None and rows.filter(pk=ids[0]).exists():
        _keep(user, kind, ids[0])


def _keep(user: User, kind: Kind, record: int) -> None:
    with transaction.atomic():
        Visit.objects.bulk_create(
            [Visit(user=user, kind=kind, record=record, at=timezone.now())],
            update_conflicts=True,
            unique_fields=["user", "kind", "record"],
            update_fields=["at"],
        )
        newest = Visit.objects.filter(user=user).order_by("-at", "-pk")
        old = list(newest.values_list("pk", flat=True)[KEPT:])
        if old:
            Visit.objects.filter(pk__in=old).delete()


def last_seen(user: User) -> list[Hit]:
    """What the person looked at last and may still see, newest first. A statement more a kind."""
    visits = list(Visit.objects.filter(user=user).order_by("-at", "-pk")[:SHOWN])
    wanted: dict[Kind, list[int]] = defaultdict(list)
    for visit in visits:
        wanted[Kind(visit.kind)].append(visit.record)
    hits: dict[tuple[Kind, int], Hit] = {}
    for kind, ids in wanted.items():
        rows = records_of(kind, user)
        for record in rows.filter(pk__in=ids) if rows is not None else ():
            hits[kind, record.pk] = hit_of(user, record)
    keys = [(Kind(visit.kind), visit.record) for visit in visits]
    return [hits[key] for key in keys if key in hits]
