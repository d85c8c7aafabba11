"""A request as it is sent: plain values that a round keeps and that never change.

    {
      "fields": {"level": 4, "sector": "Giáo dục", "start_on": "2026-12-01", "amount": 5000000, …},
      "lines": [
        {"position": 1, "module": "van-phong-so", "name": "Văn phòng số", "months": 12,
         "ends_with": null, "follows": null, "extra": {…},
         "quantities": [{"resource": "user", "name": "Người dùng", "unit": "người",
                         "base": 100, "added": 50, "total": 150}]}
      ],
      "evidence": [as `actions.evidence.frozen_evidence` gives them]
    }

Days are ISO days, amounts whole đồng; records stand there by their names.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from capphep.provisioning.models import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.states import RequestKind

Content: TypeAlias = dict[str, Any]

# In the order in which people read them.
FIELDS: Final = (
    "kind",
    "customer",
    "product",
    "budget_code",
    "amount",
    "sector",
    "level",
    "start_on",
    "note",
    "unit_name",
    "unit_address",
    "unit_tax_code",
    "unit_chapter_code",
    "unit_phone",
    "unit_email",
    "write_back",
    "admin_name",
    "admin_position",
    "admin_phone",
    "admin_email",
)
_RECORDS: Final = frozenset({"customer", "product", "sector"})
_OF_INFO_CHANGE: Final = frozenset({"unit_chapter_code"})


def content_of(
    request: LicenceRequest,
    lines: Iterable[RequestLine],
    evidence: Sequence[dict[str, object]],
) -> Content:
    """What the request says now. ``lines`` come with module, quantities and resources."""
    order = request.order
    of_order = {"order_no": order.order_no, "contract_no": order.contract_no} if order else {}
    return {
        "fields": {name: _value(request, name) for name in _fields_of(request)} | of_order,
        "lines": [_line(line) for line in lines],
        "evidence": list(evidence),
    }


def _fields_of(request: LicenceRequest) -> list[str]:
    is_info_change = request.kind == RequestKind.INFO_CHANGE
    return [name for name in FIELDS if is_info_change or name not in _OF_INFO_CHANGE]


def _value(request: LicenceRequest, name: str) -> object:
    value = getattr(request, name)
    if name in _RECORDS:
        return value.name if value else ""
    return _plain(value)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _line(line: RequestLine) -> dict[str, object]:
    return {
        "position": line.position,
        "module": line.module.code,
        "name": line.module.name,
        "months": line.months,
        "ends_with": _plain(line.ends_with),
        "follows": _plain(line.follows),
        "extra": line.extra,
        "quantities": [_quantity(quantity) for quantity in line.quantities.all()],
    }


def _quantity(quantity: RequestQuantity) -> dict[str, object]:
    return {
        "resource": quantity.resource.code,
        "name": quantity.resource.name,
        "unit": quantity.resource.unit,
        "base": quantity.base,
        "added": quantity.added,
        "total": quantity.total,
    }
