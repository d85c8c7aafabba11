"""The one search box: records of every kind by what a person types, and those looked at last.

Each kind is asked by its own ``visible_…`` and by an index, newest first, in one statement, besides
one that looks how common the words are; what somebody may not know of decides neither what is
found nor its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.models import Contact, Customer, Opportunity, Order
from capphep.crm.queries.customers import (
    best_first,
    compact_code,
    search_customers,
    visible_customers,
)
from capphep.crm.queries.former import formerly
from capphep.crm.queries.orders import search_orders, visible_orders
from capphep.crm.queries.sales import visible_opportunities
from capphep.entitlements.models import Licence, Subscription
from capphep.entitlements.queries import visible_subscriptions
from capphep.platform import clock, numbers
from capphep.platform.kit import Text
from capphep.platform.personal import is_seen_in_full, of_record
from capphep.platform.roles import Actor, Role
from capphep.platform.word_search import asked_together, beginning, holding
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import visible_requests
from capphep.pure.folding import clean, fold
from capphep.shell.models import Kind

_SHORTEST_PHONE: Final = 3
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A record: code, name, what else tells it apart. ``is_exact``: the text is its code."""

    kind: Kind
    url: str
    code: str
    name: str
    note: Text = ""
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind. ``more_url``: the list that has them all; "" where none has."""

    kind: Kind
    hits: list[Hit]
    more_url: str

    @property
    def label(self) -> Text:
        return self.kind.label


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed, as each kind needs it."""

    actor: Actor
    text: str
    most: int

    @property
    def code(self) -> str:
        return clean(self.text).upper()

    @property
    def has_digit(self) -> bool:
        return any(char.isdigit() for char in self.text)

    def is_exact(self, *codes: str) -> bool:
        typed = {fold(self.text), fold(compact_code(self.text))}
        return any(code and fold(code) in typed for code in codes)


def find(actor: Actor, text: str, most: int) -> list[Found]:
    """What the actor may see of each kind, at most so many; kinds without hits are left out.

    At most nine statements, one more where a merged customer is found.
    """
    if not text.strip():
        return []
    asked = _Asked(actor, text[:LONGEST], most)
    with asked_together():
        found = [
            Found(kind, list(hits(asked)), _more_url(kind, asked))
            for kind, hits in _SOURCES.items()
        ]
    return [each for each in found if each.hits]


def _orders(asked: _Asked) -> Iterator[Hit]:
    rows = search_orders(visible_orders(asked.actor), asked.text).select_related("customer")
    for one in rows.order_by("-created_at", "-pk")[: asked.most]:
        exact = asked.is_exact(one.order_no, one.contract_no)
        yield _order_hit(one, is_exact=exact)


def _requests(asked: _Asked) -> Iterator[Hit]:
    """By number where there is a digit, by the customer else; contracts are found as orders."""
    rows = visible_requests(asked.actor)
    if asked.has_digit:
        meant = numbers.may_mean(numbers.REQUEST, asked.text, clock.today())
        rows = rows.filter(beginning("request_no", asked.code) | Q(request_no__in=meant))
    else:
        rows = holding(rows, asked.text, "customer__search_key")
    for one in rows.order_by("-created_at", "-pk")[: asked.most]:
        yield _request_hit(asked.actor, one, is_exact=asked.is_exact(one.request_no))


def _customers(asked: _Asked) -> Iterator[Hit]:
    """RULE D3: also by an exact former code or name; a merged one leads to the unit of today."""
    former = formerly(asked.text)
    rows = search_customers(visible_customers(asked.actor), asked.text, former)
    found = list(best_first(rows, asked.text, former)[: asked.most])
    survivors = _survivors(asked.actor, found)
    shown: set[int] = set()
    for one in found:
        unit = survivors.get(one.merged_into_id or 0, one)
        if unit.pk in shown:
            continue
        shown.add(unit.pk)
        before = former.get(unit.pk) or (one.budget_code if unit is not one else "")
        own = (one.budget_code, one.tax_code, one.tax_code.replace("-", ""))
        exact = one.pk in former or asked.is_exact(*own)
        yield _customer_hit(unit, is_exact=exact, before=before)


def _survivors(actor: Actor, found: Iterable[Customer]) -> dict[int, Customer]:
    """RULE D2: what merged ones among them turned out to be, where the actor may know of it."""
    ids = {one.merged_into_id for one in found if one.merged_into_id is not None}
    return visible_customers(actor).in_bulk(ids) if ids else {}


def _subscriptions(asked: _Asked) -> Iterator[Hit]:
    rows = visible_subscriptions(asked.actor).filter(customer__merged_into=None)
    rows = holding(rows, compact_code(asked.text), "customer__search_key")
    for one in rows.order_by("-created_at", "-pk")[: asked.most]:
        yield _subscription_hit(one)


