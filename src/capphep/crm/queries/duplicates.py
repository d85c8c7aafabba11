"""Customers that may be the same unit as one that is being entered, or as each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from capphep.crm.models import Alike, Customer, DuplicatePair
from capphep.crm.queries.customers import visible_customers
from capphep.platform.roles import Actor, sees_all
from capphep.pure.errors import NotFound, gettext_noop

MOST: Final = 5
"""So many are shown of each kind: a person looks at no more."""
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Likeness:
    """A customer that looks like the one in question, and in what."""

    customer: Customer
    alike: Alike


def alike(*, tax_code: str, name_key: str, place_key: str, apart_from: int = 0) -> list[Likeness]:
    """RULE D1: active customers with the same tax code, or the same name in the same place.

    Of all teams: what is shown of them is code, name and who is in charge. At most two
    statements, each reading a few rows of an index, whatever the number of customers.
    """
    found: dict[int, Likeness] = {}
    rows = Customer.objects.filter(is_active=True).exclude(pk=apart_from)
    rows = rows.select_related("owner").order_by("pk")
    if tax_code:
        for customer in rows.filter(tax_code=tax_code)[:MOST]:
            found[customer.pk] = Likeness(customer, Alike.TAX_CODE)
    if name_key:
        for customer in rows.filter(_same_place(place_key), name_key=name_key)[:MOST]:
            found.setdefault(customer.pk, Likeness(customer, Alike.NAME))
    return list(found.values())


def _same_place(place_key: str) -> Q:
    """Where one of both has no commune, the province has to be enough."""
    return Q(place_key__in=(place_key, "")) if place_key else Q()


def with_code(budget_code: str, apart_from: int = 0) -> Customer | None:
    """The customer of whatever team that has the budget code (R11)."""
    rows = Customer.objects.filter(budget_code=budget_code).exclude(pk=apart_from)
    return rows.select_related("owner").first()


def alike_to_many(
    tax_codes: Collection[str], name_keys: Collection[str]
) -> tuple[dict[str, list[Customer]], dict[str, list[Customer]]]:
    """Active customers by tax code and by name key, for a file. A statement each, a batch."""
    rows = Customer.objects.filter(is_active=True).order_by("pk")
    return _by("tax_code", rows, tax_codes), _by("name_key", rows, name_keys)


def _by(
    column: str, rows: QuerySet[Customer], values: Collection[str]
) -> dict[str, list[Customer]]:
    found: dict[str, list[Customer]] = {}
    wanted = sorted(set(values) - {""})
    for start in range(0, len(wanted), _BATCH):
        for customer in rows.filter(**{f"{column}__in": wanted[start : start + _BATCH]}):
            found.setdefault(getattr(customer, column), []).append(customer)
    return found


def open_pairs(actor: Actor) -> QuerySet[DuplicatePair]:
    """Pairs that nobody has judged yet, of which the actor may know both."""
    pairs = DuplicatePair.objects.filter(is_open=True)
    if not sees_all(actor):
        known = visible_customers(actor).order_by().values("pk")
        pairs = pairs.filter(first__in=known, second__in=known)
    return pairs.select_related("first__owner", "second__owner", "noted_by")


def pair_of(actor: Actor, pair_id: int) -> DuplicatePair:
    """An open pair. Raises NotFound."""
    found = open_pairs(actor).filter(pk=pair_id).first()
    if found is None:
        raise NotFound("pair_not_found", gettext_noop("There is no such pair any more."))
    return found


def pairs_of(customer: Customer) -> QuerySet[DuplicatePair]:
    """The open pairs that the customer is one of."""
    return DuplicatePair.objects.filter(Q(first=customer) | Q(second=customer), is_open=True)


def keys_of(values: Mapping[str, object]) -> dict[str, str]:
    """What `alike` compares, out of a customer's columns."""
    return {name: str(values[name]) for name in ("tax_code", "name_key", "place_key")}
