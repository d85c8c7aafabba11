"""Reads of orders: who sees which, and the goods that a customer is offered."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from capphep.catalog.goods import Goods, goods_by_id
from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Item, ItemTax, Product
from capphep.crm.models import Customer, Order, OrderLine
from capphep.crm.queries.customers import compact_code, owned_products, ownership_of
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.prepared import prepared
from capphep.platform.queries import LARGEST_ID
from capphep.platform.roles import Actor, Permission, may, sees_all
from capphep.platform.word_search import holding
from capphep.pure.errors import Forbidden, NotFound, gettext_noop
from capphep.pure.money import TaxRate

_NO_PRODUCT: Final = Product()
_LONGEST_DESCRIPTION: Final = 300
_RELATED: Final = ("customer", "product", "project", "opportunity", "salesperson")


def visible_orders(actor: Actor) -> QuerySet[Order]:
    """A salesperson reads the team's orders and their own, the other roles every one."""
    orders = Order.objects.all()
    if sees_all(actor):
        return orders
    mine = Q(salesperson_id=actor.pk)
    return orders.filter(mine | Q(team_id=actor.team_id) if actor.team_id else mine)


def order_of(actor: Actor, pk: int) -> Order:
    """The order with the records it names. Raises NotFound where the actor may not know it."""
    return _found(_visible_order(actor, pk))


def order_for_update(actor: Actor, pk: int) -> Order:
    """As `order_of`, its row locked until the surrounding transaction ends."""
    return _found(_locked_order(actor, pk))


@prepared
def _visible_order(actor: Actor, pk: int) -> QuerySet[Order]:
    return visible_orders(actor).select_related(*_RELATED).filter(pk=pk)


@prepared
def _locked_order(actor: Actor, pk: int) -> QuerySet[Order]:
    rows = visible_orders(actor).select_related(*_RELATED).filter(pk=pk)
    return rows.select_for_update(of=("self",))


def _found(orders: list[Order]) -> Order:
    if not orders:
        raise order_not_found()
    return orders[0]


def order_not_found() -> NotFound:
    return NotFound("order_not_found", gettext_noop("There is no such order."))


def may_write(actor: Actor, order: Order) -> bool:
    """An order is written by its salesperson alone; the system writes all."""
    own = actor.pk is None or order.salesperson_id == actor.pk
    return own and may(actor, Permission.SALE_WRITE)


def require_own(actor: Actor, order: Order) -> None:
    """Raise Forbidden not_your_order unless the actor may write the order."""
    if not may_write(actor, order):
        raise Forbidden("not_your_order", gettext_noop("Only its salesperson changes an order."))


def was_approved(order: Order) -> bool:
    """Whether a request of it was ever approved: after a withdrawal and a new request that was
    taken back, the trail alone still says so. One statement."""
    return entries_of(order).filter(verb="approve").exists()


