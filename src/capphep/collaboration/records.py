"""What people talk about: which records there are, who may see one, and how it is called.

A record is named by its type and key, as the audit trail names it. Who may see it is what its own
module says; nothing here decides that anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.orders import visible_orders
from capphep.crm.queries.sales import visible_opportunities
from capphep.platform.models import User
from capphep.platform.queries import LARGEST_ID
from capphep.platform.roles import Actor, Role, sees_all
from capphep.provisioning.queries import visible_requests
from capphep.pure.errors import NotFound, gettext_noop


class RecordType(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    OPPORTUNITY = "opportunity", _("Opportunity")
    ORDER = "order", _("Order")
    REQUEST = "request", _("Licence request")


@dataclass(frozen=True, slots=True)
class _Kind:
    """``owners`` are the columns of those whose record it is; ``state`` those that make it look
    different when they change; ``label`` how people call it."""

    visible: Callable[[Actor], QuerySet[Any]]
    page: str
    owners: tuple[str, ...]
    state: tuple[str, ...]
    label: Callable[[Any], str]


_KINDS: Final[Mapping[str, _Kind]] = {
    RecordType.CUSTOMER: _Kind(
        visible_customers, "crm:customer", ("owner_id",), ("version",), lambda row: row.name
    ),
    RecordType.OPPORTUNITY: _Kind(
        visible_opportunities,
        "crm:opportunity",
        ("salesperson_id",),
        ("version", "stage"),
        lambda row: row.name,
    ),
    RecordType.ORDER: _Kind(
        visible_orders,
        "crm:order",
        ("salesperson_id",),
        ("version", "licence_status"),
        lambda row: f"{row.order_no} · {row.customer.name}",
    ),
    RecordType.REQUEST: _Kind(
        visible_requests,
        "provisioning:request",
        ("created_by_id", "assigned_to_id"),
        ("version", "status", "assigned_to_id"),
        lambda row: f"{row.request_no} · {row.customer.name}",
    ),
}
_WITH_CUSTOMER: Final = (RecordType.ORDER, RecordType.REQUEST)


@dataclass(frozen=True, slots=True)
class Talked:
    """A record that somebody may see: what is shown of it, and whose it is."""

    type: RecordType
    pk: int
    label: str
    owners: frozenset[int]
    row: Any

    @property
    def key(self) -> str:
        return f"{self.type.value}/{self.pk}"

    @property
    def url(self) -> str:
        return url_of(self.type, self.pk)


def url_of(record_type: str, record_id: int) -> str:
    """The record's own page."""
    return reverse(_KINDS[record_type].page, args=[record_id])


def page_for(person: User, record_type: str, record_id: int) -> str:
    """Where this person works on the record: a licence officer on a request at the desk."""
    if record_type == RecordType.REQUEST and person.role == Role.OFFICER:
        return reverse("ims:request", args=[record_id])
    return url_of(record_type, record_id)


def record_of(actor: Actor, record_type: str, record_id: int) -> Talked:
    """RULE N1: the record, where the actor may know of it. Raises NotFound. One statement."""
    kind = _KINDS.get(record_type)
    rows = _rows(actor, record_type, [record_id]) if kind and record_id <= LARGEST_ID else []
    for row in rows:
        return _talked(RecordType(record_type), row)
    raise _not_found()


def held(record: Talked) -> None:
    """Hold the record until the end of the transaction: it is there still, and stays.

    Raises NotFound where it was removed meanwhile (an import undone). One statement.
    """
    rows = type(record.row)._default_manager.select_for_update(of=("self",), no_key=True)
    if not rows.filter(pk=record.pk).values_list("pk"):
        raise _not_found()


def records_of(actor: Actor, named: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Talked]:
    """Those of the records that the actor may know of. One statement for each type among them."""
    wanted: dict[str, set[int]] = {}
    for record_type, record_id in named:
        wanted.setdefault(record_type, set()).add(record_id)
    return {
        (record_type, row.pk): _talked(RecordType(record_type), row)
        for record_type, ids in wanted.items()
        for row in _rows(actor, record_type, ids)
    }


def visible_ids(actor: Actor, record_type: str) -> QuerySet[Any]:
    """The keys of all that the actor may see of one type, for use inside a query."""
    return _KINDS[record_type].visible(actor).order_by().values("pk")


def may_see(person: User, record: Talked) -> bool:
    """RULE N1: whether somebody else, by their own role and team, may see the record.

    One statement.
    """
    if not person.is_active or person.role == Role.PROGRAM:
        return False
    return _KINDS[record.type].visible(person).filter(pk=record.pk).exists()


def those_who_see(people: Iterable[User], record: Talked) -> list[User]:
    """Of the people, those who may see the record. Who reads everything is asked for once."""
    known: dict[str, bool] = {}
    found = []
    for person in people:
        same = person.role if sees_all(person) else f"{person.pk}"
        if same not in known:
            known[same] = may_see(person, record)
        if known[same]:
            found.append(person)
    return found


def state_of(actor: Actor, record_type: str, record_id: int) -> str:
    """What the page shows as `data-live-state`; "" for what the actor may not know of.

    It is another text when the record's page would look different. One statement.
    """
    kind = _KINDS.get(record_type)
    if kind is None:
        return ""
    rows = kind.visible(actor).filter(pk=record_id).order_by().values_list(*kind.state)
    return next(("-".join(map(str, row)) for row in rows), "")


def _not_found() -> NotFound:
    return NotFound("record_not_found", gettext_noop("There is no such record."))


def _rows(actor: Actor, record_type: str, ids: Collection[int]) -> QuerySet[Any]:
    rows = _KINDS[record_type].visible(actor).filter(pk__in=ids)
    return rows.select_related("customer") if record_type in _WITH_CUSTOMER else rows


def _talked(record_type: RecordType, row: Any) -> Talked:
    kind = _KINDS[record_type]
    owners = {getattr(row, name) for name in kind.owners} - {None}
    return Talked(record_type, row.pk, kind.label(row), frozenset(owners), row)