def _licences(asked: _Asked) -> Iterator[Hit]:
    if not asked.has_digit:
        return
    meant = numbers.may_mean(numbers.LICENCE, asked.text, clock.today())
    rows = Licence.objects.filter(beginning("licence_no", asked.code) | Q(licence_no__in=meant))
    rows = rows.filter(subscription__in=visible_subscriptions(asked.actor).select_related(None))
    rows = rows.select_related("subscription__customer", "subscription__product").defer("file")
    for one in rows.order_by("-pk")[: asked.most]:
        yield Hit(
            Kind.LICENCE,
            reverse("ims:subscription", args=[one.subscription_id]),
            one.licence_no,
            one.subscription.customer.name,
            one.subscription.product.name,
            asked.is_exact(one.licence_no),
        )


def _contacts(asked: _Asked) -> Iterator[Hit]:
    """People, by the number that rang; by its beginning too, for who sees numbers in full."""
    digits = "".join(filter(str.isdigit, compact_code(asked.text)))
    is_number = not set(asked.text) - set("0123456789 .-+()")
    if not is_number or len(digits) < _SHORTEST_PHONE:
        return
    is_meant = beginning("phone", digits) if is_seen_in_full() else Q(phone=digits)
    rows = Contact.objects.filter(is_meant, is_active=True)
    rows = rows.filter(customer__in=visible_customers(asked.actor)).select_related("customer")
    for one in rows.order_by("phone", "pk")[: asked.most]:
        page = reverse("crm:customer", args=[one.customer_id])
        exact = asked.is_exact(one.phone)
        yield Hit(
            Kind.CONTACT, page, of_record(one, "phone"), one.full_name, one.customer.name, exact
        )


_SOURCES: Final[dict[Kind, Callable[[_Asked], Iterator[Hit]]]] = {
    Kind.ORDER: _orders,
    Kind.REQUEST: _requests,
    Kind.CUSTOMER: _customers,
    Kind.SUBSCRIPTION: _subscriptions,
    Kind.LICENCE: _licences,
    Kind.CONTACT: _contacts,
}


def _more_url(kind: Kind, asked: _Asked) -> str:
    lists = {
        Kind.ORDER: "crm:order_list",
        Kind.REQUEST: "provisioning:request_list" if _sells(asked.actor) else "ims:queue",
        Kind.CUSTOMER: "crm:customer_list",
        Kind.SUBSCRIPTION: "ims:subscription_list",
    }
    return reverse(lists[kind], query={"q": asked.text.strip()}) if kind in lists else ""


# --- what was looked at ------------------------------------------------------------------------


def records_of(kind: Kind, actor: Actor) -> QuerySet[Any] | None:
    """What the actor may see of a kind whose visits are kept; None for the other kinds."""
    if kind == Kind.ORDER:
        return visible_orders(actor).select_related("customer")
    if kind == Kind.REQUEST:
        return visible_requests(actor)
    if kind == Kind.CUSTOMER:
        return visible_customers(actor)
    if kind == Kind.SUBSCRIPTION:
        return visible_subscriptions(actor)
    if kind == Kind.OPPORTUNITY:
        return visible_opportunities(actor).select_related("customer")
    return None


def hit_of(actor: Actor, record: Any) -> Hit:
    """A record of `records_of` as the palette shows it."""
    if isinstance(record, Order):
        return _order_hit(record)
    if isinstance(record, LicenceRequest):
        return _request_hit(actor, record)
    if isinstance(record, Customer):
        return _customer_hit(record)
    if isinstance(record, Subscription):
        return _subscription_hit(record)
    return _opportunity_hit(record)


def _sells(actor: Actor) -> bool:
    return actor.role in (Role.SALES, Role.MANAGER)


def _order_hit(one: Order, *, is_exact: bool = False) -> Hit:
    url = reverse("crm:order", args=[one.pk])
    note = one.contract_no if one.is_active else _("No longer followed")
    return Hit(Kind.ORDER, url, one.order_no, one.customer.name, note, is_exact)


def _request_hit(actor: Actor, one: LicenceRequest, *, is_exact: bool = False) -> Hit:
    page = "provisioning:request" if _sells(actor) else "ims:request"
    note = one.get_status_display()
    url = reverse(page, args=[one.pk])
    return Hit(Kind.REQUEST, url, one.request_no, one.customer.name, note, is_exact)


def _customer_hit(one: Customer, *, is_exact: bool = False, before: str = "") -> Hit:
    url = reverse("crm:customer", args=[one.pk])
    note = _("formerly %(code)s") % {"code": before} if before else one.province
    return Hit(Kind.CUSTOMER, url, one.budget_code, one.name, note, is_exact)


def _subscription_hit(one: Subscription) -> Hit:
    url = reverse("ims:subscription", args=[one.pk])
    return Hit(
        Kind.SUBSCRIPTION, url, one.customer.budget_code, one.customer.name, str(one.product)
    )


def _opportunity_hit(one: Opportunity) -> Hit:
    url = reverse("crm:opportunity", args=[one.pk])
    return Hit(Kind.OPPORTUNITY, url, "", one.name, one.customer.name)
