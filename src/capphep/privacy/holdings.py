"""What the desk holds about the person who asks: where their phone, e-mail or name stands.

Looked for where an index leads: people and accounts with the phone or the address, then what
hangs on their customers and on the one that the request names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from capphep.crm.models import Contact, Customer, Order
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.orders import visible_orders
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.queries import visible_links
from capphep.platform.personal import of_record
from capphep.platform.roles import Actor
from capphep.privacy.models import SubjectRequest
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import visible_requests
from capphep.pure import codes
from capphep.pure.errors import Invalid
from capphep.pure.folding import clean, fold

MOST: Final = 200
_MOST_CUSTOMERS: Final = 20
_EMAIL: Final = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+")
_APART: Final = re.compile(r"[,;/]|\s{2,}")


@dataclass(frozen=True, slots=True)
class Asked:
    """By what the person is known: phones in their national form, e-mails and name in small."""

    phones: frozenset[str]
    emails: frozenset[str]
    name: str

    def fits(self, name: str, phone: str, email: str) -> bool:
        is_theirs = phone in self.phones or email.lower() in self.emails
        return is_theirs or bool(name and fold(name) == self.name)


@dataclass(frozen=True, slots=True)
class Held:
    """One record that says something of the person; ``values`` as (label, value)."""

    kind: str
    name: str
    url: str
    values: Sequence[tuple[str, str]]


def asked_of(request: SubjectRequest) -> Asked:
    emails = frozenset(found.lower() for found in _EMAIL.findall(request.reach))
    rest = _APART.split(_EMAIL.sub(",", request.reach))
    phones = frozenset(phone for each in rest if (phone := _phone(each)))
    return Asked(phones, emails, fold(request.asked_by))


def _phone(text: str) -> str:
    try:
        return codes.phone(clean(text))
    except Invalid:
        return ""


def held_about(actor: Actor, request: SubjectRequest) -> list[Held]:
    """At most MOST of each kind, newest first, as who is looking may see them. Six statements."""
    asked = asked_of(request)
    accounts = _accounts(actor, asked)
    people = list(Contact.objects.filter(phone__in=asked.phones)[:MOST])
    units = {person.customer_id for person in people} | {link.customer_id for link in accounts}
    if request.customer:
        units.add(request.customer.merged_into_id or request.customer.pk)
    customers = visible_customers(actor).filter(pk__in=sorted(units)[:_MOST_CUSTOMERS])
    return [
        *_customers(customers, asked),
        *_contacts(customers, asked),
        *_orders(visible_orders(actor), customers, asked),
        *_requests(visible_requests(actor), customers, asked),
        *(_account(link) for link in accounts),
    ]


def _accounts(actor: Actor, asked: Asked) -> list[AccountLink]:
    wanted = AdminAccount.objects.alias(small=Lower("email")).filter(
        Q(phone__in=asked.phones) | Q(small__in=asked.emails)
    )
    return list(visible_links(actor).filter(account__in=wanted).order_by("-pk")[:MOST])


def _customers(customers: QuerySet[Customer], asked: Asked) -> Iterator[Held]:
    for one in customers:
        if asked.fits("", one.phone, one.email):
            yield _held(one, "crm:customer", one.pk, ("phone", "email"))


def _contacts(customers: QuerySet[Customer], asked: Asked) -> Iterator[Held]:
    rows = Contact.objects.filter(customer__in=customers).order_by("-pk")[:MOST]
    for one in rows:
        if asked.fits(one.full_name, one.phone, one.email):
            names = ("full_name", "position", "phone", "email")
            yield _held(one, "crm:customer", one.customer_id, names)


def _orders(orders: QuerySet[Order], customers: QuerySet[Customer], asked: Asked) -> Iterator[Held]:
    names = ("contact_name", "contact_position", "contact_phone", "contact_email")
    for one in orders.filter(customer__in=customers).order_by("-pk")[:MOST]:
        if asked.fits(one.contact_name, one.contact_phone, one.contact_email):
            yield _held(one, "crm:order", one.pk, names)


def _requests(
    requests: QuerySet[LicenceRequest], customers: QuerySet[Customer], asked: Asked
) -> Iterator[Held]:
    administrator = ("admin_name", "admin_position", "admin_phone", "admin_email")
    for one in requests.filter(customer__in=customers).order_by("-pk")[:MOST]:
        names: tuple[str, ...] = ()
        if asked.fits("", one.unit_phone, one.unit_email):
            names += ("unit_phone", "unit_email")
        if asked.fits(one.admin_name, one.admin_phone, one.admin_email):
            names += administrator
        if names:
            yield _held(one, "ims:request", one.pk, names)


def _account(link: AccountLink) -> Held:
    return _held(link.account, "crm:customer", link.customer_id, ("full_name", "email", "phone"))


def _held(record: Model, view: str, key: int, names: Sequence[str]) -> Held:
    meta = record._meta
    values = [(_label(meta.get_field(name)), _value(record, name)) for name in names]
    return Held(
        kind=meta.model_name or "",
        name=str(record),
        url=reverse(view, args=[key]),
        values=[(label, value) for label, value in values if value],
    )


def _label(field: Any) -> str:
    return str(field.verbose_name)


def _value(record: Model, name: str) -> str:
    if name.endswith(("phone", "email")):
        return of_record(record, name)
    return str(getattr(record, name) or "")
