"""What is announced of administrator accounts; of the person nothing but the account's number."""

from __future__ import annotations

from collections.abc import Iterable

from capphep.identity.models import AccountLink
from capphep.platform import audit
from capphep.platform.outbox import Event


def account_event(type_: str, link: AccountLink) -> Event:
    customer, product = link.customer.budget_code, link.product.code
    payload = {
        "account": link.account_id,
        "customer": customer,
        "product": product,
        "request_no": link.request_no,
        "effective_on": link.closed_from,
    }
    return Event(type_, customer, payload, customer=customer, product=product)


def ensured_events(link: AccountLink, changes: Iterable[audit.Change]) -> list[Event]:
    """Of an account that was ensured: how it was linked, if ``changes`` tell that it was."""
    return [account_event(f"account.{change.verb}", link) for change in changes]
