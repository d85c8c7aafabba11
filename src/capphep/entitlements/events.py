"""What is announced of subscriptions: what is in force after a change, and each licence."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from capphep.entitlements import rules
from capphep.entitlements.models import Licence, Subscription
from capphep.platform.outbox import Event

BY_CALENDAR: Final = "day"
BY_OPENING: Final = "opening"
BY_UNDOING: Final = "undoing"
BY_MERGE: Final = "merge"
BY_CODE: Final = "code_change"
"""Causes beside those of a licence (`LicenceCause`)."""

Codes: TypeAlias = tuple[str, str]
"""Module and resource, as programs call them."""


def changed_by_decision(
    subscription: Subscription, licence: Licence, effective_on: datetime.date
) -> Event:
    """What a decision that is certified by the licence leaves in force on its effective day."""
    holding = rules.holding(_certified(licence), effective_on)
    return changed(
        subscription,
        holding,
        cause=licence.cause,
        effective_on=effective_on,
        request_no=licence.request_no,
    )


def changed(
    subscription: Subscription,
    holding: Mapping[Codes, rules.Held],
    *,
    cause: str,
    effective_on: datetime.date,
    request_no: str | None = None,
    customer: str = "",
) -> Event:
    """All that is in force on the effective day; ``holding`` says how much, and until when.

    ``customer`` is told instead of the subscription's own: a code that holds nothing any more.
    """
    customer = customer or subscription.customer.budget_code
    product = subscription.product.code
    payload = {
        "customer": customer,
        "product": product,
        # A day changes nothing in the ledger, and may be worked through late.
        "version": None if cause == BY_CALENDAR else subscription.version,
        "cause": cause,
        "request_no": request_no,
        "effective_on": effective_on,
        "in_force": [
            {"module": module, "resource": resource, "quantity": held.quantity, "until": held.until}
            for (module, resource), held in sorted(holding.items())
        ],
    }
    return Event("entitlement.changed", customer, payload, customer=customer, product=product)


def issued(subscription: Subscription, licence: Licence, effective_on: datetime.date) -> Event:
    customer, product = subscription.customer.budget_code, subscription.product.code
    payload = {
        "licence_no": licence.licence_no,
        "customer": customer,
        "product": product,
        "version": licence.version,
        "cause": licence.cause,
        "request_no": licence.request_no,
        "effective_on": effective_on,
    }
    return Event("licence.issued", licence.licence_no, payload, customer=customer, product=product)


def of_spans(
    spans: Sequence[rules.Span], codes: Mapping[rules.Key, Codes], day: datetime.date
) -> dict[Codes, rules.Held]:
    """What spans of the ledger hold on a day; ``codes`` say what their keys are called."""
    stays = ((codes[one.key], one.quantity, one.first_day, one.last_day) for one in spans)
    return rules.holding(stays, day)


def _certified(licence: Licence) -> Iterator[tuple[Codes, int, datetime.date, datetime.date]]:
    for grant in licence.content["grants"]:
        first, last = (datetime.date.fromisoformat(grant[n]) for n in ("first_day", "last_day"))
        yield (grant["module"], grant["resource"]), grant["quantity"], first, last
