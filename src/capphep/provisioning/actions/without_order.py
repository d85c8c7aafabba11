"""Requests that no order asks for: a trial, a change of information."""

from __future__ import annotations

from django.db import transaction

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.crm.queries.customers import customer_for_update
from capphep.crm.queries.orders import autofill_of
from capphep.platform import audit, clock
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, SystemActor, not_permitted, require
from capphep.provisioning import kinds, plans, queries
from capphep.provisioning.actions.drafts import plan_lines, save_new, unit_of
from capphep.provisioning.information import administrator_of
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestKind
from capphep.pure.errors import Invalid, NotFound, gettext_noop


@transaction.atomic
def open_trial(*, actor: Actor, customer_id: int, product_id: int) -> LicenceRequest:
    """*Dùng thử*: the customer's open trial request, or a new draft with the catalogue's lines.

    Raises NotFound, Forbidden for a colleague's customer, Invalid ``customer_inactive``,
    ``not_for_trial``, ``already_owned``, ``begins_later``, ``trial_running`` (R8),
    ``open_elsewhere``.
    """
    salesperson = _salesperson(actor)
    customer = _customer(actor, customer_id)
    product = _product(product_id)
    found = _open_already(actor, customer, product, RequestKind.TRIAL)
    if found:
        return found
    kinds.check_trial(customer, product, clock.today())
    request = _new_draft(salesperson, customer, product, RequestKind.TRIAL, _contact_of(customer))
    plan_lines(request, plans.basis_of(request), {})
    return request


@transaction.atomic
def open_info_change(*, actor: Actor, customer_id: int, product_id: int) -> LicenceRequest:
    """*Thay đổi thông tin*: the open request, or a new draft with what is known today.

    Raises NotFound, Forbidden for a colleague's customer, Invalid ``customer_inactive``,
    ``nothing_in_force`` (R8), ``open_elsewhere``.
    """
    salesperson = _salesperson(actor)
    customer = _customer(actor, customer_id)
    product = _product(product_id)
    found = _open_already(actor, customer, product, RequestKind.INFO_CHANGE)
    if found:
        return found
    kinds.check_info_change(customer, product, clock.today())
    administrator = administrator_of(customer, product)
    known = {**administrator, "unit_chapter_code": customer.chapter_code}
    return _new_draft(salesperson, customer, product, RequestKind.INFO_CHANGE, known)


def _salesperson(actor: Actor) -> User:
    """Without an order, the request belongs to who opens it: no command does."""
    require(actor, Permission.REQUEST_WRITE)
    if isinstance(actor, SystemActor):
        raise not_permitted()
    return actor


def _customer(actor: Actor, customer_id: int) -> Customer:
    """The customer, locked: two people who ask at once get the same request."""
    customer = customer_for_update(actor, customer_id)
    if not customer.is_active:
        message = gettext_noop("This customer is no longer followed.")
        raise Invalid("customer_inactive", message, rule="R13")
    return customer


def _product(product_id: int) -> Product:
    found = Product.objects.filter(pk=product_id).first()
    if not found:
        raise NotFound("product_not_found", gettext_noop("There is no such product."))
    return found


def _open_already(
    actor: Actor, customer: Customer, product: Product, kind: RequestKind
) -> LicenceRequest | None:
    """The one that is being written or waits, where the actor may see it."""
    found = queries.open_without_order(customer, product, kind)
    if found and not queries.visible_requests(actor).filter(pk=found.pk).exists():
        message = gettext_noop("Another team has already opened such a request for this customer.")
        raise Invalid("open_elsewhere", message, rule="R4")
    return found


def _new_draft(
    salesperson: User,
    customer: Customer,
    product: Product,
    kind: RequestKind,
    known: dict[str, str],
) -> LicenceRequest:
    request = LicenceRequest(
        customer=customer,
        product=product,
        kind=kind,
        budget_code=customer.budget_code,
        amount=0,
        team_id=salesperson.team_id,
        created_by=salesperson,
        # What is completed in the customer's record by the way; a change writes it all.
        write_back=kind != RequestKind.INFO_CHANGE,
        **unit_of(customer),
        **known,
    )
    save_new(salesperson, request)
    audit.record(salesperson, [audit.Change(request, "created", after={"kind": str(kind.label)})])
    return request


def _contact_of(customer: Customer) -> dict[str, str]:
    """The customer's first contact, as the administrator of the product."""
    filled = autofill_of(customer)
    return {
        f"admin_{name}": filled[f"contact_{name}"]
        for name in ("name", "position", "phone", "email")
    }
