"""Who administers a product at a customer, from an approval to a withdrawal.

Called inside the transaction of an approval or a withdrawal, which has checked the
permission and records the returned changes in the audit trail; or on the day on which a
withdrawal takes effect. Nothing leaves the house here: what is to be delivered waits for
the worker.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.identity.actions.waking import wake
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.queries import account_at
from capphep.identity.rules import account_key
from capphep.identity.states import ACCOUNT_STATUS, OPEN
from capphep.platform import audit, rows
from capphep.platform.moves import move


@dataclass(frozen=True, slots=True)
class Person:
    """The administrator as the request names them; e-mail or phone may be empty, not both."""

    full_name: str
    email: str
    phone: str


def ensure_account(
    *, person: Person, customer: Customer, product: Product, request_no: str
) -> tuple[AccountLink, list[audit.Change]]:
    """RULE R15: link the account that has this e-mail or phone; where there is none, make one.

    The link waits to be delivered. Doing it again changes nothing; a link that was closed is
    open again, and one whose closing day is still to come just stays. Returns the link and
    the changes for the audit trail.
    """
    known = account_at(person.email, person.phone)
    account = known or _new_account(person)
    link = AccountLink(account=account, customer=customer, product=product, request_no=request_no)
    if rows.insert_new(link):
        if known:
            wake([account.pk])
        return link, [audit.Change(account, "account_noted", after=_facts(link, request_no))]
    return _opened_again(link, request_no)


def _opened_again(new: AccountLink, request_no: str) -> tuple[AccountLink, list[audit.Change]]:
    of_all = {"account": new.account, "customer": new.customer, "product": new.product}
    links = AccountLink.objects.select_related("account", "customer", "product")
    link = links.get(**of_all)
    if not link.closed_from:
        return link, []
    wake([link.account_id])
    link = links.get(pk=link.pk)
    if ACCOUNT_STATUS.allows("reopen", link.status):
        move(link, ACCOUNT_STATUS, "reopen", closed_from=None)
    else:
        link.closed_from = None
        link.save(update_fields=["closed_from"])
    return link, [audit.Change(link.account, "link_reopened", after=_facts(link, request_no))]


def close_links(
    *,
    customer: Customer,
    product: Product,
    request_no: str,
    from_day: datetime.date,
    day: datetime.date,
) -> tuple[list[AccountLink], list[audit.Change]]:
    """RULE R15: from this local day on, nothing of the product is left there to administer.

    Where it has come by ``day``, the links wait to be deactivated, else until it comes
    (`close_due`). The accounts stay: they may administer elsewhere. Returns the closed links
    and the changes for the audit trail.
    """
    found = AccountLink.objects.filter(customer=customer, product=product, closed_from=None)
    wake(found.values_list("account_id", flat=True))
    links = list(found.select_related("account", "customer", "product").order_by("id"))
    for link in links:
        _close(link, from_day=from_day, day=day)
    facts = {"closed_from": from_day.isoformat()}
    return links, [
        audit.Change(link.account, "link_closed", after=_facts(link, request_no) | facts)
        for link in links
    ]


@transaction.atomic
def close_due(*, day: datetime.date) -> int:
    """Let what ends on the local day, or ended before, be deactivated; returns how many links.

    What was opened again before its day has none any more. Running it again does nothing.
    """
    due = AccountLink.objects.filter(closed_from__lte=day, status__in=OPEN)
    wake(due.values_list("account_id", flat=True))
    links = list(due)
    for link in links:
        assert link.closed_from is not None
        _close(link, from_day=link.closed_from, day=day)
    return len(links)


def _close(link: AccountLink, *, from_day: datetime.date, day: datetime.date) -> None:
    if from_day <= day:
        move(link, ACCOUNT_STATUS, "close", closed_from=from_day)
    else:
        link.closed_from = from_day
        link.save(update_fields=["closed_from"])


def _facts(link: AccountLink, request_no: str) -> dict[str, str]:
    facts = {"customer": str(link.customer), "product": str(link.product)}
    return facts | {"request_no": request_no}


def _new_account(person: Person) -> AdminAccount:
    """Two approvals may name the same person at once: the second takes the first's account."""
    made = AdminAccount(
        full_name=person.full_name,
        search_key=account_key(person.full_name, person.email, person.phone),
        email=person.email or None,
        phone=person.phone or None,
        next_at=timezone.now(),
    )
    if rows.insert_new(made):
        return made
    account = account_at(person.email, person.phone)
    assert account is not None
    wake([account.pk])
    return account
