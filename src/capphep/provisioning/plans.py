"""What a request asks for and what that is added to: read once, its kind and lines follow."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from capphep.catalog.queries import trial_defaults
from capphep.entitlements import queries as entitlements
from capphep.provisioning import options, rules
from capphep.provisioning.bought import bought_by, contents_bought
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.states import OPEN, RequestKind
from capphep.provisioning.term_rules import Holdings, Timing, line_term
from capphep.pure.months import Term


@dataclass(frozen=True, slots=True)
class Basis:
    """What is asked for, from which kinds of packages, and what the customer has by now."""

    contents: Sequence[rules.OrderedContent]
    package_kinds: frozenset[str]
    holdings: Holdings


def basis_of(request: LicenceRequest) -> Basis:
    """Two statements; three where the catalogue gives by now something else for an item."""
    bought = bought_by(request.order_id) if request.order_id else []
    kinds = frozenset(package_kind for package_kind, *_ in bought)
    contents = contents_bought(bought) if bought else contents_of(request)
    return Basis(contents, kinds, holdings_of(request))


def contents_of(request: LicenceRequest) -> list[rules.OrderedContent]:
    """What the request adds: what its order buys, or what the catalogue gives for a trial."""
    if request.order_id:
        return contents_bought(bought_by(request.order_id))
    months = request.product.trial_months
    if request.kind != RequestKind.TRIAL or not months:
        return []
    return [
        rules.OrderedContent(default.module_id, default.resource_id, months, default.quantity)
        for default in trial_defaults(request.product_id)
    ]


def timing_of(request: LicenceRequest, day: datetime.date) -> Timing:
    return Timing(
        kind=request.kind,
        day=day,
        start_on=request.start_on,
        co_terminates=request.product.co_terminates,
        renewal_continues=options.RENEWAL_CONTINUES.value(),
    )


def holdings_of(request: LicenceRequest) -> Holdings:
    """What the customer has of the product, for any day. One statement."""
    return Holdings(entitlements.spans_of(request.customer_id, request.product_id))


def planned_lines(
    request: LicenceRequest, basis: Basis, day: datetime.date
) -> list[rules.PlannedLine]:
    """RULE R1: the module lines that the request asks for, on what is in force then."""
    return rules.module_lines(basis.contents, timing_of(request, day), basis.holdings)


def terms_of(
    request: LicenceRequest, lines: Sequence[RequestLine], day: datetime.date
) -> dict[int, Term]:
    """RULE R9: each line's days by its id: as approved, or as an approval on the day would set.

    Without those that will never be approved. At most one statement.
    """
    if request.status in OPEN:
        timing, holdings = timing_of(request, day), holdings_of(request)
        return {
            line.pk: line_term(line.module_id, line.months, timing, holdings).term for line in lines
        }
    return {
        line.pk: Term(line.first_day, line.last_day)
        for line in lines
        if line.first_day and line.last_day
    }
