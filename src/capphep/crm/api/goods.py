"""What a customer may order, and why not the rest (R8)."""

from __future__ import annotations

from typing import Any

from ninja import Field, Query, Schema

from capphep.catalog.goods import MOST_GOODS, Goods, goods
from capphep.catalog.kinds import OrderPurpose
from capphep.crm.api.customers import customer_named
from capphep.crm.queries.customers import owned_products
from capphep.platform import clock
from capphep.platform.api import ApiRequest, Routes, Scope
from capphep.platform.texts import refusal_text
from capphep.pure.money import TaxRate

routes = Routes("Orders")


class Reason(Schema):
    code: str
    rule: str
    detail: str


class GoodsOut(Schema):
    sku: str
    name: str
    package: str
    product: str = Field(description="code")
    unit_price: int = Field(description="whole đồng, before tax")
    tax_rate: TaxRate
    term_months: int
    contents: str
    may_order: bool
    reason: Reason | None = Field(description="why this customer may not order it")


class GoodsList(Schema):
    items: list[GoodsOut]
    is_cut: bool = Field(description="more match than are listed: search for words")


class GoodsQuery(Schema):
    purpose: OrderPurpose = OrderPurpose.SALE
    q: str = Field("", max_length=200, description="words of code, name or package")


@routes.read("/customers/{budget_code}/goods", Scope.ORDERS_READ, GoodsList)
def list_goods(request: ApiRequest, budget_code: str, query: Query[GoodsQuery]) -> Any:
    """What a customer may order today, and what not and why; at most 200 items."""
    principal, day = request.auth, clock.today()
    customer = customer_named(principal, budget_code)
    has = owned_products(customer, day)
    found = goods(query.q, has.in_force, has.lapsed, day, query.purpose, coming=has.coming)
    within = [one for one in found if principal.reaches(product_id=one.product.pk)]
    return {"items": [_shown(one) for one in within], "is_cut": len(found) >= MOST_GOODS}


def _shown(one: Goods) -> dict[str, Any]:
    return {
        "sku": one.sku,
        "name": one.name,
        "package": one.package_name,
        "product": one.product.code,
        "unit_price": one.unit_price,
        "tax_rate": one.tax_rate,
        "term_months": one.term_months,
        "contents": one.contents,
        "may_order": one.refusal is None,
        "reason": _reason(one),
    }


def _reason(one: Goods) -> dict[str, str] | None:
    if one.refusal is None:
        return None
    text = refusal_text(one.refusal)
    return {"code": one.refusal.code, "rule": one.refusal.rule, "detail": text}
