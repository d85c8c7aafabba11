"""Merging two customers: one action over every module that hangs something on a customer (D2).

It stands here because no other module knows all of them. Whoever adds a table with a customer
moves its rows in a function of their own module, and calls it in `_move_everything`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from capphep.catalog.models import Module, Product, Resource
from capphep.collaboration.actions.merging import move_talk
from capphep.crm.actions.merging import move_customer
from capphep.crm.events import merged_event
from capphep.crm.models import Contact, Customer, Opportunity, Order
from capphep.crm.queries.customers import customer_not_found, visible_customers
from capphep.entitlements.actions.merging import lock_subscriptions, move_subscriptions
from capphep.entitlements.models import Subscription
from capphep.entitlements.queries import granted_to
from capphep.entitlements.rules import Key, in_force
from capphep.identity.actions.merging import move_links
from capphep.identity.models import AccountLink
from capphep.integration.actions.merging import move_bounds
from capphep.platform import audit, clock, outbox
from capphep.platform.roles import Actor, Permission, require
from capphep.provisioning.actions.merging import in_the_way, lock_requests, move_requests
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Invalid, Invalids, Refusal, gettext_noop
from capphep.pure.folding import clean

_LONGEST_REASON = 300


def merge_customers(
    *, actor: Actor, gone_id: int, kept_id: int, seen: tuple[int, int], reason: str
) -> Customer:
    """RULE D2: ``gone`` turns out to be ``kept``; all that hangs on it moves, in one transaction.

    ``seen`` are the versions of both as the preview showed them. Raises Forbidden, NotFound;
    Invalid ``reason_required``; Conflict ``merged_already``, ``changed_meanwhile``; Invalids with
    what has to be decided first.
    """
    require(actor, Permission.CUSTOMER_MERGE)
    why = clean(reason)[:_LONGEST_REASON]
    if not why:
        raise Invalid("reason_required", gettext_noop("Give the reason."), field="reason")
    with transaction.atomic():
        gone, kept = _both(actor, gone_id, kept_id)
        # The order in which approvals lock, too: request, subscription, customer.
        lock_requests(gone, kept)
        lock_subscriptions(gone, kept)
        gone, kept = _locked(gone, kept)
        if (gone.version, kept.version) != seen:
            message = gettext_noop("One of both was changed since you looked: look again.")
            raise Conflict("changed_meanwhile", message, rule="D2")
        refusals = in_the_way(gone, kept)
        if refusals:
            raise Invalids(refusals)
        _move_everything(actor, gone, kept, why)
    return kept


def _move_everything(actor: Actor, gone: Customer, kept: Customer, reason: str) -> None:
    day = clock.today()
    changes = move_customer(actor, gone, kept, day, reason)
    moved = move_subscriptions(gone, kept, day)
    counts = {
        "requests": move_requests(gone, kept),
        "accounts": move_links(gone, kept),
        "tokens": move_bounds(gone, kept),
        "talk": move_talk(gone, kept),
    }
    told = [audit.Change(kept, "merge_moved", after={k: n for k, n in counts.items() if n})]
    audit.record(actor, [*changes, *moved.changes, *(told if any(counts.values()) else [])])
    outbox.enqueue([merged_event(gone, kept, day), *moved.events])


def _both(actor: Actor, gone_id: int, kept_id: int) -> tuple[Customer, Customer]:
    """Raises NotFound; Conflict ``merged_already``, ``merge_itself``."""
    rows = visible_customers(actor).select_related("owner", "merged_into")
    found = {one.pk: one for one in rows.filter(pk__in=(gone_id, kept_id))}
    if not {gone_id, kept_id} <= found.keys():
        raise customer_not_found()
    if gone_id == kept_id:
        message = gettext_noop("Choose another customer: nobody is merged into themselves.")
        raise Conflict("merge_itself", message, rule="D2")
    return found[gone_id], found[kept_id]


def _locked(gone: Customer, kept: Customer) -> tuple[Customer, Customer]:
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=(gone.pk, kept.pk))
    found = {one.pk: one for one in rows.select_related("sector", "parent").order_by("pk")}
    for one in found.values():
        _check_unmerged(one)
    _check_followed(found[kept.pk])
    return found[gone.pk], found[kept.pk]


def _check_unmerged(customer: Customer) -> None:
    if customer.merged_into_id is not None:
        message = gettext_noop("“%(name)s” was merged into another customer already.")
        raise Conflict("merged_already", message, rule="D2", params={"name": customer.name})


def _check_followed(kept: Customer) -> None:
    if not kept.is_active:
        message = gettext_noop("“%(name)s” is no longer followed: follow it again first.")
        raise Conflict("kept_inactive", message, rule="D2", params={"name": kept.name})


# --- the preview ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProductLine:
    """So much of a resource each has on the day, and the survivor afterwards."""

    product: str
    module: str
    resource: str
    gone: int
    kept: int

    @property
    def together(self) -> int:
        return self.gone + self.kept


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do: how much moves, what would be in force, what stands in its way."""

    gone: Customer
    kept: Customer
    contacts: int
    opportunities: int
    orders: int
    requests: int
    accounts: int
    units_below: int
    lines: Sequence[ProductLine]
    refusals: Sequence[Refusal]


def preview_merge(actor: Actor, gone_id: int, kept_id: int) -> Preview:
    """RULE D2: changes nothing. Raises Forbidden, NotFound, Conflict ``merge_itself``."""
    require(actor, Permission.CUSTOMER_MERGE)
    gone, kept = _both(actor, gone_id, kept_id)
    refusals: list[Refusal] = list(in_the_way(gone, kept))
    for check, one in ((_check_unmerged, gone), (_check_unmerged, kept), (_check_followed, kept)):
        try:
            check(one)
        except Conflict as refusal:
            refusals.append(refusal)
    return Preview(
        gone=gone,
        kept=kept,
        contacts=Contact.objects.filter(customer=gone).count(),
        opportunities=Opportunity.objects.filter(customer=gone).count(),
        orders=Order.objects.filter(customer=gone).count(),
        requests=LicenceRequest.objects.filter(customer=gone).count(),
        accounts=AccountLink.objects.filter(customer=gone).count(),
        units_below=Customer.objects.filter(parent=gone).exclude(pk=kept.pk).count(),
        lines=_lines(gone, kept),
        refusals=refusals,
    )


def _lines(gone: Customer, kept: Customer) -> list[ProductLine]:
    rows = Subscription.objects.filter(customer__in=(gone, kept)).select_related("product")
    subscriptions = list(rows.order_by("product", "pk"))
    granted = granted_to([one.pk for one in subscriptions])
    day = clock.today()
    found: dict[tuple[Product, Key], list[int]] = {}
    for one in subscriptions:
        side = 0 if one.customer_id == gone.pk else 1
        for key, quantity in in_force(granted.spans[one.pk], day).items():
            found.setdefault((one.product, key), [0, 0])[side] += quantity
    modules = Module.objects.in_bulk({module for _, (module, _) in found})
    resources = Resource.objects.in_bulk({resource for _, (_, resource) in found})
    lines = [
        ProductLine(product.name, modules[module].name, resources[resource].name, *both)
        for (product, (module, resource)), both in found.items()
        if any(both)
    ]
    return sorted(lines, key=lambda line: (line.product, line.module, line.resource))
