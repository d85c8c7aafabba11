"""What the desk sees, as its schemas show it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from capphep.ims.api.schemas import ReviewedQuantityOut
from capphep.ims.checks import Check
from capphep.ims.queries.desk import Amount, DeskLine, Difference
from capphep.ims.queries.withdrawals import Preview
from capphep.provisioning.information import InfoChange
from capphep.provisioning.models import Withdrawal

_OF_WITHDRAWAL: Final = (
    *("id", "status", "from_day", "reason", "force_reason", "decline_reason"),
    *("proposed_at", "decided_at"),
)


def difference_shown(difference: Difference) -> dict[str, Any]:
    return {
        "fingerprint": difference.fingerprint,
        "has_moved": difference.has_moved,
        "ends_trial_on": difference.ends_trial_on,
        "lines": [_line(line) for line in difference.lines],
        "changes": [_change(change) for change in difference.changes],
    }


def _line(desk: DeskLine) -> dict[str, Any]:
    return {
        "position": desk.line.position,
        "module": desk.line.module.code,
        "name": desk.line.module.name,
        "months": desk.months,
        "first_day": desk.first_day,
        "last_day": desk.last_day,
        "remark": desk.span_remark,
        "quantities": [_amount(amount) for amount in desk.amounts],
    }


def _amount(amount: Amount) -> dict[str, Any]:
    resource = amount.resource
    named = {"resource": resource.code, "name": resource.name, "unit": resource.unit}
    own = ReviewedQuantityOut.model_fields.keys() - named.keys()
    return named | {name: getattr(amount, name) for name in own}


def _change(change: InfoChange) -> dict[str, Any]:
    then, before, after = change.texts
    return {
        "field": change.field,
        "label": change.label,
        "then": then,
        "before": before,
        "after": after,
        "is_changed": change.is_changed,
        "has_moved": change.has_moved,
    }


def check_shown(check: Check, known: Collection[int]) -> dict[str, Any]:
    """``known`` are the ids of the other requests that the reader may be told of."""
    others = [link.request_no for link in check.links if link.request_id in known]
    return {
        "code": check.code,
        "title": check.title,
        "outcome": check.outcome,
        "explanation": check.explanation,
        "details": [*check.details, *others],
    }


def withdrawal_shown(withdrawal: Withdrawal) -> dict[str, Any]:
    """As a `WithdrawalOut`; its request and its people must be at hand."""
    values: dict[str, Any] = {name: getattr(withdrawal, name) for name in _OF_WITHDRAWAL}
    decided_by = withdrawal.decided_by
    return values | {
        "request_no": withdrawal.request.request_no,
        "proposed_by": withdrawal.proposed_by.full_name,
        "decided_by": decided_by.full_name if decided_by else "",
    }


def preview_shown(preview: Preview) -> dict[str, Any]:
    return {
        "fingerprint": preview.fingerprint,
        "from_day": preview.from_day,
        "last_left": preview.last_left,
        "amounts": [
            {
                "module": one.module.code,
                "resource": one.resource.code,
                "first_day": one.first_day,
                "last_day": one.last_day,
                "before": one.before,
                "taken": one.taken,
                "after": one.after,
            }
            for one in preview.amounts
        ],
        "shortfalls": [
            {
                "module": short.module.code,
                "resource": short.resource.code,
                "in_use": short.in_use,
                "remaining": short.remaining,
                "remaining_from": short.remaining_from,
            }
            for short in preview.shortfalls
        ],
    }
