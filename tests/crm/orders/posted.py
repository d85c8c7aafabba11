"""What the form of an order posts, and what stands on a page."""

from __future__ import annotations

import re
from typing import Any

from capphep.crm.models import Customer
from capphep.platform import clock

HTMX = {"HTTP_HX_REQUEST": "true"}


def typed(customer: Customer, **changes: Any) -> dict[str, Any]:
    """What the form posts for an order of two sets of books, with changes."""
    fields = {
        "customer": customer.pk,
        "ordered_on": f"{clock.today():%d/%m/%Y}",
        "description": "Mua thêm",
        "discount_kind": "none",
    }
    return {**fields, **changes}


def row(number: int, item_id: object, quantity: object, discount: object = "") -> dict[str, object]:
    return {
        f"lines-{number}-item": item_id,
        f"lines-{number}-quantity": quantity,
        f"lines-{number}-discount_percent": discount,
    }


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
