"""How approved requests were taken back."""

from __future__ import annotations

from collections.abc import Iterable

from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestStatus, WithdrawalStatus


def confirmed_withdrawals(requests: Iterable[LicenceRequest]) -> dict[int, Withdrawal]:
    """By request id, for those that were taken back. One statement where there are any."""
    taken_back = [one.pk for one in requests if one.status == RequestStatus.WITHDRAWN]
    if not taken_back:
        return {}
    rows = Withdrawal.objects.filter(request__in=taken_back, status=WithdrawalStatus.CONFIRMED)
    return {one.request_id: one for one in rows.select_related("proposed_by", "decided_by")}


def confirmed_withdrawal(request: LicenceRequest) -> Withdrawal | None:
    return confirmed_withdrawals([request]).get(request.pk)
