"""Customers: who may see and change them, what they own, and how they are found."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db.models import Case, IntegerField, Max, Prefetch, Q, QuerySet, Value, When

from capphep.crm.models import Contact, Customer, OwnedProduct
from capphep.crm.queries.former import formerly
from capphep.crm.rules import Ownership, ownership
from capphep.platform.prepared import prepared
from capphep.platform.roles import Actor, Permission, Role, may, sees_all
from capphep.platform.word_search import holding
from capphep.pure import codes
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound, gettext_noop
from capphep.pure.folding import clean

PICKER_ROWS: Final = 20


def visible_customers(actor: Actor) -> QuerySet[Customer]:
    """The customers that the actor may know of: a salesperson's own, the team's, the pool's."""
    customers = Customer.objects.all()
    if sees_all(actor):
        return customers
    mine = Q(owner__isnull=True) | Q(owner_id=actor.pk)
    return customers.filter(mine | Q(team_id=actor.team_id) if actor.team_id else mine)


def customer_to_sell_to(actor: Actor, customer_id: int) -> Customer | None:
    """The customer of a record that is about to be entered, where the actor may know of it.

    RULE D2: locked, so that nothing is entered for one that is merged meanwhile; as it is when a
    merge that was under way is over. One statement.
    """
    return next(iter(_locked_customer(actor, customer_id)), None)


@prepared
def _locked_customer(actor: Actor, customer_id: int) -> QuerySet[Customer]:
    # References to the row, from people and orders that are entered meanwhile, need not wait.
    rows = visible_customers(actor).select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=customer_id)


def customer_of(actor: Actor, customer_id: int) -> Customer:
    """The customer with what its page shows of other tables. Raises NotFound."""
    related = ("parent", "sector", "owner", "team", "updated_by", "merged_into", "successor")
    found = visible_customers(actor).select_related(*related).filter(pk=customer_id).first()
    if found is None:
        raise customer_not_found()
    return found


def customer_for_update(actor: Actor, customer_id: int) -> Customer:
    """The customer, locked until the transaction ends, for an action that changes it.

    Raises NotFound where the actor may not know of it, Forbidden where it is a colleague's.
    """
    rows = visible_customers(actor).select_for_update(of=("self",))
    found = rows.select_related("parent", "sector").filter(pk=customer_id).first()
    if found is None:
        raise customer_not_found()
    require_own(actor, found)
    if found.merged_into_id is not None:
        raise customer_merged()
    return found


def customer_merged() -> Conflict:
    """RULE D2: it is written no more."""
    message = gettext_noop("This customer was merged into another one: change that one.")
    return Conflict("customer_merged", message, rule="D2")


def customer_not_found() -> NotFound:
    return NotFound("customer_not_found", gettext_noop("There is no such customer."))


def may_write(actor: Actor, customer: Customer) -> bool:
    """Whether the actor may change this customer: an own one or the pool's; a manager each."""
    if not may(actor, Permission.CUSTOMER_WRITE):
        return False
    if actor.role in (Role.SYSTEM, Role.MANAGER):
        return True
    return customer.owner_id in (None, actor.pk)


def require_own(actor: Actor, customer: Customer) -> None:
    """Raises Forbidden customer_of_colleague."""
    if not may_write(actor, customer):
        message = gettext_noop("This customer is a colleague's; you can only look at it.")
        raise Forbidden("customer_of_colleague", message)


def contacts_of(customer: Customer) -> QuerySet[Contact]:
    """The people there, those who left last."""
    return Contact.objects.filter(customer=customer).order_by("-is_active", "id")


def contact_of(actor: Actor, customer_id: int, contact_id: int) -> Contact:
    """A person at a customer that the actor may know of. Raises NotFound."""
    customer = customer_of(actor, customer_id)
    contacts = Contact.objects.select_related("updated_by")
    found = contacts.filter(pk=contact_id, customer=customer).first()
    if found is None:
        raise contact_not_found()
    found.customer = customer
    return found


def contact_not_found() -> NotFound:
    return NotFound("contact_not_found", gettext_noop("There is no such contact."))


def in_charge(
    customers: QuerySet[Customer], actor: Actor, charges: Iterable[str]
) -> QuerySet[Customer]:
    """Those that are the actor's own ("mine"), the team's ("team") or nobody's ("pool")."""
    meant = {
        "mine": Q(owner_id=actor.pk),
        "team": Q(owner__isnull=False, team_id=actor.team_id),
        "pool": Q(owner__isnull=True),
    }
    wanted = Q(pk__in=())
    for charge in charges:
        wanted |= meant[charge]
    return customers.filter(wanted)


