"""A request as its schemas show it."""

from __future__ import annotations

from typing import Any, Final

from capphep.provisioning import explanations
from capphep.provisioning.api.schemas import EvidenceOut, QuantityOut, RequestFields, RoundOut
from capphep.provisioning.models import (
    Evidence,
    LicenceRequest,
    RequestLine,
    RequestQuantity,
    Round,
)
from capphep.provisioning.queries import evidence_of, missing_extra, whole_lines_of

_OF_ROW: Final = (
    *("request_no", "kind", "status", "sent_at", "due_on", "decided_at"),
    *("version", "created_at", "updated_at"),
)
_OF_LINE: Final = ("position", "months", "ends_with", "follows", "first_day", "last_day", "extra")


def row_of(request: LicenceRequest) -> dict[str, Any]:
    """As a `RequestRow`; order, customer, product and who created it must be at hand."""
    values: dict[str, Any] = {name: getattr(request, name) for name in _OF_ROW}
    return values | {
        "order": request.order.order_no if request.order else None,
        "customer": request.budget_code,
        "customer_name": request.customer.name,
        "product": request.product.code,
        "amount": request.price,
        "salesperson": request.created_by.full_name,
    }


def whole(request: LicenceRequest) -> dict[str, Any]:
    """As a `RequestOut`. At most five statements."""
    return {
        **row_of(request),
        **fields_of(request),
        "kind_reason": explanations.reason_of(request),
        "sent_by": request.sent_by.full_name if request.sent_by else "",
        "decided_by": request.decided_by.full_name if request.decided_by else "",
        "reject_reason": request.reject_reason,
        "lines": [_line(line, request.kind) for line in whole_lines_of(request)],
        "evidence": [evidence_shown(one) for one in evidence_of(request)],
        "rounds": [_round(one) for one in request.rounds.defer("content")],
    }


def fields_of(request: LicenceRequest) -> dict[str, Any]:
    """As `RequestFields`; the sector must be at hand."""
    values = {name: getattr(request, name) for name in RequestFields.model_fields}
    return values | {"sector": request.sector.name if request.sector else ""}


def evidence_shown(evidence: Evidence) -> dict[str, Any]:
    """As an `EvidenceOut`; the file must be at hand."""
    of_file = {
        "sha256": evidence.file_id,
        "size": evidence.file.size,
        "content_type": evidence.file.content_type,
    }
    own = EvidenceOut.model_fields.keys() - of_file.keys()
    return of_file | {name: getattr(evidence, name) for name in own}


def _line(line: RequestLine, kind: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(line, name) for name in _OF_LINE}
    return values | {
        "module": line.module.code,
        "name": line.module.name,
        "extra_missing": missing_extra(line),
        "quantities": [_quantity(one, line, kind) for one in line.quantities.all()],
    }


def _quantity(quantity: RequestQuantity, line: RequestLine, kind: str) -> dict[str, Any]:
    resource = quantity.resource
    named = {"resource": resource.code, "name": resource.name, "unit": resource.unit}
    told: dict[str, Any] = {
        "base": quantity.base,
        "base_request_no": quantity.base_request_no,
        "kind": kind,
    }
    words = {
        "explanation": explanations.quantity_sum(
            **told, added=quantity.added, first_day=line.first_day
        ),
        "remark": explanations.lapsed_remark(**told, lapsed=quantity.lapsed),
    }
    own = QuantityOut.model_fields.keys() - named.keys() - words.keys()
    return named | words | {name: getattr(quantity, name) for name in own}


def _round(one: Round) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in RoundOut.model_fields}
    return values | {"outcome": one.outcome or None}
