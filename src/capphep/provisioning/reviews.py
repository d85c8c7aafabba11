"""What an approval would grant, on what is in force on the day (R3)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capphep.catalog.models import Module, Resource
from capphep.entitlements.rules import Base, Key
from capphep.provisioning import information, plans, rules
from capphep.provisioning.information import InfoChange
from capphep.provisioning.models import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.queries import whole_lines_of
from capphep.provisioning.states import RequestKind
from capphep.provisioning.term_rules import Additions, Holdings, LineTerm, line_term
from capphep.pure.months import Term


@dataclass(frozen=True, slots=True)
class ReviewedQuantity:
    """RULE R3: the base then (when sent) and now, what is bought, and the new total."""

    record: RequestQuantity
    resource: Resource
    then: int
    base: Base
    added: int

    @property
    def total(self) -> int:
        return self.base.quantity + self.added

    @property
    def has_moved(self) -> bool:
        return self.then != self.base.quantity


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    line: RequestLine
    span: LineTerm
    quantities: Sequence[ReviewedQuantity]

    @property
    def module(self) -> Module:
        return self.line.module

    @property
    def term(self) -> Term:
        return self.span.term


@dataclass(frozen=True, slots=True)
class Review:
    """What an approval on the day would grant, and what it is added to; or what it would change.

    ``fingerprint`` names the sending, and the bases, or what is known of the unit, that it shows.
    ``ends_trial_on`` is the day on which the rest of a trial would end, because a sale begins.
    """

    lines: Sequence[ReviewedLine]
    fingerprint: str
    holdings: Holdings
    changes: Sequence[InfoChange] = ()
    ends_trial_on: datetime.date | None = None

    @property
    def has_moved(self) -> bool:
        return any(quantity.has_moved for line in self.lines for quantity in line.quantities)


def review(
    request: LicenceRequest, day: datetime.date, lines: Sequence[RequestLine] | None = None
) -> Review:
    """RULE R3: the request's lines on what is in force on the day, not on what was then.

    Of a change of information: what is known today, and what it asks for.
    """
    if request.kind == RequestKind.INFO_CHANGE:
        changes = information.changes_of(request)
        seen = _sealed(request, information.fingerprint(changes))
        return Review((), seen, plans.holdings_of(request), changes)
    stored = lines if lines is not None else whole_lines_of(request)
    holdings = plans.holdings_of(request)
    timing, additions = plans.timing_of(request, day), Additions(holdings)
    spans = [line_term(line.module_id, line.months, timing, holdings) for line in stored]
    reviewed = [
        ReviewedLine(line, span, _reviewed(line, span, additions))
        for line, span in zip(stored, spans, strict=True)
    ]
    seen = _sealed(request, rules.fingerprint(_seen(reviewed)))
    return Review(reviewed, seen, holdings, ends_trial_on=_trial_end(request, reviewed, holdings))


def _trial_end(
    request: LicenceRequest, reviewed: Sequence[ReviewedLine], holdings: Holdings
) -> datetime.date | None:
    if request.kind not in (RequestKind.NEW, RequestKind.RENEWAL) or not reviewed:
        return None
    begins = min(line.term.first for line in reviewed)
    return begins if holdings.is_tried(begins) else None


def _sealed(request: LicenceRequest, bases: str) -> str:
    return rules.sealed(request.request_no, request.sent_at, bases)


def _reviewed(line: RequestLine, span: LineTerm, additions: Additions) -> list[ReviewedQuantity]:
    return [
        ReviewedQuantity(
            record=quantity,
            resource=quantity.resource,
            then=quantity.base,
            base=additions.base(
                (line.module_id, quantity.resource_id), span.term.first, quantity.added
            ),
            added=quantity.added,
        )
        for quantity in line.quantities.all()
    ]


def _seen(reviewed: Sequence[ReviewedLine]) -> Iterator[tuple[Key, int, datetime.date | None]]:
    for line in reviewed:
        running = line.span.ends_with or line.span.follows
        for quantity in line.quantities:
            yield (line.module.pk, quantity.resource.pk), quantity.base.quantity, running
