"""Reads of the directory of administrator accounts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import QuerySet

from capphep.crm.queries.customers import visible_customers
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.rules import Standing, Work, work_of
from capphep.platform.roles import Actor, sees_all
from capphep.pure.errors import NotFound, gettext_noop


def visible_links(actor: Actor) -> QuerySet[AccountLink]:
    """Those at customers that the actor may know of, with what a row shows."""
    links = AccountLink.objects.select_related("account", "customer", "product")
    return links if sees_all(actor) else links.filter(customer__in=visible_customers(actor))


def link_of(actor: Actor, link_id: int) -> AccountLink:
    """Raises NotFound where the actor may not know of it."""
    found = visible_links(actor).filter(pk=link_id).first()
    if found is None:
        raise NotFound("account_not_found", gettext_noop("There is no such account."))
    return found


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
