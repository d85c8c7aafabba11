"""Reads of the directory of administrator accounts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from capphep.crm.models import Customer
from capphep.crm.queries.customers import compact_code, visible_customers
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.rules import Standing, Work, work_of
from capphep.identity.states import OPEN, TROUBLED
from capphep.platform.personal import is_seen_in_full
from capphep.platform.prepared import prepared
from capphep.platform.roles import Actor, not_permitted, sees_all
from capphep.platform.word_search import ids_holding
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.folding import fold, words_of


def visible_links(actor: Actor) -> QuerySet[AccountLink]:
    """Those at customers that the actor may know of, with what a row shows."""
    links = AccountLink.objects.select_related("account", "customer", "product")
    return links if sees_all(actor) else links.filter(customer__in=visible_customers(actor))


def link_of(actor: Actor, link_id: int) -> AccountLink:
    """Raises NotFound where the actor may not know of it."""
    found = visible_links(actor).filter(pk=link_id).first()
    if found is None:
        raise account_not_found()
    return found


def account_not_found() -> NotFound:
    return NotFound("account_not_found", gettext_noop("There is no such account."))


def links_of(account: AdminAccount) -> list[AccountLink]:
    """All of one account, oldest first. One statement."""
    links = AccountLink.objects.filter(account=account).select_related("customer__owner", "product")
    found = list(links.order_by("id"))
    for link in found:
        link.account = account
    return found


def work_for(links: Iterable[AccountLink], day: datetime.date) -> Work:
    """RULE R15: what is to be delivered of them on the local day."""
    return work_of((Standing(link.pk, link.status, link.closed_from) for link in links), day)


def shares_user(account: AdminAccount, day: datetime.date) -> bool:
    """Whether another account that is the same user at the provider has something open.

    Their e-mail and phone may belong to one person there.
    """
    if not account.provider_id:
        return False
    stays = Q(links__closed_from__isnull=True) | Q(links__closed_from__gt=day)
    others = AdminAccount.objects.exclude(pk=account.pk).filter(stays, links__status__in=OPEN)
    return others.filter(provider=account.provider, provider_id=account.provider_id).exists()


def account_at(email: str, phone: str) -> AdminAccount | None:
    """RULE R15: the account that has this e-mail, or else this phone. One statement."""
    found = _reached_at(email.lower(), phone)
    by_email = [one for one in found if (one.email or "").lower() == email.lower() != ""]
    return next(iter(by_email or found), None)


@prepared
def _reached_at(email: str, phone: str) -> QuerySet[AdminAccount]:
    """Both by an index. What was not given is "", which no account has."""
    accounts = AdminAccount.objects.alias(folded_email=Lower("email"))
    return accounts.filter(Q(folded_email=email) | Q(phone=phone)).order_by("id")


# --- the directory -------------------------------------------------------------------------------

TROUBLES: Final = {
    "failing": gettext_lazy("Tried again by itself"),
    "given_up": gettext_lazy("Not tried any more"),
}


def may_open_directory(actor: Actor) -> bool:
    """Salespeople see the accounts of their customers on the pages of those."""
    return sees_all(actor)


def require_directory(actor: Actor) -> None:
    """Raises Forbidden ``not_permitted``."""
    if not may_open_directory(actor):
        raise not_permitted()


def account_of(account_id: int) -> AdminAccount:
    """For who may open the directory. Raises NotFound."""
    found = AdminAccount.objects.filter(pk=account_id).first()
    if found is None:
        raise account_not_found()
    return found


def links_at(customer: Customer, product_id: int | None) -> QuerySet[AccountLink]:
    """The accounts of the customer, of one product or of all: open ones first, newest first."""
    links = AccountLink.objects.filter(customer=customer).select_related("account", "product")
    if product_id is not None:
        links = links.filter(product=product_id)
    return links.order_by(F("closed_from").desc(nulls_first=True), "-linked_at", "-id")


def in_trouble(links: QuerySet[AccountLink], troubles: Iterable[str]) -> QuerySet[AccountLink]:
    """Those whose delivery failed and is tried again, or is not any more."""
    given_up = Q(account__next_at__isnull=True)
    meant = {"failing": ~given_up, "given_up": given_up}
    wanted = Q(pk__in=())
    for trouble in troubles:
        wanted |= meant.get(trouble, Q(pk__in=()))
    return links.filter(wanted, status__in=TROUBLED)


def search_links(links: QuerySet[AccountLink], text: str) -> QuerySet[AccountLink]:
    """Those whose person (name, e-mail, phone) or whose customer holds every word.

    The newest 2,000 of either. Two statements more, four on SQLite; one more for whom e-mails are
    masked: who looks for one has to know all of it.
    """
    if not text.strip():
        return links
    asked = compact_code(text)
    of_person = ids_holding(links, asked, "account__search_key")
    if not is_seen_in_full():
        of_person = _without_guesses(links, of_person, asked)
    return links.filter(pk__in={*of_person, *ids_holding(links, asked, "customer__search_key")})


def _without_guesses(links: QuerySet[AccountLink], ids: list[int], text: str) -> list[int]:
    """Those whose person has the words in the name, or is reached at exactly this."""
    rows = links.filter(pk__in=ids).values_list(
        "pk", "account__full_name", "account__email", "account__phone"
    )
    exact = text.strip().casefold()
    return [
        pk
        for pk, name, email, phone in rows
        if all(f" {word}" in f" {fold(name)}" for word in words_of(text))
        or exact in ((email or "").casefold(), phone)
    ]
