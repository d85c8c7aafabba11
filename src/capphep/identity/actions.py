"""Writes to the directory of administrator accounts.

Called inside the transaction of an approval or a withdrawal, which has checked the
permission and records the returned changes in the audit trail.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.identity.models import AccountLink, AdminAccount, LinkKind
from capphep.platform import audit, rows
from capphep.platform.prepared import prepared


@dataclass(frozen=True, slots=True)
class Person:
    """The administrator as the request names them; e-mail or phone may be empty, not both."""

    full_name: str
    email: str
    phone: str


def ensure_account(
    *, person: Person, customer: Customer, product: Product, request_no: str
) -> tuple[AccountLink, list[audit.Change]]:
    """RULE R15: link the account that has this e-mail or phone; where there is none, invite.

    Doing it again changes nothing; a link that was closed is open again. Returns the link
    and the changes for the audit trail.
    """
    account = _account_of(person)
    link = AccountLink(
        account=account or _invite(person),
        customer=customer,
        product=product,
        kind=LinkKind.LINKED if account else LinkKind.INVITED,
        request_no=request_no,
    )
    is_new = rows.insert_new(link)
    if not is_new:
        link = AccountLink.objects.select_related("account").get(
            account=link.account, customer=customer, product=product
        )
    if not is_new and not link.closed_from:
        return link, []
    if link.closed_from:
        link.closed_from = None
        link.save(update_fields=["closed_from"])
    verb = link.kind if is_new else LinkKind.LINKED
    return link, [audit.Change(link.account, verb, after=_facts(link, request_no))]


def close_links(
    *, customer: Customer, product: Product, request_no: str, from_day: datetime.date
) -> tuple[list[AccountLink], list[audit.Change]]:
    """RULE R15: from this local day on, nothing of the product is left there to administer.

    The accounts stay: they may administer elsewhere. Returns the closed links and the
    changes for the audit trail.
    """
    rows = AccountLink.objects.filter(customer=customer, product=product, closed_from=None)
    links = list(rows.select_related("account", "customer", "product").order_by("id"))
    rows.update(closed_from=from_day)
    for link in links:
        link.closed_from = from_day
    facts = {"closed_from": from_day.isoformat()}
    return links, [
        audit.Change(link.account, "link_closed", after=_facts(link, request_no) | facts)
        for link in links
    ]


def _facts(link: AccountLink, request_no: str) -> dict[str, str]:
    facts = {"customer": str(link.customer), "product": str(link.product)}
    return facts | {"request_no": request_no}


def _account_of(person: Person) -> AdminAccount | None:
    """An account with the e-mail wins over one with the phone."""
    found = _reached_at(person.email.lower(), person.phone)
    by_email = [one for one in found if (one.email or "").lower() == person.email.lower() != ""]
    return next(iter(by_email or found), None)


@prepared
def _reached_at(email: str, phone: str) -> QuerySet[AdminAccount]:
    """Both by an index. What was not given is "", which no account has."""
    accounts = AdminAccount.objects.alias(folded_email=Lower("email"))
    return accounts.filter(Q(folded_email=email) | Q(phone=phone)).order_by("id")


def _invite(person: Person) -> AdminAccount:
    """Two approvals may invite the same person at once: the second takes the first's account."""
    invited = AdminAccount(
        full_name=person.full_name, email=person.email or None, phone=person.phone or None
    )
    account = invited if rows.insert_new(invited) else _account_of(person)
    assert account is not None
    return account
