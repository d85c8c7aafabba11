"""*Thu hồi cấp phép* over the API: one officer proposes, another confirms (R6)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query

from capphep.ims import actions
from capphep.ims.api.schemas import (
    ConfirmIn,
    DeclineIn,
    MovedWithdrawal,
    PreviewQuery,
    WithdrawalIn,
    WithdrawalOut,
    WithdrawalPreviewOut,
    WithdrawalQuery,
    WithdrawalWhole,
)
from capphep.ims.api.shown import preview_shown, withdrawal_shown
from capphep.ims.queries import desk
from capphep.ims.queries import withdrawals as queries
from capphep.platform import clock
from capphep.platform.api import (
    ApiRequest,
    Page,
    Principal,
    RecordId,
    Routes,
    Scope,
    located,
    page_of,
    problem,
)
from capphep.provisioning.api.requests import request_named
from capphep.provisioning.models import Withdrawal
from capphep.provisioning.states import WithdrawalStatus

routes = Routes("Decisions")


@routes.read(
    "/requests/{request_no}/withdrawal-preview", Scope.REQUESTS_DECIDE, WithdrawalPreviewOut
)
def preview(request: ApiRequest, request_no: str, query: Query[PreviewQuery]) -> Any:
    """What taking an approved request back from a day on would change."""
    found = request_named(request.auth, request_no)
    desk.require_desk(request.auth.actor)
    day = clock.today()
    return preview_shown(queries.preview_of(found, query.from_day or day, day))


@routes.create("/requests/{request_no}/withdrawals", Scope.REQUESTS_DECIDE, WithdrawalWhole)
def propose(
    request: ApiRequest, request_no: str, data: WithdrawalIn, response: HttpResponse
) -> Any:
    """Propose to take an approved request back; a second officer confirms it."""
    found = request_named(request.auth, request_no)
    made = actions.propose_withdrawal(
        actor=request.auth.actor, request_id=found.pk, **data.model_dump()
    )
    located(response, f"/withdrawals/{made.pk}")
    return _whole(_one(request.auth, made.pk))


@routes.read("/withdrawals", Scope.REQUESTS_READ, Page[WithdrawalOut])
def list_withdrawals(request: ApiRequest, query: Query[WithdrawalQuery]) -> Any:
    """List withdrawals, newest first."""
    desk.require_desk(request.auth.actor)
    rows = request.auth.within(
        queries.withdrawals(), customer="request__customer", product="request__product"
    )
    if query.status:
        rows = rows.filter(status=query.status)
    return page_of(rows, query, sort="-pk", shape=withdrawal_shown)


@routes.read("/withdrawals/{withdrawal_id}", Scope.REQUESTS_READ, WithdrawalWhole)
def get_withdrawal(request: ApiRequest, withdrawal_id: RecordId) -> Any:
    """Read one withdrawal with what it would do today."""
    return _whole(_one(request.auth, withdrawal_id))


@routes.create(
    "/withdrawals/{withdrawal_id}/confirm",
    Scope.REQUESTS_DECIDE,
    WithdrawalWhole,
    200,
    refused={409: MovedWithdrawal},
)
def confirm(request: ApiRequest, withdrawal_id: RecordId, data: ConfirmIn) -> Any:
    """Confirm what the preview showed; 409 with the new one if it moved (R3)."""
    found = _one(request.auth, withdrawal_id)
    try:
        actions.confirm_withdrawal(
            actor=request.auth.actor, withdrawal_id=found.pk, seen=data.fingerprint
        )
    except actions.WithdrawalMoved as moved:
        return problem(moved.status, [moved], preview=preview_shown(moved.preview))
    return _whole(_one(request.auth, withdrawal_id))


@routes.create("/withdrawals/{withdrawal_id}/decline", Scope.REQUESTS_DECIDE, WithdrawalWhole, 200)
def decline(request: ApiRequest, withdrawal_id: RecordId, data: DeclineIn) -> Any:
    """Leave the request as it is; who proposed the withdrawal needs no reason."""
    found = _one(request.auth, withdrawal_id)
    actions.decline_withdrawal(actor=request.auth.actor, withdrawal_id=found.pk, reason=data.reason)
    return _whole(_one(request.auth, withdrawal_id))


def _one(principal: Principal, withdrawal_id: int) -> Withdrawal:
    """Raises Forbidden for a salesperson, NotFound."""
    found = queries.withdrawal_of(principal.actor, withdrawal_id)
    of = found.request
    if not principal.reaches(product_id=of.product_id, customer_id=of.customer_id):
        raise queries.withdrawal_not_found()
    return found


def _whole(withdrawal: Withdrawal) -> dict[str, Any]:
    is_open = withdrawal.status == WithdrawalStatus.PROPOSED
    day = clock.today()
    now = queries.preview_of(withdrawal.request, withdrawal.from_day, day) if is_open else None
    return withdrawal_shown(withdrawal) | {"preview": preview_shown(now) if now else None}
