"""What was bought or is tried, approved: grants, settled lines, a licence, the account."""

from __future__ import annotations

import datetime
from collections import defaultdict

from capphep.entitlements import actions as entitlements
from capphep.entitlements.models import GrantKind, Subscription
from capphep.identity.actions import Person, ensure_account
from capphep.ims.actions.effects import Effect
from capphep.platform import audit, rows
from capphep.platform.roles import Actor
from capphep.provisioning.models import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.reviews import Review, ReviewedQuantity
from capphep.provisioning.states import RequestKind
from capphep.provisioning.term_rules import LineTerm


def take_sale(
    _actor: Actor,
    request: LicenceRequest,
    subscription: Subscription,
    review: Review,
    day: datetime.date,
) -> Effect:
    """Append the grants and settle the lines, within the approval's transaction.

    With the licence that certifies them, and the administrator's account (R15).
    """
    granted = _grant(request, subscription, review, day)
    _settle_lines(review)
    licence = entitlements.issue_licence(
        subscription=subscription, request_no=request.request_no, day=day
    )
    _, account_changes = ensure_account(
        person=Person(request.admin_name, request.admin_email, request.admin_phone),
        customer=request.customer,
        product=request.product,
        request_no=request.request_no,
    )
    begins = min(line.term.first for line in review.lines)
    return Effect(licence, [*granted, *account_changes], begins)


def _grant(
    request: LicenceRequest, subscription: Subscription, review: Review, day: datetime.date
) -> list[audit.Change]:
    """Append the grants; where a sale begins, what is left of a trial ends."""
    ended = []
    if request.kind in (RequestKind.NEW, RequestKind.RENEWAL):
        begins = min(line.term.first for line in review.lines)
        ended = entitlements.end_trials(subscription=subscription, from_day=begins, day=day)
    granted = entitlements.append_grants(
        subscription=subscription,
        request_no=request.request_no,
        grants=_grants(request, review),
        day=day,
        kind=GrantKind.TRIAL if request.kind == RequestKind.TRIAL else GrantKind.APPROVAL,
    )
    return [*ended, granted]


def _grants(request: LicenceRequest, review: Review) -> list[entitlements.NewGrant]:
    return [
        entitlements.NewGrant(
            module=line.module,
            resource=quantity.resource,
            quantity=quantity.added,
            months=line.span.months,
            first_day=line.term.first,
            last_day=line.term.last,
            source=f"{request.request_no}/{line.line.position}",
        )
        for line in review.lines
        for quantity in line.quantities
    ]


def _settle_lines(review: Review) -> None:
    """The lines keep their term and the base on which they were approved (R1, R9)."""
    by_span: dict[LineTerm, list[RequestLine]] = defaultdict(list)
    for reviewed in review.lines:
        by_span[reviewed.span].append(reviewed.line)
        for quantity in reviewed.quantities:
            _settle_quantity(quantity)
    for span, lines in by_span.items():
        values = {
            "months": span.months,
            "ends_with": span.ends_with,
            "follows": span.follows,
            "first_day": span.term.first,
            "last_day": span.term.last,
        }
        rows.update(RequestLine, {"pk": [line.pk for line in lines]}, values)


def _settle_quantity(quantity: ReviewedQuantity) -> None:
    """Most have not moved since they were sent, and stay as they are."""
    values = {
        "base": quantity.base.quantity,
        "total": quantity.total,
        "base_request_no": quantity.base.request_no,
        "lapsed": quantity.base.lapsed,
    }
    record = quantity.record
    if any(getattr(record, name) != value for name, value in values.items()):
        rows.update(RequestQuantity, {"pk": record.pk}, values)
