"""The people at a customer over the API."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Query
from pydantic import StrictBool

from capphep.crm.actions.contacts import add_contact, edit_contact
from capphep.crm.api.customers import customer_named
from capphep.crm.customer_rules import CONTACT_TYPED, ContactInput
from capphep.crm.models import Contact
from capphep.crm.queries.customers import contact_of, contacts_of
from capphep.platform.api import (
    ApiRequest,
    Input,
    Page,
    PageQuery,
    Patch,
    RecordId,
    Routes,
    Scope,
    located,
    merged,
    page_of,
    seen_version,
    tagged,
)
from capphep.platform.personal import Email, Phone

routes = Routes("Customers")


class ContactFields(Input):
    full_name: str
    position: str = ""
    phone: str = ""
    email: str = ""
    is_active: StrictBool = True


class ContactOut(ContactFields):
    phone: Phone = ""
    email: Email = ""
    id: int
    version: int
    updated_at: datetime.datetime


@routes.read("/customers/{budget_code}/contacts", Scope.CUSTOMERS_READ, Page[ContactOut])
def list_contacts(request: ApiRequest, budget_code: str, query: Query[PageQuery]) -> Any:
    """List the people at a customer."""
    rows = contacts_of(customer_named(request.auth, budget_code))
    return page_of(rows, query, sort="pk", shape=_shown)


@routes.create("/customers/{budget_code}/contacts", Scope.CUSTOMERS_WRITE, ContactOut)
def enter_contact(
    request: ApiRequest, budget_code: str, data: ContactFields, response: HttpResponse
) -> Any:
    """Enter a person at a customer."""
    customer = customer_named(request.auth, budget_code)
    made = add_contact(
        actor=request.auth.actor, customer_id=customer.pk, typed=ContactInput(**data.model_dump())
    )
    located(response, f"/customers/{customer.budget_code}/contacts/{made.pk}")
    return _answer(made, response)


@routes.read("/customers/{budget_code}/contacts/{contact_id}", Scope.CUSTOMERS_READ, ContactOut)
def get_contact(
    request: ApiRequest, budget_code: str, contact_id: RecordId, response: HttpResponse
) -> Any:
    """Read one person."""
    customer = customer_named(request.auth, budget_code)
    return _answer(contact_of(request.auth.actor, customer.pk, contact_id), response)


@routes.change("/customers/{budget_code}/contacts/{contact_id}", Scope.CUSTOMERS_WRITE, ContactOut)
def change_contact(
    request: ApiRequest,
    budget_code: str,
    contact_id: RecordId,
    data: Patch[ContactFields],
    response: HttpResponse,
) -> Any:
    """Change a person's data, or note that they no longer work there."""
    version, actor = seen_version(request), request.auth.actor
    customer = customer_named(request.auth, budget_code)
    before = contact_of(actor, customer.pk, contact_id)
    values = merged({name: getattr(before, name) for name in CONTACT_TYPED}, data)
    changed = edit_contact(
        actor=actor,
        customer_id=customer.pk,
        contact_id=contact_id,
        seen_version=version,
        typed=ContactInput(**values),
    )
    return _answer(changed, response)


def _shown(contact: Contact) -> dict[str, Any]:
    return {
        name: getattr(contact, name) for name in ("id", *CONTACT_TYPED, "version", "updated_at")
    }


def _answer(contact: Contact, response: HttpResponse) -> dict[str, Any]:
    tagged(response, contact.version)
    return _shown(contact)
