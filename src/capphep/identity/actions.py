"""Writes to the directory of administrator accounts.

Called inside the transaction of an approval, which has checked the permission and
records the returned change in the audit trail.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.identity.models import AccountLink, AdminAccount, LinkKind
from capphep.platform import audit


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

    Doing it again changes nothing. Returns the link and the changes for the audit trail.
    """
    account = _account_of(person)
    kind = LinkKind.LINKED if account else LinkKind.INVITED
    link, is_new = AccountLink.objects.get_or_create(
        account=account or _invite(person),
        customer=customer,
        product=product,
        defaults={"kind": kind, "request_no": request_no},
    )
    if not is_new:
        return link, []
    facts = {"customer": str(customer), "product": str(product), "request_no": request_no}
    return link, [audit.Change(link.account, link.kind, after=facts)]


def _account_of(person: Person) -> AdminAccount | None:
    """An account with the e-mail wins over one with the phone."""
    same = Q(pk__in=[])
    if person.email:
        same |= Q(email__iexact=person.email)
    if person.phone:
        same |= Q(phone=person.phone)
    found = list(AdminAccount.objects.filter(same).order_by("id"))
    by_email = [one for one in found if (one.email or "").lower() == person.email.lower() != ""]
    return next(iter(by_email or found), None)


def _invite(person: Person) -> AdminAccount:
    """Two approvals may invite the same person at once: the second takes the first's account."""
    AdminAccount.objects.bulk_create(
        [
            AdminAccount(
                full_name=person.full_name,
                email=person.email or None,
                phone=person.phone or None,
            )
        ],
        ignore_conflicts=True,
    )
    account = _account_of(person)
    assert account is not None
    return account
