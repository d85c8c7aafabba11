"""What taking an approved request back would change, and which withdrawals are proposed."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from capphep.catalog.models import Module, Resource
from capphep.entitlements import queries as entitlements
from capphep.entitlements import rules as ledger
from capphep.entitlements.models import Grant, Subscription
from capphep.entitlements.queries import Shortfall
from capphep.ims import rules
from capphep.ims.queries.desk import require_desk
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, may
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import (
    REQUEST_STATUS,
    WITHDRAWAL_STATUS,
    RequestKind,
    WithdrawalStatus,
)
from capphep.pure.errors import Conflict, Forbidden, NotFound, gettext_noop


@dataclass(frozen=True, slots=True)
class WithdrawnAmount:
    """RULE R2: what is in force of one resource on ``first_day``, without and with the withdrawal.

    ``last_day`` is the last day of what is taken back from ``first_day`` on.
    """

    module: Module
    resource: Resource
    first_day: datetime.date
    last_day: datetime.date
    before: int
    taken: int

    @property
    def after(self) -> int:
        return self.before - self.taken


@dataclass(frozen=True, slots=True)
class Preview:
    """What a withdrawal would do. ``fingerprint`` is what its confirmation confirms.

    ``from_day`` is the day on which it would take effect; ``last_left`` the last day of
    what is left of the request, None where nothing is.
    """

    from_day: datetime.date
    last_left: datetime.date | None
    amounts: Sequence[WithdrawnAmount]
    shortfalls: Sequence[Shortfall]

    @property
    def fingerprint(self) -> str:
        return rules.fingerprint(self._seen())

    def _seen(self) -> Iterator[object]:
        yield self.from_day
        for one in self.amounts:
            yield from (one.module.pk, one.resource.pk, one.first_day, one.before, one.taken)
        for short in self.shortfalls:
            yield from (short.module.pk, short.resource.pk, short.in_use, short.remaining)


def preview_of(request: LicenceRequest, from_day: datetime.date, day: datetime.date) -> Preview:
    """Taking the request back from a day on, as seen on the local ``day``; never from before it.

    Four statements.
    """
    rows = Subscription.objects.filter(customer=request.customer_id, product=request.product_id)
    subscription = rows.first()
    if not subscription:
        return Preview(from_day, None, (), ())
    return preview(subscription, request.request_no, max(from_day, day), day)


def preview(
    subscription: Subscription, request_no: str, from_day: datetime.date, day: datetime.date
) -> Preview:
    """As `preview_of`, on the subscription that the caller has at hand. Three statements."""
    grants = list(subscription.grants.select_related("module", "resource").order_by("id"))
    of_request = [grant for grant in grants if grant.request_no == request_no]
    left = [term.last for _, term in entitlements.rests(of_request, day)]
    return Preview(
        from_day=from_day,
        last_left=max(left, default=None),
        amounts=_amounts(grants, entitlements.opposites(of_request, from_day, day)),
        shortfalls=entitlements.shortfalls(subscription, request_no, from_day),
    )


def _amounts(grants: Sequence[Grant], taken: Sequence[Grant]) -> list[WithdrawnAmount]:
    """One for each resource and day from which on some of it is taken back."""
    records = {(g.module_id, g.resource_id): (g.module, g.resource) for g in grants}
    spans = [entitlements.span_of(grant) for grant in grants]
    opposites = [entitlements.span_of(grant) for grant in taken]
    by_start: dict[tuple[ledger.Key, datetime.date], list[ledger.Span]] = defaultdict(list)
    for span in opposites:
        by_start[span.key, span.first_day].append(span)
    return [
        WithdrawnAmount(
            *records[key],
            first_day=first,
            last_day=max(span.last_day for span in begun),
            before=ledger.in_force(spans, first).get(key, 0),
            taken=-ledger.in_force(opposites, first)[key],
        )
        for (key, first), begun in by_start.items()
    ]


def may_withdraw(actor: Actor, request: LicenceRequest) -> bool:
    """True where role, state and kind allow to propose that the request be taken back."""
    return (
        may(actor, Permission.REQUEST_DECIDE)
        and REQUEST_STATUS.allows("withdraw", request.status)
        and request.kind != RequestKind.INFO_CHANGE
    )


def require_proposed(withdrawal: Withdrawal, verb: str) -> None:
    """Raise Conflict ``wrong_state``, which says who decided on it, unless it still waits."""
    if WITHDRAWAL_STATUS.allows(verb, withdrawal.status):
        return
    messages = {
        WithdrawalStatus.CONFIRMED: gettext_noop("%(who)s confirmed this withdrawal on %(when)s."),
        WithdrawalStatus.DECLINED: gettext_noop("%(who)s declined this withdrawal on %(when)s."),
    }
    params = _who_and_when(withdrawal.decided_by, withdrawal.decided_at)
    message = messages[WithdrawalStatus(withdrawal.status)]
    raise Conflict("wrong_state", message, rule="R4", params=params)


def require_other_person(actor: Actor, withdrawal: Withdrawal) -> None:
    """RULE R6: a withdrawal takes two people, whatever the setting. Raises Forbidden."""
    if withdrawal.proposed_by_id == actor.pk:
        message = gettext_noop("Who proposed a withdrawal cannot confirm it.")
        raise Forbidden("two_people", message, rule="R6")


def require_none_proposed(request: LicenceRequest) -> None:
    """Raise Conflict ``withdrawal_proposed``, which says by whom, where one waits already."""
    found = proposed_of(request)
    if found:
        raise Conflict(
            "withdrawal_proposed",
            gettext_noop("%(who)s proposed this withdrawal on %(when)s: it waits to be confirmed."),
            rule="R4",
            params=_who_and_when(found.proposed_by, found.proposed_at),
        )


def _who_and_when(who: User | None, when: datetime.datetime | None) -> dict[str, str]:
    moment = f"{timezone.localtime(when):%d/%m/%Y %H:%M}" if when else ""
    return {"who": who.full_name if who else "capphep", "when": moment}


def proposals() -> QuerySet[Withdrawal]:
    """The withdrawals that wait to be confirmed."""
    return withdrawals().filter(status=WithdrawalStatus.PROPOSED)


def proposed_of(request: LicenceRequest) -> Withdrawal | None:
    """The withdrawal of the request that waits to be confirmed."""
    return proposals().filter(request=request).first()


def proposed_of_subscription(subscription: Subscription) -> QuerySet[Withdrawal]:
    """The withdrawals that would take from the subscription once they are confirmed."""
    customer, product = subscription.customer_id, subscription.product_id
    return proposals().filter(request__customer=customer, request__product=product).order_by("id")


def withdrawal_of(actor: Actor, withdrawal_id: int) -> Withdrawal:
    """Raises Forbidden for a salesperson and NotFound for one that does not exist."""
    require_desk(actor)
    found = withdrawals().filter(pk=withdrawal_id).first()
    if not found:
        raise withdrawal_not_found()
    return found


def withdrawal_not_found() -> NotFound:
    return NotFound("withdrawal_not_found", gettext_noop("There is no such withdrawal."))


def withdrawals() -> QuerySet[Withdrawal]:
    """All of them, with what they name."""
    return Withdrawal.objects.select_related(
        "request__order", "request__customer", "request__product", "proposed_by", "decided_by"
    )
