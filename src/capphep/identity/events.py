"""What is announced of administrator accounts; of the person nothing but the account's number."""

from __future__ import annotations

from capphep.identity.models import AccountLink
from capphep.platform.outbox import Event


def account_event(type_: str, link: AccountLink, **more: object) -> Event:
    customer, product = link.customer.budget_code, link.product.code
    payload = {
        "account": link.account_id,
        "external_id": str(link.account.uid),
        "customer": customer,
        "product": product,
        "request_no": link.request_no,
        "status": link.status,
        **more,
    }
    return Event(type_, customer, payload, customer=customer, product=product)
