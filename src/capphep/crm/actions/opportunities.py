"""Writing opportunities and moving their stage (R10, R13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from capphep.catalog.models import Item, Product
from capphep.crm.actions.once import created_once
from capphep.crm.actions.records import record_created, write_changes
from capphep.crm.events import opportunity_event
from capphep.crm.keys import key_of
from capphep.crm.models import Customer, Opportunity, OpportunityLine, SalesProject
from capphep.crm.queries.customers import customer_to_sell_to, may_write
from capphep.crm.queries.sales import opportunity_for_update
from capphep.crm.sales_rules import (
    OpportunityInput,
    opportunity_keys,
    opportunity_values,
)
from capphep.crm.states import OPPORTUNITY_STAGE
from capphep.platform import audit, moves, outbox, versions
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.problems import Problems


@dataclass(frozen=True, slots=True)
class ProposedGoods:
    """What an order that comes of the opportunity begins with.

    ``lines`` are quantities by item; ``renews`` is the product that the order renews (R8).
    """

    lines: Mapping[Item, int] = field(default_factory=dict)
    renews: Product | None = None


NO_GOODS: Final = ProposedGoods()


def create_opportunity(
    *,
    actor: User,
    typed: OpportunityInput,
    token: UUID | None = None,
    goods: ProposedGoods = NO_GOODS,
) -> Opportunity:
    """Enter an opportunity of the salesperson who enters it; the form's ``token`` makes it once.

    Raises Forbidden; Invalids with every field that has to change.
    """
    require(actor, Permission.SALE_WRITE)
    return created_once(actor, token, Opportunity, lambda: _entered(actor, typed, goods))


def _entered(actor: User, typed: OpportunityInput, goods: ProposedGoods) -> Opportunity:
    values = _checked(actor, typed, None) | {"renews": goods.renews}
    opportunity = Opportunity.objects.create(
        salesperson_id=actor.pk, team_id=actor.team_id, updated_by_id=actor.pk, **values
    )
    OpportunityLine.objects.bulk_create(
        OpportunityLine(opportunity=opportunity, item=item, quantity=quantity)
        for item, quantity in goods.lines.items()
    )
    in_words = {item.sku: str(quantity) for item, quantity in goods.lines.items()}
    record_created(actor, opportunity, values | in_words)
    outbox.enqueue([opportunity_event("opportunity.created", opportunity)])
    return opportunity


def edit_opportunity(
    *, actor: Actor, opportunity_id: int, seen_version: int, typed: OpportunityInput
) -> Opportunity:
    """Change an opportunity. Raises NotFound, Forbidden; Stale; Invalids."""
    require(actor, Permission.SALE_WRITE)
    with transaction.atomic():
        opportunity = opportunity_for_update(actor, opportunity_id)
        if opportunity.version != seen_version:
            raise versions.Stale
        values = _checked(actor, typed, opportunity)
        if write_changes(actor, opportunity, seen_version, values):
            outbox.enqueue([opportunity_event("opportunity.changed", opportunity)])
    return opportunity


def move_opportunity(*, actor: Actor, opportunity_id: int, verb: str) -> Opportunity:
    """Move the stage by ``win``, ``lose`` or ``reopen``.

    Raises NotFound, Forbidden; Conflict wrong_state, changed_meanwhile.
    """
    require(actor, Permission.SALE_WRITE)
    with transaction.atomic():
        opportunity = opportunity_for_update(actor, opportunity_id)
        before, after = moves.move(
            opportunity,
            OPPORTUNITY_STAGE,
            verb,
            field="stage",
            version=opportunity.version + 1,
            updated_at=timezone.now(),
            updated_by_id=actor.pk,
        )
        change = audit.Change(opportunity, "edited", {"stage": before}, {"stage": after})
        audit.record(actor, [change])
        outbox.enqueue([opportunity_event("opportunity.changed", opportunity)])
    return opportunity


def _checked(actor: Actor, typed: OpportunityInput, before: Opportunity | None) -> dict[str, Any]:
    """The columns of a valid opportunity; ``before`` is what stands there already."""
    problems = Problems()
    values: dict[str, Any] = opportunity_values(typed, problems)
    with problems.noted():
        values["customer"] = _customer(actor, typed.customer_id, before)
    with problems.noted():
        values["project"] = _project(typed.project_id, before)
    problems.raise_any()
    customer = values["customer"]
    return values | opportunity_keys(values["name"], key_of(customer))


def _customer(actor: Actor, customer_id: int | None, before: Opportunity | None) -> Customer:
    """A customer that the actor may sell to, or the one that stands there already."""
    if customer_id is None:
        raise _refused("customer_required", gettext_noop("Choose a customer."))
    if before is not None and before.customer_id == customer_id:
        return before.customer
    customer = customer_to_sell_to(actor, customer_id)
    if customer is None:
        raise _refused("customer_unknown", gettext_noop("There is no such customer."))
    if before is not None and before.order_set.exists():
        message = gettext_noop("Orders came of this opportunity: its customer stays.")
        raise _refused("opportunity_has_orders", message)
    if not may_write(actor, customer):
        message = gettext_noop("This customer is a colleague's; you cannot sell to it.")
        raise _refused("customer_of_colleague", message)
    if not customer.is_active:
        message = gettext_noop("This customer is no longer followed.")
        raise _refused("customer_inactive", message)
    return customer


def _project(project_id: int | None, before: Opportunity | None) -> SalesProject | None:
    if project_id is None:
        return None
    if before is not None and before.project_id == project_id:
        return before.project
    project = SalesProject.objects.filter(pk=project_id, is_active=True).first()
    if project is None:
        message = gettext_noop("There is no such sales project, or it is no longer followed.")
        raise _refused("project_unknown", message, field="project")
    return project


def _refused(code: str, message: str, field: str = "customer") -> Invalid:
    return Invalid(code, message, field=field)
