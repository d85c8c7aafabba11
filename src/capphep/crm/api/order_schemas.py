"""Orders as programs send and read them. Amounts are whole đồng, days local days."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import StrictFloat, StrictInt

from capphep.catalog.kinds import OrderPurpose
from capphep.crm.models import Order, OrderLine
from capphep.crm.states import LicenceStatus
from capphep.platform.api import Input, LocalDay, PageQuery
from capphep.platform.personal import Email, Phone
from capphep.platform.queries import LARGEST_ID
from capphep.pure.money import MAX_LINES, DiscountKind, TaxRate
from capphep.pure.words import amount_in_words


class LineIn(Input):
    sku: str = Field(max_length=60)
    quantity: StrictInt = Field(description="1 to 1,000,000")
    discount_percent: StrictFloat = Field(0, description="counts where the discount's kind is line")


class DiscountIn(Input):
    """One kind for the whole order (R10)."""

    kind: DiscountKind = DiscountKind.NONE
    percent: Annotated[StrictFloat, Field(description="counts where the kind is percent")] = 0
    amount: Annotated[StrictInt, Field(description="whole đồng, where the kind is amount")] = 0


class DetailFields(Input):
    """What may change at any time, also while the order is frozen (R12)."""

    contract_no: str = ""
    description: str = ""
    project: str = Field("", description="code of the sales project")
    contact_name: str = ""
    contact_position: str = ""
    contact_phone: str = ""
    contact_email: str = ""


class OrderFields(DetailFields):
    customer: str = Field(description="budget code")
    ordered_on: LocalDay | None = Field(None, description="local day; today where none is said")
    opportunity: StrictInt | None = Field(None, ge=1, le=LARGEST_ID)
    discount: DiscountIn = DiscountIn()
    lines: list[LineIn] = Field(max_length=MAX_LINES)


class NewOrder(OrderFields):
    """Description and contact are filled in from the customer where they are left out."""

    purpose: OrderPurpose = OrderPurpose.SALE


class LineOut(Schema):
    position: int
    sku: str
    name: str
    quantity: int
    unit_price: int
    discount_percent: float
    tax_rate: TaxRate
    gross: int
    discount: int
    net: int
    tax: int
    total: int


class DiscountOut(Schema):
    kind: DiscountKind
    percent: float
    amount: int


class OrderRow(Schema):
    """An order in a list."""

    order_no: str
    contract_no: str
    customer: str = Field(description="budget code")
    customer_name: str
    product: str = Field(description="code")
    purpose: OrderPurpose
    ordered_on: datetime.date = Field(description="local day")
    salesperson: str
    total: int
    licence_status: LicenceStatus
    is_active: bool = Field(description="followed; if not, it is out of the way (R13)")
    version: int
    created_at: datetime.datetime
    updated_at: datetime.datetime


class OrderOut(OrderRow):
    description: str
    project: str
    opportunity: int | None
    contact_name: str
    contact_position: str
    contact_phone: Phone
    contact_email: Email
    discount: DiscountOut
    lines: list[LineOut]
    gross: int
    discount_total: int = Field(description="what the discount comes to")
    net: int
    tax: int
    amount_in_words: str = Field(description="of the total, in Vietnamese")
    is_frozen: bool = Field(description="customer, lines and discount are locked (R12)")


class OrderQuery(PageQuery):
    q: str = Field("", max_length=200, description="words of numbers, customer or budget code")
    customer: str = Field("", max_length=20, description="budget code")
    licence_status: LicenceStatus | None = None
    is_active: bool | None = Field(None, description="followed or not; both where none is said")
    from_day: LocalDay | None = Field(None, description="ordered on it or later")
    to_day: LocalDay | None = Field(None, description="ordered on it or before")


def row_of(order: Order) -> dict[str, Any]:
    """As an `OrderRow`; customer, product and salesperson must be at hand."""
    own = ("order_no", "contract_no", "purpose", "ordered_on", "total", "licence_status")
    stamps = ("is_active", "version", "created_at", "updated_at")
    values: dict[str, Any] = {name: getattr(order, name) for name in (*own, *stamps)}
    return values | {
        "customer": order.budget_code,
        "customer_name": order.customer.name,
        "product": order.product.code,
        "salesperson": order.salesperson.full_name,
    }


def details_of(order: Order) -> dict[str, Any]:
    """As `DetailFields`; the project must be at hand."""
    values: dict[str, Any] = {
        name: getattr(order, name) for name in DetailFields.model_fields if name != "project"
    }
    return values | {"project": order.project.code if order.project else ""}


def whole(order: Order, *, is_frozen: bool) -> dict[str, Any]:
    """As an `OrderOut`. One statement for the lines."""
    return {
        **row_of(order),
        **details_of(order),
        "opportunity": order.opportunity_id,
        "discount": discount_of(order),
        "lines": [_line(line) for line in order.lines.order_by("position")],
        "gross": order.gross,
        "discount_total": order.discount,
        "net": order.net,
        "tax": order.tax,
        "amount_in_words": amount_in_words(order.total),
        "is_frozen": is_frozen,
    }


def discount_of(order: Order) -> dict[str, Any]:
    return {
        "kind": order.discount_kind,
        "percent": float(order.discount_percent),
        "amount": order.discount_amount,
    }


def _line(line: OrderLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in LineOut.model_fields}
    return values | {"discount_percent": float(line.discount_percent)}