def search_orders(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Orders whose number, contract, budget code or customer holds every word, accents aside."""
    return holding(orders, compact_code(text))


def kept_lines(order: Order, item_ids: Iterable[int] | None = None) -> dict[int, OrderLine]:
    """The order's lines by item; those of ``item_ids`` alone where they are given."""
    lines = order.lines.order_by("position")
    if item_ids is not None:
        lines = lines.filter(item__in=item_ids)
    return {line.item_id: line for line in lines}


@dataclass(frozen=True, slots=True)
class GoodsOffer:
    """What the rows of an order are checked and priced by, by item: the catalogue as the
    customer is offered it, and the lines that the order has already."""

    goods: Mapping[int, Goods]
    kept: Mapping[int, OrderLine]


def goods_offer(
    customer: Customer | None,
    item_ids: Iterable[int],
    day: datetime.date,
    order: Order | None = None,
    purpose: str = OrderPurpose.SALE,
    *,
    with_contents: bool = True,
) -> GoodsOffer:
    """RULE R8: the items as this customer is offered them, taxed as on ``day``.

    Whether the customer has a product in force is asked for today; without a customer
    nothing is refused under R8. Five statements, four without what the items contain, one
    more with an order.
    """
    kept = kept_lines(order) if order else {}
    ids = [item_id for item_id in item_ids if 0 < item_id <= LARGEST_ID]
    if not ids:
        return GoodsOffer({}, kept)
    if customer is not None:
        has = owned_products(customer, clock.today())
        found = goods_by_id(
            ids,
            has.in_force,
            has.lapsed,
            day,
            purpose,
            with_contents=with_contents,
            coming=has.coming,
        )
        return GoodsOffer(found, kept)
    found = goods_by_id(ids, (), (), day, with_contents=with_contents)
    return GoodsOffer({item_id: _open_to_all(goods) for item_id, goods in found.items()}, kept)


def items_by_sku(codes: Iterable[str]) -> dict[str, int]:
    """The ids of the items that exist, by their code as it was asked for."""
    asked = {code: code.upper() for code in codes}
    items = Item.objects.filter(sku__in=[*asked, *asked.values()]).values_list("sku", "pk")
    known = {sku.upper(): pk for sku, pk in items}
    return {code: known[upper] for code, upper in asked.items() if upper in known}


def _open_to_all(goods: Goods) -> Goods:
    is_about_customer = goods.refusal is not None and goods.refusal.rule == "R8"
    return replace(goods, refusal=None) if is_about_customer else goods


def price_offer(
    item_ids: Iterable[int], day: datetime.date, order: Order | None = None
) -> GoodsOffer:
    """RULE R10: prices and tax of the items alone, for totals that follow each key press.

    Three statements, whatever the number of items, and no row of any other item; nothing is
    refused here.
    """
    ids = [item_id for item_id in item_ids if 0 < item_id <= LARGEST_ID]
    begun = ItemTax.objects.filter(item__in=ids, from_day__lte=day).order_by("from_day")
    rates = dict(begun.values_list("item", "rate"))
    prices = Item.objects.filter(pk__in=ids).values_list("pk", "unit_price")
    goods = {pk: _priced(pk, price, TaxRate(rates.get(pk, "KCT"))) for pk, price in prices}
    return GoodsOffer(goods, kept_lines(order, ids) if order else {})


def renewed_product(customer: Customer | None, product_id: int | None) -> str:
    """ "iGOV, hết hạn 30/06/2027": what an order is to renew; "" for nothing. Two statements."""
    product = Product.objects.filter(pk=product_id).first() if product_id else None
    if not product or not customer:
        return product.name if product else ""
    owned = ownership_of(customer.pk, product.pk, clock.today())
    if owned.until:
        text, day = gettext("%(product)s, which ends on %(day)s"), owned.until
    elif owned.ended_on:
        text, day = gettext("%(product)s, which lapsed on %(day)s"), owned.ended_on
    else:
        return product.name
    return text % {"product": product.name, "day": f"{day:%d/%m/%Y}"}


def _description(customer: Customer, renews: int | None) -> str:
    renewed = Product.objects.filter(pk=renews).first() if renews else None
    if renewed:
        text = gettext("Renewal of %(products)s – %(customer)s")
        return text % {"products": renewed.name, "customer": customer.name}
    in_force = owned_products(customer, clock.today()).in_force
    products = Product.objects.filter(pk__in=in_force).order_by("name")
    names = ", ".join(product.name for product in products)
    text = (
        gettext("Additional %(products)s resources – %(customer)s")
        if names
        else gettext("New sale – %(customer)s")
    )
    return text % {"products": names, "customer": customer.name}


def _priced(item_id: int, unit_price: int, tax_rate: TaxRate) -> Goods:
    return Goods(item_id, "", "", "", _NO_PRODUCT, unit_price, tax_rate, 0, "", None, 1)


def autofill_of(customer: Customer, renews: int | None = None) -> dict[str, str]:
    """What choosing the customer fills in: budget code, memo line, the first active contact.

    ``renews`` is the id of the product that the order is to renew.
    """
    description = _description(customer, renews)
    contact = customer.contacts.filter(is_active=True).order_by("pk").first()
    return {
        "budget_code": customer.budget_code,
        "description": description[:_LONGEST_DESCRIPTION],
        "contact_name": contact.full_name if contact else "",
        "contact_position": contact.position if contact else "",
        # An export from another CRM knows the unit's phone and e-mail, not the person's.
        "contact_phone": (contact and contact.phone) or customer.phone,
        "contact_email": (contact and contact.email) or customer.email,
    }
