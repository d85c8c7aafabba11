"""The requests of a customer that is merged into another one (D2)."""

from __future__ import annotations

from collections.abc import Sequence

from capphep.crm.models import Customer
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import OPEN, RequestStatus, WithdrawalStatus
from capphep.pure.errors import Conflict, gettext_noop


def lock_requests(*customers: Customer) -> list[LicenceRequest]:
    """All requests of these customers, locked in the order of their keys."""
    rows = LicenceRequest.objects.select_for_update(of=("self",)).filter(customer__in=customers)
    return list(rows.select_related("product").order_by("pk"))


def move_requests(gone: Customer, kept: Customer) -> int:
    """Let the requests be those of ``kept``; what was sent and decided stays in their rounds.

    The caller has seen that nothing is `in_the_way`. Returns how many.
    """
    rows = LicenceRequest.objects.filter(customer=gone)
    return rows.update(customer=kept, budget_code=kept.budget_code)


def in_the_way(gone: Customer, kept: Customer) -> Sequence[Conflict]:
    """RULE D2: what has to be decided first: a request that waits, a withdrawal proposed.

    Both have something open of the same kind without an order: one of them has to go first.
    """
    both = (gone, kept)
    found = waiting(*both)
    proposed = Withdrawal.objects.filter(
        request__customer__in=both, status=WithdrawalStatus.PROPOSED
    )
    found += [
        _proposed(number) for number in proposed.values_list("request__request_no", flat=True)
    ]
    return [*found, *(_on_both(number) for number in _open_on_both(gone, kept))]


def waiting(*customers: Customer) -> list[Conflict]:
    """The requests of these customers that wait at the desk, each as what is in the way."""
    rows = LicenceRequest.objects.filter(customer__in=customers, status=RequestStatus.WAITING)
    return [_waits(number) for number in rows.values_list("request_no", flat=True)]


def _open_on_both(gone: Customer, kept: Customer) -> list[str]:
    rows = LicenceRequest.objects.filter(order=None, status__in=OPEN)
    theirs = set(rows.filter(customer=kept).values_list("product", "kind"))
    own = rows.filter(customer=gone).values_list("product", "kind", "request_no")
    return [number for product, kind, number in own if (product, kind) in theirs]


def _waits(number: str) -> Conflict:
    message = gettext_noop("The request %(number)s waits at the desk: let it be decided first.")
    return Conflict("request_waits", message, rule="D2", params={"number": number})


def _proposed(number: str) -> Conflict:
    message = gettext_noop(
        "The withdrawal of %(number)s is proposed: let it be confirmed or declined first."
    )
    return Conflict("withdrawal_proposed", message, rule="D2", params={"number": number})


def _on_both(number: str) -> Conflict:
    message = gettext_noop(
        "Both customers have a draft of the same kind: discard %(number)s or the other one first."
    )
    return Conflict("open_request_on_both", message, rule="D2", params={"number": number})
