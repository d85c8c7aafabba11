"""An order is given up while something else happens to it: one of both, never half of each."""

from __future__ import annotations

import pytest

from capphep.crm.actions.order_following import deactivate_order
from capphep.crm.models import Customer, Order
from capphep.platform.models import AuditEntry, User
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Invalids
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(salesperson: User, catalogue: SmallCatalogue) -> Customer:
    """With iGOV in force by the ledger, so that its orders can be requested and granted."""
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    return unit


def test_an_order_is_sent_or_given_up_never_both(order: Order) -> None:
    seller = order.salesperson
    draft = stories.drafted(order, seller)
    outcomes = race(
        [
            lambda: stories.send(draft, seller),
            lambda: deactivate_order(actor=seller, order_id=order.pk, seen_version=1),
        ]
    )
    [refused] = losers(outcomes)
    order.refresh_from_db()
    if order.is_active:
        assert isinstance(refused, Conflict) and refused.code == "order_under_way"
        assert order.licence_status == "pending"
    else:
        assert isinstance(refused, Invalids)
        assert [one.code for one in refused.refusals] == ["order_inactive"]
        assert LicenceRequest.objects.get().status == "draft"


def test_given_up_four_times_at_once_it_is_done_once(order: Order) -> None:
    seller = order.salesperson
    outcomes = race(lambda: deactivate_order(actor=seller, order_id=order.pk, seen_version=1), 4)
    assert sorted(winners(outcomes)) == [False, False, False, True]
    assert AuditEntry.objects.filter(verb="deactivated").count() == 1
