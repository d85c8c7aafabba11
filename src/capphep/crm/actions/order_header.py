"""The head of an order: what a person enters beside the goods, checked field by field."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from capphep.catalog.kinds import OrderPurpose
from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.crm.queries.customers import customer_to_sell_to, may_write
from capphep.crm.queries.sales import visible_opportunities
from capphep.crm.rules import check_order_day
from capphep.platform import clock
from capphep.platform.models import User
from capphep.platform.roles import Actor, Role, SystemActor
from capphep.pure import codes
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean
from capphep.pure.problems import Problems

_TEXTS: Final = ("contract_no", "description", "contact_name", "contact_position")
_CODES: Final[dict[str, Callable[[str], str]]] = {
    "contact_phone": codes.phone,
    "contact_email": codes.email,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """What may change at any time, also while the order is frozen (R12)."""

    contract_no: str = ""
    description: str = ""
    project_id: int | None = None
    contact_name: str = ""
    contact_position: str = ""
    contact_phone: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHeader(OrderDetails):
    """An order without its lines. No day is today, no salesperson is the actor.

    ``purpose`` is decided when the order is begun and never changes.
    """

    customer_id: int | None
    purpose: str = OrderPurpose.SALE
    ordered_on: datetime.date | None = None
    opportunity_id: int | None = None
    salesperson_id: int | None = None


def header_values(
    actor: Actor, header: OrderHeader, order: Order | None, problems: Problems
) -> dict[str, Any]:
    """The columns that the header gives; what it may not hold is noted in ``problems``.

    ``order`` is what stands there already: what it refers to may stay.
    """
    day = header.ordered_on or clock.today()
    values: dict[str, Any] = {"ordered_on": day, "purpose": _purpose(header, order, problems)}
    with problems.noted():
        check_order_day(day, clock.today())
    with problems.noted():
        customer = _customer(actor, header.customer_id, order)
        values |= {"customer": customer, "budget_code": customer.budget_code}
    with problems.noted():
        salesperson = _salesperson(actor, header.salesperson_id)
        values |= {"salesperson": salesperson, "team_id": salesperson.team_id}
    with problems.noted():
        values["opportunity"] = _opportunity(actor, header, order)
    return values | detail_values(header, order, problems)


def detail_values(details: OrderDetails, order: Order | None, problems: Problems) -> dict[str, Any]:
    """RULE R11: the columns that may change at any time, cleaned and normalised."""
    values: dict[str, Any] = {}
    for name in _TEXTS:
        with problems.noted():
            values[name] = _fitting(name, clean(getattr(details, name)))
    for name, normalised in _CODES.items():
        typed = clean(getattr(details, name))
        with problems.noted(field=name):
            values[name] = normalised(typed) if typed else ""
    with problems.noted():
        values["project"] = _project(details.project_id, order)
    return values


def _fitting(name: str, text: str) -> str:
    longest: int = getattr(Order._meta.get_field(name), "max_length", 0)
    if len(text) > longest:
        raise Invalid(
            "too_long",
            gettext_noop("At most %(max)s characters fit here."),
            field=name,
            params={"max": longest},
        )
    return text


def _customer(actor: Actor, customer_id: int | None, order: Order | None) -> Customer:
    if customer_id is None:
        raise Invalid("customer_required", gettext_noop("Choose a customer."), field="customer")
    if order is not None and order.customer_id == customer_id:
        return order.customer
    customer = customer_to_sell_to(actor, customer_id)
    if customer is None:
        raise Invalid(
            "customer_unknown", gettext_noop("There is no such customer."), field="customer"
        )
    if not may_write(actor, customer):
        message = gettext_noop("This customer is a colleague's; you cannot sell to it.")
        raise Invalid("customer_of_colleague", message, field="customer")
    if not customer.is_active:
        message = gettext_noop("This customer is no longer followed.")
        raise Invalid("customer_inactive", message, rule="R13", field="customer")
    return customer


def _purpose(header: OrderHeader, order: Order | None, problems: Problems) -> str:
    """RULE R8: what the order is for; what stands there already stays."""
    purpose = order.purpose if order else header.purpose
    if purpose not in OrderPurpose.values:
        message = gettext_noop("An order is a sale or a renewal.")
        problems.add(Invalid("purpose_unknown", message, rule="R8"))
    return purpose


def _salesperson(actor: Actor, salesperson_id: int | None) -> User:
    """A salesperson enters themself; a command names one."""
    if not isinstance(actor, SystemActor):
        if salesperson_id not in (None, actor.pk):
            message = gettext_noop("You can only enter orders of your own.")
            raise Invalid("salesperson_other", message, field="salesperson")
        return actor
    found = User.objects.filter(role=Role.SALES, is_active=True)
    salesperson = found.filter(pk=salesperson_id).first() if salesperson_id else None
    if salesperson is None:
        message = gettext_noop("Name the salesperson of the order.")
        raise Invalid("salesperson_required", message, field="salesperson")
    return salesperson


def _opportunity(actor: Actor, header: OrderHeader, order: Order | None) -> Opportunity | None:
    """One that the actor may not know of is like one that there is not; what stands may stay."""
    if header.opportunity_id is None:
        return None
    found = visible_opportunities(actor)
    if order is not None and order.opportunity_id == header.opportunity_id:
        found = Opportunity.objects.all()
    of_customer = found.filter(customer_id=header.customer_id or 0)
    opportunity = of_customer.filter(pk=header.opportunity_id).first()
    if opportunity is None:
        message = gettext_noop("This opportunity is not one of the customer's.")
        raise Invalid("opportunity_of_other_customer", message, field="opportunity")
    return opportunity


def _project(project_id: int | None, order: Order | None) -> SalesProject | None:
    if project_id is None:
        return None
    if order is not None and order.project_id == project_id:
        return order.project
    project = SalesProject.objects.filter(pk=project_id, is_active=True).first()
    if project is None:
        message = gettext_noop("There is no such sales project, or it is no longer followed.")
        raise Invalid("project_unknown", message, field="project")
    return project
