"""The administrators whom the approved requests of the sample data name (R15)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from django.utils import timezone

from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.rules import account_key
from capphep.identity.states import AccountStatus
from capphep.shell.demo_history.sales import Sale

_DELIVERED_AFTER: Final = datetime.timedelta(minutes=1)


def write_accounts(sales: Sequence[Sale]) -> None:
    """Each was made, and invited by the product's own directory, with the first approval."""
    first: dict[int, Sale] = {}
    for sale in sorted(filter(lambda one: one.is_approved, sales), key=_approved_at):
        first.setdefault(sale.customer.pk, sale)
    for sale in first.values():
        sale.account = _account(sale)
    accounts = AdminAccount.objects.bulk_create(
        [sale.account for sale in first.values() if sale.account]
    )
    links = AccountLink.objects.bulk_create([_link(sale) for sale in first.values()])
    for account, link, sale in zip(accounts, links, first.values(), strict=True):
        account.created_at = link.linked_at = _approved_at(sale)
    AdminAccount.objects.bulk_update(accounts, ["created_at"], batch_size=200)
    AccountLink.objects.bulk_update(links, ["linked_at"], batch_size=200)


def _approved_at(sale: Sale) -> datetime.datetime:
    assert sale.decided_at is not None
    return sale.decided_at


def _account(sale: Sale) -> AdminAccount:
    named, at = sale.request, min(_approved_at(sale) + _DELIVERED_AFTER, timezone.now())
    return AdminAccount(
        full_name=named.admin_name,
        search_key=account_key(named.admin_name, named.admin_email, named.admin_phone),
        email=named.admin_email,
        phone=named.admin_phone,
        invited_at=at,
        tried_at=at,
        attempts=1,
        ended=1,
    )


def _link(sale: Sale) -> AccountLink:
    return AccountLink(
        account=sale.account,
        customer=sale.customer,
        product=sale.order.product,
        status=AccountStatus.INVITED,
        request_no=sale.request.request_no,
    )
