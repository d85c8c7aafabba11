"""What one subscription holds on a day, and why: its grants, and who took them back (R2)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from django.db.models import OuterRef, Subquery

from capphep.catalog.models import Module, Resource
from capphep.entitlements import queries as entitlements
from capphep.entitlements.models import TRIALS, Grant, Subscription
from capphep.entitlements.queries import Addition, EntitlementLine
from capphep.entitlements.rules import Turn
from capphep.platform.roles import Actor
from capphep.provisioning.models import Withdrawal
from capphep.provisioning.queries import visible_requests
from capphep.provisioning.states import WithdrawalStatus

GrantState: TypeAlias = Literal["in_force", "upcoming", "later", "ended", "taken_back"]
HoldingState: TypeAlias = Literal["in_force", "trial", "upcoming", "ended"]


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """One addition, as it stands on a day; ``later`` is what nobody had decided by then.

    ``ended_by`` took back what is not ``left`` of it, for ``reason``. ``request_id`` is
    None where the request is not one of capphep's, or none that the reader may see.
    """

    grant: Grant
    ended_by: Grant | None
    state: GrantState
    request_id: int | None
    reason: str = ""

    @property
    def is_trial(self) -> bool:
        return self.grant.kind in TRIALS


@dataclass(frozen=True, slots=True)
class HeldResource:
    """RULE R2: what is in force of a resource on the day, and all grants behind it.

    ``turns`` are the days on which it changes, past and to come.
    """

    resource: Resource
    quantity: int
    grants: Sequence[HeldGrant]
    turns: Sequence[Turn]

    @property
    def state(self) -> HoldingState:
        if self.quantity:
            counts = [one for one in self.grants if one.state == "in_force"]
            return "trial" if all(one.is_trial for one in counts) else "in_force"
        comes = any(one.state in ("upcoming", "later") for one in self.grants)
        return "upcoming" if comes else "ended"


@dataclass(frozen=True, slots=True)
class HeldModule:
    module: Module
    resources: Sequence[HeldResource]


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that a subscription was ever granted, read once, for any day.

    ``request_ids`` and ``reasons`` of withdrawals, by request number, are what the reader
    may know of the requests behind the grants.
    """

    lines: Sequence[EntitlementLine]
    request_ids: Mapping[str, int]
    reasons: Mapping[str, str]

    def on(self, day: datetime.date) -> list[HeldModule]:
        """Every module that was ever granted, as it stands on the day."""
        return [
            HeldModule(module, [self._held(line, day) for line in of_module])
            for module, of_module in groupby(self.lines, key=lambda line: line.module)
        ]

    def _held(self, line: EntitlementLine, day: datetime.date) -> HeldResource:
        grants = [self._grant(addition, day) for addition in line.additions]
        return HeldResource(line.resource, line.quantity(day), grants, line.turns)

    def _grant(self, addition: Addition, day: datetime.date) -> HeldGrant:
        number = addition.grant.request_no
        return HeldGrant(
            grant=addition.grant,
            ended_by=addition.ended_by,
            state=grant_state(addition, day),
            request_id=self.request_ids.get(number),
            reason=self.reasons.get(number, "") if addition.ended_by else "",
        )


def holdings_of(actor: Actor, subscription: Subscription) -> Holdings:
    """Two statements."""
    lines = entitlements.entitlement_lines(subscription)
    numbers = {one.grant.request_no for line in lines for one in line.additions}
    confirmed = Withdrawal.objects.filter(request=OuterRef("pk"), status=WithdrawalStatus.CONFIRMED)
    requests = visible_requests(actor).filter(request_no__in=numbers)
    found = requests.annotate(why=Subquery(confirmed.values("reason")[:1])).values_list(
        "request_no", "pk", "why"
    )
    ids = {number: pk for number, pk, _why in found}
    return Holdings(lines, ids, {number: why for number, _pk, why in found if why})


def state_of(modules: Sequence[HeldModule]) -> HoldingState:
    """The state of the whole subscription on the day for which the modules were read."""
    states = {held.state for module in modules for held in module.resources}
    order: list[HoldingState] = ["in_force", "trial", "upcoming"]
    return next((state for state in order if state in states), "ended")


def grant_state(addition: Addition, day: datetime.date) -> GrantState:
    left, ended_by = addition.left, addition.ended_by
    if left is None or (ended_by and ended_by.first_day <= day):
        return "taken_back"
    if left.last < day:
        return "ended"
    if left.first <= day:
        return "in_force"
    return "upcoming" if addition.grant.granted_on <= day else "later"
