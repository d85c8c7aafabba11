"""Reads: the records that are printed, as their reader may see them, and the templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from capphep.crm.queries.orders import visible_orders
from capphep.entitlements.queries import visible_subscriptions
from capphep.paper import reading
from capphep.paper.designs import Design
from capphep.paper.documents import Document
from capphep.paper.kinds import PaperKind
from capphep.paper.letterheads import vendor_now
from capphep.paper.models import PaperTemplate
from capphep.platform import lists
from capphep.platform.kit import Text
from capphep.platform.lists import narrowed
from capphep.platform.models import User
from capphep.platform.queries import LARGEST_ID
from capphep.platform.selection import keys_of
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import visible_requests
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.pure.errors import Invalid, NotFound, gettext_noop

MOST: Final = 200
"""As many papers are printed together."""


@dataclass(frozen=True, slots=True)
class Source:
    """Records of one sort that become papers of one ``kind``; ``page`` shows one of them.

    ``rows`` are what the actor may see and print, ``read`` makes documents of them.
    """

    name: str
    kind: PaperKind
    title: Text
    page: str
    rows: Callable[[User], QuerySet[Any]]
    read: Callable[[Sequence[Any]], list[Document]]
    number: str = ""
    list_name: str = ""


def _orders(actor: User) -> QuerySet[Any]:
    """An order that is given up is handed to nobody on paper (R13)."""
    return (
        visible_orders(actor)
        .filter(is_active=True)
        .select_related("customer", "product", "salesperson")
    )


def _requests(actor: User) -> QuerySet[Any]:
    return visible_requests(actor).select_related("created_by", "sent_by", "decided_by")


def _granted(actor: User) -> QuerySet[LicenceRequest]:
    """A handover record is of what was granted and is still there."""
    rows = visible_requests(actor).filter(status=RequestStatus.APPROVED)
    return rows.exclude(kind=RequestKind.INFO_CHANGE)


ORDERS: Final = Source(
    "order",
    PaperKind.ORDER,
    _("Orders"),
    "crm:order",
    _orders,
    reading.orders,
    "order_no",
    "crm.orders",
)
REQUESTS: Final = Source(
    "request",
    PaperKind.REQUEST,
    _("Licence/subscription requests"),
    "provisioning:request",
    _requests,
    reading.requests,
    "request_no",
    "provisioning.requests",
)
HANDOVERS: Final = Source(
    "handover",
    PaperKind.HANDOVER,
    _("Handover records"),
    "provisioning:request",
    _granted,
    reading.handovers,
    "request_no",
    "provisioning.requests",
)
SUBSCRIPTIONS: Final = Source(
    "subscription",
    PaperKind.HANDOVER,
    _("Handover records"),
    "ims:subscription",
    visible_subscriptions,
    lambda found: [reading.subscription(each) for each in found],
)
SOURCES: Final = {each.name: each for each in (ORDERS, REQUESTS, HANDOVERS, SUBSCRIPTIONS)}
SAMPLED: Final = {each.kind: each for each in (ORDERS, REQUESTS, HANDOVERS)}


def source_named(name: str) -> Source:
    """Raises NotFound."""
    if name not in SOURCES:
        raise _no_paper()
    return SOURCES[name]


def ids_of(asked: Sequence[str]) -> list[int]:
    """The keys among what was asked for, each once. Raises Invalid paper_too_many."""
    ids = keys_of(asked)
    if len(ids) > MOST:
        message = gettext_noop("At most %(most)s papers are printed together.")
        raise Invalid("paper_too_many", message, params={"most": MOST})
    return ids


def ids_listed(actor: User, source: Source, query: str) -> list[int]:
    """As many as are printed together of those that the list shows under this query string.

    Raises NotFound, Forbidden.
    """
    listed = narrowed(lists.source_named(source.list_name), actor, QueryDict(query))
    return list(listed.values_list("pk", flat=True)[:MOST])


def documents_of(actor: User, source: Source, ids: Sequence[int]) -> list[Document]:
    """Those of the records that the actor may print, in the order asked for.

    Raises NotFound where there is none.
    """
    known = [pk for pk in ids if pk <= LARGEST_ID]
    found = {each.pk: each for each in source.rows(actor).filter(pk__in=known)}
    records = [found[pk] for pk in ids if pk in found]
    if not records:
        raise _no_paper()
    # What is printed is Vietnamese, whoever reads the screen.
    with translation.override("vi"):
        return source.read(records)


def handover_of_order(actor: User, order_id: int) -> int:
    """The request whose grants the order's handover record lists. Raises NotFound."""
    found = _granted(actor).filter(order=order_id).values_list("pk", flat=True).first()
    if found is None:
        raise _no_paper()
    return found


def document_numbered(actor: User, kind: PaperKind, number: str) -> Document | None:
    """The record with this number, where the actor may see it: an example for a template."""
    source = SAMPLED[kind]
    found = source.rows(actor).filter(**{source.number: number.strip().upper()}).first()
    return documents_of(actor, source, [found.pk])[0] if found else None


def _no_paper() -> NotFound:
    return NotFound("paper_not_found", gettext_noop("There is nothing to print here."))


# --- templates -----------------------------------------------------------------------------------


def templates_of(kind: PaperKind) -> list[PaperTemplate]:
    """Those in use, the standard one first, which has no key while it is that of the code."""
    rows = PaperTemplate.objects.filter(kind=kind, is_active=True).order_by("name")
    found = list(rows.select_related("updated_by"))
    if found and not found[0].name:
        return found
    is_default = not any(each.is_default for each in found)
    return [PaperTemplate(kind=kind, version=0, is_default=is_default), *found]


def template_of(kind: PaperKind, template_id: int) -> PaperTemplate:
    """0 is the standard one. Raises NotFound."""
    rows = PaperTemplate.objects.filter(kind=kind).select_related("updated_by")
    if not template_id:
        return rows.filter(name="").first() or PaperTemplate(kind=kind, version=0)
    found = rows.filter(pk=template_id).first()
    if found is None:
        raise NotFound("paper_template_not_found", gettext_noop("There is no such template."))
    return found


def default_template(kind: PaperKind) -> PaperTemplate:
    rows = PaperTemplate.objects.filter(kind=kind, is_default=True)
    return rows.first() or template_of(kind, 0)


def design_of(kind: PaperKind, template_id: int | None = None) -> Design:
    """The template asked for, or the default one, on the letterhead. Raises NotFound."""
    template = default_template(kind) if template_id is None else template_of(kind, template_id)
    return design_with(template)


def design_with(template: PaperTemplate) -> Design:
    return Design(
        kind=PaperKind(template.kind),
        vendor=vendor_now(),
        texts=template.texts,
        columns=template.columns,
        copies=template.copies,
        has_motto=template.has_motto,
    )
