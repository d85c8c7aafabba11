"""*Thử lại*, *Gửi lại*: a person asks the worker to deliver once more."""

from __future__ import annotations

from django.db import transaction

from capphep.identity.actions.waking import wake
from capphep.identity.models import AccountLink
from capphep.identity.queries import link_of
from capphep.identity.states import ACCOUNT_STATUS
from capphep.platform import audit
from capphep.platform.moves import move
from capphep.platform.roles import Actor, Permission, require


@transaction.atomic
def send_again(*, actor: Actor, link_id: int) -> AccountLink:
    """Deliver the account of the link once more, now, forgetting how often it failed.

    Raises Forbidden ``not_permitted``, NotFound ``account_not_found``, Conflict
    ``wrong_state`` where it waits anyway or is over.
    """
    require(actor, Permission.ACCOUNT_WRITE)
    wake([link_of(actor, link_id).account_id], is_new_start=True)
    link = link_of(actor, link_id)
    move(link, ACCOUNT_STATUS, "send_again")
    told = {"customer": str(link.customer), "product": str(link.product)}
    audit.record(actor, [audit.Change(link.account, "account_sent_again", after=told)])
    return link
