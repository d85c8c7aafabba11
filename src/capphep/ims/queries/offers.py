"""What to propose for an occasion: goods that bring usage below its mark, or that renew."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from capphep.catalog.goods import goods_by_id
from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Item, ItemContent
from capphep.crm.actions.opportunities import ProposedGoods
from capphep.crm.queries.customers import owned_products
from capphep.entitlements import options, usage_rules
from capphep.entitlements.models import Occasion, Subscription
from capphep.entitlements.queries import bases, spans_of
from capphep.entitlements.rules import Key, in_force
from capphep.entitlements.usage_rules import Offered
from capphep.provisioning.renewals import renewal_of
from capphep.pure.quantities import MAX_QUANTITY

_LOWEST: Final = 100
"""The mark where the setting has none any more: back below what is in force."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Goods to propose, and what they were counted on; both numbers are 0 for an end."""

    goods: ProposedGoods
    in_use: int = 0
    bought: int = 0


def offer_for(occasion: Occasion, day: datetime.date) -> Offer:
    """RULE R8, R16, R17: what this customer may buy, and how much of it, seen from the day.

    For usage the smallest quantity of the cheapest item that brings it below the first mark,
    counted on what is in use and in force by now. For an end the goods that were bought before.
    Without lines where the catalogue has nothing for it.
    """
    subscription = occasion.subscription
    if occasion.ends_on:
        return Offer(_renewal(subscription, day) or _after_trial(subscription, occasion.ends_on))
    assert occasion.module_id and occasion.resource_id
    return _add_on(subscription, (occasion.module_id, occasion.resource_id), day)


def _add_on(subscription: Subscription, key: Key, day: datetime.date) -> Offer:
    usage = subscription.usage.get(module=key[0], resource=key[1])
    base = bases(subscription.customer_id, subscription.product_id, day).get(key)
    bought = base.quantity if base else 0
    mark = min(options.USAGE_PERCENTS.value(), default=_LOWEST)
    units = usage_rules.needed(usage.in_use, bought, mark)
    goods = _covering(subscription, {key: units}, day, OrderPurpose.SALE)
    return Offer(ProposedGoods(lines=_named(goods)), usage.in_use, bought)


def _renewal(subscription: Subscription, day: datetime.date) -> ProposedGoods | None:
    """The goods behind what is in force; where they are not known, such as cover it.

    None where nothing was bought.
    """
    renewal = renewal_of(subscription, day)
    if not renewal:
        return None
    goods = dict(renewal.goods)
    if not goods:
        held = bases(subscription.customer_id, subscription.product_id, renewal.held_on)
        units = {key: base.quantity for key, base in held.items() if base.quantity > 0}
        goods = _covering(subscription, units, day, OrderPurpose.RENEWAL)
    return ProposedGoods(lines=_named(goods), renews=subscription.product)


def _after_trial(subscription: Subscription, last_day: datetime.date) -> ProposedGoods:
    """What to buy in order to go on with what was tried."""
    spans = spans_of(subscription.customer_id, subscription.product_id)
    units = {key: tried for key, tried in in_force(spans, last_day).items() if tried > 0}
    return ProposedGoods(_named(_covering(subscription, units, last_day, OrderPurpose.SALE)))


@dataclass(frozen=True, slots=True)
class _Content:
    item_id: int
    key: Key
    units: int


def _covering(
    subscription: Subscription, units: Mapping[Key, int], day: datetime.date, purpose: str
) -> dict[int, int]:
    """Quantities by item that bring so many units of each, each by the cheapest way alone."""
    contents = _contents(subscription, units)
    owned, lapsed, coming = owned_products(subscription.customer, day)
    ids = {content.item_id for content in contents}
    goods = goods_by_id(ids, owned, lapsed, day, purpose, with_contents=False, coming=coming)
    chosen: dict[int, int] = {}
    for key, needed in units.items():
        way = usage_rules.add_on_for(
            [
                Offered(one.item_id, one.units, goods[one.item_id].unit_price)
                for one in contents
                if one.key == key and goods[one.item_id].refusal is None
            ],
            needed,
        )
        if way:
            item, quantity = way
            # An item chosen for two of its resources brings both.
            chosen[item.item_id] = max(quantity, chosen.get(item.item_id, 0))
    return {item_id: min(quantity, MAX_QUANTITY) for item_id, quantity in chosen.items()}


def _contents(subscription: Subscription, units: Mapping[Key, int]) -> list[_Content]:
    rows = ItemContent.objects.filter(
        module__product=subscription.product_id, module__in={module for module, _ in units}
    )
    values = rows.order_by("item").values_list("item_id", "module_id", "resource_id", "units")
    return [
        _Content(item_id, (module_id, resource_id), each)
        for item_id, module_id, resource_id, each in values
        if (module_id, resource_id) in units
    ]


def _named(quantities: Mapping[int, int]) -> dict[Item, int]:
    items = Item.objects.in_bulk(list(quantities))
    return {items[item_id]: quantity for item_id, quantity in quantities.items()}
