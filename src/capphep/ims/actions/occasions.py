"""From an occasion to an opportunity with the goods chosen (R8, R16, R17)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from capphep.crm.actions.opportunities import create_opportunity
from capphep.crm.models import Opportunity
from capphep.crm.queries.customers import require_own
from capphep.crm.sales_rules import OpportunityInput
from capphep.crm.states import OpportunityStage
from capphep.entitlements.models import Occasion
from capphep.ims.queries.occasions import locked_thing, may_see_opportunity, occasion_of
from capphep.ims.queries.offers import Offer, offer_for
from capphep.platform import clock, notices
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.pure.errors import Conflict, gettext_noop
from capphep.pure.money import format_number


def open_opportunity(*, actor: User, occasion_id: int) -> Opportunity:
    """RULE R16, R17: the opportunity of the occasion, made by the first who asks for it.

    Asked for again, and by the next mark of the same thing while it is open, it is the same one.
    What was told of the thing is settled then, for everybody who was told.
    Raises Forbidden; NotFound; Conflict taken_by_colleague; Invalids where the customer may
    not be sold to.
    """
    require(actor, Permission.SALE_WRITE)
    occasion = occasion_of(actor, occasion_id)
    require_own(actor, occasion.subscription.customer)
    with transaction.atomic():
        of_thing = locked_thing(occasion)
        opportunity = _made_before(actor, occasion, of_thing) or _made(actor, occasion)
        Occasion.objects.filter(pk=occasion.pk).update(opportunity=opportunity)
        notices.settle([str(one) for one in of_thing])
    return opportunity


def _made_before(
    actor: User, occasion: Occasion, of_thing: Sequence[Occasion]
) -> Opportunity | None:
    """What was made of this occasion, or of another mark of the same thing and is still open."""
    for one in sorted(of_thing, key=lambda each: each.pk != occasion.pk):
        found = one.opportunity
        if found and (one.pk == occasion.pk or found.stage == OpportunityStage.OPEN):
            if not may_see_opportunity(actor, found.pk):
                message = gettext_noop("A colleague made an opportunity of this already.")
                raise Conflict("taken_by_colleague", message)
            return found
    return None


def _made(actor: User, occasion: Occasion) -> Opportunity:
    offer = offer_for(occasion, clock.today())
    return create_opportunity(actor=actor, typed=_in_words(occasion, offer), goods=offer.goods)


def _in_words(occasion: Occasion, offer: Offer) -> OpportunityInput:
    amount = sum(item.unit_price * quantity for item, quantity in offer.goods.lines.items())
    subscription = occasion.subscription
    values = {
        "product": subscription.product.name,
        "module": occasion.module and occasion.module.name,
        "resource": occasion.resource and occasion.resource.name,
        "in_use": format_number(offer.in_use),
        "in_force": format_number(offer.bought),
    }
    if offer.goods.renews:
        name, note = _("Renewal of %(product)s"), ""
    elif occasion.ends_on:
        name, note = _("Sale of %(product)s after the trial"), ""
    else:
        name = _("More of %(module)s: %(resource)s")
        note = _("In use: %(in_use)s of %(in_force)s.")
    return OpportunityInput(
        name=name % values,
        customer_id=subscription.customer_id,
        expected_amount=amount or "",
        expected_on=occasion.ends_on,
        note=note % values,
    )