def search_customers(
    customers: QuerySet[Customer], text: str, former: Collection[int] | None = None
) -> QuerySet[Customer]:
    """Those whose code, name or tax code holds each word, accents or not.

    RULE D3: and those of which the text is a former code or name; ``former`` are their keys where
    the caller knows them, else they are looked up in one statement.
    """
    if not text.strip():
        return customers
    found = holding(customers, compact_code(text))
    known = formerly(text) if former is None else former
    return found | customers.filter(pk__in=list(known)) if known else found


_PUT_IN_ORDER: Final = 300


def best_first(
    customers: QuerySet[Customer], text: str, former: Collection[int] = ()
) -> QuerySet[Customer]:
    """Found customers for a picker: the exact budget code, also a former one (``former``, by key),
    then exact accents, then by name.

    Of very many that are found, only the latest are put in order.
    """
    latest = customers.order_by("-pk").values("pk")[:_PUT_IN_ORDER]
    exact = Case(
        When(Q(budget_code=compact_code(text)) | Q(pk__in=list(former)), then=Value(0)),
        When(name__icontains=clean(text), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return customers.filter(pk__in=latest).order_by(exact, "sort_key", "id")


def compact_code(text: str) -> str:
    """The text as it is looked for: a budget code or phone with spaces or points is one word."""
    for normalised in (codes.budget_code, codes.phone):
        with suppress(Invalid):
            return normalised(text)
    return text


def lock_in_order(*customer_ids: int) -> None:
    """Lock several customers in the order of their keys, so that two edits cannot block
    each other when each makes the other's customer its governing unit."""
    rows = Customer.objects.filter(pk__in=customer_ids).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))


def is_descendant(customer: Customer, possible: Customer) -> bool:
    """Whether ``possible`` is the customer itself or stands below it. One statement a level."""
    seen: set[int] = set()
    at: int | None = possible.pk
    while at is not None and at not in seen:
        if at == customer.pk:
            return True
        seen.add(at)
        at = Customer.objects.values_list("parent_id", flat=True).get(pk=at)
    return False


# --- what a customer owns ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owned:
    """A product that the customer has in force, and the last day of it."""

    product: str
    last_day: datetime.date


class OwnedProducts(NamedTuple):
    """RULE R8: what a customer has on a day, by the id of the product.

    ``in_force`` maps to the last day; ``lapsed`` were in force before and are not now;
    ``coming`` are not now and begin later, on the day that they map to.
    """

    in_force: dict[int, datetime.date]
    lapsed: set[int]
    coming: dict[int, datetime.date]


def owned_products(customer: Customer, day: datetime.date) -> OwnedProducts:
    """RULE R8: what the customer has on the day. One statement."""
    in_force: dict[int, datetime.date] = {}
    coming: dict[int, datetime.date] = {}
    over: set[int] = set()
    for product, first, last in _spans(customer.pk):
        if first <= day <= last:
            in_force[product] = max(last, in_force.get(product, last))
        elif last < day:
            over.add(product)
        else:
            coming[product] = min(first, coming.get(product, first))
    later = {product: first for product, first in coming.items() if product not in in_force}
    return OwnedProducts(in_force, over - in_force.keys(), later)


@prepared
def _spans(customer_id: int) -> QuerySet[OwnedProduct, tuple[int, datetime.date, datetime.date]]:
    rows = OwnedProduct.objects.filter(customer_id=customer_id)
    return rows.values_list("product_id", "first_day", "last_day")


def ownership_of(customer_id: int, product_id: int, day: datetime.date) -> Ownership:
    """RULE R8: what the customer has of one product, seen from the day. One statement."""
    spans = [(first, last) for found, first, last in _spans(customer_id) if found == product_id]
    return ownership(spans, day)


def with_what_is_owned(customers: QuerySet[Customer], day: datetime.date) -> QuerySet[Customer]:
    """Each customer with its ``owned_now``, what is in force on the day. One more statement."""
    in_force = OwnedProduct.objects.filter(first_day__lte=day, last_day__gte=day)
    rows = in_force.select_related("product").order_by("product__name", "last_day")
    return customers.prefetch_related(Prefetch("owned_products", rows, to_attr="owned_now"))


def owning(
    customers: QuerySet[Customer], product_ids: Iterable[str], day: datetime.date
) -> QuerySet[Customer]:
    """Those that have one of the products in force on the day."""
    spans = OwnedProduct.objects.filter(
        product__in=product_ids, first_day__lte=day, last_day__gte=day
    )
    return customers.filter(pk__in=spans.values("customer"))


def owned_now(customer: Customer) -> list[Owned]:
    """What `with_what_is_owned` found."""
    found: list[OwnedProduct] = getattr(customer, "owned_now", [])
    return [Owned(each.product.name, each.last_day) for each in found]


def owned_ever(customer: Customer) -> list[Owned]:
    """Each product that the customer has or had, with its very last day. One statement."""
    rows = OwnedProduct.objects.filter(customer=customer).values_list("product__name")
    last_days = rows.annotate(Max("last_day")).order_by("product__name")
    return [Owned(name, last_day) for name, last_day in last_days]
