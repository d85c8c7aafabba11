"""Whether approved and withdrawn requests and the grants that bear their numbers agree (R2)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from capphep.crm.models import Customer
from capphep.entitlements import rules
from capphep.entitlements.models import ADDITIONS, OF_NO_REQUEST, Grant, GrantKind
from capphep.entitlements.queries import span_of
from capphep.provisioning.models import LicenceRequest, RequestQuantity, Withdrawal
from capphep.provisioning.states import RequestKind, RequestStatus, WithdrawalStatus
from capphep.pure.months import Term

Line: TypeAlias = tuple[str, int]
"""What grants a resource once: the source (``YC-2026-000012/1``) and the resource's id."""


@dataclass(slots=True)
class Granted:
    """A request that was approved, what it asked for, and the grants that bear its number.

    ``withdrawn_from`` is the day from which its withdrawal was confirmed.
    """

    request: LicenceRequest
    asked: dict[Line, RequestQuantity] = field(default_factory=dict)
    added: dict[Line, list[Grant]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[Line, list[Grant]] = field(default_factory=lambda: defaultdict(list))
    withdrawn_from: datetime.date | None = None


def request_differences(request_ids: Collection[int]) -> dict[int, list[str]]:
    """Sentences by the id of each of these requests whose grants are not what it says.

    The requests were approved, and some withdrawn since. Four statements.
    """
    compared = {
        granted.request.pk: [
            f"REQUEST {granted.request} {granted.request.customer.budget_code} {sentence}"
            for sentence in [*_of_lines(granted), *_of_ends(granted)]
        ]
        for granted in _read(request_ids)
    }
    return {pk: sentences for pk, sentences in compared.items() if sentences}


def _read(request_ids: Collection[int]) -> Collection[Granted]:
    requests = LicenceRequest.objects.filter(pk__in=request_ids).order_by("pk")
    found = {one.pk: Granted(one) for one in requests.select_related("customer", "product")}
    quantities = RequestQuantity.objects.filter(line__request__in=found).order_by("id")
    for quantity in quantities.select_related("line__module", "resource"):
        granted = found[quantity.line.request_id]
        source = f"{granted.request.request_no}/{quantity.line.position}"
        granted.asked[source, quantity.resource_id] = quantity
    withdrawals = Withdrawal.objects.filter(status=WithdrawalStatus.CONFIRMED)
    for withdrawal in withdrawals.filter(request__in=found):
        found[withdrawal.request_id].withdrawn_from = withdrawal.from_day
    _read_grants({one.request.request_no: one for one in found.values()})
    return found.values()


def _read_grants(by_number: Mapping[str, Granted]) -> None:
    # A merge moves what is left; it changes nothing of what was granted and taken back.
    rows = Grant.objects.filter(request_no__in=by_number)
    rows = rows.exclude(kind__in=OF_NO_REQUEST)
    related = ("module", "resource", "subscription__customer__merged_into", "subscription__product")
    for grant in rows.select_related(*related).order_by("id"):
        granted = by_number[grant.request_no]
        side = granted.added if grant.kind in ADDITIONS else granted.taken
        side[grant.source, grant.resource_id].append(grant)


def _of_lines(granted: Granted) -> Iterator[str]:
    """Each quantity has exactly one grant, and no grant is without a quantity."""
    for line, quantity in granted.asked.items():
        wanted, found = _wanted(granted.request, quantity), _listed(granted.added.get(line, ()))
        if found != wanted:
            yield f"{line[0]}: expected {wanted}; found {found}"
    for side in (granted.added, granted.taken):
        for line in side.keys() - granted.asked.keys():
            yield f"{line[0]}: expected nothing; found {_listed(side[line])}"


def _wanted(request: LicenceRequest, quantity: RequestQuantity) -> str:
    kind = GrantKind.TRIAL if request.kind == RequestKind.TRIAL else GrantKind.APPROVAL
    line = quantity.line
    return (
        f"{kind.value} {quantity.added:+} {line.module.code} {quantity.resource.code}"
        f" {line.first_day} to {line.last_day}"
        f" ({request.customer.budget_code} {request.product.code})"
    )


def _listed(grants: Sequence[Grant]) -> str:
    return "; ".join(_described(grant) for grant in grants) or "nothing"


def _described(grant: Grant) -> str:
    subscription = grant.subscription
    return (
        f"{grant.kind} {grant.quantity:+} {grant.module.code} {grant.resource.code}"
        f" {grant.first_day} to {grant.last_day}"
        f" ({_owner(subscription.customer).budget_code} {subscription.product.code})"
    )


def _owner(customer: Customer) -> Customer:
    """Whose it is today: requests move with a merge, grants stay where they were made."""
    return customer.merged_into or customer


def _of_ends(granted: Granted) -> Iterator[str]:
    """What was taken back is the opposite of what was granted, and only where it should be."""
    is_withdrawn = granted.request.status == RequestStatus.WITHDRAWN
    if is_withdrawn and granted.asked and not granted.withdrawn_from:
        yield "is withdrawn, but no withdrawal of it was confirmed"
    for line in sorted(granted.asked.keys() & granted.added.keys()):
        taken = granted.taken.get(line, [])
        for grant in granted.added[line]:
            if not _is_opposite(grant, taken):
                yield f"{line[0]}: {_described(grant)} taken back by {_listed(taken)}"
            if granted.withdrawn_from and not _ends_in_time(grant, taken, granted.withdrawn_from):
                yield (
                    f"{line[0]}: {_described(grant)} expected to be taken back from"
                    f" {granted.withdrawn_from}; found {_listed(taken)}"
                )
            if taken and grant.kind == GrantKind.APPROVAL and not is_withdrawn:
                yield f"{line[0]}: not withdrawn, but taken back by {_listed(taken)}"


def _is_opposite(grant: Grant, taken: Sequence[Grant]) -> bool:
    """From some day on exactly as much as was granted is taken back, until the last day."""
    taken_from = min((one.first_day for one in taken), default=None)
    left = rules.rest(Term(grant.first_day, grant.last_day), taken_from)
    remaining = [replace(span_of(grant), first_day=left.first, last_day=left.last)] if left else []
    found = rules.steps(span_of(one) for one in [grant, *taken])
    return _not_empty(found) == _not_empty(rules.steps(remaining))


def _not_empty(steps: Mapping[rules.Key, list[rules.Step]]) -> dict[rules.Key, list[rules.Step]]:
    return {key: found for key, found in steps.items() if found}


def _ends_in_time(grant: Grant, taken: Sequence[Grant], from_day: datetime.date) -> bool:
    """A trial may have ended sooner, where a sale began."""
    if grant.last_day < from_day:
        return True
    due = max(from_day, grant.first_day)
    taken_from = min((one.first_day for one in taken), default=None)
    if grant.kind == GrantKind.TRIAL:
        return taken_from is not None and taken_from <= due
    return taken_from == due
